/** What a Node must say, and what of it may change. Source: upstream's ValidateNode and ValidateNodeUpdate. */
import { duplicate, forbidden, invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  ConfigMapNodeConfigSource,
  Node,
  NodeConfigSource,
  NodeConfigStatus,
  NodeSpec,
  Taint,
} from '../../generated/types.ts';
import { goStrings, goStruct } from '../../go-literal.ts';
import { defaultNameProblems, problemsAt } from '../../metadata.ts';
import {
  configMapKeyProblems,
  dns1123LabelProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from '../../names.ts';
import { validateResourceQuantity } from '../pods/validation/resources.ts';
import { taintEffects } from '../pods/validation/tolerations.ts';
import { validateEnumInOrder } from '../shared/enum-validation.ts';
import { validateCIDR } from '../shared/ip-addresses.ts';

/** Upstream tells of taints as if they were metadata. */
const taintsField = 'metadata.taints';

function validateTaints(taints: readonly Taint[]): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap(({ key, value = '', effect }, index) => {
    const at = `${taintsField}[${index}]`;
    const errors: FieldError[] = [];
    errors.push(...problemsAt(`${at}.key`, key, qualifiedNameProblems(key)));
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(`${at}.value`, value, problems.join(';')));
    errors.push(...validateEnumInOrder(`${at}.effect`, effect, taintEffects));
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const goLiteral = `core.Taint{Key:"${key}", Value:"${value}", Effect:"${effect}", TimeAdded:(*v1.Time)(nil)}`;
      const detail = 'taints must be unique by key and effect pair';
      errors.push({ ...duplicate(at, { goLiteral }), detail });
    }
    seen.add(pair);
    return errors;
  });
}

function validateResources({ status }: Node): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((key) =>
    Object.entries(status[key] ?? {}).flatMap(([name, quantity]) =>
      validateResourceQuantity(name, quantity, `status.${key}.${name}`),
    ),
  );
}

/** One range of each family, at most. */
function validatePodRanges(ranges: readonly string[]): FieldError[] {
  const field = 'spec.podCIDRs';
  const errors = ranges.flatMap((range, index) => validateCIDR(range, `${field}[${index}]`));
  if (ranges.length < 2) return errors;
  const isIPv6 = (range: string) => range.includes(':');
  const isDualStack = ranges.some(isIPv6) && !ranges.every(isIPv6);
  if (!isDualStack || ranges.length > 2) {
    const why = 'may specify no more than one CIDR for each IP family';
    errors.push(invalid(field, goStrings(ranges), why));
  }
  ranges.forEach((range, index) => {
    if (ranges.indexOf(range) < index) errors.push(duplicate(`${field}[${index}]`, range));
  });
  return errors;
}

export function validateNode(node: Node): FieldError[] {
  return [
    ...validateTaints(node.spec.taints ?? []),
    ...validateResources(node),
    ...validatePodRanges(node.spec.podCIDRs ?? []),
  ];
}

function validateFixed(spec: NodeSpec, old: NodeSpec): FieldError[] {
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
  if ((old.externalID ?? '') !== (spec.externalID ?? '')) {
    errors.push(forbidden('spec.externalID', 'may not be updated'));
  }
  return errors;
}

function validateAddresses({ status }: Node): FieldError[] {
  const seen = new Set<string>();
  return (status.addresses ?? []).flatMap(({ type, address }, index) => {
    const goLiteral = `core.NodeAddress{Type:"${type}", Address:"${address}"}`;
    const isAgain = seen.has(goLiteral);
    seen.add(goLiteral);
    return isAgain ? [duplicate(`status.addresses[${index}]`, { goLiteral })] : [];
  });
}

/** Where the configuration of the node's agent was once to come from. */
function validateConfigMap(source: ConfigMapNodeConfigSource, field: string): FieldError[] {
  const check = (
    key: 'namespace' | 'name' | 'kubeletConfigKey',
    problemsOf: typeof labelValueProblems,
  ) =>
    source[key] === ''
      ? [required(`${field}.${key}`, `${key} must be set`)]
      : problemsAt(`${field}.${key}`, source[key], problemsOf(source[key]));
  return [
    ...check('namespace', dns1123LabelProblems),
    ...check('name', defaultNameProblems),
    ...check('kubeletConfigKey', configMapKeyProblems),
  ];
}

function validateConfigSource(
  { configMap }: NodeConfigSource,
  part: 'spec' | 'status',
  field: string,
): FieldError[] {
  if (configMap === undefined) {
    const why = 'exactly one reference subfield must be non-nil';
    return [invalid(field, goStruct('core.NodeConfigSource'), why)];
  }
  const at = `${field}.configMap`;
  const errors: FieldError[] = [];
  for (const key of ['uid', 'resourceVersion'] as const) {
    const isSet = (configMap[key] ?? '') !== '';
    if (part === 'spec' && isSet) {
      errors.push(forbidden(`${at}.${key}`, `${key} must not be set in spec`));
    }
    if (part === 'status' && !isSet) {
      errors.push(required(`${at}.${key}`, `${key} must be set in status`));
    }
  }
  return [...errors, ...validateConfigMap(configMap, at)];
}

function validateConfigStatus(config: NodeConfigStatus): FieldError[] {
  return (['assigned', 'active', 'lastKnownGood'] as const).flatMap((key) => {
    const source = config[key];
    return source === undefined
      ? []
      : validateConfigSource(source, 'status', `status.config.${key}`);
  });
}

export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const { configSource, taints = [] } = node.spec;
  const { config } = node.status;
  return [
    ...validateResources(node),
    ...validateAddresses(node),
    ...validateFixed(node.spec, old.spec),
    ...(configSource === undefined
      ? []
      : validateConfigSource(configSource, 'spec', 'spec.configSource')),
    ...(config === undefined ? [] : validateConfigStatus(config)),
    ...validateTaints(taints),
  ];
}
