/** Writes many keys, a few hundred at a time, over one connection. */
import { PutRequest } from '@drydock/proto/etcd';
import { GrpcConnection } from './connection.ts';

export const putPath = '/etcdserverpb.KV/Put';
const streams = 256;

export interface FillOptions {
  readonly count: number;
  readonly keyOf: (index: number) => string;
  readonly value: Buffer;
}

/** Runs `work` for 0 to count - 1, at most `streams` at a time. */
export async function concurrently(
  options: { count: number; streams: number },
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const runner = async () => {
    while (next < options.count) await work(next++);
  };
  await Promise.all(Array.from({ length: options.streams }, runner));
}

/** @throws when a put fails */
export async function fill(url: string, { count, keyOf, value }: FillOptions): Promise<void> {
  using connection = await GrpcConnection.open(url);
  await concurrently({ count, streams }, async (index) => {
    const key = keyOf(index);
    const message = PutRequest.encode(PutRequest.from({ key: Buffer.from(key), value }));
    if ((await connection.unary(putPath, message)) === undefined) {
      throw new Error(`${url} refused to put ${key}`);
    }
  });
}
