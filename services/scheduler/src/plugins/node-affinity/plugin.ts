/** `nodeSelector` and node affinity: what a pod requires of a node's labels, and what it prefers. */
import { matchesNodeTerm, type PreferredSchedulingTerm } from '@drydock/api';
import { normalizeToMax, type Plugin, type Rejection } from '../../framework/plugin.ts';
import { matchesRequirements, requirementsOf, type NodeRequirements } from './requirements.ts';

interface State {
  readonly requirements: NodeRequirements;
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
    const requirements = requirementsOf(pod);
    const { preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } =
      pod.spec.affinity?.nodeAffinity ?? {};
    const demandsNothing = requirements.labels.length === 0 && requirements.required === undefined;
    return demandsNothing && preferred.length === 0 ? 'skip' : { requirements, preferred };
  },
  filter: (_pod, node, { requirements }) =>
    matchesRequirements(requirements, node) ? undefined : rejection,
  score: (_pod, node, { preferred }) => {
    let sum = 0;
    for (const { weight, preference } of preferred) {
      if (matchesNodeTerm(preference, node)) sum += weight;
    }
    return sum;
  },
  normalize: (scores) => normalizeToMax(scores, { reverse: false }),
};
