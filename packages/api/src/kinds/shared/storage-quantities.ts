/** Amounts of storage, in upstream's words. */
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { compareQuantities, quantityValue } from '../../quantity.ts';

export function validatePositive(quantity: string, field: string): FieldError[] {
  return compareQuantities(quantity, '0') > 0
    ? []
    : [invalid(field, quantity, 'must be greater than zero')];
}

export function validateBasicResource(quantity: string, field: string): FieldError[] {
  const value = quantityValue(quantity);
  return value < 0 ? [invalid(field, value, 'must be a valid resource quantity')] : [];
}
