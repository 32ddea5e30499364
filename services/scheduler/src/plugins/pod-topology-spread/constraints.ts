/**
 * The constraints that a pod names itself (core/v1 TopologySpreadConstraint): how many matching pods
 * each domain has, a domain being the nodes that share a value of the topology key.
 */
import {
  selectorFromLabelSelector,
  type LabelSelector,
  type Pod,
  type Selector,
  type TopologySpreadConstraint,
} from '@drydock/api';
import type { Snapshot } from '../../cache/cache.ts';
import type { NodeView } from '../../model/node-info.ts';
import type { PodInfo } from '../../model/pod-info.ts';
import { matchesRequirements, requirementsOf } from '../node-affinity/requirements.ts';
import { toleratesAny } from '../taint-toleration/tolerates.ts';

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly isHard: boolean;
  /** Matching pods of each domain among the nodes that count. */
  readonly counts: ReadonlyMap<string, number>;
  /** The least of the counts; 0 when there are fewer domains than `minDomains`. */
  readonly least: number;
  /** 1 if the pod itself matches, else 0. */
  readonly self: 0 | 1;
}

/** With `matchLabelKeys` the pod's own values of these labels are asked for too. */
function selectorOf(pod: Pod, constraint: TopologySpreadConstraint): Selector {
  const { labelSelector, matchLabelKeys = [] } = constraint;
  const labels = pod.metadata.labels ?? {};
  const own = matchLabelKeys.filter((key) => labels[key] !== undefined);
  if (own.length === 0) return selectorFromLabelSelector(labelSelector);
  const selector: LabelSelector = {
    ...labelSelector,
    matchExpressions: [
      ...(labelSelector?.matchExpressions ?? []),
      ...own.map((key) => ({ key, operator: 'In' as const, values: [labels[key]!] })),
    ],
  };
  return selectorFromLabelSelector(selector);
}

function countsNode(pod: PodInfo, node: NodeView, constraint: TopologySpreadConstraint): boolean {
  const { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' } = constraint;
  if (nodeAffinityPolicy === 'Honor' && !matchesRequirements(requirementsOf(pod.pod), node)) {
    return false;
  }
  return (
    nodeTaintsPolicy === 'Ignore' ||
    node.taints.every(
      (taint) => taint.effect === 'PreferNoSchedule' || toleratesAny(pod.tolerations, taint),
    )
  );
}

export function spreadConstraintsOf(pod: PodInfo, snapshot: Snapshot): SpreadConstraint[] {
  const constraints = pod.pod.spec.topologySpreadConstraints ?? [];
  const keys = constraints.map(({ topologyKey }) => topologyKey);
  return constraints.map((constraint) => {
    const { topologyKey, maxSkew, whenUnsatisfiable, minDomains = 1 } = constraint;
    const selector = selectorOf(pod.pod, constraint);
    const matches = ({ metadata }: Pod) =>
      metadata.namespace === pod.pod.metadata.namespace &&
      metadata.deletionTimestamp === undefined &&
      selector.matches(metadata.labels ?? {});
    const counts = new Map<string, number>();
    for (const node of snapshot.nodes) {
      const domain = node.labels[topologyKey];
      // A node counts only if it belongs to a domain of every constraint.
      if (domain === undefined || keys.some((key) => node.labels[key] === undefined)) continue;
      if (!countsNode(pod, node, constraint)) continue;
      let count = counts.get(domain) ?? 0;
      for (const other of node.pods) if (matches(other.pod)) count++;
      counts.set(domain, count);
    }
    return {
      topologyKey,
      maxSkew,
      isHard: whenUnsatisfiable === 'DoNotSchedule',
      counts,
      least: counts.size < minDomains ? 0 : Math.min(...counts.values()),
      self: selector.matches(pod.pod.metadata.labels ?? {}) ? 1 : 0,
    };
  });
}
