/**
 * Failures of API calls as their callers see them: always an ApiError with the server's Status, even
 * when there was no server to make one.
 *
 * The server's Status travels as JSON in the trailer `drydock-status-bin`. Without it (a connection
 * that broke, a deadline) the gRPC code decides the Status.
 */
import {
  ApiError,
  alreadyExistsError,
  badRequestError,
  expiredError,
  internalError,
  reasonOf,
  serviceUnavailableError,
  timeoutError,
  unauthorizedError,
  type Status,
} from '@drydock/api';
import { RpcError, StatusCode, toRpcError } from '@drydock/rpc';

export const statusTrailer = 'drydock-status-bin';

/** What was asked of the server, for the message of a failure that it did not explain itself. */
export interface CallSubject {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
}

/** The Status that a server attached to a failure. */
function statusOf(error: RpcError): Status | undefined {
  const [bytes] = error.trailers?.get(statusTrailer) ?? [];
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString()) as Status;
  } catch {
    return undefined;
  }
}

/** Turns whatever a call threw into an ApiError whose cause is the RpcError. */
export function toApiError(thrown: unknown, subject: CallSubject): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const error = toRpcError(thrown);
  const status = statusOf(error) ?? unexplained(error, subject).status;
  return new ApiError(status, { cause: error });
}

function unexplained(error: RpcError, subject: CallSubject): ApiError {
  switch (error.code) {
    case StatusCode.UNAVAILABLE:
    // A server that shuts down cancels what it has under way; our own cancellations end elsewhere.
    case StatusCode.CANCELLED:
      return serviceUnavailableError(`the API server cannot be reached: ${error.message}`);
    case StatusCode.DEADLINE_EXCEEDED:
      return timeoutError(error.message);
    case StatusCode.ALREADY_EXISTS:
      return alreadyExistsError(subject, subject.name);
    case StatusCode.UNAUTHENTICATED:
      return unauthorizedError();
    case StatusCode.INVALID_ARGUMENT:
      return badRequestError(error.message);
    case StatusCode.OUT_OF_RANGE:
      return expiredError(error.message);
    case StatusCode.NOT_FOUND:
      return failureWith(404, 'NotFound', error.message);
    case StatusCode.ABORTED:
      return failureWith(409, 'Conflict', error.message);
    case StatusCode.PERMISSION_DENIED:
      return failureWith(403, 'Forbidden', error.message);
    case StatusCode.RESOURCE_EXHAUSTED:
      return failureWith(429, 'TooManyRequests', error.message);
    default:
      return internalError(error.message);
  }
}

function failureWith(code: number, reason: string, message: string): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
}

/** The object does not exist. */
export const isNotFound = (error: unknown): boolean => reasonOf(error) === 'NotFound';
/** The name is taken. */
export const isAlreadyExists = (error: unknown): boolean => reasonOf(error) === 'AlreadyExists';
/** The object was changed since it was read, or a precondition does not hold. */
export const isConflict = (error: unknown): boolean => reasonOf(error) === 'Conflict';
/** The resource version is older than what is kept: list anew. */
export const isGone = (error: unknown): boolean =>
  reasonOf(error) === 'Expired' || reasonOf(error) === 'Gone';
export const isInvalid = (error: unknown): boolean => reasonOf(error) === 'Invalid';
export const isForbidden = (error: unknown): boolean => reasonOf(error) === 'Forbidden';
/** No server answered, or none that could: whether the call took effect is unknown. */
export const isUnavailable = (error: unknown): boolean =>
  reasonOf(error) === 'ServiceUnavailable' || reasonOf(error) === 'Timeout';

/** The namespace is going away, so nothing can be created in it any more. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof ApiError &&
  error.reason === 'Forbidden' &&
  (error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false);

/**
 * True when the call cannot have taken effect, because no connection carried it: the texts are those
 * of grpc-js for a call that found no transport, as opposed to one that lost it on the way.
 */
export function nothingHappened(error: unknown): boolean {
  const rpc = error instanceof ApiError ? error.cause : error;
  return (
    rpc instanceof RpcError &&
    rpc.code === StatusCode.UNAVAILABLE &&
    rpc.trailers?.get(statusTrailer)[0] === undefined &&
    /^(No connection established|Name resolution failed)/.test(rpc.message)
  );
}
