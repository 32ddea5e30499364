import { notSupported, notSupportedInOrder, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';

/** A field that must hold one of a few words; a refusal tells them sorted. */
export function validateEnum(
  field: string,
  value: string | undefined,
  supported: readonly string[],
): FieldError[] {
  if (value === undefined || value === '') return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

/** The same, where upstream tells the words in an order of its own. */
export function validateEnumInOrder(
  field: string,
  value: string | undefined,
  supported: readonly string[],
): FieldError[] {
  if (value === undefined || value === '') return [required(field)];
  return supported.includes(value) ? [] : [notSupportedInOrder(field, value, supported)];
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

export const protocols = ['SCTP', 'TCP', 'UDP'];
export const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
