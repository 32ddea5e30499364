/** DeleteOptions from a body and a query, with upstream's checks. Pure. */
import { badRequestError, invalidError, type FieldError } from '@drydock/api';
import type { DeleteAsk } from './requests.ts';

const policies = ['Background', 'Foreground', 'Orphan'] as const;

function refuse(field: string, badValue: unknown, detail: string): Error {
  const error: FieldError = { type: 'Invalid', field, badValue, detail };
  return invalidError({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [error]);
}

/** @throws ApiError */
export function parseDeleteOptions(
  value: unknown,
  query: URLSearchParams = new URLSearchParams(),
): DeleteAsk & { readonly dryRun: boolean } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequestError('DeleteOptions must be an object');
  }
  const body = value as Record<string, unknown>;
  const read = (name: string): unknown => {
    const given = Object.hasOwn(body, name) ? body[name] : undefined;
    return given ?? query.get(name) ?? undefined;
  };
  const preconditions = (body['preconditions'] ?? {}) as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const given = preconditions[name];
    if (given !== undefined && given !== null && typeof given !== 'string') {
      throw refuse(`preconditions.${name}`, given, 'must be a string');
    }
    return given ?? undefined;
  };
  return {
    gracePeriodSeconds: parseGrace(read('gracePeriodSeconds')),
    propagationPolicy: parsePolicy(read('propagationPolicy'), read('orphanDependents')),
    uid: text('uid'),
    resourceVersion: text('resourceVersion'),
    dryRun: parseDryRun(body['dryRun']),
  };
}

function parseGrace(value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined;
  const seconds = typeof value === 'string' ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds)) {
    throw refuse('gracePeriodSeconds', value, 'must be a whole number of seconds');
  }
  return seconds;
}

function parsePolicy(value: unknown, orphan: unknown): DeleteAsk['propagationPolicy'] {
  if (value === undefined || value === '') {
    if (orphan === true || orphan === 'true') return 'Orphan';
    return orphan === false || orphan === 'false' ? 'Background' : undefined;
  }
  const policy = policies.find((one) => one === value);
  if (policy === undefined) {
    const known = policies.map((one) => `"${one}"`).join(', ');
    const error: FieldError = {
      type: 'NotSupported',
      field: 'propagationPolicy',
      badValue: value,
      detail: `supported values: ${known}`,
    };
    throw invalidError({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [error]);
  }
  return policy;
}

function parseDryRun(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const all = Array.isArray(value) && value.every((one) => one === 'All');
  if (!all) throw refuse('dryRun', value, 'must be ["All"] or absent');
  return (value as unknown[]).length > 0;
}
