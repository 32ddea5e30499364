/**
 * An operational failure on the wire: a gRPC status code, the message that clients may show, and
 * optional trailers. Handlers throw it, callers catch it; anything else a handler throws becomes
 * INTERNAL with the message kept out of the reply (it goes to the log).
 */
import { Metadata, status } from '@grpc/grpc-js';

export { status as StatusCode } from '@grpc/grpc-js';

export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: status;
  readonly trailers: Metadata | undefined;

  constructor(
    code: status,
    message: string,
    options: { trailers?: Metadata; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.trailers = options.trailers;
  }
}

/** grpc-js reports failures as Errors with `code`, `details` and `metadata`. */
export function toRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof Error && 'code' in error && typeof error.code === 'number') {
    const details = 'details' in error && typeof error.details === 'string' ? error.details : '';
    const trailers = 'metadata' in error && error.metadata instanceof Metadata;
    return new RpcError(error.code, details === '' ? error.message : details, {
      ...(trailers ? { trailers: error.metadata as Metadata } : {}),
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new RpcError(status.UNKNOWN, message, { cause: error });
}

/** What grpc-js expects a handler to fail with. */
export function toServiceError(error: RpcError): {
  code: status;
  details: string;
  metadata?: Metadata;
} {
  return {
    code: error.code,
    details: error.message,
    ...(error.trailers === undefined ? {} : { metadata: error.trailers }),
  };
}
