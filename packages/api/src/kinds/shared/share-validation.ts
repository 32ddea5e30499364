/** Counts that may be given as a share of the pods: `3` or `25%`. */
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { IntOrString } from '../../generated/types.ts';
import { goIntOrString } from '../../go-literal.ts';
import { percentPattern } from '../../int-or-string.ts';
import { problemsAt, validateNotNegative } from '../../metadata.ts';
import { percentProblems } from '../../names.ts';

export function validateShare(value: IntOrString, field: string): FieldError[] {
  return typeof value === 'number'
    ? validateNotNegative(field, value)
    : problemsAt(field, goIntOrString(value), percentProblems(value));
}

export function validateNotMoreThanAll(value: IntOrString, field: string): FieldError[] {
  const percent = typeof value === 'string' ? percentPattern.exec(value) : null;
  return percent !== null && Number(percent[1]) > 100
    ? [invalid(field, goIntOrString(value), 'must not be greater than 100%')]
    : [];
}

const numberOrShare = /^(?:[-+]?\d+|\d+%)$/;

/** Whether the share comes to nothing, as text does that is neither a number nor a share. */
export function isNoShare(value: IntOrString): boolean {
  const text = String(value);
  return !numberOrShare.test(text) || Number.parseInt(text, 10) === 0;
}
