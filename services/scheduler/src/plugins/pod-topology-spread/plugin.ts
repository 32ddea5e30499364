/**
 * Spreads pods over domains. A pod that names constraints gets those: DoNotSchedule rejects nodes,
 * ScheduleAnyway costs score. For every other pod the replicas of its controller are spread over the
 * nodes as upstream's default constraint does (host name, maxSkew 3, ScheduleAnyway).
 *
 * By default replicas are told by the controller that owns them (decision 0061).
 */
import { scoreMax, type Plugin, type Rejection } from '../../framework/plugin.ts';
import type { NodeView } from '../../model/node-info.ts';
import { spreadConstraintsOf, type SpreadConstraint } from './constraints.ts';

type State =
  | { readonly kind: 'default'; readonly group: string; readonly weight: number }
  | { readonly kind: 'own'; readonly constraints: readonly SpreadConstraint[] };

const defaultMaxSkew = 3;
const reason = "node(s) didn't match pod topology spread constraints";
const tooUneven: Rejection = { reasons: [reason], resolvable: true };
const missingLabel: Rejection = {
  reasons: [`${reason} (missing required label)`],
  resolvable: false,
};

/** How much one pod more weighs: grows slowly with the number of domains. */
const weightOf = (domainCount: number) => Math.log(domainCount + 2);

function costOf(node: NodeView, constraints: readonly SpreadConstraint[]): number {
  let cost = 0;
  for (const { isHard, topologyKey, counts, maxSkew } of constraints) {
    if (isHard) continue;
    const domain = node.labels[topologyKey];
    // A node outside of all domains is the last choice.
    if (domain === undefined) return Infinity;
    cost += (counts.get(domain) ?? 0) * weightOf(counts.size) + (maxSkew - 1);
  }
  return Math.round(cost);
}

export const podTopologySpread: Plugin<State> = {
  name: 'PodTopologySpread',
  weight: 2,
  helpedBy: ['node-added', 'node-changed', 'assigned-pod-added', 'assigned-pod-deleted'],
  prepare: (pod, snapshot) => {
    const constraints = spreadConstraintsOf(pod, snapshot);
    if (constraints.length > 0) return { kind: 'own', constraints };
    if (pod.spreadGroup === '') return 'skip';
    return { kind: 'default', group: pod.spreadGroup, weight: weightOf(snapshot.nodes.length) };
  },
  filter: (_pod, node, state) => {
    if (state.kind === 'default') return undefined;
    for (const { isHard, topologyKey, maxSkew, counts, least, self } of state.constraints) {
      if (!isHard) continue;
      const domain = node.labels[topologyKey];
      if (domain === undefined) return missingLabel;
      if ((counts.get(domain) ?? 0) + self - least > maxSkew) return tooUneven;
    }
    return undefined;
  },
  score: (_pod, node, state) =>
    state.kind === 'own'
      ? costOf(node, state.constraints)
      : Math.round(node.spreadCount(state.group) * state.weight + (defaultMaxSkew - 1)),
  normalize: (costs) => {
    let least = Infinity;
    let most = 0;
    for (const cost of costs) {
      least = Math.min(least, cost);
      if (cost !== Infinity) most = Math.max(most, cost);
    }
    for (let index = 0; index < costs.length; index++) {
      const cost = costs[index]!;
      if (cost === Infinity) costs[index] = 0;
      else
        costs[index] =
          most === 0 ? scoreMax : Math.floor((scoreMax * (most + least - cost)) / most);
    }
  },
};
