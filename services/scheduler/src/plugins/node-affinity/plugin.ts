/** `nodeSelector` and node affinity: what a pod requires of a node's labels, and what it prefers. */
import type { NodeSelector, PreferredSchedulingTerm } from '@drydock/api';
import { normalizeToMax, type Plugin, type Rejection } from '../../framework/plugin.ts';
import { matchesSelector, matchesTerm } from './node-selector.ts';

interface State {
  readonly labels: readonly (readonly [string, string])[];
  readonly required: NodeSelector | undefined;
  readonly preferred: readonly PreferredSchedulingTerm[];
}

const rejection: Rejection = {
  reasons: ["node(s) didn't match Pod's node affinity/selector"],
  resolvable: false,
};

export const nodeAffinity: Plugin<State> = {
  name: 'NodeAffinity',
  weight: 2,
  helpedBy: ['node-added', 'node-changed'],
  prepare: ({ pod }) => {
    const labels = Object.entries(pod.spec.nodeSelector ?? {});
    const affinity = pod.spec.affinity?.nodeAffinity;
    const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (labels.length === 0 && required === undefined && preferred.length === 0) return 'skip';
    return { labels, required, preferred };
  },
  filter: (_pod, node, { labels, required }) => {
    const isWanted =
      labels.every(([key, value]) => node.labels[key] === value) &&
      (required === undefined || matchesSelector(required, node));
    return isWanted ? undefined : rejection;
  },
  score: (_pod, node, { preferred }) => {
    let sum = 0;
    for (const { weight, preference } of preferred) {
      if (matchesTerm(preference, node)) sum += weight;
    }
    return sum;
  },
  normalize: (scores) => normalizeToMax(scores, { reverse: false }),
};
