/** Refusals in upstream's words. A Retry-After is no part of them: the client is a person who waits. */
import { ApiError } from '@drydock/api';

/** 503 */
export function unavailableError(message: string): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'ServiceUnavailable',
    code: 503,
  });
}

export const unreachableError = (reason: string) =>
  unavailableError(`error trying to reach service: ${reason}`);
