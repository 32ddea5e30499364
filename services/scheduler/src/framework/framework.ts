/**
 * One scheduling decision: filter the nodes, score those that are left, pick the best.
 *
 * 1. Synchronous and deterministic: the same snapshot, pod, start and random numbers give the same
 *    node.
 * 2. In large clusters only as many feasible nodes are looked for as upstream looks for; the next
 *    search begins where the last one ended, so that all nodes get their turn.
 * 3. Among nodes of equal score each is equally likely.
 */
import type { Random } from '@drydock/ports';
import type { Snapshot } from '../cache/cache.ts';
import type { NodeView } from '../model/node-info.ts';
import type { PodInfo } from '../model/pod-info.ts';
import { createDiagnosis, type Diagnosis, type DiagnosisBuilder } from './diagnosis.ts';
import type { AnyPlugin } from './plugin.ts';

type Decision =
  | { readonly kind: 'fits'; readonly nodeName: string }
  | { readonly kind: 'rejected'; readonly diagnosis: Diagnosis };

export interface Framework {
  decide(pod: PodInfo, snapshot: Snapshot): Decision;
}

interface Prepared {
  readonly plugin: AnyPlugin;
  readonly state: unknown;
}

const searchAllBelow = 100;
const percentageMin = 5;

/** How many feasible nodes are enough, out of so many. */
export function feasibleNodesWanted(nodeCount: number): number {
  if (nodeCount < searchAllBelow) return nodeCount;
  const percentage = Math.max(percentageMin, Math.floor(50 - nodeCount / 125));
  return Math.max(searchAllBelow, Math.floor((nodeCount * percentage) / 100));
}

export function createFramework(plugins: readonly AnyPlugin[], random: Random): Framework {
  let start = 0;
  const rejecting = plugins.filter((plugin) => plugin.reject !== undefined);

  const prepare = (pod: PodInfo, snapshot: Snapshot): Prepared[] => {
    const prepared: Prepared[] = [];
    for (const plugin of plugins) {
      const state = plugin.prepare(pod, snapshot);
      if (state !== 'skip') prepared.push({ plugin, state });
    }
    return prepared;
  };

  const findFeasible = (
    pod: PodInfo,
    snapshot: Snapshot,
    prepared: readonly Prepared[],
    diagnosis: DiagnosisBuilder,
  ): NodeView[] => {
    const { nodes } = snapshot;
    const filters = prepared.filter(({ plugin }) => plugin.filter !== undefined);
    const wanted = feasibleNodesWanted(nodes.length);
    const feasible: NodeView[] = [];
    let looked = 0;
    for (; looked < nodes.length && feasible.length < wanted; looked++) {
      const node = nodes[(start + looked) % nodes.length]!;
      if (passes(pod, node, filters, diagnosis)) feasible.push(node);
    }
    if (nodes.length > 0) start = (start + looked) % nodes.length;
    return feasible;
  };

  return {
    decide: (pod, snapshot) => {
      const diagnosis = createDiagnosis();
      for (const plugin of rejecting) {
        const reason = plugin.reject!(pod, snapshot);
        if (reason === undefined) continue;
        diagnosis.rejectEverywhere(plugin.name, reason);
        return { kind: 'rejected', diagnosis: diagnosis.build(snapshot.nodes.length) };
      }
      const prepared = prepare(pod, snapshot);
      const feasible = findFeasible(pod, snapshot, prepared, diagnosis);
      if (feasible.length === 0) {
        return { kind: 'rejected', diagnosis: diagnosis.build(snapshot.nodes.length) };
      }
      const best = feasible.length === 1 ? feasible[0]! : pickBest(pod, feasible, prepared, random);
      return { kind: 'fits', nodeName: best.name };
    },
  };
}

function passes(
  pod: PodInfo,
  node: NodeView,
  filters: readonly Prepared[],
  diagnosis: DiagnosisBuilder,
): boolean {
  for (const { plugin, state } of filters) {
    const rejection = plugin.filter!(pod, node, state);
    if (rejection !== undefined) {
      diagnosis.reject(plugin.name, rejection);
      return false;
    }
  }
  return true;
}

function pickBest(
  pod: PodInfo,
  nodes: readonly NodeView[],
  prepared: readonly Prepared[],
  random: Random,
): NodeView {
  const totals = Array.from(nodes, () => 0);
  for (const { plugin, state } of prepared) {
    if (plugin.score === undefined) continue;
    const scores = nodes.map((node) => plugin.score!(pod, node, state));
    plugin.normalize?.(scores);
    for (let index = 0; index < scores.length; index++) {
      totals[index] = totals[index]! + scores[index]! * plugin.weight;
    }
  }
  let best = 0;
  let ties = 1;
  for (let index = 1; index < nodes.length; index++) {
    if (totals[index]! > totals[best]!) {
      best = index;
      ties = 1;
    } else if (totals[index] === totals[best] && random.between(1, ++ties) === 1) {
      best = index;
    }
  }
  return nodes[best]!;
}
