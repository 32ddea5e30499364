/** A container's output as the engine keeps it. */
import type Docker from 'dockerode';
import type { LogQuery } from '../runtime.ts';
import { toRuntimeError } from './errors.ts';
import { merge } from './multiplexed-stream.ts';

export async function* readLogs(
  container: Docker.Container,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const options = {
    stdout: true,
    stderr: true,
    timestamps: query.timestamps,
    ...(query.tailLines === undefined ? {} : { tail: query.tailLines }),
    ...(query.sinceWallTime === undefined ? {} : { since: query.sinceWallTime / 1000 }),
  };
  try {
    const { Config: config } = await container.inspect();
    const stream = await (query.follow
      ? container.logs({ ...options, follow: true })
      : container.logs({ ...options, follow: false }));
    if (stream instanceof Buffer) {
      yield* config.Tty ? [stream] : merge(only(stream));
      return;
    }
    const readable = stream as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
    const stop = () => readable.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      yield* config.Tty ? readable : merge(readable);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  } catch (error) {
    if (!signal.aborted) throw toRuntimeError(error);
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(bytes);
}
