import { notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';

/** A field that must hold one of a few words. */
export function validateEnum(
  field: string,
  value: string | undefined,
  supported: readonly string[],
): FieldError[] {
  if (value === undefined || value === '') return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

/** The same, where the field may be absent. */
export function validateOptionalEnum(
  field: string,
  value: string | undefined,
  supported: readonly string[],
): FieldError[] {
  if (value === undefined || supported.includes(value)) return [];
  return [notSupported(field, value, supported)];
}
