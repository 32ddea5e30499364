/** Node: a machine that runs pods. */
import {
  ageColumn,
  allVerbs,
  column,
  defineKind,
  nameColumn,
  proxySubresource,
  statusSubresource,
} from '../../define-kind.ts';
import type { Node } from '../../generated/types.ts';
import type { TableCell } from '../../kind.ts';
import { age } from '../../time.ts';
import { validateNode, validateNodeUpdate } from './validation.ts';

function nodeWarnings({ spec }: Node): string[] {
  return [
    ...(spec.configSource === undefined ? [] : ['spec.configSource: the feature is removed']),
    ...((spec.externalID ?? '') === ''
      ? []
      : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
  ];
}

const roleLabelPrefix = 'node-role.kubernetes.io/';
const roleLabel = 'kubernetes.io/role';

function roles(node: Node): string {
  const found = new Set<string>();
  for (const [label, value] of Object.entries(node.metadata.labels ?? {})) {
    if (label.startsWith(roleLabelPrefix)) {
      const role = label.slice(roleLabelPrefix.length);
      if (role !== '') found.add(role);
    } else if (label === roleLabel && value !== '') found.add(value);
  }
  return found.size === 0 ? '<none>' : [...found].sort().join(',');
}

function cells(node: Node, wallTime: number): TableCell[] {
  const { metadata, spec, status } = node;
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  const address = (wanted: string) =>
    status.addresses?.find(({ type }) => type === wanted)?.address || '<none>';
  const info = status.nodeInfo;
  return [
    metadata.name,
    spec.unschedulable === true ? `${state},SchedulingDisabled` : state,
    roles(node),
    age(metadata.creationTimestamp, wallTime),
    info?.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    info?.osImage || '<unknown>',
    info?.kernelVersion || '<unknown>',
    info?.containerRuntimeVersion || '<unknown>',
  ];
}

export const nodes = defineKind<Node>({
  kind: 'Node',
  resource: 'nodes',
  description: 'A Node is a machine that runs pods.',
  shortNames: ['no'],
  namespaced: false,
  verbs: allVerbs,
  subresources: [proxySubresource('NodeProxyOptions'), statusSubresource({ kind: 'Node' })],
  setDefaults({ spec, status }) {
    if (status.allocatable === undefined && status.capacity !== undefined) {
      status.allocatable = { ...status.capacity };
    }
    if (spec.podCIDR !== undefined) spec.podCIDRs ??= [spec.podCIDR];
    else if (spec.podCIDRs?.[0] !== undefined) spec.podCIDR = spec.podCIDRs[0];
  },
  prepareForUpdate(node, old) {
    node.status = old.status;
  },
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeUpdate,
  warningsOnCreate: nodeWarnings,
  warningsOnUpdate: nodeWarnings,
  columns: [
    nameColumn,
    column('Status', 'Ready or not, and whether new pods are kept away.'),
    column('Roles', 'What the node is for.'),
    ageColumn,
    column('Version', 'The version of its agent.'),
    column('Internal-IP', 'Its address inside the cluster.', { wide: true }),
    column('External-IP', 'Its address outside.', { wide: true }),
    column('OS-Image', 'Its operating system.', { wide: true }),
    column('Kernel-Version', 'Its kernel.', { wide: true }),
    column('Container-Runtime', 'What runs its containers.', { wide: true }),
  ],
  cells,
  fieldSelectors: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
});
