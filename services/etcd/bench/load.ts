/** Fills a member, many keys to a transaction. */
import type { Client } from '@grpc/grpc-js';
import { KVService, PutRequest, RequestOp, TxnRequest } from '@drydock/proto/etcd';
import { unary } from './measure.ts';

const opsPerTxn = 100;
const txnsInFlight = 16;

export interface LoadOptions {
  /** The numbers of the first key, and behind the last. */
  readonly from: number;
  readonly to: number;
  readonly valueBytes: number;
  readonly lease?: bigint;
}

/** Keys look like those of a Kubernetes cluster, and follow each other. */
export const keyOf = (index: number) =>
  Buffer.from(`registry/pods/${String(index).padStart(9, '0')}`);

export async function putKeys(client: Client, options: LoadOptions): Promise<void> {
  const { from, to, valueBytes, lease = 0n } = options;
  const value = Buffer.alloc(valueBytes, 'v');
  let next = from;
  const write = async () => {
    while (next < to) {
      const first = next;
      next = Math.min(to, first + opsPerTxn);
      const success = Array.from({ length: next - first }, (_, index) =>
        RequestOp.from({
          requestPut: PutRequest.from({ key: keyOf(first + index), value, lease }),
        }),
      );
      await unary(client, KVService.txn, TxnRequest.from({ success }), 60_000);
    }
  };
  await Promise.all(Array.from({ length: txnsInFlight }, write));
}
