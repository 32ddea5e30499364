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
import { duplicate, forbidden, invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Node, Taint } from '../../generated/types.ts';
import type { TableCell } from '../../kind.ts';
import { isNotNegative, problemsAt } from '../../metadata.ts';
import { isCIDR, labelValueProblems, qualifiedNameProblems } from '../../names.ts';
import { compareQuantities } from '../../quantity.ts';
import { age } from '../../time.ts';
import { taintEffects } from '../pods/validation/scheduling.ts';
import { validateEnum } from '../shared/enum-validation.ts';

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

function validateTaints(taints: readonly Taint[], field: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap(({ key, value = '', effect }, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    errors.push(...problemsAt(`${at}.key`, key, qualifiedNameProblems(key)));
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(`${at}.value`, value, problems.join(';')));
    errors.push(...validateEnum(`${at}.effect`, effect, taintEffects));
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const text = { goLiteral: `core.Taint{Key:"${key}", Value:"${value}", Effect:"${effect}"}` };
      const why = 'taints must be unique by key and effect pair';
      errors.push({ ...duplicate(at, text), detail: why });
    }
    seen.add(pair);
    return errors;
  });
}

function validateNode({ spec, status }: Node): FieldError[] {
  const errors = validateTaints(spec.taints ?? [], 'spec.taints');
  (spec.podCIDRs ?? []).forEach((cidr, index) => {
    if (!isCIDR(cidr)) {
      const why = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
      errors.push(invalid(`spec.podCIDRs[${index}]`, cidr, why));
    }
  });
  (status.addresses ?? []).forEach(({ type, address }, index) => {
    if (type === '') errors.push(required(`status.addresses[${index}].type`));
    if (address === '') errors.push(required(`status.addresses[${index}].address`));
  });
  for (const key of ['capacity', 'allocatable'] as const) {
    for (const [name, quantity] of Object.entries(status[key] ?? {})) {
      if (compareQuantities(quantity, '0') < 0) {
        errors.push(invalid(`status.${key}[${name}]`, quantity, isNotNegative));
      }
    }
  }
  return errors;
}

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
  validateUpdate({ spec }, { spec: old }) {
    const errors: FieldError[] = [];
    const before = old.podCIDRs ?? [];
    if (before.length > 0 && before.join() !== (spec.podCIDRs ?? []).join()) {
      const why = 'node updates may not change podCIDR except from "" to valid';
      errors.push(forbidden('spec.podCIDRs', why));
    }
    if ((old.providerID ?? '') !== '' && old.providerID !== spec.providerID) {
      const why = 'node updates may not change providerID except from "" to valid';
      errors.push(forbidden('spec.providerID', why));
    }
    return errors;
  },
  validateStatusUpdate: validateNode,
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
