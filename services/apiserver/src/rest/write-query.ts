/** What the query of a write says beside its body: whether it is only tried, and how strictly read. */
import { badRequestError, type FieldValidation } from '@drydock/api';
import type { WriteOptions } from '../registry/requests.ts';

/** @throws ApiError 400 */
export function parseWriteQuery(query: URLSearchParams): Omit<WriteOptions, 'user'> {
  return {
    dryRun: parseDryRun(query),
    fieldValidation: parseFieldValidation(query),
    warnings: [],
  };
}

function parseDryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun').filter((value) => value !== '');
  if (values.length === 0) return false;
  if (values.every((value) => value === 'All')) return true;
  throw badRequestError(`dryRun: Unsupported value: "${values[0]}": supported values: "All"`);
}

function parseFieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation');
  if (value === null || value === '') return 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw badRequestError(
    `fieldValidation: Unsupported value: "${value}": supported values: "", "Ignore", "Strict", "Warn"`,
  );
}
