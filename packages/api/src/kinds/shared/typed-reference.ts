/** A reference to an object of any kind, by group, kind and name. */
import { required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { TypedLocalObjectReference } from '../../generated/types.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123SubdomainProblems } from '../../names.ts';

/** What would be another path, were it a part of one. */
function pathSegmentProblems(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%']
    .filter((part) => name.includes(part))
    .map((part) => `may not contain '${part}'`);
}

export function validateTypedReference(
  { apiGroup, kind, name }: TypedLocalObjectReference,
  field: string,
): FieldError[] {
  const errors =
    apiGroup === undefined
      ? []
      : problemsAt(`${field}.apiGroup`, apiGroup, dns1123SubdomainProblems(apiGroup));
  for (const [key, value] of Object.entries({ kind, name })) {
    if (value === '') errors.push(required(`${field}.${key}`));
    else errors.push(...problemsAt(`${field}.${key}`, value, pathSegmentProblems(value)));
  }
  return errors;
}
