/** The engine's refusals, by status code; its message is what people are shown. */
import { RuntimeError } from '../runtime.ts';

interface EngineFailure {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message?: string;
  readonly json?: { readonly message?: string } | undefined;
}

export function toRuntimeError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  const failure = error as EngineFailure;
  // The client library puts the status before the engine's own words.
  const message = (failure.json?.message ?? failure.message ?? String(error))
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .trim();
  if (failure.statusCode === 404) {
    return new RuntimeError(
      /no such image/i.test(message) ? 'IMAGE_NOT_FOUND' : 'NOT_FOUND',
      message,
      error,
    );
  }
  const unreachable = failure.code === 'ECONNREFUSED' || failure.code === 'ENOENT';
  return new RuntimeError(unreachable ? 'UNREACHABLE' : 'FAILED', message, error);
}

/** 404: gone. 304 and 409: already in the state that was asked for, or on its way there. */
const harmless = new Set([304, 404, 409]);

/** Undefined when there is nothing left to act on. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const { statusCode } = error as EngineFailure;
    if (statusCode !== undefined && harmless.has(statusCode)) return undefined;
    throw toRuntimeError(error);
  }
}
