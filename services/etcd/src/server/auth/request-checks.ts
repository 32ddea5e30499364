/**
 * What a user needs for a request on keys. The same checks guard reads, when they are made, and writes,
 * when they are applied.
 *
 * 1. Reading is also: to compare in a transaction, and to be told what a write replaced.
 * 2. Both branches of a transaction are checked, whichever runs, and nested ones with them.
 * 3. Who puts a key on a lease, or revokes one, must be able to write all keys that hang on it: the end
 *    of the lease deletes them.
 */
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '@drydock/proto/etcd';
import type { AuthStore } from '../../auth/auth-store.ts';
import type { AuthInfo } from '../../auth/types.ts';
import type { Lessor } from '../../lease/lessor.ts';
import type { Failure } from '../../mvcc/failure.ts';
import { toByteString } from '../../mvcc/version.ts';
import type { Command } from '../command.ts';

export interface CheckContext {
  readonly auth: AuthStore;
  readonly lessor: Lessor;
}

type Refusal = Failure | undefined;

interface Range {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

/** Why a command must not be applied for this user; undefined when it may. */
export function refuseCommand(context: CheckContext, command: Command, by: AuthInfo): Refusal {
  switch (command.kind) {
    case 'put':
      return refusePut(context, command.message, by);
    case 'delete-range':
      return refuseDelete(context, command.message, by);
    case 'txn':
      return refuseTxn(context, command.message, by);
    case 'lease-revoke':
      return refuseLeaseWrites(context, command.message.id, by);
    default:
      // Members say these themselves, or check them before they ask.
      return undefined;
  }
}

const refuseRead = ({ auth }: CheckContext, { key, rangeEnd }: Range, by: AuthInfo): Refusal =>
  auth.refuseRead(by, toByteString(key), toByteString(rangeEnd));

export function refuseRange(context: CheckContext, request: RangeRequest, by: AuthInfo): Refusal {
  return refuseRead(context, request, by);
}

function refusePut(context: CheckContext, request: PutRequest, by: AuthInfo): Refusal {
  const key = toByteString(request.key);
  return (
    context.auth.refuseWrite(by, key, '') ??
    refuseLeaseWrites(context, request.lease, by) ??
    (request.prevKv ? context.auth.refuseRead(by, key, '') : undefined)
  );
}

function refuseDelete(context: CheckContext, request: DeleteRangeRequest, by: AuthInfo): Refusal {
  const { key, rangeEnd } = request;
  return (
    context.auth.refuseWrite(by, toByteString(key), toByteString(rangeEnd)) ??
    (request.prevKv ? refuseRead(context, request, by) : undefined)
  );
}

export function refuseTxn(context: CheckContext, request: TxnRequest, by: AuthInfo): Refusal {
  for (const compare of request.compare) {
    const refusal = refuseRead(context, compare, by);
    if (refusal !== undefined) return refusal;
  }
  for (const op of request.success) {
    const refusal = refuseOp(context, op, by);
    if (refusal !== undefined) return refusal;
  }
  for (const op of request.failure) {
    const refusal = refuseOp(context, op, by);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refuseOp(context: CheckContext, op: RequestOp, by: AuthInfo): Refusal {
  if (op.requestRange !== undefined) return refuseRange(context, op.requestRange, by);
  if (op.requestPut !== undefined) return refusePut(context, op.requestPut, by);
  if (op.requestDeleteRange !== undefined) return refuseDelete(context, op.requestDeleteRange, by);
  return op.requestTxn === undefined ? undefined : refuseTxn(context, op.requestTxn, by);
}

/** Why this user may not do what touches all keys of a lease; a lease that does not exist has none. */
export function refuseLeaseWrites(context: CheckContext, id: bigint, by: AuthInfo): Refusal {
  const lease = context.lessor.get(id);
  if (lease === undefined || context.auth.refuseRoot(by) === undefined) return undefined;
  for (const key of lease.keys) {
    const refusal = context.auth.refuseWrite(by, key, '');
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Why this user may not be told these keys. */
export function refuseReads({ auth }: CheckContext, keys: Iterable<string>, by: AuthInfo): Refusal {
  if (auth.refuseRoot(by) === undefined) return undefined;
  for (const key of keys) {
    const refusal = auth.refuseRead(by, key, '');
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
