/**
 * Every failure that a client of the API sees, as a Status object with upstream's texts and codes.
 *
 * 1. An ApiError carries the whole Status; transports send that Status and nothing else.
 * 2. `reason` is what programs test; the message is for people.
 */
import { causeReason, formatFieldError, formatFieldErrorBody } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import type { Status, StatusCause, StatusDetails } from './generated/types.ts';

export interface ResourceName {
  readonly group: string;
  readonly resource: string;
}

export interface KindName {
  readonly group: string;
  readonly kind: string;
}

export type StatusReason =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'Gone'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnsupportedMediaType'
  | 'Unknown';

/** A Status that tells of a failure. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status code. */
  readonly code: number;
  readonly reason: StatusReason;
  readonly status: Status;

  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? 'unknown failure', options);
    this.status = status;
    this.code = status.code ?? 500;
    this.reason = (status.reason as StatusReason | undefined) ?? 'Unknown';
  }
}

interface Failure {
  readonly code: number;
  readonly reason: StatusReason;
  readonly message: string;
  readonly details?: StatusDetails;
}

export function failure({ code, reason, message, details }: Failure): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  });
}

const qualified = ({ group, resource }: ResourceName) =>
  group === '' ? resource : `${resource}.${group}`;

function resourceDetails({ group, resource }: ResourceName, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  };
}

export function notFoundError(resource: ResourceName, name: string): ApiError {
  return failure({
    code: 404,
    reason: 'NotFound',
    message: `${qualified(resource)} "${name}" not found`,
    details: resourceDetails(resource, name),
  });
}

/** For a path that leads nowhere. */
export function noSuchResourceError(): ApiError {
  return failure({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });
}

export function alreadyExistsError(resource: ResourceName, name: string): ApiError {
  return failure({
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualified(resource)} "${name}" already exists`,
    details: resourceDetails(resource, name),
  });
}

export const optimisticLockMessage =
  'the object has been modified; please apply your changes to the latest version and try again';

export function conflictError(
  resource: ResourceName,
  name: string,
  why: string = optimisticLockMessage,
): ApiError {
  return failure({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    details: resourceDetails(resource, name),
  });
}

/** The delete of an object that is another one by now. */
export function uidPreconditionError(
  resource: ResourceName,
  name: string,
  uids: { readonly wanted: string; readonly actual: string },
): ApiError {
  const why = `Precondition failed: UID in precondition: ${uids.wanted}, UID in object meta: ${uids.actual}`;
  return conflictError(resource, name, why);
}

export function invalidError(
  kind: KindName,
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const causes: StatusCause[] = errors.map((error) => ({
    reason: causeReason(error),
    message: formatFieldErrorBody(error),
    ...(error.field === '' ? {} : { field: error.field }),
  }));
  const texts = [...new Set(errors.map(formatFieldError))];
  const qualifiedKind = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const aggregate = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return failure({
    code: 422,
    reason: 'Invalid',
    message: `${qualifiedKind} "${name}" is invalid: ${aggregate}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes,
    },
  });
}

export function badRequestError(message: string): ApiError {
  return failure({ code: 400, reason: 'BadRequest', message });
}

export function forbiddenError(resource: ResourceName, name: string, why: string): ApiError {
  const object = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  return failure({
    code: 403,
    reason: 'Forbidden',
    message: `${object} is forbidden: ${why}`,
    details: resourceDetails(resource, name),
  });
}

export function unauthorizedError(): ApiError {
  return failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

export function methodNotAllowedError(resource: ResourceName, verb: string): ApiError {
  return failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `${verb} is not supported on resources of kind "${qualified(resource)}"`,
    details: resourceDetails(resource, ''),
  });
}

export function notAcceptableError(accepted: readonly string[]): ApiError {
  return failure({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${accepted.join(', ')}`,
  });
}

export function unsupportedMediaTypeError(accepted: readonly string[]): ApiError {
  return failure({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  });
}

/** The continue token or the start of a watch is older than what is kept. */
export function expiredError(message: string): ApiError {
  return failure({ code: 410, reason: 'Expired', message });
}

export function tooOldResourceVersionError(asked: string, oldest: string): ApiError {
  return expiredError(`too old resource version: ${asked} (${oldest})`);
}

export const bodyBytesMax = 3_145_728;

export function requestEntityTooLargeError(limitBytes: number = bodyBytesMax): ApiError {
  return failure({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: limit is ${limitBytes}`,
  });
}

export function tooManyRequestsError(
  retryAfterSeconds: number,
  message = 'too many requests, please try again later',
  causes?: StatusCause[],
): ApiError {
  return failure({
    code: 429,
    reason: 'TooManyRequests',
    message,
    details: {
      ...(causes === undefined ? {} : { causes }),
      ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
    },
  });
}

/** A request that did not end in time. */
export function timeoutError(message: string, retryAfterSeconds = 0): ApiError {
  return failure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: ${message}`,
    details: retryAfterSeconds === 0 ? {} : { retryAfterSeconds },
  });
}

/** The client has seen a newer state than this server. */
export function tooLargeResourceVersionError(asked: string, current: string): ApiError {
  const message = `Too large resource version: ${asked}, current: ${current}`;
  return failure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: ${message}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}

export function serviceUnavailableError(message: string, retryAfterSeconds = 1): ApiError {
  return failure({
    code: 503,
    reason: 'ServiceUnavailable',
    message,
    details: { retryAfterSeconds },
  });
}

export function internalError(message: string): ApiError {
  return failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  });
}

/** The reason of an API failure, 'Unknown' for any other thrown value. */
export function reasonOf(error: unknown): StatusReason {
  return error instanceof ApiError ? error.reason : 'Unknown';
}

export function successStatus(details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
  };
}
