/** The runtime's refusals, by gRPC status; its message is what people are shown. Pure but for types. */
import { status as StatusCode, type ServiceError } from '@grpc/grpc-js';
import { RuntimeError } from '../runtime.ts';

const codes: Readonly<Record<number, RuntimeError['code']>> = {
  [StatusCode.NOT_FOUND]: 'NOT_FOUND',
  [StatusCode.DEADLINE_EXCEEDED]: 'TIMEOUT',
  [StatusCode.UNAVAILABLE]: 'UNREACHABLE',
};

export function toRuntimeError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  const { code, details, message } = error as Partial<ServiceError>;
  return new RuntimeError(
    codes[code ?? -1] ?? 'FAILED',
    details ?? message ?? String(error),
    error,
  );
}

/** As Go prints a failed call, which is what upstream tells people of sandboxes and pulls. */
export function withStatus(error: unknown): RuntimeError {
  const failure = toRuntimeError(error);
  const { code } = (failure.cause ?? {}) as Partial<ServiceError>;
  if (code === undefined) return failure;
  const name = StatusCode[code]
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
  const message = `rpc error: code = ${name} desc = ${failure.message}`;
  return new RuntimeError(failure.code, message, failure.cause);
}

/** Undefined when there is nothing left to act on. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
