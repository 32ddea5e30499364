/**
 * What a request must be before it costs a log entry, with etcd's own words for what it is not.
 *
 * A transaction may not write a key twice, whatever branch runs: a put overlaps no other put and no
 * delete. The two branches of a nested transaction exclude each other, so they may. A delete from a key
 * on ("\0" as its end) is not looked at, as the original takes that end literally and finds nothing.
 */
import type { PutRequest, RangeRequest, RequestOp, TxnRequest } from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import { keyRange, rangeContains, type KeyRange } from '../mvcc/key-index.ts';
import { toByteString } from '../mvcc/version.ts';

export function validateRange(request: RangeRequest): Failure | undefined {
  if (request.key.length === 0) return failures.emptyKey;
  const knownOrder = request.sortOrder >= 0 && request.sortOrder <= 2;
  const knownTarget = request.sortTarget >= 0 && request.sortTarget <= 4;
  return knownOrder && knownTarget ? undefined : failures.invalidSortOption;
}

export function validatePut(request: PutRequest): Failure | undefined {
  if (request.key.length === 0) return failures.emptyKey;
  if (request.ignoreValue && request.value.length !== 0) return failures.valueProvided;
  if (request.ignoreLease && request.lease !== 0n) return failures.leaseProvided;
  return undefined;
}

export function validateTxn(request: TxnRequest, opsMax: number): Failure | undefined {
  const failure = validateOps(request, opsMax);
  if (failure !== undefined) return failure;
  const overlaps =
    writesOf(request.success) === undefined || writesOf(request.failure) === undefined;
  return overlaps ? failures.duplicateKey : undefined;
}

function validateOps(request: TxnRequest, opsMax: number): Failure | undefined {
  const { compare, success, failure: otherwise } = request;
  const count = Math.max(compare.length, success.length, otherwise.length);
  if (count > opsMax) return failures.tooManyOps;
  if (compare.some((one) => one.key.length === 0)) return failures.emptyKey;
  for (const op of [...success, ...otherwise]) {
    const failure = validateOp(op, opsMax - count);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function validateOp(op: RequestOp, opsMax: number): Failure | undefined {
  if (op.requestRange !== undefined) return validateRange(op.requestRange);
  if (op.requestPut !== undefined) return validatePut(op.requestPut);
  if (op.requestDeleteRange !== undefined) {
    return op.requestDeleteRange.key.length === 0 ? failures.emptyKey : undefined;
  }
  // An operation that is none at all is a key that was not given, as the original has it.
  return op.requestTxn === undefined ? failures.keyNotFound : validateOps(op.requestTxn, opsMax);
}

interface Writes {
  readonly puts: Set<string>;
  readonly deletes: KeyRange[];
}

/** Undefined when two writes overlap. */
function writesOf(ops: readonly RequestOp[]): Writes | undefined {
  const deletes: KeyRange[] = [];
  const puts = new Set<string>();
  for (const { requestDeleteRange: one } of ops) {
    const rangeEnd = one === undefined ? '\0' : toByteString(one.rangeEnd);
    if (one !== undefined && rangeEnd !== '\0') {
      deletes.push(keyRange(toByteString(one.key), rangeEnd));
    }
  }
  const isDeleted = (key: string) => deletes.some((range) => rangeContains(range, key));
  for (const { requestTxn } of ops) {
    if (requestTxn === undefined) continue;
    const then = writesOf(requestTxn.success);
    const otherwise = writesOf(requestTxn.failure);
    if (then === undefined || otherwise === undefined) return undefined;
    for (const key of then.puts) if (puts.has(key) || isDeleted(key)) return undefined;
    for (const key of otherwise.puts) if (puts.has(key) || isDeleted(key)) return undefined;
    for (const key of [...then.puts, ...otherwise.puts]) puts.add(key);
    deletes.push(...then.deletes, ...otherwise.deletes);
  }
  for (const { requestPut } of ops) {
    if (requestPut === undefined) continue;
    const key = toByteString(requestPut.key);
    if (puts.has(key) || isDeleted(key)) return undefined;
    puts.add(key);
  }
  return { puts, deletes };
}

/** Only ranges in both branches: it needs no log entry. A nested transaction counts as a write. */
export function isReadOnly(request: TxnRequest): boolean {
  const isRange = (op: RequestOp) => op.requestRange !== undefined;
  return request.success.every(isRange) && request.failure.every(isRange);
}

/** All ranges are content with old state; an empty transaction is too. */
export function isSerializable(request: TxnRequest): boolean {
  const isContent = (op: RequestOp) => op.requestRange?.serializable === true;
  return request.success.every(isContent) && request.failure.every(isContent);
}
