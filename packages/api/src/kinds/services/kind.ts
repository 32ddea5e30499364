/** Service: one address for many pods. */
import {
  ageColumn,
  allVerbs,
  column,
  defineKind,
  nameColumn,
  proxySubresource,
  statusSubresource,
} from '../../define-kind.ts';
import type { Service } from '../../generated/types.ts';
import { formatLabels } from '../../label-selector.ts';
import { dns1035LabelProblems } from '../../names.ts';
import { age } from '../../time.ts';
import { setServiceDefaults } from './defaults.ts';
import { validateService } from './validation/service.ts';
import { validateServiceStatusUpdate, validateServiceUpdate } from './validation/update.ts';
import { serviceWarnings } from './warnings.ts';

function externalAddresses({ spec, status }: Service): string {
  const given = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'LoadBalancer': {
      const balancers = (status.loadBalancer?.ingress ?? []).map(
        ({ ip, hostname }) => ip || hostname || '',
      );
      const all = [...balancers, ...given];
      return all.length === 0 ? '<pending>' : all.join(',');
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return given.length === 0 ? '<none>' : given.join(',');
  }
}

function ports({ spec }: Service): string {
  const texts = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return texts.length === 0 ? '<none>' : texts.join(',');
}

export const services = defineKind<Service>({
  kind: 'Service',
  resource: 'services',
  description: 'A Service is one address for the pods that its selector finds.',
  shortNames: ['svc'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: [proxySubresource('ServiceProxyOptions'), statusSubresource({ kind: 'Service' })],
  nameProblems: dns1035LabelProblems,
  setDefaults: setServiceDefaults,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
    if (service.spec.type === 'ExternalName') return;
    service.spec.ipFamilyPolicy ??= 'SingleStack';
    service.spec.ipFamilies ??= ['IPv4'];
  },
  prepareForUpdate(service, old) {
    service.status = old.status;
    const isSameType = service.spec.type !== 'ExternalName' && old.spec.type !== 'ExternalName';
    // What the server gave out stays, where the client does not mention it.
    if (isSameType && service.spec.clusterIPs === undefined && old.spec.clusterIPs !== undefined) {
      service.spec.clusterIPs = old.spec.clusterIPs;
      if (old.spec.clusterIP !== undefined) service.spec.clusterIP = old.spec.clusterIP;
    }
    if (service.spec.type === 'ClusterIP' || service.spec.type === 'ExternalName') return;
    const oldPorts = new Map(
      (old.spec.ports ?? []).map((port) => [`${port.protocol}/${port.port}`, port.nodePort]),
    );
    for (const port of service.spec.ports ?? []) {
      const before = oldPorts.get(`${port.protocol}/${port.port}`);
      if ((port.nodePort ?? 0) === 0 && before !== undefined) port.nodePort = before;
    }
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatusUpdate,
  warningsOnCreate: serviceWarnings,
  warningsOnUpdate: serviceWarnings,
  columns: [
    nameColumn,
    column('Type', 'How far it reaches.'),
    column('Cluster-IP', 'Its address inside the cluster.'),
    column('External-IP', 'Its addresses outside.'),
    column('Port(s)', 'Its ports, each with its node port.'),
    ageColumn,
    column('Selector', 'Which pods are behind it.', { wide: true }),
  ],
  cells: (service, wallTime) => [
    service.metadata.name,
    service.spec.type ?? '',
    service.spec.clusterIPs?.[0] || '<none>',
    externalAddresses(service),
    ports(service),
    age(service.metadata.creationTimestamp, wallTime),
    formatLabels(service.spec.selector),
  ],
  fieldSelectors: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
});
