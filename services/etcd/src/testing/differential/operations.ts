/**
 * Operations as plain data, so that a sequence of them can be printed, shrunk, kept in a file and sent
 * to two clusters. Bytes are strings with one character a byte.
 */
import {
  Compare,
  CompactionRequest,
  CompareTarget,
  DefragmentRequest,
  DeleteRangeRequest,
  HashKVRequest,
  KVService,
  LeaseGrantRequest,
  LeaseLeasesRequest,
  LeaseRevokeRequest,
  LeaseService,
  LeaseTimeToLiveRequest,
  MaintenanceService,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  WatchCreateRequest,
  type FilterType,
  type SortOrder,
  type SortTarget,
} from '@drydock/proto/etcd';
import type { Method } from './target.ts';

/** `+3` is three above the revision at which the sequence began; a number is itself. */
export type RevisionText = number | `+${number}` | `-${number}`;

export interface RangeOperation {
  readonly op: 'range';
  readonly key: string;
  readonly end?: string;
  readonly limit?: number;
  readonly revision?: RevisionText;
  readonly order?: number;
  readonly target?: number;
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly minMod?: RevisionText;
  readonly maxMod?: RevisionText;
  readonly minCreate?: RevisionText;
  readonly maxCreate?: RevisionText;
}

export interface PutOperation {
  readonly op: 'put';
  readonly key: string;
  readonly value?: string;
  readonly lease?: number;
  readonly prevKv?: boolean;
  readonly ignoreValue?: boolean;
  readonly ignoreLease?: boolean;
}

export interface DeleteOperation {
  readonly op: 'delete';
  readonly key: string;
  readonly end?: string;
  readonly prevKv?: boolean;
}

export interface CompareData {
  readonly key: string;
  readonly end?: string;
  readonly result: number;
  readonly target: number;
  /** What to compare with; left out, the request has none. */
  readonly revision?: RevisionText;
  readonly version?: number;
  readonly lease?: number;
  readonly value?: string;
}

export interface TxnOperation {
  readonly op: 'txn';
  readonly compare?: readonly CompareData[];
  readonly success?: readonly TxnPart[];
  readonly failure?: readonly TxnPart[];
}

/** `none` is an operation that holds no request, as a careless client may send it. */
export type TxnPart =
  | RangeOperation
  | PutOperation
  | DeleteOperation
  | TxnOperation
  | { readonly op: 'none' };

export interface WatchOperation {
  readonly op: 'watch';
  readonly key: string;
  readonly end?: string;
  readonly start?: RevisionText;
  readonly prevKv?: boolean;
  readonly filters?: readonly number[];
  /** 0 or left out: the server chooses. */
  readonly id?: number;
}

export type UnaryOperation =
  | RangeOperation
  | PutOperation
  | DeleteOperation
  | TxnOperation
  | { readonly op: 'compact'; readonly revision: RevisionText; readonly physical?: boolean }
  | { readonly op: 'grant'; readonly id: number; readonly ttl: number }
  | { readonly op: 'revoke'; readonly id: number }
  | { readonly op: 'time-to-live'; readonly id: number; readonly keys?: boolean }
  | { readonly op: 'leases' }
  | { readonly op: 'hash'; readonly revision: RevisionText }
  | { readonly op: 'defragment' };

export type Operation =
  | UnaryOperation
  | WatchOperation
  | { readonly op: 'keep-alive'; readonly id: number }
  | { readonly op: 'cancel'; readonly id: number }
  | { readonly op: 'progress' };

/** A request and the method that it goes to. */
export interface Call {
  readonly method: Method;
  readonly request: unknown;
}

const call = <Request, Response>(
  method: Method<Request, Response>,
  request: Request,
): { method: Method; request: unknown } => ({ method: method as Method, request });

const bytesOf = (text: string | undefined): Uint8Array => Buffer.from(text ?? '', 'latin1');

/** The absolute revision. */
export function revisionOf(text: RevisionText | undefined, base: number): number {
  return typeof text === 'string' ? base + Number(text) : (text ?? 0);
}

/** Reads may be sent side by side: they change nothing. */
export function isRead(operation: Operation): boolean {
  if (operation.op === 'txn') {
    return [...(operation.success ?? []), ...(operation.failure ?? [])].every(
      (part) => part.op === 'range',
    );
  }
  return ['range', 'time-to-live', 'leases', 'hash'].includes(operation.op);
}

/** `base` is the revision that relative ones count from. */
export function callOf(operation: UnaryOperation, base: number): Call {
  switch (operation.op) {
    case 'range':
      return call(KVService.range, rangeRequest(operation, base));
    case 'put':
      return call(KVService.put, putRequest(operation));
    case 'delete':
      return call(KVService.deleteRange, deleteRequest(operation));
    case 'txn':
      return call(KVService.txn, txnRequest(operation, base));
    case 'compact':
      return call(
        KVService.compact,
        CompactionRequest.from({
          revision: revisionOf(operation.revision, base),
          physical: operation.physical ?? false,
        }),
      );
    case 'grant':
      return call(
        LeaseService.leaseGrant,
        LeaseGrantRequest.from({ id: BigInt(operation.id), ttl: operation.ttl }),
      );
    case 'revoke':
      return call(LeaseService.leaseRevoke, LeaseRevokeRequest.from({ id: BigInt(operation.id) }));
    case 'time-to-live':
      return call(
        LeaseService.leaseTimeToLive,
        LeaseTimeToLiveRequest.from({ id: BigInt(operation.id), keys: operation.keys ?? false }),
      );
    case 'leases':
      return call(LeaseService.leaseLeases, LeaseLeasesRequest.from({}));
    case 'hash':
      return call(
        MaintenanceService.hashKV,
        HashKVRequest.from({ revision: revisionOf(operation.revision, base) }),
      );
    case 'defragment':
      return call(MaintenanceService.defragment, DefragmentRequest.from({}));
  }
  return operation satisfies never;
}

function rangeRequest(operation: RangeOperation, base: number): RangeRequest {
  return RangeRequest.from({
    key: bytesOf(operation.key),
    rangeEnd: bytesOf(operation.end),
    limit: operation.limit ?? 0,
    revision: revisionOf(operation.revision, base),
    sortOrder: (operation.order ?? 0) as SortOrder,
    sortTarget: (operation.target ?? 0) as SortTarget,
    serializable: operation.serializable ?? false,
    keysOnly: operation.keysOnly ?? false,
    countOnly: operation.countOnly ?? false,
    minModRevision: revisionOf(operation.minMod, base),
    maxModRevision: revisionOf(operation.maxMod, base),
    minCreateRevision: revisionOf(operation.minCreate, base),
    maxCreateRevision: revisionOf(operation.maxCreate, base),
  });
}

function putRequest(operation: PutOperation): PutRequest {
  return PutRequest.from({
    key: bytesOf(operation.key),
    value: bytesOf(operation.value),
    lease: BigInt(operation.lease ?? 0),
    prevKv: operation.prevKv ?? false,
    ignoreValue: operation.ignoreValue ?? false,
    ignoreLease: operation.ignoreLease ?? false,
  });
}

function deleteRequest(operation: DeleteOperation): DeleteRangeRequest {
  return DeleteRangeRequest.from({
    key: bytesOf(operation.key),
    rangeEnd: bytesOf(operation.end),
    prevKv: operation.prevKv ?? false,
  });
}

function txnRequest(operation: TxnOperation, base: number): TxnRequest {
  const parts = (list: readonly TxnPart[] | undefined) =>
    (list ?? []).map((part) => requestOp(part, base));
  return TxnRequest.from({
    compare: (operation.compare ?? []).map((one) => compareOf(one, base)),
    success: parts(operation.success),
    failure: parts(operation.failure),
  });
}

function requestOp(part: TxnPart, base: number): RequestOp {
  switch (part.op) {
    case 'range':
      return RequestOp.from({ requestRange: rangeRequest(part, base) });
    case 'put':
      return RequestOp.from({ requestPut: putRequest(part) });
    case 'delete':
      return RequestOp.from({ requestDeleteRange: deleteRequest(part) });
    case 'txn':
      return RequestOp.from({ requestTxn: txnRequest(part, base) });
    case 'none':
      return RequestOp.from({});
  }
  return part satisfies never;
}

function compareOf(one: CompareData, base: number): Compare {
  const wanted: Partial<Compare> = {};
  if (one.revision !== undefined) {
    const revision = revisionOf(one.revision, base);
    if (one.target === CompareTarget.create) wanted.createRevision = revision;
    else wanted.modRevision = revision;
  }
  if (one.version !== undefined) wanted.version = one.version;
  if (one.lease !== undefined) wanted.lease = BigInt(one.lease);
  if (one.value !== undefined) wanted.value = bytesOf(one.value);
  return Compare.from({
    key: bytesOf(one.key),
    rangeEnd: bytesOf(one.end),
    result: one.result as Compare['result'],
    target: one.target as Compare['target'],
    ...wanted,
  });
}

export function watchRequest(operation: WatchOperation, base: number): WatchCreateRequest {
  return WatchCreateRequest.from({
    key: bytesOf(operation.key),
    rangeEnd: bytesOf(operation.end),
    startRevision: revisionOf(operation.start, base),
    prevKv: operation.prevKv ?? false,
    filters: [...(operation.filters ?? [])] as FilterType[],
    watchId: BigInt(operation.id ?? 0),
  });
}
