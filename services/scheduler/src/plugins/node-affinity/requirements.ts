/** What a pod demands of a node's labels and name: `nodeSelector` and required node affinity. */
import { matchesNodeSelector, type NodeSelector, type Pod } from '@drydock/api';
import type { NodeView } from '../../model/node-info.ts';

export interface NodeRequirements {
  readonly labels: readonly (readonly [string, string])[];
  readonly required: NodeSelector | undefined;
}

export function requirementsOf(pod: Pod): NodeRequirements {
  const affinity = pod.spec.affinity?.nodeAffinity;
  return {
    labels: Object.entries(pod.spec.nodeSelector ?? {}),
    required: affinity?.requiredDuringSchedulingIgnoredDuringExecution,
  };
}

export const matchesRequirements = (
  { labels, required }: NodeRequirements,
  node: NodeView,
): boolean =>
  labels.every(([key, value]) => node.labels[key] === value) &&
  (required === undefined || matchesNodeSelector(required, node));
