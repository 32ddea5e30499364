/**
 * Range, Put, DeleteRange and Txn on a store, with etcd's quirks:
 *
 * 1. `count` ignores limit and bounds; `more` is set only when the limit cut something off.
 * 2. A limit is applied before a sort by another target than the key in no given order, and after the
 *    bounds and any other sort.
 * 3. All compares of a transaction, nested ones too, see the store before its first write; its ranges
 *    see its earlier writes.
 * 4. A transaction is checked whole before it writes: a failure leaves no trace.
 * 5. Of several failures a put names its lease first, a transaction the key; a transaction names the
 *    failures of its puts before those of its ranges.
 */
import {
  CompareResult,
  CompareTarget,
  SortOrder,
  SortTarget,
  type Compare,
  type DeleteRangeRequest,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  type TxnRequest,
} from '@drydock/proto/etcd';
import { failures, type Failure } from './failure.ts';
import { keyRange, type KeyRecord } from './key-index.ts';
import type { DeleteResult, OpResult, PutResult, RangeResult, TxnResult } from './results.ts';
import type { MvccStore, WriteTransaction } from './store.ts';
import {
  decodeKeyValue,
  encodeKeyOnly,
  toByteString,
  type ByteString,
  type Version,
} from './version.ts';

/** What operations ask of leases. */
export interface LeaseLookup {
  has(id: bigint): boolean;
}

export interface Found {
  readonly record: KeyRecord;
  readonly version: Version;
}

export function checkRevision(
  store: MvccStore,
  asked: number,
  current: number,
): Failure | undefined {
  if (asked > current) return failures.futureRevision;
  return asked > 0 && asked < store.compactRevision ? failures.compacted : undefined;
}

/** `current` is the newest revision that the reader may see: the store's, or an open transaction's. */
export function range(
  store: MvccStore,
  request: RangeRequest,
  current: number = store.revision,
): RangeResult | Failure {
  const failure = checkRevision(store, request.revision, current);
  if (failure !== undefined) return failure;
  const revision = request.revision > 0 ? request.revision : current;
  const keys = keyRange(toByteString(request.key), toByteString(request.rangeEnd));
  if (keys.single && !request.countOnly && !hasBounds(request)) {
    return rangeOne(store, request, keys.from, { revision, current });
  }

  const limit = request.limit > 0 ? request.limit : Infinity;
  const isBounded = hasBounds(request);
  const limitFirst = !isBounded && request.sortOrder === SortOrder.none;
  const take = request.countOnly ? 0 : limitFirst ? limit + 1 : Infinity;
  let found: Found[] = [];
  let count = 0;
  store.keys.each(keys, (record) => {
    const version = record.at(revision);
    if (version === undefined) return;
    count++;
    if (found.length < take) found.push({ record, version });
  });
  if (isBounded) found = found.filter(({ version }) => isInBounds(version, request));
  sortFound(store, found, request);
  const more = found.length > limit;
  if (more) found.length = limit;
  const kvs = found.map(({ record, version }) =>
    request.keysOnly ? encodeKeyOnly(record.key, version) : bytesOf(store, version),
  );
  return { kind: 'range', revision: current, kvs, more, count };
}

export function hasBounds(request: RangeRequest): boolean {
  return (
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  );
}

function rangeOne(
  store: MvccStore,
  request: RangeRequest,
  key: ByteString,
  at: { revision: number; current: number },
): RangeResult {
  const version = store.at(key, at.revision);
  if (version === undefined) {
    return { kind: 'range', revision: at.current, kvs: [], more: false, count: 0 };
  }
  const encoded = request.keysOnly ? encodeKeyOnly(key, version) : bytesOf(store, version);
  return { kind: 'range', revision: at.current, kvs: [encoded], more: false, count: 1 };
}

function bytesOf(store: MvccStore, version: Version): ByteString {
  const encoded = store.encodedOf(version);
  if (encoded === undefined) {
    throw new Error(
      `the database lacks revision ${version.main}_${version.sub}, which the index names: the data folder is damaged`,
    );
  }
  return encoded;
}

export function isInBounds(version: Version, request: RangeRequest): boolean {
  const within = (value: number, min: number, max: number) =>
    (min === 0 || value >= min) && (max === 0 || value <= max);
  return (
    within(version.main, request.minModRevision, request.maxModRevision) &&
    within(version.createRevision, request.minCreateRevision, request.maxCreateRevision)
  );
}

/** Records come in key order, so that sorting by key has nothing to do unless it is backwards. */
export function sortFound(store: MvccStore, found: Found[], request: RangeRequest): void {
  const { sortTarget, sortOrder } = request;
  if (sortTarget === SortTarget.key && sortOrder !== SortOrder.descend) return;
  const ranks = new Map<Found, number | ByteString>();
  for (const one of found) ranks.set(one, rankOf(store, one, sortTarget));
  const direction = sortOrder === SortOrder.descend ? -1 : 1;
  found.sort((a, b) => {
    const left = ranks.get(a)!;
    const right = ranks.get(b)!;
    return left < right ? -direction : left > right ? direction : 0;
  });
}

function rankOf(store: MvccStore, found: Found, target: SortTarget): number | ByteString {
  switch (target) {
    case SortTarget.key:
      return found.record.key;
    case SortTarget.version:
      return found.version.version;
    case SortTarget.create:
      return found.version.createRevision;
    case SortTarget.mod:
      return found.version.main;
    default:
      return toByteString(decodeKeyValue(bytesOf(store, found.version)).value);
  }
}

function checkExisting(store: MvccStore, request: PutRequest): Failure | undefined {
  if (!request.ignoreValue && !request.ignoreLease) return undefined;
  const key = toByteString(request.key);
  return store.at(key, Infinity) === undefined ? failures.keyNotFound : undefined;
}

function checkLease(leases: LeaseLookup, request: PutRequest): Failure | undefined {
  return request.lease === 0n || leases.has(request.lease) ? undefined : failures.leaseNotFound;
}

function putInto(store: MvccStore, txn: WriteTransaction, request: PutRequest): PutResult {
  const key = toByteString(request.key);
  const old = store.at(key, Infinity);
  const value = request.ignoreValue ? decodeKeyValue(bytesOf(store, old!)).value : request.value;
  const lease = request.ignoreLease ? old!.lease : request.lease;
  const { previous } = txn.put(key, value, lease);
  const wanted = request.prevKv && previous !== undefined;
  return {
    kind: 'put',
    revision: txn.revision,
    previous: wanted ? bytesOf(store, previous) : undefined,
  };
}

function deleteInto(
  store: MvccStore,
  txn: WriteTransaction,
  request: DeleteRangeRequest,
): DeleteResult {
  const changes = txn.deleteRange(
    keyRange(toByteString(request.key), toByteString(request.rangeEnd)),
  );
  return {
    kind: 'delete-range',
    revision: txn.revision,
    deleted: changes.length,
    previous: request.prevKv ? changes.map((change) => bytesOf(store, change.previous!)) : [],
  };
}

export function put(
  store: MvccStore,
  leases: LeaseLookup,
  request: PutRequest,
): PutResult | Failure {
  const failure = checkLease(leases, request) ?? checkExisting(store, request);
  if (failure !== undefined) return failure;
  const txn = store.begin();
  const result = putInto(store, txn, request);
  txn.end();
  return result;
}

export function deleteRange(store: MvccStore, request: DeleteRangeRequest): DeleteResult {
  const txn = store.begin();
  const result = deleteInto(store, txn, request);
  txn.end();
  return result;
}

/** A transaction with its compares decided: what is left is to run the branches. */
interface Plan {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOp[];
  /** Of the nested transactions among `ops`, in order. */
  readonly nested: readonly Plan[];
}

function plan(store: MvccStore, request: TxnRequest): Plan {
  const succeeded = request.compare.every((one) => holds(store, one));
  const ops = succeeded ? request.success : request.failure;
  const nested = ops.flatMap(({ requestTxn }) =>
    requestTxn === undefined ? [] : [plan(store, requestTxn)],
  );
  return { succeeded, ops, nested };
}

/** Runs a transaction that may write. */
export function txn(
  store: MvccStore,
  leases: LeaseLookup,
  request: TxnRequest,
): TxnResult | Failure {
  const planned = plan(store, request);
  const failure =
    firstFailure(planned, ({ requestPut: put }) =>
      put === undefined ? undefined : (checkExisting(store, put) ?? checkLease(leases, put)),
    ) ?? firstFailure(planned, (op) => checkRangeIn(store, op));
  if (failure !== undefined) return failure;
  const transaction = store.begin();
  const responses = run(store, transaction, planned);
  return {
    kind: 'txn',
    revision: transaction.end(),
    succeeded: planned.succeeded,
    responses,
  };
}

/** The first failure of the operations in the taken branches, in their order. */
function firstFailure(
  planned: Plan,
  check: (op: RequestOp) => Failure | undefined,
): Failure | undefined {
  let nextNested = 0;
  for (const op of planned.ops) {
    const failure =
      op.requestTxn === undefined ? check(op) : firstFailure(planned.nested[nextNested++]!, check);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Unlike a Range of its own, one in a transaction may not ask for what is below all revisions. */
function checkRangeIn(store: MvccStore, op: RequestOp): Failure | undefined {
  const asked = op.requestRange?.revision ?? 0;
  if (asked > store.revision) return failures.futureRevision;
  return asked !== 0 && asked < store.compactRevision ? failures.compacted : undefined;
}

function run(store: MvccStore, transaction: WriteTransaction, planned: Plan): OpResult[] {
  let nextNested = 0;
  return planned.ops.map((op): OpResult => {
    if (op.requestRange !== undefined) {
      const result = range(store, op.requestRange, transaction.revision);
      if (result.kind === 'failure') throw new Error(`a checked range failed: ${result.message}`);
      return result;
    }
    if (op.requestPut !== undefined) return putInto(store, transaction, op.requestPut);
    if (op.requestDeleteRange !== undefined) {
      return deleteInto(store, transaction, op.requestDeleteRange);
    }
    if (op.requestTxn === undefined)
      return { kind: 'txn', revision: 0, succeeded: false, responses: [] };
    const nested = planned.nested[nextNested++]!;
    const responses = run(store, transaction, nested);
    return { kind: 'txn', revision: 0, succeeded: nested.succeeded, responses };
  });
}

/** A missing key compares as zeros, but a compare of its value never holds. */
function holds(store: MvccStore, compare: Compare): boolean {
  const keys = keyRange(toByteString(compare.key), toByteString(compare.rangeEnd));
  let living = 0;
  let all = true;
  store.keys.each(keys, (record) => {
    const version = record.at(store.revision);
    if (version === undefined) return;
    living++;
    if (all && !matches(store, compare, version)) all = false;
  });
  if (living > 0) return all;
  return compare.target !== CompareTarget.value && matches(store, compare, undefined);
}

function matches(store: MvccStore, compare: Compare, version: Version | undefined): boolean {
  const order = orderOf(store, compare, version);
  switch (compare.result) {
    case CompareResult.equal:
      return order === 0;
    case CompareResult.notEqual:
      return order !== 0;
    case CompareResult.greater:
      return order > 0;
    case CompareResult.less:
      return order < 0;
    default:
      return true;
  }
}

function orderOf(store: MvccStore, compare: Compare, version: Version | undefined): number {
  switch (compare.target) {
    case CompareTarget.version:
      return (version?.version ?? 0) - (compare.version ?? 0);
    case CompareTarget.create:
      return (version?.createRevision ?? 0) - (compare.createRevision ?? 0);
    case CompareTarget.mod:
      return (version?.main ?? 0) - (compare.modRevision ?? 0);
    case CompareTarget.lease: {
      const difference = (version?.lease ?? 0n) - (compare.lease ?? 0n);
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    }
    case CompareTarget.value: {
      const { value } = decodeKeyValue(bytesOf(store, version!));
      return Buffer.compare(value, compare.value ?? new Uint8Array(0));
    }
    default:
      return 0;
  }
}
