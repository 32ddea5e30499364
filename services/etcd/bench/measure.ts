/** What the benchmarks of this component share: calls, and a process's memory. */
import { readFileSync } from 'node:fs';
import type { Client, ServiceError } from '@grpc/grpc-js';

interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

export function unary<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  timeoutMillis: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      { deadline: Date.now() + timeoutMillis },
      (error: ServiceError | null, response) => {
        if (error === null) resolve(response!);
        else reject(error);
      },
    );
  });
}

export interface ResidentBytes {
  readonly all: number;
  /** Without pages of files, which the system can take back. */
  readonly anonymous: number;
  readonly peak: number;
}

/** As Linux counts them in /proc. */
export function residentBytes(pid: number): ResidentBytes {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { all: field('VmRSS'), anonymous: field('RssAnon'), peak: field('VmHWM') };
}
