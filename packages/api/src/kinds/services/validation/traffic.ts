/** Where the traffic of a Service comes from, and where it goes. */
import { forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Service, ServiceSpec } from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { portNumberProblems, qualifiedNameProblems } from '../../../names.ts';
import { validateEnum, validateOptionalEnum } from '../../shared/enum-validation.ts';
import { validateCIDR } from '../../shared/ip-addresses.ts';

const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const policies = ['Cluster', 'Local'];
const affinitySecondsMax = 86_400;
const onlyForBalancers = "may only be used when `type` is 'LoadBalancer'";

export function validateAffinity(spec: ServiceSpec): FieldError[] {
  const { sessionAffinity, sessionAffinityConfig: config } = spec;
  const errors = validateEnum('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  const field = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && config !== undefined) {
    errors.push(forbidden(field, 'must not be set when session affinity is None'));
  }
  if (sessionAffinity !== 'ClientIP') return errors;
  const why = 'when session affinity type is ClientIP';
  if (config === undefined) return [...errors, required(field, why)];
  if (config.clientIP === undefined) return [...errors, required(`${field}.clientIP`, why)];
  const at = `${field}.clientIP.timeoutSeconds`;
  const seconds = config.clientIP.timeoutSeconds;
  if (seconds === undefined) errors.push(required(at, why));
  else if (seconds <= 0 || seconds > affinitySecondsMax) {
    const range = `must be greater than 0 and less than ${affinitySecondsMax}`;
    errors.push(invalid(at, seconds, range));
  }
  return errors;
}

/** From the field, or else from the annotation that was there before it. */
export function validateSourceRanges({ metadata, spec }: Service): FieldError[] {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const isBalancer = spec.type === 'LoadBalancer';
  if (ranges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges';
    return [
      ...(isBalancer ? [] : [forbidden(field, onlyForBalancers)]),
      ...ranges.flatMap((range, index) => validateCIDR(range.trim(), `${field}[${index}]`)),
    ];
  }
  const text = metadata.annotations?.[rangesAnnotation];
  if (text === undefined) return [];
  const field = `metadata.annotations[${rangesAnnotation}]`;
  const errors = isBalancer ? [] : [forbidden(field, onlyForBalancers)];
  if (text.trim() === '') return errors;
  const rangeErrors = text.split(',').flatMap((range) => validateCIDR(range.trim(), field));
  return [...errors, ...rangeErrors];
}

export function validateBalancing(spec: ServiceSpec): FieldError[] {
  const { loadBalancerClass: name, allocateLoadBalancerNodePorts: takesPorts } = spec;
  const isBalancer = spec.type === 'LoadBalancer';
  const errors: FieldError[] = [];
  if (takesPorts !== undefined && !isBalancer) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', onlyForBalancers));
  }
  if (takesPorts === undefined && isBalancer) {
    errors.push(required('allocateLoadBalancerNodePorts'));
  }
  if (name === undefined) return errors;
  const field = 'spec.loadBalancerClass';
  const classErrors = isBalancer
    ? problemsAt(field, name, qualifiedNameProblems(name))
    : [forbidden(field, onlyForBalancers)];
  return [...errors, ...classErrors];
}

function isReachedFromOutside({ type, externalIPs = [] }: ServiceSpec): boolean {
  return (
    type === 'LoadBalancer' ||
    type === 'NodePort' ||
    (type === 'ClusterIP' && externalIPs.length > 0)
  );
}

export const needsHealthCheck = ({ type, externalTrafficPolicy }: ServiceSpec) =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

export function validateTraffic(spec: ServiceSpec): FieldError[] {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal } = spec;
  const errors: FieldError[] = [];
  const at = 'spec.externalTrafficPolicy';
  if (isReachedFromOutside(spec)) errors.push(...validateEnum(at, external, policies));
  else if (external !== undefined) {
    errors.push(invalid(at, external, 'may only be set for externally-accessible services'));
  }
  const port = spec.healthCheckNodePort ?? 0;
  if (port !== 0) {
    const field = 'spec.healthCheckNodePort';
    const why =
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    if (needsHealthCheck(spec)) errors.push(...problemsAt(field, port, portNumberProblems(port)));
    else errors.push(invalid(field, port, why));
  }
  if (internal === undefined && spec.type !== 'ExternalName') {
    errors.push(required('spec.internalTrafficPolicy'));
  }
  return [
    ...errors,
    ...validateOptionalEnum('spec.internalTrafficPolicy', internal, policies),
    ...validateOptionalEnum('spec.trafficDistribution', spec.trafficDistribution, ['PreferClose']),
  ];
}
