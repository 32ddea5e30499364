/** Failures of the API as gRPC statuses; the whole Status travels in a trailer. */
import { ApiError, internalError, type StatusReason } from '@drydock/api';
import type { Logger } from '@drydock/ports';
import { RpcError, StatusCode } from '@drydock/rpc';
import { Metadata } from '@grpc/grpc-js';

const statusTrailer = 'drydock-status-bin';
/** Trailers share one header block, which peers bound. */
const trailerBytesMax = 6_000;

const codes: Readonly<Partial<Record<StatusReason, StatusCode>>> = {
  AlreadyExists: StatusCode.ALREADY_EXISTS,
  BadRequest: StatusCode.INVALID_ARGUMENT,
  Conflict: StatusCode.ABORTED,
  Expired: StatusCode.OUT_OF_RANGE,
  Forbidden: StatusCode.PERMISSION_DENIED,
  Gone: StatusCode.OUT_OF_RANGE,
  Invalid: StatusCode.INVALID_ARGUMENT,
  MethodNotAllowed: StatusCode.UNIMPLEMENTED,
  NotFound: StatusCode.NOT_FOUND,
  RequestEntityTooLarge: StatusCode.INVALID_ARGUMENT,
  ServerTimeout: StatusCode.DEADLINE_EXCEEDED,
  ServiceUnavailable: StatusCode.UNAVAILABLE,
  Timeout: StatusCode.DEADLINE_EXCEEDED,
  TooManyRequests: StatusCode.RESOURCE_EXHAUSTED,
  Unauthorized: StatusCode.UNAUTHENTICATED,
  UnsupportedMediaType: StatusCode.INVALID_ARGUMENT,
};

export function toRpcFailure(error: unknown, log: Logger, method: string): RpcError {
  if (error instanceof RpcError) return error;
  if (!(error instanceof ApiError)) log.error({ err: error, method }, 'call failed');
  const failure =
    error instanceof ApiError ? error : internalError('the server log has the details');
  const message = failure.message.slice(0, 2_000);
  let status: Buffer = Buffer.from(JSON.stringify(failure.status));
  if (status.length > trailerBytesMax) {
    const { details: _details, ...short } = failure.status;
    status = Buffer.from(JSON.stringify({ ...short, message }));
  }
  const trailers = new Metadata();
  trailers.set(statusTrailer, status);
  return new RpcError(codes[failure.reason] ?? StatusCode.INTERNAL, message, { trailers });
}
