/** What of a Service may change, and what balancers may say of it. Source: upstream's ValidateServiceUpdate. */
import { forbidden, invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { LoadBalancerIngress, Service, ServiceSpec } from '../../../generated/types.ts';
import { goStrings } from '../../../go-literal.ts';
import { problemsAt } from '../../../metadata.ts';
import { dns1123SubdomainProblems, isIP } from '../../../names.ts';
import { validateIP } from '../../shared/ip-addresses.ts';
import { isHeadless } from './cluster-ips.ts';
import { needsHealthCheck } from './traffic.ts';

const isFixed = 'may not change once set';

interface PluralField {
  readonly key: 'clusterIPs' | 'ipFamilies';
  /** One of it, as upstream calls it. */
  readonly noun: 'clusterIP' | 'ipFamily';
}

/**
 * The first of two addresses or families stays, and the second may come and go: gone it must be said
 * that there is to be one.
 */
function validatePlural(spec: ServiceSpec, old: ServiceSpec, { key, noun }: PluralField) {
  const now: readonly string[] = spec[key] ?? [];
  const before: readonly string[] = old[key] ?? [];
  const errors: FieldError[] = [];
  const refuse = (index: number, why: string) =>
    errors.push(invalid(`spec.${key}[${index}]`, goStrings(now), why));
  if (now.length === before.length) {
    before.forEach((one, index) => {
      if (one !== now[index]) refuse(key === 'clusterIPs' ? index : 0, isFixed);
    });
    return errors;
  }
  if (now.length === 0) refuse(0, `primary ${noun} can not be unset`);
  else if (before.length > 0 && now[0] !== before[0]) refuse(0, isFixed);
  const isReleased = now.length === 1 && before.length > 1;
  if (isReleased && spec.ipFamilyPolicy !== 'SingleStack') {
    const why = `must be set to 'SingleStack' when releasing the secondary ${noun}`;
    errors.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, why));
  }
  return errors;
}

function validateAddresses(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  const [nowHeadless, wasHeadless] = [isHeadless(spec), isHeadless(old)];
  return [
    ...(nowHeadless && wasHeadless
      ? []
      : validatePlural(spec, old, { key: 'clusterIPs', noun: 'clusterIP' })),
    ...(nowHeadless || wasHeadless
      ? []
      : validatePlural(spec, old, { key: 'ipFamilies', noun: 'ipFamily' })),
  ];
}

export function validateServiceUpdate({ spec }: Service, { spec: old }: Service): FieldError[] {
  const errors = validateAddresses(spec, old);
  const areBalancers = spec.type === 'LoadBalancer' && old.type === 'LoadBalancer';
  if (areBalancers && spec.loadBalancerClass !== old.loadBalancerClass) {
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass, isFixed));
  }
  const areChecked = needsHealthCheck(spec) && needsHealthCheck(old);
  if (areChecked && spec.healthCheckNodePort !== old.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

const ipModes = ['Proxy', 'VIP'];

function validateIPMode({ ip = '', ipMode }: LoadBalancerIngress, field: string): FieldError[] {
  if (ipMode === undefined) {
    return ip === '' ? [] : [required(field, 'must be specified when `ip` is set')];
  }
  if (ip === '') return [forbidden(field, 'may not be specified when `ip` is not set')];
  return ipModes.includes(ipMode) ? [] : [notSupported(field, ipMode, ipModes)];
}

function validateHostname(name: string, field: string): FieldError[] {
  const errors = problemsAt(field, name, dns1123SubdomainProblems(name));
  if (isIP(name)) errors.push(invalid(field, name, 'must be a DNS name, not an IP address'));
  return errors;
}

export function validateServiceStatusUpdate({ spec, status }: Service): FieldError[] {
  const field = 'status.loadBalancer.ingress';
  const ingress = status.loadBalancer?.ingress ?? [];
  if (spec.type !== 'LoadBalancer' && ingress.length > 0) {
    return [forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((one, index) => {
    const { ip = '', hostname = '' } = one;
    const at = `${field}[${index}]`;
    return [
      ...(ip === '' ? [] : validateIP(ip, `${at}.ip`)),
      ...validateIPMode(one, `${at}.ipMode`),
      ...(hostname === '' ? [] : validateHostname(hostname, `${at}.hostname`)),
    ];
  });
}
