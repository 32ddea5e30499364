import { invalid, required, tooLong } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { dns1123SubdomainProblems } from '../../names.ts';

const lengthMax = 63;

/** The name that a CSI driver gives itself: a DNS name, whatever its case. */
export function validateCSIDriverName(name: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(field));
  if (name.length > lengthMax) errors.push(tooLong(field, lengthMax));
  for (const problem of dns1123SubdomainProblems(name.toLowerCase())) {
    errors.push(invalid(field, name, problem));
  }
  return errors;
}
