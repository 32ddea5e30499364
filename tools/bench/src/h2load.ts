/**
 * One measurement: nghttp2's h2load sends the same gRPC frame over one connection. It looks at HTTP
 * statuses only, so the callers check by other means that every call did its work.
 */
import { capture } from './command.ts';

export interface LoadOptions {
  readonly url: string;
  readonly path: string;
  /** The file with the request's frame. */
  readonly frameFile: string;
  readonly streams: number;
  readonly requests: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly meanMillis: number;
  readonly maxMillis: number;
  /** Bytes of all answers' bodies. */
  readonly dataBytes: number;
}

const unitMillis: Record<string, number> = { us: 0.001, ms: 1, s: 1_000 };
const unitBytes: Record<string, number> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

function duration(text: string): number {
  const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(text)!;
  return Number(number) * unitMillis[unit!]!;
}

export async function h2load(options: LoadOptions): Promise<LoadResult> {
  const output = await capture('h2load', [
    '-c1',
    `-m${options.streams}`,
    `-n${options.requests}`,
    '-d',
    options.frameFile,
    '-H',
    'content-type: application/grpc',
    '-H',
    'te: trailers',
    `${options.url}${options.path}`,
  ]);
  const rate = /finished in [^,]+, ([\d.]+) req\/s/.exec(output)?.[1];
  const succeeded = /(\d+) succeeded, 0 failed, 0 errored/.exec(output)?.[1];
  const [, , max, mean] =
    /time for request:\s+(\S+)\s+(\S+)\s+(\S+)/.exec(output) ?? ([] as string[]);
  const [, bytes, unit] =
    /\(\d+\) headers[^,]*, ([\d.]+)(B|KB|MB|GB) \(\d+\) data/.exec(output) ?? [];
  if (rate === undefined || Number(succeeded) !== options.requests || mean === undefined) {
    throw new Error(`h2load did not succeed:\n${output}`);
  }
  return {
    requestsPerSecond: Number(rate),
    meanMillis: duration(mean),
    maxMillis: duration(max!),
    dataBytes: Number(bytes ?? 0) * (unitBytes[unit ?? 'B'] ?? 1),
  };
}
