/** NetworkPolicy: who may talk to some pods, and to whom they may. */
import {
  ageColumn,
  bumpGeneration,
  column,
  defineKind,
  nameColumn,
  startGeneration,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import type { NetworkPolicy } from '../../generated/types.ts';
import { formatLabelSelector } from '../../label-selector.ts';
import { age } from '../../time.ts';
import { validateNetworkPolicy } from './validation.ts';

export const networkPolicies = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  description: 'A NetworkPolicy tells who may talk to some pods, and to whom they may talk.',
  shortNames: ['netpol'],
  setDefaults({ spec }) {
    for (const { ports = [] } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of ports) port.protocol ??= 'TCP';
    }
    if ((spec.policyTypes ?? []).length > 0) return;
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  prepareForCreate: startGeneration,
  prepareForUpdate(policy, old) {
    if (!deepEqual(policy.spec, old.spec)) bumpGeneration(policy);
  },
  validate: validateNetworkPolicy,
  columns: [nameColumn, column('Pod-Selector', 'The pods that it is about.'), ageColumn],
  cells: ({ metadata, spec }, wallTime) => [
    metadata.name,
    formatLabelSelector(spec.podSelector),
    age(metadata.creationTimestamp, wallTime),
  ],
});
