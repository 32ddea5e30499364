/** How the containers of a pod find names. */
import { invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { PodDNSConfig, PodSpec } from '../../../generated/types.ts';
import { goStrings } from '../../../go-literal.ts';
import { problemsAt } from '../../../metadata.ts';
import { dns1123SubdomainProblems } from '../../../names.ts';
import { validateIP } from '../../shared/ip-addresses.ts';

/** Upstream's bounds, which are those of libc's resolver. */
const nameserverCountMax = 3;
const searchCountMax = 32;
const searchLengthMax = 2048;

function validateSearches(searches: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (searches.length > searchCountMax) {
    const why = `must not have more than ${searchCountMax} search paths`;
    errors.push(invalid(field, goStrings(searches), why));
  }
  if (searches.join(' ').length > searchLengthMax) {
    const why = `must not have more than ${searchLengthMax} characters (including spaces) in the search list`;
    errors.push(invalid(field, goStrings(searches), why));
  }
  searches.forEach((search, index) => {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    errors.push(...problemsAt(`${field}[${index}]`, name, dns1123SubdomainProblems(name)));
  });
  return errors;
}

function validateConfig(
  { nameservers = [], searches, options }: PodDNSConfig,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (nameservers.length > nameserverCountMax) {
    const why = `must not have more than ${nameserverCountMax} nameservers`;
    errors.push(invalid(`${field}.nameservers`, goStrings(nameservers), why));
  }
  nameservers.forEach((address, index) => {
    errors.push(...validateIP(address, `${field}.nameservers[${index}]`));
  });
  if (searches !== undefined) errors.push(...validateSearches(searches, `${field}.searches`));
  options?.forEach(({ name = '' }, index) => {
    if (name === '') errors.push(required(`${field}.options[${index}]`, 'must not be empty'));
  });
  return errors;
}

/** @param field of the configuration */
export function validateDns({ dnsPolicy, dnsConfig }: PodSpec, field: string): FieldError[] {
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) {
      return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    }
    if ((dnsConfig.nameservers ?? []).length === 0) {
      const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      return [required(`${field}.nameservers`, why)];
    }
  }
  return dnsConfig === undefined ? [] : validateConfig(dnsConfig, field);
}
