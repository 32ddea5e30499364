/** Ingress: which requests from outside go to which Service. */
import {
  ageColumn,
  bumpGeneration,
  column,
  defineKind,
  nameColumn,
  startGeneration,
  statusSubresource,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import type { Ingress, IngressRule } from '../../generated/types.ts';
import { age } from '../../time.ts';
import {
  classAnnotation,
  validateIngress,
  validateIngressStatus,
  validateNewIngress,
} from './validation.ts';

const shownCountMax = 3;

function hostsCell(rules: readonly IngressRule[]): string {
  const hosts: string[] = [];
  let isMore = false;
  for (const { host = '' } of rules) {
    if (hosts.length === shownCountMax) isMore = true;
    else if (host !== '') hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  // Upstream counts rules here, also those that name no host.
  return hosts.join(',') + (isMore ? ` + ${rules.length - shownCountMax} more...` : '');
}

function addressCell({ status }: Ingress): string {
  const addresses = (status.loadBalancer?.ingress ?? [])
    .map(({ ip, hostname }) => ip || hostname || '')
    .filter((address) => address !== '');
  return [...new Set(addresses)].sort().join(',');
}

const kind = defineKind<Ingress>({
  group: 'networking.k8s.io',
  kind: 'Ingress',
  resource: 'ingresses',
  description: 'An Ingress tells which requests from outside go to which Service.',
  shortNames: ['ing'],
  subresources: [statusSubresource({ group: 'networking.k8s.io', kind: 'Ingress' })],
  prepareForCreate(ingress) {
    ingress.status = { loadBalancer: {} };
    startGeneration(ingress);
  },
  prepareForUpdate(ingress, old) {
    ingress.status = old.status;
    if (!deepEqual(ingress.spec, old.spec)) bumpGeneration(ingress);
  },
  prepareForStatusUpdate(ingress, old) {
    ingress.spec = old.spec;
  },
  validate: validateIngress,
  validateStatusUpdate: validateIngressStatus,
  warningsOnCreate: ({ metadata, spec }) =>
    metadata.annotations?.[classAnnotation] === undefined || spec.ingressClassName !== undefined
      ? []
      : [
          `annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`,
        ],
  columns: [
    nameColumn,
    column('Class', 'The class of controllers that serve it.'),
    column('Hosts', 'The hosts that its rules are about.'),
    column('Address', 'Where it is reached from outside.'),
    column('Ports', 'The ports that it listens on.'),
    ageColumn,
  ],
  cells: (ingress, wallTime) => [
    ingress.metadata.name,
    ingress.spec.ingressClassName ?? '<none>',
    hostsCell(ingress.spec.rules ?? []),
    addressCell(ingress),
    (ingress.spec.tls ?? []).length > 0 ? '80, 443' : '80',
    age(ingress.metadata.creationTimestamp, wallTime),
  ],
});

export const ingresses: typeof kind = {
  ...kind,
  validate: (ingress) => [...kind.validate(ingress), ...validateNewIngress(ingress)],
};
