/** The addresses of a Service inside the cluster, and their families. */
import { duplicate, forbidden, invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { ServiceSpec } from '../../../generated/types.ts';
import { goStrings } from '../../../go-literal.ts';
import { isIP, isIPv6 } from '../../../names.ts';
import { validateOptionalEnum } from '../../shared/enum-validation.ts';
import { validateIP } from '../../shared/ip-addresses.ts';

const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const onePerFamily = 'may specify no more than one IP for each IP family';
const field = 'spec.clusterIPs';

export const isHeadless = ({ clusterIPs }: ServiceSpec) =>
  clusterIPs?.length === 1 && clusterIPs[0] === 'None';

/** A name elsewhere has no address of ours. */
export function validateNoClusterIPs(spec: ServiceSpec): FieldError[] {
  const why = 'may not be set for ExternalName services';
  const errors: FieldError[] = [];
  if ((spec.clusterIPs ?? []).length > 0) errors.push(forbidden(field, why));
  if ((spec.ipFamilies ?? []).length > 0) errors.push(forbidden('spec.ipFamilies', why));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', why));
  return errors;
}

/** The single and the plural field say the same. */
function validateFirst({ clusterIP = '', clusterIPs = [] }: ServiceSpec): FieldError[] {
  const refuse = (why: string) => [invalid(field, goStrings(clusterIPs), why)];
  if (clusterIP === '') {
    return clusterIPs.length > 0 ? refuse('must be empty when `clusterIP` is not specified') : [];
  }
  if (clusterIPs.length === 0) return [required(field)];
  return clusterIPs[0] === clusterIP ? [] : refuse('first value must match `clusterIP`');
}

function validateFamilies({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const seen = new Set<string>();
  const errors = ipFamilies.flatMap((family, index) => {
    const at = `spec.ipFamilies[${index}]`;
    const own: FieldError[] = [];
    if (!families.includes(family)) own.push(notSupported(at, family, families));
    if (seen.has(family)) own.push(duplicate(at, family));
    seen.add(family);
    return own;
  });
  const policyErrors = validateOptionalEnum('spec.ipFamilyPolicy', ipFamilyPolicy, familyPolicies);
  return [...errors, ...policyErrors];
}

function validateAddresses(addresses: readonly string[]): FieldError[] {
  return addresses.flatMap((address, index) => {
    if (index > 0 || address !== 'None') return validateIP(address, `${field}[${index}]`);
    const why = "'None' must be the first and only value";
    return addresses.length > 1 ? [invalid(field, goStrings(addresses), why)] : [];
  });
}

function validateFamilyOf(address: string, family: string | undefined, index: number) {
  if (family === undefined || !families.includes(family)) return [];
  if (isIPv6(address) === (family === 'IPv6')) return [];
  const why = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
  return [invalid(`${field}[${index}]`, address, why)];
}

export function validateClusterIPs(spec: ServiceSpec): FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const errors = [
    ...validateFirst(spec),
    ...validateFamilies(spec),
    ...validateAddresses(clusterIPs),
  ];
  const refuse = (why: string) => errors.push(invalid(field, goStrings(clusterIPs), why));
  if (clusterIPs.length > 2) refuse('may only hold up to 2 values');
  // What follows means nothing for what is no address.
  if (isHeadless(spec) || !clusterIPs.every(isIP)) return errors;
  const isDualStack = clusterIPs.some(isIPv6) && !clusterIPs.every(isIPv6);
  if (clusterIPs.length > 1 && !isDualStack) refuse(onePerFamily);
  clusterIPs.forEach((address, index) => {
    errors.push(...validateFamilyOf(address, ipFamilies[index], index));
  });
  return errors;
}
