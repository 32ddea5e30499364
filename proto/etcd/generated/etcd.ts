// Generated from kv.proto, rpc.proto, peer.proto by generate.ts: edit those, then run `node proto/etcd/generate.ts`.
import { codec, method } from '../codec.ts';
import type { Codec, Reader } from '../wire.ts';
import {
  emptyBytes,
  lengthDelimitedSize,
  stringSize,
  varintSize,
  varintSizeBig,
  writeBytes,
  writeString,
  writeVarint,
  writeVarintBig,
} from '../wire.ts';

/** A number that is none of these may arrive from a client. */
export const EventType = {
  put: 0,
  delete: 1,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

/** A number that is none of these may arrive from a client. */
export const SortOrder = {
  none: 0,
  ascend: 1,
  descend: 2,
} as const;
export type SortOrder = (typeof SortOrder)[keyof typeof SortOrder];

/** A number that is none of these may arrive from a client. */
export const SortTarget = {
  key: 0,
  version: 1,
  create: 2,
  mod: 3,
  value: 4,
} as const;
export type SortTarget = (typeof SortTarget)[keyof typeof SortTarget];

/** A number that is none of these may arrive from a client. */
export const CompareResult = {
  equal: 0,
  greater: 1,
  less: 2,
  notEqual: 3,
} as const;
export type CompareResult = (typeof CompareResult)[keyof typeof CompareResult];

/** A number that is none of these may arrive from a client. */
export const CompareTarget = {
  version: 0,
  create: 1,
  mod: 2,
  value: 3,
  lease: 4,
} as const;
export type CompareTarget = (typeof CompareTarget)[keyof typeof CompareTarget];

/** A number that is none of these may arrive from a client. */
export const FilterType = {
  noput: 0,
  nodelete: 1,
} as const;
export type FilterType = (typeof FilterType)[keyof typeof FilterType];

/** A number that is none of these may arrive from a client. */
export const AlarmType = {
  none: 0,
  /** The quota is used up: writes that need space are refused until it is disarmed. */
  nospace: 1,
  corrupt: 2,
} as const;
export type AlarmType = (typeof AlarmType)[keyof typeof AlarmType];

/** A number that is none of these may arrive from a client. */
export const AlarmAction = {
  get: 0,
  activate: 1,
  deactivate: 2,
} as const;
export type AlarmAction = (typeof AlarmAction)[keyof typeof AlarmAction];

/** A number that is none of these may arrive from a client. */
export const DowngradeAction = {
  validate: 0,
  enable: 1,
  cancel: 2,
} as const;
export type DowngradeAction = (typeof DowngradeAction)[keyof typeof DowngradeAction];

/** One revision of one key. */
export interface KeyValue {
  /** Never empty. */
  key: Uint8Array;
  /** Revision at which this life of the key began. Deleting ends a life; the next put starts another. */
  createRevision: number;
  /** Revision of the write that made this value. */
  modRevision: number;
  /** Writes in this life: 1 when created. */
  version: number;
  value: Uint8Array;
  /** The lease that deletes the key when it ends; 0 for none. */
  lease: bigint;
}

function zeroKeyValue(): KeyValue {
  return {
    key: emptyBytes,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    value: emptyBytes,
    lease: 0n,
  };
}

function sizeKeyValue(message: KeyValue): number {
  let size = 0;
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.createRevision !== 0) size += 1 + varintSize(message.createRevision);
  if (message.modRevision !== 0) size += 1 + varintSize(message.modRevision);
  if (message.version !== 0) size += 1 + varintSize(message.version);
  if (message.value.length !== 0) size += 1 + lengthDelimitedSize(message.value.length);
  if (message.lease !== 0n) size += 1 + varintSizeBig(message.lease);
  return size;
}

function writeKeyValue(message: KeyValue, into: Buffer, at: number): number {
  if (message.key.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.key, into, at);
  }
  if (message.createRevision !== 0) {
    into[at++] = 16;
    at = writeVarint(message.createRevision, into, at);
  }
  if (message.modRevision !== 0) {
    into[at++] = 24;
    at = writeVarint(message.modRevision, into, at);
  }
  if (message.version !== 0) {
    into[at++] = 32;
    at = writeVarint(message.version, into, at);
  }
  if (message.value.length !== 0) {
    into[at++] = 42;
    at = writeBytes(message.value, into, at);
  }
  if (message.lease !== 0n) {
    into[at++] = 48;
    at = writeVarintBig(message.lease, into, at);
  }
  return at;
}

function readKeyValue(reader: Reader, outerEnd: number): KeyValue {
  const message = zeroKeyValue();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.key = reader.view();
        break;
      case 16:
        message.createRevision = reader.int64();
        break;
      case 24:
        message.modRevision = reader.int64();
        break;
      case 32:
        message.version = reader.int64();
        break;
      case 42:
        message.value = reader.view();
        break;
      case 48:
        message.lease = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const KeyValue: Codec<KeyValue> = codec(
  'mvccpb.KeyValue',
  zeroKeyValue,
  sizeKeyValue,
  writeKeyValue,
  readKeyValue,
);

export interface Event {
  type: EventType;
  /** The key as the event left it. Of a DELETE only key and mod_revision (that of the delete) are set. */
  kv: KeyValue | undefined;
  /** The key before the event, when the watcher asked for it and it is not compacted away. */
  prevKv: KeyValue | undefined;
}

function zeroEvent(): Event {
  return {
    type: 0,
    kv: undefined,
    prevKv: undefined,
  };
}

function sizeEvent(message: Event): number {
  let size = 0;
  if (message.type !== 0) size += 1 + varintSize(message.type);
  if (message.kv !== undefined) size += 1 + lengthDelimitedSize(sizeKeyValue(message.kv));
  if (message.prevKv !== undefined) size += 1 + lengthDelimitedSize(sizeKeyValue(message.prevKv));
  return size;
}

function writeEvent(message: Event, into: Buffer, at: number): number {
  if (message.type !== 0) {
    into[at++] = 8;
    at = writeVarint(message.type, into, at);
  }
  if (message.kv !== undefined) {
    into[at++] = 18;
    at = writeKeyValue(message.kv, into, writeVarint(sizeKeyValue(message.kv), into, at));
  }
  if (message.prevKv !== undefined) {
    into[at++] = 26;
    at = writeKeyValue(message.prevKv, into, writeVarint(sizeKeyValue(message.prevKv), into, at));
  }
  return at;
}

function readEvent(reader: Reader, outerEnd: number): Event {
  const message = zeroEvent();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.type = reader.int64() as EventType;
        break;
      case 18:
        message.kv = readKeyValue(reader, reader.enter());
        break;
      case 26:
        message.prevKv = readKeyValue(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const Event: Codec<Event> = codec(
  'mvccpb.Event',
  zeroEvent,
  sizeEvent,
  writeEvent,
  readEvent,
);

/** Who answered, and from which state. */
export interface ResponseHeader {
  clusterId: number;
  memberId: number;
  /**
   * The store's revision when the answer was made, also when an older one was read. Of a watch's
   * progress: everything up to it has been delivered.
   */
  revision: number;
  raftTerm: number;
}

function zeroResponseHeader(): ResponseHeader {
  return {
    clusterId: 0,
    memberId: 0,
    revision: 0,
    raftTerm: 0,
  };
}

function sizeResponseHeader(message: ResponseHeader): number {
  let size = 0;
  if (message.clusterId !== 0) size += 1 + varintSize(message.clusterId);
  if (message.memberId !== 0) size += 1 + varintSize(message.memberId);
  if (message.revision !== 0) size += 1 + varintSize(message.revision);
  if (message.raftTerm !== 0) size += 1 + varintSize(message.raftTerm);
  return size;
}

function writeResponseHeader(message: ResponseHeader, into: Buffer, at: number): number {
  if (message.clusterId !== 0) {
    into[at++] = 8;
    at = writeVarint(message.clusterId, into, at);
  }
  if (message.memberId !== 0) {
    into[at++] = 16;
    at = writeVarint(message.memberId, into, at);
  }
  if (message.revision !== 0) {
    into[at++] = 24;
    at = writeVarint(message.revision, into, at);
  }
  if (message.raftTerm !== 0) {
    into[at++] = 32;
    at = writeVarint(message.raftTerm, into, at);
  }
  return at;
}

function readResponseHeader(reader: Reader, outerEnd: number): ResponseHeader {
  const message = zeroResponseHeader();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.clusterId = reader.uint64();
        break;
      case 16:
        message.memberId = reader.uint64();
        break;
      case 24:
        message.revision = reader.int64();
        break;
      case 32:
        message.raftTerm = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ResponseHeader: Codec<ResponseHeader> = codec(
  'etcdserverpb.ResponseHeader',
  zeroResponseHeader,
  sizeResponseHeader,
  writeResponseHeader,
  readResponseHeader,
);

export interface RangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  /** At most so many keys; 0 for all. */
  limit: number;
  /** Reads the store as of this revision; 0 or less for now. A compacted one is an error. */
  revision: number;
  sortOrder: SortOrder;
  sortTarget: SortTarget;
  /** Answers from the asked member's own state, which may be old, without asking the others. */
  serializable: boolean;
  /** Leaves the values out. */
  keysOnly: boolean;
  /** Leaves the keys out. */
  countOnly: boolean;
  /** Inclusive bounds; 0 for none. */
  minModRevision: number;
  maxModRevision: number;
  minCreateRevision: number;
  maxCreateRevision: number;
}

function zeroRangeRequest(): RangeRequest {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    limit: 0,
    revision: 0,
    sortOrder: 0,
    sortTarget: 0,
    serializable: false,
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0,
  };
}

function sizeRangeRequest(message: RangeRequest): number {
  let size = 0;
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.rangeEnd.length !== 0) size += 1 + lengthDelimitedSize(message.rangeEnd.length);
  if (message.limit !== 0) size += 1 + varintSize(message.limit);
  if (message.revision !== 0) size += 1 + varintSize(message.revision);
  if (message.sortOrder !== 0) size += 1 + varintSize(message.sortOrder);
  if (message.sortTarget !== 0) size += 1 + varintSize(message.sortTarget);
  if (message.serializable) size += 1 + 1;
  if (message.keysOnly) size += 1 + 1;
  if (message.countOnly) size += 1 + 1;
  if (message.minModRevision !== 0) size += 1 + varintSize(message.minModRevision);
  if (message.maxModRevision !== 0) size += 1 + varintSize(message.maxModRevision);
  if (message.minCreateRevision !== 0) size += 1 + varintSize(message.minCreateRevision);
  if (message.maxCreateRevision !== 0) size += 1 + varintSize(message.maxCreateRevision);
  return size;
}

function writeRangeRequest(message: RangeRequest, into: Buffer, at: number): number {
  if (message.key.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.key, into, at);
  }
  if (message.rangeEnd.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.rangeEnd, into, at);
  }
  if (message.limit !== 0) {
    into[at++] = 24;
    at = writeVarint(message.limit, into, at);
  }
  if (message.revision !== 0) {
    into[at++] = 32;
    at = writeVarint(message.revision, into, at);
  }
  if (message.sortOrder !== 0) {
    into[at++] = 40;
    at = writeVarint(message.sortOrder, into, at);
  }
  if (message.sortTarget !== 0) {
    into[at++] = 48;
    at = writeVarint(message.sortTarget, into, at);
  }
  if (message.serializable) {
    into[at++] = 56;
    into[at++] = message.serializable ? 1 : 0;
  }
  if (message.keysOnly) {
    into[at++] = 64;
    into[at++] = message.keysOnly ? 1 : 0;
  }
  if (message.countOnly) {
    into[at++] = 72;
    into[at++] = message.countOnly ? 1 : 0;
  }
  if (message.minModRevision !== 0) {
    into[at++] = 80;
    at = writeVarint(message.minModRevision, into, at);
  }
  if (message.maxModRevision !== 0) {
    into[at++] = 88;
    at = writeVarint(message.maxModRevision, into, at);
  }
  if (message.minCreateRevision !== 0) {
    into[at++] = 96;
    at = writeVarint(message.minCreateRevision, into, at);
  }
  if (message.maxCreateRevision !== 0) {
    into[at++] = 104;
    at = writeVarint(message.maxCreateRevision, into, at);
  }
  return at;
}

function readRangeRequest(reader: Reader, outerEnd: number): RangeRequest {
  const message = zeroRangeRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.key = reader.view();
        break;
      case 18:
        message.rangeEnd = reader.view();
        break;
      case 24:
        message.limit = reader.int64();
        break;
      case 32:
        message.revision = reader.int64();
        break;
      case 40:
        message.sortOrder = reader.int64() as SortOrder;
        break;
      case 48:
        message.sortTarget = reader.int64() as SortTarget;
        break;
      case 56:
        message.serializable = reader.bool();
        break;
      case 64:
        message.keysOnly = reader.bool();
        break;
      case 72:
        message.countOnly = reader.bool();
        break;
      case 80:
        message.minModRevision = reader.int64();
        break;
      case 88:
        message.maxModRevision = reader.int64();
        break;
      case 96:
        message.minCreateRevision = reader.int64();
        break;
      case 104:
        message.maxCreateRevision = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const RangeRequest: Codec<RangeRequest> = codec(
  'etcdserverpb.RangeRequest',
  zeroRangeRequest,
  sizeRangeRequest,
  writeRangeRequest,
  readRangeRequest,
);

export interface RangeResponse {
  header: ResponseHeader | undefined;
  kvs: KeyValue[];
  /** The limit left keys out. */
  more: boolean;
  /** Keys in the range, whatever the limit and the bounds. */
  count: number;
}

function zeroRangeResponse(): RangeResponse {
  return {
    header: undefined,
    kvs: [],
    more: false,
    count: 0,
  };
}

function sizeRangeResponse(message: RangeResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.kvs) size += 1 + lengthDelimitedSize(sizeKeyValue(item));
  if (message.more) size += 1 + 1;
  if (message.count !== 0) size += 1 + varintSize(message.count);
  return size;
}

function writeRangeResponse(message: RangeResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.kvs) {
    into[at++] = 18;
    at = writeKeyValue(item, into, writeVarint(sizeKeyValue(item), into, at));
  }
  if (message.more) {
    into[at++] = 24;
    into[at++] = message.more ? 1 : 0;
  }
  if (message.count !== 0) {
    into[at++] = 32;
    at = writeVarint(message.count, into, at);
  }
  return at;
}

function readRangeResponse(reader: Reader, outerEnd: number): RangeResponse {
  const message = zeroRangeResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.kvs.push(readKeyValue(reader, reader.enter()));
        break;
      case 24:
        message.more = reader.bool();
        break;
      case 32:
        message.count = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const RangeResponse: Codec<RangeResponse> = codec(
  'etcdserverpb.RangeResponse',
  zeroRangeResponse,
  sizeRangeResponse,
  writeRangeResponse,
  readRangeResponse,
);

export interface PutRequest {
  key: Uint8Array;
  value: Uint8Array;
  /** Attaches the key to a lease; 0 detaches it. */
  lease: bigint;
  prevKv: boolean;
  /** Keeps the value and writes the rest anew; the key must exist. */
  ignoreValue: boolean;
  /** Keeps the lease; the key must exist. */
  ignoreLease: boolean;
}

function zeroPutRequest(): PutRequest {
  return {
    key: emptyBytes,
    value: emptyBytes,
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false,
  };
}

function sizePutRequest(message: PutRequest): number {
  let size = 0;
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.value.length !== 0) size += 1 + lengthDelimitedSize(message.value.length);
  if (message.lease !== 0n) size += 1 + varintSizeBig(message.lease);
  if (message.prevKv) size += 1 + 1;
  if (message.ignoreValue) size += 1 + 1;
  if (message.ignoreLease) size += 1 + 1;
  return size;
}

function writePutRequest(message: PutRequest, into: Buffer, at: number): number {
  if (message.key.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.key, into, at);
  }
  if (message.value.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.value, into, at);
  }
  if (message.lease !== 0n) {
    into[at++] = 24;
    at = writeVarintBig(message.lease, into, at);
  }
  if (message.prevKv) {
    into[at++] = 32;
    into[at++] = message.prevKv ? 1 : 0;
  }
  if (message.ignoreValue) {
    into[at++] = 40;
    into[at++] = message.ignoreValue ? 1 : 0;
  }
  if (message.ignoreLease) {
    into[at++] = 48;
    into[at++] = message.ignoreLease ? 1 : 0;
  }
  return at;
}

function readPutRequest(reader: Reader, outerEnd: number): PutRequest {
  const message = zeroPutRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.key = reader.view();
        break;
      case 18:
        message.value = reader.view();
        break;
      case 24:
        message.lease = reader.int64Big();
        break;
      case 32:
        message.prevKv = reader.bool();
        break;
      case 40:
        message.ignoreValue = reader.bool();
        break;
      case 48:
        message.ignoreLease = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const PutRequest: Codec<PutRequest> = codec(
  'etcdserverpb.PutRequest',
  zeroPutRequest,
  sizePutRequest,
  writePutRequest,
  readPutRequest,
);

export interface PutResponse {
  header: ResponseHeader | undefined;
  prevKv: KeyValue | undefined;
}

function zeroPutResponse(): PutResponse {
  return {
    header: undefined,
    prevKv: undefined,
  };
}

function sizePutResponse(message: PutResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.prevKv !== undefined) size += 1 + lengthDelimitedSize(sizeKeyValue(message.prevKv));
  return size;
}

function writePutResponse(message: PutResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.prevKv !== undefined) {
    into[at++] = 18;
    at = writeKeyValue(message.prevKv, into, writeVarint(sizeKeyValue(message.prevKv), into, at));
  }
  return at;
}

function readPutResponse(reader: Reader, outerEnd: number): PutResponse {
  const message = zeroPutResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.prevKv = readKeyValue(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const PutResponse: Codec<PutResponse> = codec(
  'etcdserverpb.PutResponse',
  zeroPutResponse,
  sizePutResponse,
  writePutResponse,
  readPutResponse,
);

export interface DeleteRangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  prevKv: boolean;
}

function zeroDeleteRangeRequest(): DeleteRangeRequest {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    prevKv: false,
  };
}

function sizeDeleteRangeRequest(message: DeleteRangeRequest): number {
  let size = 0;
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.rangeEnd.length !== 0) size += 1 + lengthDelimitedSize(message.rangeEnd.length);
  if (message.prevKv) size += 1 + 1;
  return size;
}

function writeDeleteRangeRequest(message: DeleteRangeRequest, into: Buffer, at: number): number {
  if (message.key.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.key, into, at);
  }
  if (message.rangeEnd.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.rangeEnd, into, at);
  }
  if (message.prevKv) {
    into[at++] = 24;
    into[at++] = message.prevKv ? 1 : 0;
  }
  return at;
}

function readDeleteRangeRequest(reader: Reader, outerEnd: number): DeleteRangeRequest {
  const message = zeroDeleteRangeRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.key = reader.view();
        break;
      case 18:
        message.rangeEnd = reader.view();
        break;
      case 24:
        message.prevKv = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const DeleteRangeRequest: Codec<DeleteRangeRequest> = codec(
  'etcdserverpb.DeleteRangeRequest',
  zeroDeleteRangeRequest,
  sizeDeleteRangeRequest,
  writeDeleteRangeRequest,
  readDeleteRangeRequest,
);

export interface DeleteRangeResponse {
  header: ResponseHeader | undefined;
  deleted: number;
  prevKvs: KeyValue[];
}

function zeroDeleteRangeResponse(): DeleteRangeResponse {
  return {
    header: undefined,
    deleted: 0,
    prevKvs: [],
  };
}

function sizeDeleteRangeResponse(message: DeleteRangeResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.deleted !== 0) size += 1 + varintSize(message.deleted);
  for (const item of message.prevKvs) size += 1 + lengthDelimitedSize(sizeKeyValue(item));
  return size;
}

function writeDeleteRangeResponse(message: DeleteRangeResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.deleted !== 0) {
    into[at++] = 16;
    at = writeVarint(message.deleted, into, at);
  }
  for (const item of message.prevKvs) {
    into[at++] = 26;
    at = writeKeyValue(item, into, writeVarint(sizeKeyValue(item), into, at));
  }
  return at;
}

function readDeleteRangeResponse(reader: Reader, outerEnd: number): DeleteRangeResponse {
  const message = zeroDeleteRangeResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.deleted = reader.int64();
        break;
      case 26:
        message.prevKvs.push(readKeyValue(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const DeleteRangeResponse: Codec<DeleteRangeResponse> = codec(
  'etcdserverpb.DeleteRangeResponse',
  zeroDeleteRangeResponse,
  sizeDeleteRangeResponse,
  writeDeleteRangeResponse,
  readDeleteRangeResponse,
);

export interface RequestOp {
  requestRange: RangeRequest | undefined;
  requestPut: PutRequest | undefined;
  requestDeleteRange: DeleteRangeRequest | undefined;
  requestTxn: TxnRequest | undefined;
}

function zeroRequestOp(): RequestOp {
  return {
    requestRange: undefined,
    requestPut: undefined,
    requestDeleteRange: undefined,
    requestTxn: undefined,
  };
}

function sizeRequestOp(message: RequestOp): number {
  let size = 0;
  if (message.requestRange !== undefined) size += 1 + lengthDelimitedSize(sizeRangeRequest(message.requestRange));
  if (message.requestPut !== undefined) size += 1 + lengthDelimitedSize(sizePutRequest(message.requestPut));
  if (message.requestDeleteRange !== undefined) size += 1 + lengthDelimitedSize(sizeDeleteRangeRequest(message.requestDeleteRange));
  if (message.requestTxn !== undefined) size += 1 + lengthDelimitedSize(sizeTxnRequest(message.requestTxn));
  return size;
}

function writeRequestOp(message: RequestOp, into: Buffer, at: number): number {
  if (message.requestRange !== undefined) {
    into[at++] = 10;
    at = writeRangeRequest(message.requestRange, into, writeVarint(sizeRangeRequest(message.requestRange), into, at));
  }
  if (message.requestPut !== undefined) {
    into[at++] = 18;
    at = writePutRequest(message.requestPut, into, writeVarint(sizePutRequest(message.requestPut), into, at));
  }
  if (message.requestDeleteRange !== undefined) {
    into[at++] = 26;
    at = writeDeleteRangeRequest(message.requestDeleteRange, into, writeVarint(sizeDeleteRangeRequest(message.requestDeleteRange), into, at));
  }
  if (message.requestTxn !== undefined) {
    into[at++] = 34;
    at = writeTxnRequest(message.requestTxn, into, writeVarint(sizeTxnRequest(message.requestTxn), into, at));
  }
  return at;
}

function readRequestOp(reader: Reader, outerEnd: number): RequestOp {
  const message = zeroRequestOp();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.requestRange = readRangeRequest(reader, reader.enter());
        message.requestPut = undefined;
        message.requestDeleteRange = undefined;
        message.requestTxn = undefined;
        break;
      case 18:
        message.requestPut = readPutRequest(reader, reader.enter());
        message.requestRange = undefined;
        message.requestDeleteRange = undefined;
        message.requestTxn = undefined;
        break;
      case 26:
        message.requestDeleteRange = readDeleteRangeRequest(reader, reader.enter());
        message.requestRange = undefined;
        message.requestPut = undefined;
        message.requestTxn = undefined;
        break;
      case 34:
        message.requestTxn = readTxnRequest(reader, reader.enter());
        message.requestRange = undefined;
        message.requestPut = undefined;
        message.requestDeleteRange = undefined;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const RequestOp: Codec<RequestOp> = codec(
  'etcdserverpb.RequestOp',
  zeroRequestOp,
  sizeRequestOp,
  writeRequestOp,
  readRequestOp,
);

export interface ResponseOp {
  responseRange: RangeResponse | undefined;
  responsePut: PutResponse | undefined;
  responseDeleteRange: DeleteRangeResponse | undefined;
  responseTxn: TxnResponse | undefined;
}

function zeroResponseOp(): ResponseOp {
  return {
    responseRange: undefined,
    responsePut: undefined,
    responseDeleteRange: undefined,
    responseTxn: undefined,
  };
}

function sizeResponseOp(message: ResponseOp): number {
  let size = 0;
  if (message.responseRange !== undefined) size += 1 + lengthDelimitedSize(sizeRangeResponse(message.responseRange));
  if (message.responsePut !== undefined) size += 1 + lengthDelimitedSize(sizePutResponse(message.responsePut));
  if (message.responseDeleteRange !== undefined) size += 1 + lengthDelimitedSize(sizeDeleteRangeResponse(message.responseDeleteRange));
  if (message.responseTxn !== undefined) size += 1 + lengthDelimitedSize(sizeTxnResponse(message.responseTxn));
  return size;
}

function writeResponseOp(message: ResponseOp, into: Buffer, at: number): number {
  if (message.responseRange !== undefined) {
    into[at++] = 10;
    at = writeRangeResponse(message.responseRange, into, writeVarint(sizeRangeResponse(message.responseRange), into, at));
  }
  if (message.responsePut !== undefined) {
    into[at++] = 18;
    at = writePutResponse(message.responsePut, into, writeVarint(sizePutResponse(message.responsePut), into, at));
  }
  if (message.responseDeleteRange !== undefined) {
    into[at++] = 26;
    at = writeDeleteRangeResponse(message.responseDeleteRange, into, writeVarint(sizeDeleteRangeResponse(message.responseDeleteRange), into, at));
  }
  if (message.responseTxn !== undefined) {
    into[at++] = 34;
    at = writeTxnResponse(message.responseTxn, into, writeVarint(sizeTxnResponse(message.responseTxn), into, at));
  }
  return at;
}

function readResponseOp(reader: Reader, outerEnd: number): ResponseOp {
  const message = zeroResponseOp();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.responseRange = readRangeResponse(reader, reader.enter());
        message.responsePut = undefined;
        message.responseDeleteRange = undefined;
        message.responseTxn = undefined;
        break;
      case 18:
        message.responsePut = readPutResponse(reader, reader.enter());
        message.responseRange = undefined;
        message.responseDeleteRange = undefined;
        message.responseTxn = undefined;
        break;
      case 26:
        message.responseDeleteRange = readDeleteRangeResponse(reader, reader.enter());
        message.responseRange = undefined;
        message.responsePut = undefined;
        message.responseTxn = undefined;
        break;
      case 34:
        message.responseTxn = readTxnResponse(reader, reader.enter());
        message.responseRange = undefined;
        message.responsePut = undefined;
        message.responseDeleteRange = undefined;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ResponseOp: Codec<ResponseOp> = codec(
  'etcdserverpb.ResponseOp',
  zeroResponseOp,
  sizeResponseOp,
  writeResponseOp,
  readResponseOp,
);

/** One condition: the target of every key in the range, compared with the given value. */
export interface Compare {
  result: CompareResult;
  target: CompareTarget;
  key: Uint8Array;
  version: number | undefined;
  createRevision: number | undefined;
  modRevision: number | undefined;
  value: Uint8Array | undefined;
  lease: bigint | undefined;
  rangeEnd: Uint8Array;
}

function zeroCompare(): Compare {
  return {
    result: 0,
    target: 0,
    key: emptyBytes,
    version: undefined,
    createRevision: undefined,
    modRevision: undefined,
    value: undefined,
    lease: undefined,
    rangeEnd: emptyBytes,
  };
}

function sizeCompare(message: Compare): number {
  let size = 0;
  if (message.result !== 0) size += 1 + varintSize(message.result);
  if (message.target !== 0) size += 1 + varintSize(message.target);
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.version !== undefined) size += 1 + varintSize(message.version);
  if (message.createRevision !== undefined) size += 1 + varintSize(message.createRevision);
  if (message.modRevision !== undefined) size += 1 + varintSize(message.modRevision);
  if (message.value !== undefined) size += 1 + lengthDelimitedSize(message.value.length);
  if (message.lease !== undefined) size += 1 + varintSizeBig(message.lease);
  if (message.rangeEnd.length !== 0) size += 2 + lengthDelimitedSize(message.rangeEnd.length);
  return size;
}

function writeCompare(message: Compare, into: Buffer, at: number): number {
  if (message.result !== 0) {
    into[at++] = 8;
    at = writeVarint(message.result, into, at);
  }
  if (message.target !== 0) {
    into[at++] = 16;
    at = writeVarint(message.target, into, at);
  }
  if (message.key.length !== 0) {
    into[at++] = 26;
    at = writeBytes(message.key, into, at);
  }
  if (message.version !== undefined) {
    into[at++] = 32;
    at = writeVarint(message.version, into, at);
  }
  if (message.createRevision !== undefined) {
    into[at++] = 40;
    at = writeVarint(message.createRevision, into, at);
  }
  if (message.modRevision !== undefined) {
    into[at++] = 48;
    at = writeVarint(message.modRevision, into, at);
  }
  if (message.value !== undefined) {
    into[at++] = 58;
    at = writeBytes(message.value, into, at);
  }
  if (message.lease !== undefined) {
    into[at++] = 64;
    at = writeVarintBig(message.lease, into, at);
  }
  if (message.rangeEnd.length !== 0) {
    into[at++] = 130;
    into[at++] = 4;
    at = writeBytes(message.rangeEnd, into, at);
  }
  return at;
}

function readCompare(reader: Reader, outerEnd: number): Compare {
  const message = zeroCompare();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.result = reader.int64() as CompareResult;
        break;
      case 16:
        message.target = reader.int64() as CompareTarget;
        break;
      case 26:
        message.key = reader.view();
        break;
      case 32:
        message.version = reader.int64();
        message.createRevision = undefined;
        message.modRevision = undefined;
        message.value = undefined;
        message.lease = undefined;
        break;
      case 40:
        message.createRevision = reader.int64();
        message.version = undefined;
        message.modRevision = undefined;
        message.value = undefined;
        message.lease = undefined;
        break;
      case 48:
        message.modRevision = reader.int64();
        message.version = undefined;
        message.createRevision = undefined;
        message.value = undefined;
        message.lease = undefined;
        break;
      case 58:
        message.value = reader.view();
        message.version = undefined;
        message.createRevision = undefined;
        message.modRevision = undefined;
        message.lease = undefined;
        break;
      case 64:
        message.lease = reader.int64Big();
        message.version = undefined;
        message.createRevision = undefined;
        message.modRevision = undefined;
        message.value = undefined;
        break;
      case 514:
        message.rangeEnd = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const Compare: Codec<Compare> = codec(
  'etcdserverpb.Compare',
  zeroCompare,
  sizeCompare,
  writeCompare,
  readCompare,
);

export interface TxnRequest {
  /** All must hold for `success` to run. */
  compare: Compare[];
  success: RequestOp[];
  failure: RequestOp[];
}

function zeroTxnRequest(): TxnRequest {
  return {
    compare: [],
    success: [],
    failure: [],
  };
}

function sizeTxnRequest(message: TxnRequest): number {
  let size = 0;
  for (const item of message.compare) size += 1 + lengthDelimitedSize(sizeCompare(item));
  for (const item of message.success) size += 1 + lengthDelimitedSize(sizeRequestOp(item));
  for (const item of message.failure) size += 1 + lengthDelimitedSize(sizeRequestOp(item));
  return size;
}

function writeTxnRequest(message: TxnRequest, into: Buffer, at: number): number {
  for (const item of message.compare) {
    into[at++] = 10;
    at = writeCompare(item, into, writeVarint(sizeCompare(item), into, at));
  }
  for (const item of message.success) {
    into[at++] = 18;
    at = writeRequestOp(item, into, writeVarint(sizeRequestOp(item), into, at));
  }
  for (const item of message.failure) {
    into[at++] = 26;
    at = writeRequestOp(item, into, writeVarint(sizeRequestOp(item), into, at));
  }
  return at;
}

function readTxnRequest(reader: Reader, outerEnd: number): TxnRequest {
  const message = zeroTxnRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.compare.push(readCompare(reader, reader.enter()));
        break;
      case 18:
        message.success.push(readRequestOp(reader, reader.enter()));
        break;
      case 26:
        message.failure.push(readRequestOp(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const TxnRequest: Codec<TxnRequest> = codec(
  'etcdserverpb.TxnRequest',
  zeroTxnRequest,
  sizeTxnRequest,
  writeTxnRequest,
  readTxnRequest,
);

export interface TxnResponse {
  header: ResponseHeader | undefined;
  succeeded: boolean;
  /** One for each operation of the branch that ran, in order. */
  responses: ResponseOp[];
}

function zeroTxnResponse(): TxnResponse {
  return {
    header: undefined,
    succeeded: false,
    responses: [],
  };
}

function sizeTxnResponse(message: TxnResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.succeeded) size += 1 + 1;
  for (const item of message.responses) size += 1 + lengthDelimitedSize(sizeResponseOp(item));
  return size;
}

function writeTxnResponse(message: TxnResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.succeeded) {
    into[at++] = 16;
    into[at++] = message.succeeded ? 1 : 0;
  }
  for (const item of message.responses) {
    into[at++] = 26;
    at = writeResponseOp(item, into, writeVarint(sizeResponseOp(item), into, at));
  }
  return at;
}

function readTxnResponse(reader: Reader, outerEnd: number): TxnResponse {
  const message = zeroTxnResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.succeeded = reader.bool();
        break;
      case 26:
        message.responses.push(readResponseOp(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const TxnResponse: Codec<TxnResponse> = codec(
  'etcdserverpb.TxnResponse',
  zeroTxnResponse,
  sizeTxnResponse,
  writeTxnResponse,
  readTxnResponse,
);

export interface CompactionRequest {
  /** History before it is forgotten; the newest value of each key as of it stays. */
  revision: number;
  /** Answers only when the data is gone from the disk too. */
  physical: boolean;
}

function zeroCompactionRequest(): CompactionRequest {
  return {
    revision: 0,
    physical: false,
  };
}

function sizeCompactionRequest(message: CompactionRequest): number {
  let size = 0;
  if (message.revision !== 0) size += 1 + varintSize(message.revision);
  if (message.physical) size += 1 + 1;
  return size;
}

function writeCompactionRequest(message: CompactionRequest, into: Buffer, at: number): number {
  if (message.revision !== 0) {
    into[at++] = 8;
    at = writeVarint(message.revision, into, at);
  }
  if (message.physical) {
    into[at++] = 16;
    into[at++] = message.physical ? 1 : 0;
  }
  return at;
}

function readCompactionRequest(reader: Reader, outerEnd: number): CompactionRequest {
  const message = zeroCompactionRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.revision = reader.int64();
        break;
      case 16:
        message.physical = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const CompactionRequest: Codec<CompactionRequest> = codec(
  'etcdserverpb.CompactionRequest',
  zeroCompactionRequest,
  sizeCompactionRequest,
  writeCompactionRequest,
  readCompactionRequest,
);

export interface CompactionResponse {
  header: ResponseHeader | undefined;
}

function zeroCompactionResponse(): CompactionResponse {
  return {
    header: undefined,
  };
}

function sizeCompactionResponse(message: CompactionResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeCompactionResponse(message: CompactionResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readCompactionResponse(reader: Reader, outerEnd: number): CompactionResponse {
  const message = zeroCompactionResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const CompactionResponse: Codec<CompactionResponse> = codec(
  'etcdserverpb.CompactionResponse',
  zeroCompactionResponse,
  sizeCompactionResponse,
  writeCompactionResponse,
  readCompactionResponse,
);

export interface WatchRequest {
  createRequest: WatchCreateRequest | undefined;
  cancelRequest: WatchCancelRequest | undefined;
  progressRequest: WatchProgressRequest | undefined;
}

function zeroWatchRequest(): WatchRequest {
  return {
    createRequest: undefined,
    cancelRequest: undefined,
    progressRequest: undefined,
  };
}

function sizeWatchRequest(message: WatchRequest): number {
  let size = 0;
  if (message.createRequest !== undefined) size += 1 + lengthDelimitedSize(sizeWatchCreateRequest(message.createRequest));
  if (message.cancelRequest !== undefined) size += 1 + lengthDelimitedSize(sizeWatchCancelRequest(message.cancelRequest));
  if (message.progressRequest !== undefined) size += 1 + lengthDelimitedSize(sizeWatchProgressRequest(message.progressRequest));
  return size;
}

function writeWatchRequest(message: WatchRequest, into: Buffer, at: number): number {
  if (message.createRequest !== undefined) {
    into[at++] = 10;
    at = writeWatchCreateRequest(message.createRequest, into, writeVarint(sizeWatchCreateRequest(message.createRequest), into, at));
  }
  if (message.cancelRequest !== undefined) {
    into[at++] = 18;
    at = writeWatchCancelRequest(message.cancelRequest, into, writeVarint(sizeWatchCancelRequest(message.cancelRequest), into, at));
  }
  if (message.progressRequest !== undefined) {
    into[at++] = 26;
    at = writeWatchProgressRequest(message.progressRequest, into, writeVarint(sizeWatchProgressRequest(message.progressRequest), into, at));
  }
  return at;
}

function readWatchRequest(reader: Reader, outerEnd: number): WatchRequest {
  const message = zeroWatchRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.createRequest = readWatchCreateRequest(reader, reader.enter());
        message.cancelRequest = undefined;
        message.progressRequest = undefined;
        break;
      case 18:
        message.cancelRequest = readWatchCancelRequest(reader, reader.enter());
        message.createRequest = undefined;
        message.progressRequest = undefined;
        break;
      case 26:
        message.progressRequest = readWatchProgressRequest(reader, reader.enter());
        message.createRequest = undefined;
        message.cancelRequest = undefined;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const WatchRequest: Codec<WatchRequest> = codec(
  'etcdserverpb.WatchRequest',
  zeroWatchRequest,
  sizeWatchRequest,
  writeWatchRequest,
  readWatchRequest,
);

export interface WatchCreateRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  /** First revision to deliver; 0 for the next one. */
  startRevision: number;
  /**
   * Asks for a response without events now and then while the watcher is idle, so that its reader
   * can resume at a fresh revision.
   */
  progressNotify: boolean;
  /** Kinds of events to leave out. */
  filters: FilterType[];
  prevKv: boolean;
  /** Chosen by the client, unique in the stream; 0 lets the server choose. */
  watchId: bigint;
  /** Allows large revisions to be split over several responses. */
  fragment: boolean;
}

function zeroWatchCreateRequest(): WatchCreateRequest {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    startRevision: 0,
    progressNotify: false,
    filters: [],
    prevKv: false,
    watchId: 0n,
    fragment: false,
  };
}

function sizeWatchCreateRequest(message: WatchCreateRequest): number {
  let size = 0;
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.rangeEnd.length !== 0) size += 1 + lengthDelimitedSize(message.rangeEnd.length);
  if (message.startRevision !== 0) size += 1 + varintSize(message.startRevision);
  if (message.progressNotify) size += 1 + 1;
  if (message.filters.length !== 0) {
    let packed = 0;
    for (const item of message.filters) packed += varintSize(item);
    size += 1 + lengthDelimitedSize(packed);
  }
  if (message.prevKv) size += 1 + 1;
  if (message.watchId !== 0n) size += 1 + varintSizeBig(message.watchId);
  if (message.fragment) size += 1 + 1;
  return size;
}

function writeWatchCreateRequest(message: WatchCreateRequest, into: Buffer, at: number): number {
  if (message.key.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.key, into, at);
  }
  if (message.rangeEnd.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.rangeEnd, into, at);
  }
  if (message.startRevision !== 0) {
    into[at++] = 24;
    at = writeVarint(message.startRevision, into, at);
  }
  if (message.progressNotify) {
    into[at++] = 32;
    into[at++] = message.progressNotify ? 1 : 0;
  }
  if (message.filters.length !== 0) {
    into[at++] = 42;
    let packed = 0;
    for (const item of message.filters) packed += varintSize(item);
    at = writeVarint(packed, into, at);
    for (const item of message.filters) at = writeVarint(item, into, at);
  }
  if (message.prevKv) {
    into[at++] = 48;
    into[at++] = message.prevKv ? 1 : 0;
  }
  if (message.watchId !== 0n) {
    into[at++] = 56;
    at = writeVarintBig(message.watchId, into, at);
  }
  if (message.fragment) {
    into[at++] = 64;
    into[at++] = message.fragment ? 1 : 0;
  }
  return at;
}

function readWatchCreateRequest(reader: Reader, outerEnd: number): WatchCreateRequest {
  const message = zeroWatchCreateRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.key = reader.view();
        break;
      case 18:
        message.rangeEnd = reader.view();
        break;
      case 24:
        message.startRevision = reader.int64();
        break;
      case 32:
        message.progressNotify = reader.bool();
        break;
      case 40:
        message.filters.push(reader.int64() as FilterType);
        break;
      case 42: {
        const outer = reader.enter();
        while (reader.at < reader.end) message.filters.push(reader.int64() as FilterType);
        reader.leave(outer);
        break;
      }
      case 48:
        message.prevKv = reader.bool();
        break;
      case 56:
        message.watchId = reader.int64Big();
        break;
      case 64:
        message.fragment = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const WatchCreateRequest: Codec<WatchCreateRequest> = codec(
  'etcdserverpb.WatchCreateRequest',
  zeroWatchCreateRequest,
  sizeWatchCreateRequest,
  writeWatchCreateRequest,
  readWatchCreateRequest,
);

export interface WatchCancelRequest {
  watchId: bigint;
}

function zeroWatchCancelRequest(): WatchCancelRequest {
  return {
    watchId: 0n,
  };
}

function sizeWatchCancelRequest(message: WatchCancelRequest): number {
  let size = 0;
  if (message.watchId !== 0n) size += 1 + varintSizeBig(message.watchId);
  return size;
}

function writeWatchCancelRequest(message: WatchCancelRequest, into: Buffer, at: number): number {
  if (message.watchId !== 0n) {
    into[at++] = 8;
    at = writeVarintBig(message.watchId, into, at);
  }
  return at;
}

function readWatchCancelRequest(reader: Reader, outerEnd: number): WatchCancelRequest {
  const message = zeroWatchCancelRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.watchId = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const WatchCancelRequest: Codec<WatchCancelRequest> = codec(
  'etcdserverpb.WatchCancelRequest',
  zeroWatchCancelRequest,
  sizeWatchCancelRequest,
  writeWatchCancelRequest,
  readWatchCancelRequest,
);

/** Asks for the revision up to which all watchers of the stream are delivered; answered with watch id -1. */
export interface WatchProgressRequest {
}

function zeroWatchProgressRequest(): WatchProgressRequest {
  return {
  };
}

function sizeWatchProgressRequest(_message: WatchProgressRequest): number {
  const size = 0;
  return size;
}

function writeWatchProgressRequest(_message: WatchProgressRequest, _into: Buffer, at: number): number {
  return at;
}

function readWatchProgressRequest(reader: Reader, outerEnd: number): WatchProgressRequest {
  const message = zeroWatchProgressRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const WatchProgressRequest: Codec<WatchProgressRequest> = codec(
  'etcdserverpb.WatchProgressRequest',
  zeroWatchProgressRequest,
  sizeWatchProgressRequest,
  writeWatchProgressRequest,
  readWatchProgressRequest,
);

export interface WatchResponse {
  header: ResponseHeader | undefined;
  watchId: bigint;
  /** Answers a create request; no event precedes it. */
  created: boolean;
  /** The watcher is gone; nothing follows. */
  canceled: boolean;
  /** Set when the watcher asked for history that is compacted: the first revision still to be had. */
  compactRevision: number;
  cancelReason: string;
  /** More responses of the same revision follow. */
  fragment: boolean;
  events: Event[];
}

function zeroWatchResponse(): WatchResponse {
  return {
    header: undefined,
    watchId: 0n,
    created: false,
    canceled: false,
    compactRevision: 0,
    cancelReason: '',
    fragment: false,
    events: [],
  };
}

function sizeWatchResponse(message: WatchResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.watchId !== 0n) size += 1 + varintSizeBig(message.watchId);
  if (message.created) size += 1 + 1;
  if (message.canceled) size += 1 + 1;
  if (message.compactRevision !== 0) size += 1 + varintSize(message.compactRevision);
  if (message.cancelReason !== '') size += 1 + lengthDelimitedSize(stringSize(message.cancelReason));
  if (message.fragment) size += 1 + 1;
  for (const item of message.events) size += 1 + lengthDelimitedSize(sizeEvent(item));
  return size;
}

function writeWatchResponse(message: WatchResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.watchId !== 0n) {
    into[at++] = 16;
    at = writeVarintBig(message.watchId, into, at);
  }
  if (message.created) {
    into[at++] = 24;
    into[at++] = message.created ? 1 : 0;
  }
  if (message.canceled) {
    into[at++] = 32;
    into[at++] = message.canceled ? 1 : 0;
  }
  if (message.compactRevision !== 0) {
    into[at++] = 40;
    at = writeVarint(message.compactRevision, into, at);
  }
  if (message.cancelReason !== '') {
    into[at++] = 50;
    at = writeString(message.cancelReason, into, at);
  }
  if (message.fragment) {
    into[at++] = 56;
    into[at++] = message.fragment ? 1 : 0;
  }
  for (const item of message.events) {
    into[at++] = 90;
    at = writeEvent(item, into, writeVarint(sizeEvent(item), into, at));
  }
  return at;
}

function readWatchResponse(reader: Reader, outerEnd: number): WatchResponse {
  const message = zeroWatchResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.watchId = reader.int64Big();
        break;
      case 24:
        message.created = reader.bool();
        break;
      case 32:
        message.canceled = reader.bool();
        break;
      case 40:
        message.compactRevision = reader.int64();
        break;
      case 50:
        message.cancelReason = reader.string();
        break;
      case 56:
        message.fragment = reader.bool();
        break;
      case 90:
        message.events.push(readEvent(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const WatchResponse: Codec<WatchResponse> = codec(
  'etcdserverpb.WatchResponse',
  zeroWatchResponse,
  sizeWatchResponse,
  writeWatchResponse,
  readWatchResponse,
);

export interface LeaseGrantRequest {
  /** Seconds. */
  ttl: number;
  /** 0 lets the server choose. */
  id: bigint;
}

function zeroLeaseGrantRequest(): LeaseGrantRequest {
  return {
    ttl: 0,
    id: 0n,
  };
}

function sizeLeaseGrantRequest(message: LeaseGrantRequest): number {
  let size = 0;
  if (message.ttl !== 0) size += 1 + varintSize(message.ttl);
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  return size;
}

function writeLeaseGrantRequest(message: LeaseGrantRequest, into: Buffer, at: number): number {
  if (message.ttl !== 0) {
    into[at++] = 8;
    at = writeVarint(message.ttl, into, at);
  }
  if (message.id !== 0n) {
    into[at++] = 16;
    at = writeVarintBig(message.id, into, at);
  }
  return at;
}

function readLeaseGrantRequest(reader: Reader, outerEnd: number): LeaseGrantRequest {
  const message = zeroLeaseGrantRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.ttl = reader.int64();
        break;
      case 16:
        message.id = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseGrantRequest: Codec<LeaseGrantRequest> = codec(
  'etcdserverpb.LeaseGrantRequest',
  zeroLeaseGrantRequest,
  sizeLeaseGrantRequest,
  writeLeaseGrantRequest,
  readLeaseGrantRequest,
);

export interface LeaseGrantResponse {
  header: ResponseHeader | undefined;
  id: bigint;
  /** Seconds granted, which may be more than asked for. */
  ttl: number;
  error: string;
}

function zeroLeaseGrantResponse(): LeaseGrantResponse {
  return {
    header: undefined,
    id: 0n,
    ttl: 0,
    error: '',
  };
}

function sizeLeaseGrantResponse(message: LeaseGrantResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  if (message.ttl !== 0) size += 1 + varintSize(message.ttl);
  if (message.error !== '') size += 1 + lengthDelimitedSize(stringSize(message.error));
  return size;
}

function writeLeaseGrantResponse(message: LeaseGrantResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.id !== 0n) {
    into[at++] = 16;
    at = writeVarintBig(message.id, into, at);
  }
  if (message.ttl !== 0) {
    into[at++] = 24;
    at = writeVarint(message.ttl, into, at);
  }
  if (message.error !== '') {
    into[at++] = 34;
    at = writeString(message.error, into, at);
  }
  return at;
}

function readLeaseGrantResponse(reader: Reader, outerEnd: number): LeaseGrantResponse {
  const message = zeroLeaseGrantResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.id = reader.int64Big();
        break;
      case 24:
        message.ttl = reader.int64();
        break;
      case 34:
        message.error = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseGrantResponse: Codec<LeaseGrantResponse> = codec(
  'etcdserverpb.LeaseGrantResponse',
  zeroLeaseGrantResponse,
  sizeLeaseGrantResponse,
  writeLeaseGrantResponse,
  readLeaseGrantResponse,
);

export interface LeaseRevokeRequest {
  id: bigint;
}

function zeroLeaseRevokeRequest(): LeaseRevokeRequest {
  return {
    id: 0n,
  };
}

function sizeLeaseRevokeRequest(message: LeaseRevokeRequest): number {
  let size = 0;
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  return size;
}

function writeLeaseRevokeRequest(message: LeaseRevokeRequest, into: Buffer, at: number): number {
  if (message.id !== 0n) {
    into[at++] = 8;
    at = writeVarintBig(message.id, into, at);
  }
  return at;
}

function readLeaseRevokeRequest(reader: Reader, outerEnd: number): LeaseRevokeRequest {
  const message = zeroLeaseRevokeRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseRevokeRequest: Codec<LeaseRevokeRequest> = codec(
  'etcdserverpb.LeaseRevokeRequest',
  zeroLeaseRevokeRequest,
  sizeLeaseRevokeRequest,
  writeLeaseRevokeRequest,
  readLeaseRevokeRequest,
);

export interface LeaseRevokeResponse {
  header: ResponseHeader | undefined;
}

function zeroLeaseRevokeResponse(): LeaseRevokeResponse {
  return {
    header: undefined,
  };
}

function sizeLeaseRevokeResponse(message: LeaseRevokeResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeLeaseRevokeResponse(message: LeaseRevokeResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readLeaseRevokeResponse(reader: Reader, outerEnd: number): LeaseRevokeResponse {
  const message = zeroLeaseRevokeResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseRevokeResponse: Codec<LeaseRevokeResponse> = codec(
  'etcdserverpb.LeaseRevokeResponse',
  zeroLeaseRevokeResponse,
  sizeLeaseRevokeResponse,
  writeLeaseRevokeResponse,
  readLeaseRevokeResponse,
);

export interface LeaseKeepAliveRequest {
  id: bigint;
}

function zeroLeaseKeepAliveRequest(): LeaseKeepAliveRequest {
  return {
    id: 0n,
  };
}

function sizeLeaseKeepAliveRequest(message: LeaseKeepAliveRequest): number {
  let size = 0;
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  return size;
}

function writeLeaseKeepAliveRequest(message: LeaseKeepAliveRequest, into: Buffer, at: number): number {
  if (message.id !== 0n) {
    into[at++] = 8;
    at = writeVarintBig(message.id, into, at);
  }
  return at;
}

function readLeaseKeepAliveRequest(reader: Reader, outerEnd: number): LeaseKeepAliveRequest {
  const message = zeroLeaseKeepAliveRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseKeepAliveRequest: Codec<LeaseKeepAliveRequest> = codec(
  'etcdserverpb.LeaseKeepAliveRequest',
  zeroLeaseKeepAliveRequest,
  sizeLeaseKeepAliveRequest,
  writeLeaseKeepAliveRequest,
  readLeaseKeepAliveRequest,
);

export interface LeaseKeepAliveResponse {
  header: ResponseHeader | undefined;
  id: bigint;
  /** Seconds left; 0 when there is no such lease. */
  ttl: number;
}

function zeroLeaseKeepAliveResponse(): LeaseKeepAliveResponse {
  return {
    header: undefined,
    id: 0n,
    ttl: 0,
  };
}

function sizeLeaseKeepAliveResponse(message: LeaseKeepAliveResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  if (message.ttl !== 0) size += 1 + varintSize(message.ttl);
  return size;
}

function writeLeaseKeepAliveResponse(message: LeaseKeepAliveResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.id !== 0n) {
    into[at++] = 16;
    at = writeVarintBig(message.id, into, at);
  }
  if (message.ttl !== 0) {
    into[at++] = 24;
    at = writeVarint(message.ttl, into, at);
  }
  return at;
}

function readLeaseKeepAliveResponse(reader: Reader, outerEnd: number): LeaseKeepAliveResponse {
  const message = zeroLeaseKeepAliveResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.id = reader.int64Big();
        break;
      case 24:
        message.ttl = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseKeepAliveResponse: Codec<LeaseKeepAliveResponse> = codec(
  'etcdserverpb.LeaseKeepAliveResponse',
  zeroLeaseKeepAliveResponse,
  sizeLeaseKeepAliveResponse,
  writeLeaseKeepAliveResponse,
  readLeaseKeepAliveResponse,
);

export interface LeaseTimeToLiveRequest {
  id: bigint;
  /** Asks for the attached keys too. */
  keys: boolean;
}

function zeroLeaseTimeToLiveRequest(): LeaseTimeToLiveRequest {
  return {
    id: 0n,
    keys: false,
  };
}

function sizeLeaseTimeToLiveRequest(message: LeaseTimeToLiveRequest): number {
  let size = 0;
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  if (message.keys) size += 1 + 1;
  return size;
}

function writeLeaseTimeToLiveRequest(message: LeaseTimeToLiveRequest, into: Buffer, at: number): number {
  if (message.id !== 0n) {
    into[at++] = 8;
    at = writeVarintBig(message.id, into, at);
  }
  if (message.keys) {
    into[at++] = 16;
    into[at++] = message.keys ? 1 : 0;
  }
  return at;
}

function readLeaseTimeToLiveRequest(reader: Reader, outerEnd: number): LeaseTimeToLiveRequest {
  const message = zeroLeaseTimeToLiveRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.int64Big();
        break;
      case 16:
        message.keys = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseTimeToLiveRequest: Codec<LeaseTimeToLiveRequest> = codec(
  'etcdserverpb.LeaseTimeToLiveRequest',
  zeroLeaseTimeToLiveRequest,
  sizeLeaseTimeToLiveRequest,
  writeLeaseTimeToLiveRequest,
  readLeaseTimeToLiveRequest,
);

export interface LeaseTimeToLiveResponse {
  header: ResponseHeader | undefined;
  id: bigint;
  /** Seconds left; -1 when there is no such lease. */
  ttl: number;
  /** Seconds that a renewal gives. */
  grantedTtl: number;
  keys: Uint8Array[];
}

function zeroLeaseTimeToLiveResponse(): LeaseTimeToLiveResponse {
  return {
    header: undefined,
    id: 0n,
    ttl: 0,
    grantedTtl: 0,
    keys: [],
  };
}

function sizeLeaseTimeToLiveResponse(message: LeaseTimeToLiveResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  if (message.ttl !== 0) size += 1 + varintSize(message.ttl);
  if (message.grantedTtl !== 0) size += 1 + varintSize(message.grantedTtl);
  for (const item of message.keys) size += 1 + lengthDelimitedSize(item.length);
  return size;
}

function writeLeaseTimeToLiveResponse(message: LeaseTimeToLiveResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.id !== 0n) {
    into[at++] = 16;
    at = writeVarintBig(message.id, into, at);
  }
  if (message.ttl !== 0) {
    into[at++] = 24;
    at = writeVarint(message.ttl, into, at);
  }
  if (message.grantedTtl !== 0) {
    into[at++] = 32;
    at = writeVarint(message.grantedTtl, into, at);
  }
  for (const item of message.keys) {
    into[at++] = 42;
    at = writeBytes(item, into, at);
  }
  return at;
}

function readLeaseTimeToLiveResponse(reader: Reader, outerEnd: number): LeaseTimeToLiveResponse {
  const message = zeroLeaseTimeToLiveResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.id = reader.int64Big();
        break;
      case 24:
        message.ttl = reader.int64();
        break;
      case 32:
        message.grantedTtl = reader.int64();
        break;
      case 42:
        message.keys.push(reader.view());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseTimeToLiveResponse: Codec<LeaseTimeToLiveResponse> = codec(
  'etcdserverpb.LeaseTimeToLiveResponse',
  zeroLeaseTimeToLiveResponse,
  sizeLeaseTimeToLiveResponse,
  writeLeaseTimeToLiveResponse,
  readLeaseTimeToLiveResponse,
);

export interface LeaseLeasesRequest {
}

function zeroLeaseLeasesRequest(): LeaseLeasesRequest {
  return {
  };
}

function sizeLeaseLeasesRequest(_message: LeaseLeasesRequest): number {
  const size = 0;
  return size;
}

function writeLeaseLeasesRequest(_message: LeaseLeasesRequest, _into: Buffer, at: number): number {
  return at;
}

function readLeaseLeasesRequest(reader: Reader, outerEnd: number): LeaseLeasesRequest {
  const message = zeroLeaseLeasesRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseLeasesRequest: Codec<LeaseLeasesRequest> = codec(
  'etcdserverpb.LeaseLeasesRequest',
  zeroLeaseLeasesRequest,
  sizeLeaseLeasesRequest,
  writeLeaseLeasesRequest,
  readLeaseLeasesRequest,
);

export interface LeaseStatus {
  id: bigint;
}

function zeroLeaseStatus(): LeaseStatus {
  return {
    id: 0n,
  };
}

function sizeLeaseStatus(message: LeaseStatus): number {
  let size = 0;
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  return size;
}

function writeLeaseStatus(message: LeaseStatus, into: Buffer, at: number): number {
  if (message.id !== 0n) {
    into[at++] = 8;
    at = writeVarintBig(message.id, into, at);
  }
  return at;
}

function readLeaseStatus(reader: Reader, outerEnd: number): LeaseStatus {
  const message = zeroLeaseStatus();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseStatus: Codec<LeaseStatus> = codec(
  'etcdserverpb.LeaseStatus',
  zeroLeaseStatus,
  sizeLeaseStatus,
  writeLeaseStatus,
  readLeaseStatus,
);

export interface LeaseLeasesResponse {
  header: ResponseHeader | undefined;
  leases: LeaseStatus[];
}

function zeroLeaseLeasesResponse(): LeaseLeasesResponse {
  return {
    header: undefined,
    leases: [],
  };
}

function sizeLeaseLeasesResponse(message: LeaseLeasesResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.leases) size += 1 + lengthDelimitedSize(sizeLeaseStatus(item));
  return size;
}

function writeLeaseLeasesResponse(message: LeaseLeasesResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.leases) {
    into[at++] = 18;
    at = writeLeaseStatus(item, into, writeVarint(sizeLeaseStatus(item), into, at));
  }
  return at;
}

function readLeaseLeasesResponse(reader: Reader, outerEnd: number): LeaseLeasesResponse {
  const message = zeroLeaseLeasesResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.leases.push(readLeaseStatus(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseLeasesResponse: Codec<LeaseLeasesResponse> = codec(
  'etcdserverpb.LeaseLeasesResponse',
  zeroLeaseLeasesResponse,
  sizeLeaseLeasesResponse,
  writeLeaseLeasesResponse,
  readLeaseLeasesResponse,
);

export interface Member {
  id: number;
  /** Empty until the member has started for the first time. */
  name: string;
  peerUrls: string[];
  clientUrls: string[];
  isLearner: boolean;
}

function zeroMember(): Member {
  return {
    id: 0,
    name: '',
    peerUrls: [],
    clientUrls: [],
    isLearner: false,
  };
}

function sizeMember(message: Member): number {
  let size = 0;
  if (message.id !== 0) size += 1 + varintSize(message.id);
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  for (const item of message.peerUrls) size += 1 + lengthDelimitedSize(stringSize(item));
  for (const item of message.clientUrls) size += 1 + lengthDelimitedSize(stringSize(item));
  if (message.isLearner) size += 1 + 1;
  return size;
}

function writeMember(message: Member, into: Buffer, at: number): number {
  if (message.id !== 0) {
    into[at++] = 8;
    at = writeVarint(message.id, into, at);
  }
  if (message.name !== '') {
    into[at++] = 18;
    at = writeString(message.name, into, at);
  }
  for (const item of message.peerUrls) {
    into[at++] = 26;
    at = writeString(item, into, at);
  }
  for (const item of message.clientUrls) {
    into[at++] = 34;
    at = writeString(item, into, at);
  }
  if (message.isLearner) {
    into[at++] = 40;
    into[at++] = message.isLearner ? 1 : 0;
  }
  return at;
}

function readMember(reader: Reader, outerEnd: number): Member {
  const message = zeroMember();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.uint64();
        break;
      case 18:
        message.name = reader.string();
        break;
      case 26:
        message.peerUrls.push(reader.string());
        break;
      case 34:
        message.clientUrls.push(reader.string());
        break;
      case 40:
        message.isLearner = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const Member: Codec<Member> = codec(
  'etcdserverpb.Member',
  zeroMember,
  sizeMember,
  writeMember,
  readMember,
);

export interface MemberAddRequest {
  peerUrls: string[];
  isLearner: boolean;
}

function zeroMemberAddRequest(): MemberAddRequest {
  return {
    peerUrls: [],
    isLearner: false,
  };
}

function sizeMemberAddRequest(message: MemberAddRequest): number {
  let size = 0;
  for (const item of message.peerUrls) size += 1 + lengthDelimitedSize(stringSize(item));
  if (message.isLearner) size += 1 + 1;
  return size;
}

function writeMemberAddRequest(message: MemberAddRequest, into: Buffer, at: number): number {
  for (const item of message.peerUrls) {
    into[at++] = 10;
    at = writeString(item, into, at);
  }
  if (message.isLearner) {
    into[at++] = 16;
    into[at++] = message.isLearner ? 1 : 0;
  }
  return at;
}

function readMemberAddRequest(reader: Reader, outerEnd: number): MemberAddRequest {
  const message = zeroMemberAddRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.peerUrls.push(reader.string());
        break;
      case 16:
        message.isLearner = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberAddRequest: Codec<MemberAddRequest> = codec(
  'etcdserverpb.MemberAddRequest',
  zeroMemberAddRequest,
  sizeMemberAddRequest,
  writeMemberAddRequest,
  readMemberAddRequest,
);

export interface MemberAddResponse {
  header: ResponseHeader | undefined;
  member: Member | undefined;
  members: Member[];
}

function zeroMemberAddResponse(): MemberAddResponse {
  return {
    header: undefined,
    member: undefined,
    members: [],
  };
}

function sizeMemberAddResponse(message: MemberAddResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.member !== undefined) size += 1 + lengthDelimitedSize(sizeMember(message.member));
  for (const item of message.members) size += 1 + lengthDelimitedSize(sizeMember(item));
  return size;
}

function writeMemberAddResponse(message: MemberAddResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.member !== undefined) {
    into[at++] = 18;
    at = writeMember(message.member, into, writeVarint(sizeMember(message.member), into, at));
  }
  for (const item of message.members) {
    into[at++] = 26;
    at = writeMember(item, into, writeVarint(sizeMember(item), into, at));
  }
  return at;
}

function readMemberAddResponse(reader: Reader, outerEnd: number): MemberAddResponse {
  const message = zeroMemberAddResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.member = readMember(reader, reader.enter());
        break;
      case 26:
        message.members.push(readMember(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberAddResponse: Codec<MemberAddResponse> = codec(
  'etcdserverpb.MemberAddResponse',
  zeroMemberAddResponse,
  sizeMemberAddResponse,
  writeMemberAddResponse,
  readMemberAddResponse,
);

export interface MemberRemoveRequest {
  id: number;
}

function zeroMemberRemoveRequest(): MemberRemoveRequest {
  return {
    id: 0,
  };
}

function sizeMemberRemoveRequest(message: MemberRemoveRequest): number {
  let size = 0;
  if (message.id !== 0) size += 1 + varintSize(message.id);
  return size;
}

function writeMemberRemoveRequest(message: MemberRemoveRequest, into: Buffer, at: number): number {
  if (message.id !== 0) {
    into[at++] = 8;
    at = writeVarint(message.id, into, at);
  }
  return at;
}

function readMemberRemoveRequest(reader: Reader, outerEnd: number): MemberRemoveRequest {
  const message = zeroMemberRemoveRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberRemoveRequest: Codec<MemberRemoveRequest> = codec(
  'etcdserverpb.MemberRemoveRequest',
  zeroMemberRemoveRequest,
  sizeMemberRemoveRequest,
  writeMemberRemoveRequest,
  readMemberRemoveRequest,
);

export interface MemberRemoveResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

function zeroMemberRemoveResponse(): MemberRemoveResponse {
  return {
    header: undefined,
    members: [],
  };
}

function sizeMemberRemoveResponse(message: MemberRemoveResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.members) size += 1 + lengthDelimitedSize(sizeMember(item));
  return size;
}

function writeMemberRemoveResponse(message: MemberRemoveResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.members) {
    into[at++] = 18;
    at = writeMember(item, into, writeVarint(sizeMember(item), into, at));
  }
  return at;
}

function readMemberRemoveResponse(reader: Reader, outerEnd: number): MemberRemoveResponse {
  const message = zeroMemberRemoveResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.members.push(readMember(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberRemoveResponse: Codec<MemberRemoveResponse> = codec(
  'etcdserverpb.MemberRemoveResponse',
  zeroMemberRemoveResponse,
  sizeMemberRemoveResponse,
  writeMemberRemoveResponse,
  readMemberRemoveResponse,
);

export interface MemberUpdateRequest {
  id: number;
  peerUrls: string[];
}

function zeroMemberUpdateRequest(): MemberUpdateRequest {
  return {
    id: 0,
    peerUrls: [],
  };
}

function sizeMemberUpdateRequest(message: MemberUpdateRequest): number {
  let size = 0;
  if (message.id !== 0) size += 1 + varintSize(message.id);
  for (const item of message.peerUrls) size += 1 + lengthDelimitedSize(stringSize(item));
  return size;
}

function writeMemberUpdateRequest(message: MemberUpdateRequest, into: Buffer, at: number): number {
  if (message.id !== 0) {
    into[at++] = 8;
    at = writeVarint(message.id, into, at);
  }
  for (const item of message.peerUrls) {
    into[at++] = 18;
    at = writeString(item, into, at);
  }
  return at;
}

function readMemberUpdateRequest(reader: Reader, outerEnd: number): MemberUpdateRequest {
  const message = zeroMemberUpdateRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.uint64();
        break;
      case 18:
        message.peerUrls.push(reader.string());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberUpdateRequest: Codec<MemberUpdateRequest> = codec(
  'etcdserverpb.MemberUpdateRequest',
  zeroMemberUpdateRequest,
  sizeMemberUpdateRequest,
  writeMemberUpdateRequest,
  readMemberUpdateRequest,
);

export interface MemberUpdateResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

function zeroMemberUpdateResponse(): MemberUpdateResponse {
  return {
    header: undefined,
    members: [],
  };
}

function sizeMemberUpdateResponse(message: MemberUpdateResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.members) size += 1 + lengthDelimitedSize(sizeMember(item));
  return size;
}

function writeMemberUpdateResponse(message: MemberUpdateResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.members) {
    into[at++] = 18;
    at = writeMember(item, into, writeVarint(sizeMember(item), into, at));
  }
  return at;
}

function readMemberUpdateResponse(reader: Reader, outerEnd: number): MemberUpdateResponse {
  const message = zeroMemberUpdateResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.members.push(readMember(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberUpdateResponse: Codec<MemberUpdateResponse> = codec(
  'etcdserverpb.MemberUpdateResponse',
  zeroMemberUpdateResponse,
  sizeMemberUpdateResponse,
  writeMemberUpdateResponse,
  readMemberUpdateResponse,
);

export interface MemberListRequest {
  linearizable: boolean;
}

function zeroMemberListRequest(): MemberListRequest {
  return {
    linearizable: false,
  };
}

function sizeMemberListRequest(message: MemberListRequest): number {
  let size = 0;
  if (message.linearizable) size += 1 + 1;
  return size;
}

function writeMemberListRequest(message: MemberListRequest, into: Buffer, at: number): number {
  if (message.linearizable) {
    into[at++] = 8;
    into[at++] = message.linearizable ? 1 : 0;
  }
  return at;
}

function readMemberListRequest(reader: Reader, outerEnd: number): MemberListRequest {
  const message = zeroMemberListRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.linearizable = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberListRequest: Codec<MemberListRequest> = codec(
  'etcdserverpb.MemberListRequest',
  zeroMemberListRequest,
  sizeMemberListRequest,
  writeMemberListRequest,
  readMemberListRequest,
);

export interface MemberListResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

function zeroMemberListResponse(): MemberListResponse {
  return {
    header: undefined,
    members: [],
  };
}

function sizeMemberListResponse(message: MemberListResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.members) size += 1 + lengthDelimitedSize(sizeMember(item));
  return size;
}

function writeMemberListResponse(message: MemberListResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.members) {
    into[at++] = 18;
    at = writeMember(item, into, writeVarint(sizeMember(item), into, at));
  }
  return at;
}

function readMemberListResponse(reader: Reader, outerEnd: number): MemberListResponse {
  const message = zeroMemberListResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.members.push(readMember(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberListResponse: Codec<MemberListResponse> = codec(
  'etcdserverpb.MemberListResponse',
  zeroMemberListResponse,
  sizeMemberListResponse,
  writeMemberListResponse,
  readMemberListResponse,
);

export interface MemberPromoteRequest {
  id: number;
}

function zeroMemberPromoteRequest(): MemberPromoteRequest {
  return {
    id: 0,
  };
}

function sizeMemberPromoteRequest(message: MemberPromoteRequest): number {
  let size = 0;
  if (message.id !== 0) size += 1 + varintSize(message.id);
  return size;
}

function writeMemberPromoteRequest(message: MemberPromoteRequest, into: Buffer, at: number): number {
  if (message.id !== 0) {
    into[at++] = 8;
    at = writeVarint(message.id, into, at);
  }
  return at;
}

function readMemberPromoteRequest(reader: Reader, outerEnd: number): MemberPromoteRequest {
  const message = zeroMemberPromoteRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberPromoteRequest: Codec<MemberPromoteRequest> = codec(
  'etcdserverpb.MemberPromoteRequest',
  zeroMemberPromoteRequest,
  sizeMemberPromoteRequest,
  writeMemberPromoteRequest,
  readMemberPromoteRequest,
);

export interface MemberPromoteResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

function zeroMemberPromoteResponse(): MemberPromoteResponse {
  return {
    header: undefined,
    members: [],
  };
}

function sizeMemberPromoteResponse(message: MemberPromoteResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.members) size += 1 + lengthDelimitedSize(sizeMember(item));
  return size;
}

function writeMemberPromoteResponse(message: MemberPromoteResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.members) {
    into[at++] = 18;
    at = writeMember(item, into, writeVarint(sizeMember(item), into, at));
  }
  return at;
}

function readMemberPromoteResponse(reader: Reader, outerEnd: number): MemberPromoteResponse {
  const message = zeroMemberPromoteResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.members.push(readMember(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MemberPromoteResponse: Codec<MemberPromoteResponse> = codec(
  'etcdserverpb.MemberPromoteResponse',
  zeroMemberPromoteResponse,
  sizeMemberPromoteResponse,
  writeMemberPromoteResponse,
  readMemberPromoteResponse,
);

export interface DefragmentRequest {
}

function zeroDefragmentRequest(): DefragmentRequest {
  return {
  };
}

function sizeDefragmentRequest(_message: DefragmentRequest): number {
  const size = 0;
  return size;
}

function writeDefragmentRequest(_message: DefragmentRequest, _into: Buffer, at: number): number {
  return at;
}

function readDefragmentRequest(reader: Reader, outerEnd: number): DefragmentRequest {
  const message = zeroDefragmentRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const DefragmentRequest: Codec<DefragmentRequest> = codec(
  'etcdserverpb.DefragmentRequest',
  zeroDefragmentRequest,
  sizeDefragmentRequest,
  writeDefragmentRequest,
  readDefragmentRequest,
);

export interface DefragmentResponse {
  header: ResponseHeader | undefined;
}

function zeroDefragmentResponse(): DefragmentResponse {
  return {
    header: undefined,
  };
}

function sizeDefragmentResponse(message: DefragmentResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeDefragmentResponse(message: DefragmentResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readDefragmentResponse(reader: Reader, outerEnd: number): DefragmentResponse {
  const message = zeroDefragmentResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const DefragmentResponse: Codec<DefragmentResponse> = codec(
  'etcdserverpb.DefragmentResponse',
  zeroDefragmentResponse,
  sizeDefragmentResponse,
  writeDefragmentResponse,
  readDefragmentResponse,
);

export interface MoveLeaderRequest {
  targetId: number;
}

function zeroMoveLeaderRequest(): MoveLeaderRequest {
  return {
    targetId: 0,
  };
}

function sizeMoveLeaderRequest(message: MoveLeaderRequest): number {
  let size = 0;
  if (message.targetId !== 0) size += 1 + varintSize(message.targetId);
  return size;
}

function writeMoveLeaderRequest(message: MoveLeaderRequest, into: Buffer, at: number): number {
  if (message.targetId !== 0) {
    into[at++] = 8;
    at = writeVarint(message.targetId, into, at);
  }
  return at;
}

function readMoveLeaderRequest(reader: Reader, outerEnd: number): MoveLeaderRequest {
  const message = zeroMoveLeaderRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.targetId = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MoveLeaderRequest: Codec<MoveLeaderRequest> = codec(
  'etcdserverpb.MoveLeaderRequest',
  zeroMoveLeaderRequest,
  sizeMoveLeaderRequest,
  writeMoveLeaderRequest,
  readMoveLeaderRequest,
);

export interface MoveLeaderResponse {
  header: ResponseHeader | undefined;
}

function zeroMoveLeaderResponse(): MoveLeaderResponse {
  return {
    header: undefined,
  };
}

function sizeMoveLeaderResponse(message: MoveLeaderResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeMoveLeaderResponse(message: MoveLeaderResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readMoveLeaderResponse(reader: Reader, outerEnd: number): MoveLeaderResponse {
  const message = zeroMoveLeaderResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const MoveLeaderResponse: Codec<MoveLeaderResponse> = codec(
  'etcdserverpb.MoveLeaderResponse',
  zeroMoveLeaderResponse,
  sizeMoveLeaderResponse,
  writeMoveLeaderResponse,
  readMoveLeaderResponse,
);

export interface AlarmRequest {
  action: AlarmAction;
  /** 0 for every member. */
  memberId: number;
  alarm: AlarmType;
}

function zeroAlarmRequest(): AlarmRequest {
  return {
    action: 0,
    memberId: 0,
    alarm: 0,
  };
}

function sizeAlarmRequest(message: AlarmRequest): number {
  let size = 0;
  if (message.action !== 0) size += 1 + varintSize(message.action);
  if (message.memberId !== 0) size += 1 + varintSize(message.memberId);
  if (message.alarm !== 0) size += 1 + varintSize(message.alarm);
  return size;
}

function writeAlarmRequest(message: AlarmRequest, into: Buffer, at: number): number {
  if (message.action !== 0) {
    into[at++] = 8;
    at = writeVarint(message.action, into, at);
  }
  if (message.memberId !== 0) {
    into[at++] = 16;
    at = writeVarint(message.memberId, into, at);
  }
  if (message.alarm !== 0) {
    into[at++] = 24;
    at = writeVarint(message.alarm, into, at);
  }
  return at;
}

function readAlarmRequest(reader: Reader, outerEnd: number): AlarmRequest {
  const message = zeroAlarmRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.action = reader.int64() as AlarmAction;
        break;
      case 16:
        message.memberId = reader.uint64();
        break;
      case 24:
        message.alarm = reader.int64() as AlarmType;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AlarmRequest: Codec<AlarmRequest> = codec(
  'etcdserverpb.AlarmRequest',
  zeroAlarmRequest,
  sizeAlarmRequest,
  writeAlarmRequest,
  readAlarmRequest,
);

export interface AlarmMember {
  memberId: number;
  alarm: AlarmType;
}

function zeroAlarmMember(): AlarmMember {
  return {
    memberId: 0,
    alarm: 0,
  };
}

function sizeAlarmMember(message: AlarmMember): number {
  let size = 0;
  if (message.memberId !== 0) size += 1 + varintSize(message.memberId);
  if (message.alarm !== 0) size += 1 + varintSize(message.alarm);
  return size;
}

function writeAlarmMember(message: AlarmMember, into: Buffer, at: number): number {
  if (message.memberId !== 0) {
    into[at++] = 8;
    at = writeVarint(message.memberId, into, at);
  }
  if (message.alarm !== 0) {
    into[at++] = 16;
    at = writeVarint(message.alarm, into, at);
  }
  return at;
}

function readAlarmMember(reader: Reader, outerEnd: number): AlarmMember {
  const message = zeroAlarmMember();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.memberId = reader.uint64();
        break;
      case 16:
        message.alarm = reader.int64() as AlarmType;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AlarmMember: Codec<AlarmMember> = codec(
  'etcdserverpb.AlarmMember',
  zeroAlarmMember,
  sizeAlarmMember,
  writeAlarmMember,
  readAlarmMember,
);

export interface AlarmResponse {
  header: ResponseHeader | undefined;
  alarms: AlarmMember[];
}

function zeroAlarmResponse(): AlarmResponse {
  return {
    header: undefined,
    alarms: [],
  };
}

function sizeAlarmResponse(message: AlarmResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.alarms) size += 1 + lengthDelimitedSize(sizeAlarmMember(item));
  return size;
}

function writeAlarmResponse(message: AlarmResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.alarms) {
    into[at++] = 18;
    at = writeAlarmMember(item, into, writeVarint(sizeAlarmMember(item), into, at));
  }
  return at;
}

function readAlarmResponse(reader: Reader, outerEnd: number): AlarmResponse {
  const message = zeroAlarmResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.alarms.push(readAlarmMember(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AlarmResponse: Codec<AlarmResponse> = codec(
  'etcdserverpb.AlarmResponse',
  zeroAlarmResponse,
  sizeAlarmResponse,
  writeAlarmResponse,
  readAlarmResponse,
);

export interface DowngradeRequest {
  action: DowngradeAction;
  version: string;
}

function zeroDowngradeRequest(): DowngradeRequest {
  return {
    action: 0,
    version: '',
  };
}

function sizeDowngradeRequest(message: DowngradeRequest): number {
  let size = 0;
  if (message.action !== 0) size += 1 + varintSize(message.action);
  if (message.version !== '') size += 1 + lengthDelimitedSize(stringSize(message.version));
  return size;
}

function writeDowngradeRequest(message: DowngradeRequest, into: Buffer, at: number): number {
  if (message.action !== 0) {
    into[at++] = 8;
    at = writeVarint(message.action, into, at);
  }
  if (message.version !== '') {
    into[at++] = 18;
    at = writeString(message.version, into, at);
  }
  return at;
}

function readDowngradeRequest(reader: Reader, outerEnd: number): DowngradeRequest {
  const message = zeroDowngradeRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.action = reader.int64() as DowngradeAction;
        break;
      case 18:
        message.version = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const DowngradeRequest: Codec<DowngradeRequest> = codec(
  'etcdserverpb.DowngradeRequest',
  zeroDowngradeRequest,
  sizeDowngradeRequest,
  writeDowngradeRequest,
  readDowngradeRequest,
);

export interface DowngradeResponse {
  header: ResponseHeader | undefined;
  version: string;
}

function zeroDowngradeResponse(): DowngradeResponse {
  return {
    header: undefined,
    version: '',
  };
}

function sizeDowngradeResponse(message: DowngradeResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.version !== '') size += 1 + lengthDelimitedSize(stringSize(message.version));
  return size;
}

function writeDowngradeResponse(message: DowngradeResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.version !== '') {
    into[at++] = 18;
    at = writeString(message.version, into, at);
  }
  return at;
}

function readDowngradeResponse(reader: Reader, outerEnd: number): DowngradeResponse {
  const message = zeroDowngradeResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.version = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const DowngradeResponse: Codec<DowngradeResponse> = codec(
  'etcdserverpb.DowngradeResponse',
  zeroDowngradeResponse,
  sizeDowngradeResponse,
  writeDowngradeResponse,
  readDowngradeResponse,
);

export interface StatusRequest {
}

function zeroStatusRequest(): StatusRequest {
  return {
  };
}

function sizeStatusRequest(_message: StatusRequest): number {
  const size = 0;
  return size;
}

function writeStatusRequest(_message: StatusRequest, _into: Buffer, at: number): number {
  return at;
}

function readStatusRequest(reader: Reader, outerEnd: number): StatusRequest {
  const message = zeroStatusRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const StatusRequest: Codec<StatusRequest> = codec(
  'etcdserverpb.StatusRequest',
  zeroStatusRequest,
  sizeStatusRequest,
  writeStatusRequest,
  readStatusRequest,
);

export interface StatusResponse {
  header: ResponseHeader | undefined;
  version: string;
  /** Bytes of the database file. */
  dbSize: number;
  /** 0 when none is known. */
  leader: number;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  /** Alarms and the lack of a leader, in words. */
  errors: string[];
  /** Bytes of the file that hold data. */
  dbSizeInUse: number;
  isLearner: boolean;
}

function zeroStatusResponse(): StatusResponse {
  return {
    header: undefined,
    version: '',
    dbSize: 0,
    leader: 0,
    raftIndex: 0,
    raftTerm: 0,
    raftAppliedIndex: 0,
    errors: [],
    dbSizeInUse: 0,
    isLearner: false,
  };
}

function sizeStatusResponse(message: StatusResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.version !== '') size += 1 + lengthDelimitedSize(stringSize(message.version));
  if (message.dbSize !== 0) size += 1 + varintSize(message.dbSize);
  if (message.leader !== 0) size += 1 + varintSize(message.leader);
  if (message.raftIndex !== 0) size += 1 + varintSize(message.raftIndex);
  if (message.raftTerm !== 0) size += 1 + varintSize(message.raftTerm);
  if (message.raftAppliedIndex !== 0) size += 1 + varintSize(message.raftAppliedIndex);
  for (const item of message.errors) size += 1 + lengthDelimitedSize(stringSize(item));
  if (message.dbSizeInUse !== 0) size += 1 + varintSize(message.dbSizeInUse);
  if (message.isLearner) size += 1 + 1;
  return size;
}

function writeStatusResponse(message: StatusResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.version !== '') {
    into[at++] = 18;
    at = writeString(message.version, into, at);
  }
  if (message.dbSize !== 0) {
    into[at++] = 24;
    at = writeVarint(message.dbSize, into, at);
  }
  if (message.leader !== 0) {
    into[at++] = 32;
    at = writeVarint(message.leader, into, at);
  }
  if (message.raftIndex !== 0) {
    into[at++] = 40;
    at = writeVarint(message.raftIndex, into, at);
  }
  if (message.raftTerm !== 0) {
    into[at++] = 48;
    at = writeVarint(message.raftTerm, into, at);
  }
  if (message.raftAppliedIndex !== 0) {
    into[at++] = 56;
    at = writeVarint(message.raftAppliedIndex, into, at);
  }
  for (const item of message.errors) {
    into[at++] = 66;
    at = writeString(item, into, at);
  }
  if (message.dbSizeInUse !== 0) {
    into[at++] = 72;
    at = writeVarint(message.dbSizeInUse, into, at);
  }
  if (message.isLearner) {
    into[at++] = 80;
    into[at++] = message.isLearner ? 1 : 0;
  }
  return at;
}

function readStatusResponse(reader: Reader, outerEnd: number): StatusResponse {
  const message = zeroStatusResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.version = reader.string();
        break;
      case 24:
        message.dbSize = reader.int64();
        break;
      case 32:
        message.leader = reader.uint64();
        break;
      case 40:
        message.raftIndex = reader.uint64();
        break;
      case 48:
        message.raftTerm = reader.uint64();
        break;
      case 56:
        message.raftAppliedIndex = reader.uint64();
        break;
      case 66:
        message.errors.push(reader.string());
        break;
      case 72:
        message.dbSizeInUse = reader.int64();
        break;
      case 80:
        message.isLearner = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const StatusResponse: Codec<StatusResponse> = codec(
  'etcdserverpb.StatusResponse',
  zeroStatusResponse,
  sizeStatusResponse,
  writeStatusResponse,
  readStatusResponse,
);

export interface HashRequest {
}

function zeroHashRequest(): HashRequest {
  return {
  };
}

function sizeHashRequest(_message: HashRequest): number {
  const size = 0;
  return size;
}

function writeHashRequest(_message: HashRequest, _into: Buffer, at: number): number {
  return at;
}

function readHashRequest(reader: Reader, outerEnd: number): HashRequest {
  const message = zeroHashRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const HashRequest: Codec<HashRequest> = codec(
  'etcdserverpb.HashRequest',
  zeroHashRequest,
  sizeHashRequest,
  writeHashRequest,
  readHashRequest,
);

export interface HashResponse {
  header: ResponseHeader | undefined;
  hash: number;
}

function zeroHashResponse(): HashResponse {
  return {
    header: undefined,
    hash: 0,
  };
}

function sizeHashResponse(message: HashResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.hash !== 0) size += 1 + varintSize(message.hash);
  return size;
}

function writeHashResponse(message: HashResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.hash !== 0) {
    into[at++] = 16;
    at = writeVarint(message.hash, into, at);
  }
  return at;
}

function readHashResponse(reader: Reader, outerEnd: number): HashResponse {
  const message = zeroHashResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.hash = reader.uint32();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const HashResponse: Codec<HashResponse> = codec(
  'etcdserverpb.HashResponse',
  zeroHashResponse,
  sizeHashResponse,
  writeHashResponse,
  readHashResponse,
);

export interface HashKVRequest {
  /** 0 for the current one. */
  revision: number;
}

function zeroHashKVRequest(): HashKVRequest {
  return {
    revision: 0,
  };
}

function sizeHashKVRequest(message: HashKVRequest): number {
  let size = 0;
  if (message.revision !== 0) size += 1 + varintSize(message.revision);
  return size;
}

function writeHashKVRequest(message: HashKVRequest, into: Buffer, at: number): number {
  if (message.revision !== 0) {
    into[at++] = 8;
    at = writeVarint(message.revision, into, at);
  }
  return at;
}

function readHashKVRequest(reader: Reader, outerEnd: number): HashKVRequest {
  const message = zeroHashKVRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.revision = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const HashKVRequest: Codec<HashKVRequest> = codec(
  'etcdserverpb.HashKVRequest',
  zeroHashKVRequest,
  sizeHashKVRequest,
  writeHashKVRequest,
  readHashKVRequest,
);

export interface HashKVResponse {
  header: ResponseHeader | undefined;
  hash: number;
  compactRevision: number;
}

function zeroHashKVResponse(): HashKVResponse {
  return {
    header: undefined,
    hash: 0,
    compactRevision: 0,
  };
}

function sizeHashKVResponse(message: HashKVResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.hash !== 0) size += 1 + varintSize(message.hash);
  if (message.compactRevision !== 0) size += 1 + varintSize(message.compactRevision);
  return size;
}

function writeHashKVResponse(message: HashKVResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.hash !== 0) {
    into[at++] = 16;
    at = writeVarint(message.hash, into, at);
  }
  if (message.compactRevision !== 0) {
    into[at++] = 24;
    at = writeVarint(message.compactRevision, into, at);
  }
  return at;
}

function readHashKVResponse(reader: Reader, outerEnd: number): HashKVResponse {
  const message = zeroHashKVResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.hash = reader.uint32();
        break;
      case 24:
        message.compactRevision = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const HashKVResponse: Codec<HashKVResponse> = codec(
  'etcdserverpb.HashKVResponse',
  zeroHashKVResponse,
  sizeHashKVResponse,
  writeHashKVResponse,
  readHashKVResponse,
);

export interface SnapshotRequest {
}

function zeroSnapshotRequest(): SnapshotRequest {
  return {
  };
}

function sizeSnapshotRequest(_message: SnapshotRequest): number {
  const size = 0;
  return size;
}

function writeSnapshotRequest(_message: SnapshotRequest, _into: Buffer, at: number): number {
  return at;
}

function readSnapshotRequest(reader: Reader, outerEnd: number): SnapshotRequest {
  const message = zeroSnapshotRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const SnapshotRequest: Codec<SnapshotRequest> = codec(
  'etcdserverpb.SnapshotRequest',
  zeroSnapshotRequest,
  sizeSnapshotRequest,
  writeSnapshotRequest,
  readSnapshotRequest,
);

export interface SnapshotResponse {
  header: ResponseHeader | undefined;
  remainingBytes: number;
  /** The next part of the database file; the last 32 bytes of the stream are its SHA-256. */
  blob: Uint8Array;
}

function zeroSnapshotResponse(): SnapshotResponse {
  return {
    header: undefined,
    remainingBytes: 0,
    blob: emptyBytes,
  };
}

function sizeSnapshotResponse(message: SnapshotResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.remainingBytes !== 0) size += 1 + varintSize(message.remainingBytes);
  if (message.blob.length !== 0) size += 1 + lengthDelimitedSize(message.blob.length);
  return size;
}

function writeSnapshotResponse(message: SnapshotResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.remainingBytes !== 0) {
    into[at++] = 16;
    at = writeVarint(message.remainingBytes, into, at);
  }
  if (message.blob.length !== 0) {
    into[at++] = 26;
    at = writeBytes(message.blob, into, at);
  }
  return at;
}

function readSnapshotResponse(reader: Reader, outerEnd: number): SnapshotResponse {
  const message = zeroSnapshotResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.remainingBytes = reader.uint64();
        break;
      case 26:
        message.blob = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const SnapshotResponse: Codec<SnapshotResponse> = codec(
  'etcdserverpb.SnapshotResponse',
  zeroSnapshotResponse,
  sizeSnapshotResponse,
  writeSnapshotResponse,
  readSnapshotResponse,
);

export interface Frame {
  /** Raft messages in the form of services/etcd/src/raft/codec.ts, or the next part of a snapshot. */
  body: Uint8Array;
}

function zeroFrame(): Frame {
  return {
    body: emptyBytes,
  };
}

function sizeFrame(message: Frame): number {
  let size = 0;
  if (message.body.length !== 0) size += 1 + lengthDelimitedSize(message.body.length);
  return size;
}

function writeFrame(message: Frame, into: Buffer, at: number): number {
  if (message.body.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.body, into, at);
  }
  return at;
}

function readFrame(reader: Reader, outerEnd: number): Frame {
  const message = zeroFrame();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.body = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const Frame: Codec<Frame> = codec(
  'drydock.etcd.v1.Frame',
  zeroFrame,
  sizeFrame,
  writeFrame,
  readFrame,
);

export const KVService = {
  /** Reads keys; linearizable unless `serializable` is set. */
  range: method('/etcdserverpb.KV/Range', RangeRequest, RangeResponse, false, false),
  /** Writes one key in a revision of its own. */
  put: method('/etcdserverpb.KV/Put', PutRequest, PutResponse, false, false),
  /** Deletes a range in one revision; a delete of nothing makes no revision. */
  deleteRange: method('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest, DeleteRangeResponse, false, false),
  /** Compares, then runs one of two lists of operations; all writes share one revision. */
  txn: method('/etcdserverpb.KV/Txn', TxnRequest, TxnResponse, false, false),
  /** Forgets history before a revision. */
  compact: method('/etcdserverpb.KV/Compact', CompactionRequest, CompactionResponse, false, false),
} as const;

export const WatchService = {
  /**
   * One stream carries any number of watchers. A revision is never split over responses unless the
   * watcher asked for fragments.
   */
  watch: method('/etcdserverpb.Watch/Watch', WatchRequest, WatchResponse, true, true),
} as const;

export const LeaseService = {
  leaseGrant: method('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, LeaseGrantResponse, false, false),
  /** Ends a lease and deletes its keys in one revision. */
  leaseRevoke: method('/etcdserverpb.Lease/LeaseRevoke', LeaseRevokeRequest, LeaseRevokeResponse, false, false),
  /** Each request renews one lease. */
  leaseKeepAlive: method('/etcdserverpb.Lease/LeaseKeepAlive', LeaseKeepAliveRequest, LeaseKeepAliveResponse, true, true),
  leaseTimeToLive: method('/etcdserverpb.Lease/LeaseTimeToLive', LeaseTimeToLiveRequest, LeaseTimeToLiveResponse, false, false),
  leaseLeases: method('/etcdserverpb.Lease/LeaseLeases', LeaseLeasesRequest, LeaseLeasesResponse, false, false),
} as const;

export const ClusterService = {
  memberAdd: method('/etcdserverpb.Cluster/MemberAdd', MemberAddRequest, MemberAddResponse, false, false),
  memberRemove: method('/etcdserverpb.Cluster/MemberRemove', MemberRemoveRequest, MemberRemoveResponse, false, false),
  memberUpdate: method('/etcdserverpb.Cluster/MemberUpdate', MemberUpdateRequest, MemberUpdateResponse, false, false),
  memberList: method('/etcdserverpb.Cluster/MemberList', MemberListRequest, MemberListResponse, false, false),
  memberPromote: method('/etcdserverpb.Cluster/MemberPromote', MemberPromoteRequest, MemberPromoteResponse, false, false),
} as const;

export const MaintenanceService = {
  alarm: method('/etcdserverpb.Maintenance/Alarm', AlarmRequest, AlarmResponse, false, false),
  /** What the asked member knows of itself. */
  status: method('/etcdserverpb.Maintenance/Status', StatusRequest, StatusResponse, false, false),
  /** Gives the space of deleted data back to the file system; of the asked member only. */
  defragment: method('/etcdserverpb.Maintenance/Defragment', DefragmentRequest, DefragmentResponse, false, false),
  hash: method('/etcdserverpb.Maintenance/Hash', HashRequest, HashResponse, false, false),
  /** A checksum of all revisions up to one, equal on every member and on etcd itself. */
  hashKV: method('/etcdserverpb.Maintenance/HashKV', HashKVRequest, HashKVResponse, false, false),
  snapshot: method('/etcdserverpb.Maintenance/Snapshot', SnapshotRequest, SnapshotResponse, false, true),
  moveLeader: method('/etcdserverpb.Maintenance/MoveLeader', MoveLeaderRequest, MoveLeaderResponse, false, false),
  downgrade: method('/etcdserverpb.Maintenance/Downgrade', DowngradeRequest, DowngradeResponse, false, false),
} as const;

export const PeerService = {
  /**
   * Raft messages in one direction: each member opens a stream to each other member. Answers come on
   * the stream of the other direction.
   */
  exchange: method('/drydock.etcd.v1.Peer/Exchange', Frame, Frame, true, true),
  /**
   * The state machine's copy for a member whose log is too far behind. The first frame is the Raft
   * message that announces it. Answered when it is stored.
   */
  snapshot: method('/drydock.etcd.v1.Peer/Snapshot', Frame, Frame, true, false),
  /** What only the leader knows, asked for by other members on behalf of their clients. */
  leaseKeepAlive: method('/drydock.etcd.v1.Peer/LeaseKeepAlive', LeaseKeepAliveRequest, LeaseKeepAliveResponse, false, false),
  leaseTimeToLive: method('/drydock.etcd.v1.Peer/LeaseTimeToLive', LeaseTimeToLiveRequest, LeaseTimeToLiveResponse, false, false),
} as const;
