/** The query of a list or a watch, read and checked with upstream's texts. Pure. */
import { ApiError, badRequestError, invalidError, type FieldError } from '@drydock/api';
import { isSet, parseFlag } from './query-flag.ts';

export interface ListOptions {
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
  /** Undefined when unset or empty. */
  readonly resourceVersion: number | undefined;
  readonly match: 'Exact' | 'NotOlderThan' | undefined;
  readonly limit: number;
  readonly continueToken: string | undefined;
  readonly watch: boolean;
  readonly bookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^\d{1,15}$/.test(value)) {
    throw badRequestError(
      `${name}: Invalid value: ${JSON.stringify(value)}: must be a whole number`,
    );
  }
  return Number(value);
}

/** @throws ApiError */
export function parseListOptions(query: URLSearchParams): ListOptions {
  const match = query.get('resourceVersionMatch') || undefined;
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') || undefined,
    fieldSelector: query.get('fieldSelector') || undefined,
    resourceVersion: parseVersion(query.get('resourceVersion')),
    match: match as ListOptions['match'],
    limit: wholeNumber(query, 'limit') ?? 0,
    continueToken: query.get('continue') || undefined,
    watch: isSet(query, 'watch'),
    bookmarks: isSet(query, 'allowWatchBookmarks'),
    sendInitialEvents: parseFlag(query, 'sendInitialEvents'),
    timeoutSeconds: wholeNumber(query, 'timeoutSeconds'),
  };
  const errors = [...matchErrors(options), ...initialEventErrors(options)];
  if (errors.length > 0) {
    const refusal = invalidError({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
    throw new ApiError({ ...refusal.status, details: { ...refusal.status.details, name: '' } });
  }
  if (options.continueToken !== undefined && (options.resourceVersion ?? 0) !== 0) {
    throw badRequestError('specifying resource version is not allowed when using continue');
  }
  return options;
}

function parseVersion(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    const error: FieldError = {
      type: 'Invalid',
      field: 'resourceVersion',
      badValue: text,
      detail: `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    };
    throw invalidError({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [error]);
  }
  return Number(text);
}

const forbidden = (field: string, detail: string): FieldError => ({
  type: 'Forbidden',
  field,
  badValue: '',
  detail,
});

function matchErrors(options: ListOptions): FieldError[] {
  const { match, resourceVersion, continueToken } = options;
  if (match === undefined) return [];
  const field = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (options.watch && options.sendInitialEvents === undefined) {
    errors.push(
      forbidden(
        field,
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (resourceVersion === undefined && options.sendInitialEvents === undefined) {
    errors.push(
      forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    );
  }
  if (continueToken !== undefined) {
    errors.push(forbidden(field, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push({
      type: 'NotSupported',
      field,
      badValue: match,
      detail: 'supported values: "Exact", "NotOlderThan", ""',
    });
  } else if (match === 'Exact' && resourceVersion === 0) {
    errors.push(
      forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    );
  }
  return errors;
}

function initialEventErrors(options: ListOptions): FieldError[] {
  if (options.sendInitialEvents === undefined) return [];
  const field = 'sendInitialEvents';
  if (!options.watch) return [forbidden(field, 'sendInitialEvents is forbidden for list')];
  if (options.match !== 'NotOlderThan') {
    const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    return [forbidden('resourceVersionMatch', why)];
  }
  return [];
}
