/** What writes add to the database, as the original estimates it to hold them against the quota. Bytes. */
import type { PutRequest, RequestOp, TxnRequest } from '@drydock/proto/etcd';

/** Of a key beside key and value, and of a lease. */
const keyOverheadBytes = 256;
export const leaseCostBytes = 64;

export function costOfPut({ key, value }: PutRequest): number {
  return keyOverheadBytes + key.length + value.length;
}

/**
 * Of the dearer branch; 0 when neither puts anything. As in the original, transactions within are not
 * looked into, so that their puts get past a full quota.
 */
export function costOfTxn(request: TxnRequest): number {
  return Math.max(costOf(request.success), costOf(request.failure));
}

function costOf(ops: readonly RequestOp[]): number {
  let sum = 0;
  for (const { requestPut } of ops) {
    if (requestPut !== undefined) sum += costOfPut(requestPut);
  }
  return sum;
}
