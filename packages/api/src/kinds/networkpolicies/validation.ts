/** What a NetworkPolicy must say. Source: upstream's networking validation. */
import { forbidden, invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../generated/types.ts';
import { goStrings } from '../../go-literal.ts';
import { problemsAt } from '../../metadata.ts';
import { isCIDR, portNameProblems, portNumberProblems } from '../../names.ts';
import { validateOptionalEnum } from '../shared/enum-validation.ts';
import { isStrictSubset, validateCIDR } from '../shared/ip-addresses.ts';
import { validateLabelSelector } from '../shared/selector-validation.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const policyTypes = ['Egress', 'Ingress'];

function endPortProblems(endPort: number, port: NetworkPolicyPort['port']): string[] {
  if (port === undefined) return ['may not be specified when `port` is not specified'];
  if (typeof port === 'string') return ['may not be specified when `port` is non-numeric'];
  const problems = endPort < port ? ['must be greater than or equal to `port`'] : [];
  return [...problems, ...portNumberProblems(endPort)];
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, field: string): FieldError[] {
  const errors = validateOptionalEnum(`${field}.protocol`, protocol, protocols);
  if (port !== undefined) {
    const problems = typeof port === 'number' ? portNumberProblems(port) : portNameProblems(port);
    errors.push(...problemsAt(`${field}.port`, port, problems));
  }
  if (endPort === undefined) return errors;
  return [...errors, ...problemsAt(`${field}.endPort`, endPort, endPortProblems(endPort, port))];
}

function validateBlock({ cidr, except = [] }: IPBlock, field: string): FieldError[] {
  if (cidr === '') return [required(`${field}.cidr`)];
  if (!isCIDR(cidr)) return validateCIDR(cidr, `${field}.cidr`);
  return except.flatMap((part, index) => {
    const at = `${field}.except[${index}]`;
    if (!isCIDR(part)) return validateCIDR(part, at);
    return isStrictSubset(part, cidr)
      ? []
      : [invalid(at, part, 'must be a strict subset of `cidr`')];
  });
}

function validatePeer(peer: NetworkPolicyPeer, field: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const errors = [
    ...validateLabelSelector(podSelector, `${field}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock === undefined ? [] : validateBlock(ipBlock, `${field}.ipBlock`)),
  ];
  const isSelecting = podSelector !== undefined || namespaceSelector !== undefined;
  if (ipBlock === undefined && !isSelecting) errors.push(required(field, 'must specify a peer'));
  if (ipBlock !== undefined && isSelecting) {
    errors.push(forbidden(field, 'may not specify both ipBlock and another peer'));
  }
  return errors;
}

function validateRule(
  ports: readonly NetworkPolicyPort[] | undefined,
  peers: { readonly key: 'from' | 'to'; readonly list: readonly NetworkPolicyPeer[] | undefined },
  field: string,
): FieldError[] {
  return [
    ...(ports ?? []).flatMap((port, index) => validatePort(port, `${field}.ports[${index}]`)),
    ...(peers.list ?? []).flatMap((peer, index) =>
      validatePeer(peer, `${field}.${peers.key}[${index}]`),
    ),
  ];
}

function validateTypes(types: readonly string[], field: string): FieldError[] {
  if (types.length > policyTypes.length) {
    const { goLiteral } = goStrings(types);
    const shown = { goLiteral: goLiteral.replace('[]string', '[]networking.PolicyType') };
    return [invalid(field, shown, 'may not specify more than two policyTypes')];
  }
  return types.flatMap((type, index) =>
    policyTypes.includes(type) ? [] : [notSupported(`${field}[${index}]`, type, policyTypes)],
  );
}

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  return [
    ...validateLabelSelector(spec.podSelector, 'spec.podSelector'),
    ...(spec.ingress ?? []).flatMap(({ ports, from }, index) =>
      validateRule(ports, { key: 'from', list: from }, `spec.ingress[${index}]`),
    ),
    ...(spec.egress ?? []).flatMap(({ ports, to }, index) =>
      validateRule(ports, { key: 'to', list: to }, `spec.egress[${index}]`),
    ),
    ...validateTypes(spec.policyTypes ?? [], 'spec.policyTypes'),
  ];
}
