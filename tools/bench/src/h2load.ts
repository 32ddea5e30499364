/**
 * One measurement: nghttp2's h2load sends requests over one connection. It looks at HTTP statuses only,
 * so the callers check by other means that every request did its work.
 */
import { capture } from './command.ts';

export interface LoadOptions {
  /** One URL, or a file of them that are asked for in turn. */
  readonly target: string | { readonly file: string };
  readonly headers: Readonly<Record<string, string>>;
  /** The file with the body of every request, which is then a POST. */
  readonly bodyFile?: string;
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

/** Of calls of etcd's API, whose frame is in a file. */
export const grpcHeaders = { 'content-type': 'application/grpc', te: 'trailers' };

function duration(text: string): number {
  const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(text)!;
  return Number(number) * unitMillis[unit!]!;
}

export async function h2load(options: LoadOptions): Promise<LoadResult> {
  const { target, headers, bodyFile, streams, requests } = options;
  const output = await capture('h2load', [
    '-c1',
    `-m${streams}`,
    `-n${requests}`,
    ...(bodyFile === undefined ? [] : ['-d', bodyFile]),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(typeof target === 'string' ? [target] : ['-i', target.file]),
  ]);
  const rate = /finished in [^,]+, ([\d.]+) req\/s/.exec(output)?.[1];
  const succeeded = /(\d+) succeeded, 0 failed, 0 errored/.exec(output)?.[1];
  // An answer of 404 or 409 is "succeeded" to h2load: what else there was must be 2xx.
  const accepted = /status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx/.exec(output)?.[1];
  const [, , max, mean] =
    /time for request:\s+(\S+)\s+(\S+)\s+(\S+)/.exec(output) ?? ([] as string[]);
  const [, bytes, unit] =
    /\(\d+\) headers[^,]*, ([\d.]+)(B|KB|MB|GB) \(\d+\) data/.exec(output) ?? [];
  const done = Number(succeeded) === requests && Number(accepted) === requests;
  if (rate === undefined || !done || mean === undefined) {
    throw new Error(`h2load did not succeed:\n${output}`);
  }
  return {
    requestsPerSecond: Number(rate),
    meanMillis: duration(mean),
    maxMillis: duration(max!),
    dataBytes: Number(bytes ?? 0) * (unitBytes[unit ?? 'B'] ?? 1),
  };
}
