// Generated from kv.proto, auth.proto, rpc.proto, v3lock.proto, v3election.proto, peer.proto, raft.proto, command.proto, lease.proto, grpc/health/v1/health.proto, grpc/reflection/v1/reflection.proto by generate.ts: edit those, then run `node proto/etcd/generate.ts`.
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
export const PermissionType = {
  read: 0,
  write: 1,
  readwrite: 2,
} as const;
export type PermissionType = (typeof PermissionType)[keyof typeof PermissionType];

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

/** A number that is none of these may arrive from a client. */
export const ServingStatus = {
  unknown: 0,
  serving: 1,
  notServing: 2,
  /** Only from Watch. */
  serviceUnknown: 3,
} as const;
export type ServingStatus = (typeof ServingStatus)[keyof typeof ServingStatus];

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

export interface UserAddOptions {
  /** The user is known by a client certificate only and cannot ask for a token. */
  noPassword: boolean;
}

function zeroUserAddOptions(): UserAddOptions {
  return {
    noPassword: false,
  };
}

function sizeUserAddOptions(message: UserAddOptions): number {
  let size = 0;
  if (message.noPassword) size += 1 + 1;
  return size;
}

function writeUserAddOptions(message: UserAddOptions, into: Buffer, at: number): number {
  if (message.noPassword) {
    into[at++] = 8;
    into[at++] = message.noPassword ? 1 : 0;
  }
  return at;
}

function readUserAddOptions(reader: Reader, outerEnd: number): UserAddOptions {
  const message = zeroUserAddOptions();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.noPassword = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const UserAddOptions: Codec<UserAddOptions> = codec(
  'authpb.UserAddOptions',
  zeroUserAddOptions,
  sizeUserAddOptions,
  writeUserAddOptions,
  readUserAddOptions,
);

export interface User {
  name: Uint8Array;
  /** A bcrypt hash; empty for users without a password. */
  password: Uint8Array;
  /** In byte order. */
  roles: string[];
  options: UserAddOptions | undefined;
}

function zeroUser(): User {
  return {
    name: emptyBytes,
    password: emptyBytes,
    roles: [],
    options: undefined,
  };
}

function sizeUser(message: User): number {
  let size = 0;
  if (message.name.length !== 0) size += 1 + lengthDelimitedSize(message.name.length);
  if (message.password.length !== 0) size += 1 + lengthDelimitedSize(message.password.length);
  for (const item of message.roles) size += 1 + lengthDelimitedSize(stringSize(item));
  if (message.options !== undefined) size += 1 + lengthDelimitedSize(sizeUserAddOptions(message.options));
  return size;
}

function writeUser(message: User, into: Buffer, at: number): number {
  if (message.name.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.name, into, at);
  }
  if (message.password.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.password, into, at);
  }
  for (const item of message.roles) {
    into[at++] = 26;
    at = writeString(item, into, at);
  }
  if (message.options !== undefined) {
    into[at++] = 34;
    at = writeUserAddOptions(message.options, into, writeVarint(sizeUserAddOptions(message.options), into, at));
  }
  return at;
}

function readUser(reader: Reader, outerEnd: number): User {
  const message = zeroUser();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.view();
        break;
      case 18:
        message.password = reader.view();
        break;
      case 26:
        message.roles.push(reader.string());
        break;
      case 34:
        message.options = readUserAddOptions(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const User: Codec<User> = codec(
  'authpb.User',
  zeroUser,
  sizeUser,
  writeUser,
  readUser,
);

/** What a role may do with a key or a range. */
export interface Permission {
  permType: PermissionType;
  key: Uint8Array;
  /** Empty for the one key, "\0" for every key from `key` on. */
  rangeEnd: Uint8Array;
}

function zeroPermission(): Permission {
  return {
    permType: 0,
    key: emptyBytes,
    rangeEnd: emptyBytes,
  };
}

function sizePermission(message: Permission): number {
  let size = 0;
  if (message.permType !== 0) size += 1 + varintSize(message.permType);
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.rangeEnd.length !== 0) size += 1 + lengthDelimitedSize(message.rangeEnd.length);
  return size;
}

function writePermission(message: Permission, into: Buffer, at: number): number {
  if (message.permType !== 0) {
    into[at++] = 8;
    at = writeVarint(message.permType, into, at);
  }
  if (message.key.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.key, into, at);
  }
  if (message.rangeEnd.length !== 0) {
    into[at++] = 26;
    at = writeBytes(message.rangeEnd, into, at);
  }
  return at;
}

function readPermission(reader: Reader, outerEnd: number): Permission {
  const message = zeroPermission();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.permType = reader.int64() as PermissionType;
        break;
      case 18:
        message.key = reader.view();
        break;
      case 26:
        message.rangeEnd = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const Permission: Codec<Permission> = codec(
  'authpb.Permission',
  zeroPermission,
  sizePermission,
  writePermission,
  readPermission,
);

export interface Role {
  name: Uint8Array;
  /** In byte order of their keys. */
  keyPermission: Permission[];
}

function zeroRole(): Role {
  return {
    name: emptyBytes,
    keyPermission: [],
  };
}

function sizeRole(message: Role): number {
  let size = 0;
  if (message.name.length !== 0) size += 1 + lengthDelimitedSize(message.name.length);
  for (const item of message.keyPermission) size += 1 + lengthDelimitedSize(sizePermission(item));
  return size;
}

function writeRole(message: Role, into: Buffer, at: number): number {
  if (message.name.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.name, into, at);
  }
  for (const item of message.keyPermission) {
    into[at++] = 18;
    at = writePermission(item, into, writeVarint(sizePermission(item), into, at));
  }
  return at;
}

function readRole(reader: Reader, outerEnd: number): Role {
  const message = zeroRole();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.view();
        break;
      case 18:
        message.keyPermission.push(readPermission(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const Role: Codec<Role> = codec(
  'authpb.Role',
  zeroRole,
  sizeRole,
  writeRole,
  readRole,
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

/** Not served: members write it into the log. */
export interface LeaseCheckpoint {
  id: bigint;
  /** Seconds; 0 when the lease was renewed. */
  remainingTtl: number;
}

function zeroLeaseCheckpoint(): LeaseCheckpoint {
  return {
    id: 0n,
    remainingTtl: 0,
  };
}

function sizeLeaseCheckpoint(message: LeaseCheckpoint): number {
  let size = 0;
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  if (message.remainingTtl !== 0) size += 1 + varintSize(message.remainingTtl);
  return size;
}

function writeLeaseCheckpoint(message: LeaseCheckpoint, into: Buffer, at: number): number {
  if (message.id !== 0n) {
    into[at++] = 8;
    at = writeVarintBig(message.id, into, at);
  }
  if (message.remainingTtl !== 0) {
    into[at++] = 16;
    at = writeVarint(message.remainingTtl, into, at);
  }
  return at;
}

function readLeaseCheckpoint(reader: Reader, outerEnd: number): LeaseCheckpoint {
  const message = zeroLeaseCheckpoint();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.int64Big();
        break;
      case 16:
        message.remainingTtl = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseCheckpoint: Codec<LeaseCheckpoint> = codec(
  'etcdserverpb.LeaseCheckpoint',
  zeroLeaseCheckpoint,
  sizeLeaseCheckpoint,
  writeLeaseCheckpoint,
  readLeaseCheckpoint,
);

export interface LeaseCheckpointRequest {
  checkpoints: LeaseCheckpoint[];
}

function zeroLeaseCheckpointRequest(): LeaseCheckpointRequest {
  return {
    checkpoints: [],
  };
}

function sizeLeaseCheckpointRequest(message: LeaseCheckpointRequest): number {
  let size = 0;
  for (const item of message.checkpoints) size += 1 + lengthDelimitedSize(sizeLeaseCheckpoint(item));
  return size;
}

function writeLeaseCheckpointRequest(message: LeaseCheckpointRequest, into: Buffer, at: number): number {
  for (const item of message.checkpoints) {
    into[at++] = 10;
    at = writeLeaseCheckpoint(item, into, writeVarint(sizeLeaseCheckpoint(item), into, at));
  }
  return at;
}

function readLeaseCheckpointRequest(reader: Reader, outerEnd: number): LeaseCheckpointRequest {
  const message = zeroLeaseCheckpointRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.checkpoints.push(readLeaseCheckpoint(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaseCheckpointRequest: Codec<LeaseCheckpointRequest> = codec(
  'etcdserverpb.LeaseCheckpointRequest',
  zeroLeaseCheckpointRequest,
  sizeLeaseCheckpointRequest,
  writeLeaseCheckpointRequest,
  readLeaseCheckpointRequest,
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

export interface AuthEnableRequest {
}

function zeroAuthEnableRequest(): AuthEnableRequest {
  return {
  };
}

function sizeAuthEnableRequest(_message: AuthEnableRequest): number {
  const size = 0;
  return size;
}

function writeAuthEnableRequest(_message: AuthEnableRequest, _into: Buffer, at: number): number {
  return at;
}

function readAuthEnableRequest(reader: Reader, outerEnd: number): AuthEnableRequest {
  const message = zeroAuthEnableRequest();
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

export const AuthEnableRequest: Codec<AuthEnableRequest> = codec(
  'etcdserverpb.AuthEnableRequest',
  zeroAuthEnableRequest,
  sizeAuthEnableRequest,
  writeAuthEnableRequest,
  readAuthEnableRequest,
);

export interface AuthDisableRequest {
}

function zeroAuthDisableRequest(): AuthDisableRequest {
  return {
  };
}

function sizeAuthDisableRequest(_message: AuthDisableRequest): number {
  const size = 0;
  return size;
}

function writeAuthDisableRequest(_message: AuthDisableRequest, _into: Buffer, at: number): number {
  return at;
}

function readAuthDisableRequest(reader: Reader, outerEnd: number): AuthDisableRequest {
  const message = zeroAuthDisableRequest();
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

export const AuthDisableRequest: Codec<AuthDisableRequest> = codec(
  'etcdserverpb.AuthDisableRequest',
  zeroAuthDisableRequest,
  sizeAuthDisableRequest,
  writeAuthDisableRequest,
  readAuthDisableRequest,
);

export interface AuthStatusRequest {
}

function zeroAuthStatusRequest(): AuthStatusRequest {
  return {
  };
}

function sizeAuthStatusRequest(_message: AuthStatusRequest): number {
  const size = 0;
  return size;
}

function writeAuthStatusRequest(_message: AuthStatusRequest, _into: Buffer, at: number): number {
  return at;
}

function readAuthStatusRequest(reader: Reader, outerEnd: number): AuthStatusRequest {
  const message = zeroAuthStatusRequest();
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

export const AuthStatusRequest: Codec<AuthStatusRequest> = codec(
  'etcdserverpb.AuthStatusRequest',
  zeroAuthStatusRequest,
  sizeAuthStatusRequest,
  writeAuthStatusRequest,
  readAuthStatusRequest,
);

export interface AuthenticateRequest {
  name: string;
  password: string;
}

function zeroAuthenticateRequest(): AuthenticateRequest {
  return {
    name: '',
    password: '',
  };
}

function sizeAuthenticateRequest(message: AuthenticateRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  if (message.password !== '') size += 1 + lengthDelimitedSize(stringSize(message.password));
  return size;
}

function writeAuthenticateRequest(message: AuthenticateRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  if (message.password !== '') {
    into[at++] = 18;
    at = writeString(message.password, into, at);
  }
  return at;
}

function readAuthenticateRequest(reader: Reader, outerEnd: number): AuthenticateRequest {
  const message = zeroAuthenticateRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.password = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthenticateRequest: Codec<AuthenticateRequest> = codec(
  'etcdserverpb.AuthenticateRequest',
  zeroAuthenticateRequest,
  sizeAuthenticateRequest,
  writeAuthenticateRequest,
  readAuthenticateRequest,
);

export interface AuthUserAddRequest {
  name: string;
  /** Hashed by the member that is asked: it never gets into the log. */
  password: string;
  options: UserAddOptions | undefined;
  /** The bcrypt hash in base64. What clients send here is overwritten. */
  hashedPassword: string;
}

function zeroAuthUserAddRequest(): AuthUserAddRequest {
  return {
    name: '',
    password: '',
    options: undefined,
    hashedPassword: '',
  };
}

function sizeAuthUserAddRequest(message: AuthUserAddRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  if (message.password !== '') size += 1 + lengthDelimitedSize(stringSize(message.password));
  if (message.options !== undefined) size += 1 + lengthDelimitedSize(sizeUserAddOptions(message.options));
  if (message.hashedPassword !== '') size += 1 + lengthDelimitedSize(stringSize(message.hashedPassword));
  return size;
}

function writeAuthUserAddRequest(message: AuthUserAddRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  if (message.password !== '') {
    into[at++] = 18;
    at = writeString(message.password, into, at);
  }
  if (message.options !== undefined) {
    into[at++] = 26;
    at = writeUserAddOptions(message.options, into, writeVarint(sizeUserAddOptions(message.options), into, at));
  }
  if (message.hashedPassword !== '') {
    into[at++] = 34;
    at = writeString(message.hashedPassword, into, at);
  }
  return at;
}

function readAuthUserAddRequest(reader: Reader, outerEnd: number): AuthUserAddRequest {
  const message = zeroAuthUserAddRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.password = reader.string();
        break;
      case 26:
        message.options = readUserAddOptions(reader, reader.enter());
        break;
      case 34:
        message.hashedPassword = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserAddRequest: Codec<AuthUserAddRequest> = codec(
  'etcdserverpb.AuthUserAddRequest',
  zeroAuthUserAddRequest,
  sizeAuthUserAddRequest,
  writeAuthUserAddRequest,
  readAuthUserAddRequest,
);

export interface AuthUserGetRequest {
  name: string;
}

function zeroAuthUserGetRequest(): AuthUserGetRequest {
  return {
    name: '',
  };
}

function sizeAuthUserGetRequest(message: AuthUserGetRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  return size;
}

function writeAuthUserGetRequest(message: AuthUserGetRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  return at;
}

function readAuthUserGetRequest(reader: Reader, outerEnd: number): AuthUserGetRequest {
  const message = zeroAuthUserGetRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserGetRequest: Codec<AuthUserGetRequest> = codec(
  'etcdserverpb.AuthUserGetRequest',
  zeroAuthUserGetRequest,
  sizeAuthUserGetRequest,
  writeAuthUserGetRequest,
  readAuthUserGetRequest,
);

export interface AuthUserDeleteRequest {
  name: string;
}

function zeroAuthUserDeleteRequest(): AuthUserDeleteRequest {
  return {
    name: '',
  };
}

function sizeAuthUserDeleteRequest(message: AuthUserDeleteRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  return size;
}

function writeAuthUserDeleteRequest(message: AuthUserDeleteRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  return at;
}

function readAuthUserDeleteRequest(reader: Reader, outerEnd: number): AuthUserDeleteRequest {
  const message = zeroAuthUserDeleteRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserDeleteRequest: Codec<AuthUserDeleteRequest> = codec(
  'etcdserverpb.AuthUserDeleteRequest',
  zeroAuthUserDeleteRequest,
  sizeAuthUserDeleteRequest,
  writeAuthUserDeleteRequest,
  readAuthUserDeleteRequest,
);

export interface AuthUserChangePasswordRequest {
  name: string;
  /** Hashed by the member that is asked: it never gets into the log. */
  password: string;
  /** The bcrypt hash in base64; used as it is when no password is given. */
  hashedPassword: string;
}

function zeroAuthUserChangePasswordRequest(): AuthUserChangePasswordRequest {
  return {
    name: '',
    password: '',
    hashedPassword: '',
  };
}

function sizeAuthUserChangePasswordRequest(message: AuthUserChangePasswordRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  if (message.password !== '') size += 1 + lengthDelimitedSize(stringSize(message.password));
  if (message.hashedPassword !== '') size += 1 + lengthDelimitedSize(stringSize(message.hashedPassword));
  return size;
}

function writeAuthUserChangePasswordRequest(message: AuthUserChangePasswordRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  if (message.password !== '') {
    into[at++] = 18;
    at = writeString(message.password, into, at);
  }
  if (message.hashedPassword !== '') {
    into[at++] = 26;
    at = writeString(message.hashedPassword, into, at);
  }
  return at;
}

function readAuthUserChangePasswordRequest(reader: Reader, outerEnd: number): AuthUserChangePasswordRequest {
  const message = zeroAuthUserChangePasswordRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.password = reader.string();
        break;
      case 26:
        message.hashedPassword = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserChangePasswordRequest: Codec<AuthUserChangePasswordRequest> = codec(
  'etcdserverpb.AuthUserChangePasswordRequest',
  zeroAuthUserChangePasswordRequest,
  sizeAuthUserChangePasswordRequest,
  writeAuthUserChangePasswordRequest,
  readAuthUserChangePasswordRequest,
);

export interface AuthUserGrantRoleRequest {
  user: string;
  role: string;
}

function zeroAuthUserGrantRoleRequest(): AuthUserGrantRoleRequest {
  return {
    user: '',
    role: '',
  };
}

function sizeAuthUserGrantRoleRequest(message: AuthUserGrantRoleRequest): number {
  let size = 0;
  if (message.user !== '') size += 1 + lengthDelimitedSize(stringSize(message.user));
  if (message.role !== '') size += 1 + lengthDelimitedSize(stringSize(message.role));
  return size;
}

function writeAuthUserGrantRoleRequest(message: AuthUserGrantRoleRequest, into: Buffer, at: number): number {
  if (message.user !== '') {
    into[at++] = 10;
    at = writeString(message.user, into, at);
  }
  if (message.role !== '') {
    into[at++] = 18;
    at = writeString(message.role, into, at);
  }
  return at;
}

function readAuthUserGrantRoleRequest(reader: Reader, outerEnd: number): AuthUserGrantRoleRequest {
  const message = zeroAuthUserGrantRoleRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.user = reader.string();
        break;
      case 18:
        message.role = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserGrantRoleRequest: Codec<AuthUserGrantRoleRequest> = codec(
  'etcdserverpb.AuthUserGrantRoleRequest',
  zeroAuthUserGrantRoleRequest,
  sizeAuthUserGrantRoleRequest,
  writeAuthUserGrantRoleRequest,
  readAuthUserGrantRoleRequest,
);

export interface AuthUserRevokeRoleRequest {
  name: string;
  role: string;
}

function zeroAuthUserRevokeRoleRequest(): AuthUserRevokeRoleRequest {
  return {
    name: '',
    role: '',
  };
}

function sizeAuthUserRevokeRoleRequest(message: AuthUserRevokeRoleRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  if (message.role !== '') size += 1 + lengthDelimitedSize(stringSize(message.role));
  return size;
}

function writeAuthUserRevokeRoleRequest(message: AuthUserRevokeRoleRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  if (message.role !== '') {
    into[at++] = 18;
    at = writeString(message.role, into, at);
  }
  return at;
}

function readAuthUserRevokeRoleRequest(reader: Reader, outerEnd: number): AuthUserRevokeRoleRequest {
  const message = zeroAuthUserRevokeRoleRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.role = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserRevokeRoleRequest: Codec<AuthUserRevokeRoleRequest> = codec(
  'etcdserverpb.AuthUserRevokeRoleRequest',
  zeroAuthUserRevokeRoleRequest,
  sizeAuthUserRevokeRoleRequest,
  writeAuthUserRevokeRoleRequest,
  readAuthUserRevokeRoleRequest,
);

export interface AuthRoleAddRequest {
  name: string;
}

function zeroAuthRoleAddRequest(): AuthRoleAddRequest {
  return {
    name: '',
  };
}

function sizeAuthRoleAddRequest(message: AuthRoleAddRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  return size;
}

function writeAuthRoleAddRequest(message: AuthRoleAddRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  return at;
}

function readAuthRoleAddRequest(reader: Reader, outerEnd: number): AuthRoleAddRequest {
  const message = zeroAuthRoleAddRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthRoleAddRequest: Codec<AuthRoleAddRequest> = codec(
  'etcdserverpb.AuthRoleAddRequest',
  zeroAuthRoleAddRequest,
  sizeAuthRoleAddRequest,
  writeAuthRoleAddRequest,
  readAuthRoleAddRequest,
);

export interface AuthRoleGetRequest {
  role: string;
}

function zeroAuthRoleGetRequest(): AuthRoleGetRequest {
  return {
    role: '',
  };
}

function sizeAuthRoleGetRequest(message: AuthRoleGetRequest): number {
  let size = 0;
  if (message.role !== '') size += 1 + lengthDelimitedSize(stringSize(message.role));
  return size;
}

function writeAuthRoleGetRequest(message: AuthRoleGetRequest, into: Buffer, at: number): number {
  if (message.role !== '') {
    into[at++] = 10;
    at = writeString(message.role, into, at);
  }
  return at;
}

function readAuthRoleGetRequest(reader: Reader, outerEnd: number): AuthRoleGetRequest {
  const message = zeroAuthRoleGetRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.role = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthRoleGetRequest: Codec<AuthRoleGetRequest> = codec(
  'etcdserverpb.AuthRoleGetRequest',
  zeroAuthRoleGetRequest,
  sizeAuthRoleGetRequest,
  writeAuthRoleGetRequest,
  readAuthRoleGetRequest,
);

export interface AuthUserListRequest {
}

function zeroAuthUserListRequest(): AuthUserListRequest {
  return {
  };
}

function sizeAuthUserListRequest(_message: AuthUserListRequest): number {
  const size = 0;
  return size;
}

function writeAuthUserListRequest(_message: AuthUserListRequest, _into: Buffer, at: number): number {
  return at;
}

function readAuthUserListRequest(reader: Reader, outerEnd: number): AuthUserListRequest {
  const message = zeroAuthUserListRequest();
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

export const AuthUserListRequest: Codec<AuthUserListRequest> = codec(
  'etcdserverpb.AuthUserListRequest',
  zeroAuthUserListRequest,
  sizeAuthUserListRequest,
  writeAuthUserListRequest,
  readAuthUserListRequest,
);

export interface AuthRoleListRequest {
}

function zeroAuthRoleListRequest(): AuthRoleListRequest {
  return {
  };
}

function sizeAuthRoleListRequest(_message: AuthRoleListRequest): number {
  const size = 0;
  return size;
}

function writeAuthRoleListRequest(_message: AuthRoleListRequest, _into: Buffer, at: number): number {
  return at;
}

function readAuthRoleListRequest(reader: Reader, outerEnd: number): AuthRoleListRequest {
  const message = zeroAuthRoleListRequest();
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

export const AuthRoleListRequest: Codec<AuthRoleListRequest> = codec(
  'etcdserverpb.AuthRoleListRequest',
  zeroAuthRoleListRequest,
  sizeAuthRoleListRequest,
  writeAuthRoleListRequest,
  readAuthRoleListRequest,
);

export interface AuthRoleDeleteRequest {
  role: string;
}

function zeroAuthRoleDeleteRequest(): AuthRoleDeleteRequest {
  return {
    role: '',
  };
}

function sizeAuthRoleDeleteRequest(message: AuthRoleDeleteRequest): number {
  let size = 0;
  if (message.role !== '') size += 1 + lengthDelimitedSize(stringSize(message.role));
  return size;
}

function writeAuthRoleDeleteRequest(message: AuthRoleDeleteRequest, into: Buffer, at: number): number {
  if (message.role !== '') {
    into[at++] = 10;
    at = writeString(message.role, into, at);
  }
  return at;
}

function readAuthRoleDeleteRequest(reader: Reader, outerEnd: number): AuthRoleDeleteRequest {
  const message = zeroAuthRoleDeleteRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.role = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthRoleDeleteRequest: Codec<AuthRoleDeleteRequest> = codec(
  'etcdserverpb.AuthRoleDeleteRequest',
  zeroAuthRoleDeleteRequest,
  sizeAuthRoleDeleteRequest,
  writeAuthRoleDeleteRequest,
  readAuthRoleDeleteRequest,
);

export interface AuthRoleGrantPermissionRequest {
  /** The role. */
  name: string;
  /** Replaces what the role has for the same key and range. */
  perm: Permission | undefined;
}

function zeroAuthRoleGrantPermissionRequest(): AuthRoleGrantPermissionRequest {
  return {
    name: '',
    perm: undefined,
  };
}

function sizeAuthRoleGrantPermissionRequest(message: AuthRoleGrantPermissionRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  if (message.perm !== undefined) size += 1 + lengthDelimitedSize(sizePermission(message.perm));
  return size;
}

function writeAuthRoleGrantPermissionRequest(message: AuthRoleGrantPermissionRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  if (message.perm !== undefined) {
    into[at++] = 18;
    at = writePermission(message.perm, into, writeVarint(sizePermission(message.perm), into, at));
  }
  return at;
}

function readAuthRoleGrantPermissionRequest(reader: Reader, outerEnd: number): AuthRoleGrantPermissionRequest {
  const message = zeroAuthRoleGrantPermissionRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.perm = readPermission(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthRoleGrantPermissionRequest: Codec<AuthRoleGrantPermissionRequest> = codec(
  'etcdserverpb.AuthRoleGrantPermissionRequest',
  zeroAuthRoleGrantPermissionRequest,
  sizeAuthRoleGrantPermissionRequest,
  writeAuthRoleGrantPermissionRequest,
  readAuthRoleGrantPermissionRequest,
);

export interface AuthRoleRevokePermissionRequest {
  role: string;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

function zeroAuthRoleRevokePermissionRequest(): AuthRoleRevokePermissionRequest {
  return {
    role: '',
    key: emptyBytes,
    rangeEnd: emptyBytes,
  };
}

function sizeAuthRoleRevokePermissionRequest(message: AuthRoleRevokePermissionRequest): number {
  let size = 0;
  if (message.role !== '') size += 1 + lengthDelimitedSize(stringSize(message.role));
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.rangeEnd.length !== 0) size += 1 + lengthDelimitedSize(message.rangeEnd.length);
  return size;
}

function writeAuthRoleRevokePermissionRequest(message: AuthRoleRevokePermissionRequest, into: Buffer, at: number): number {
  if (message.role !== '') {
    into[at++] = 10;
    at = writeString(message.role, into, at);
  }
  if (message.key.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.key, into, at);
  }
  if (message.rangeEnd.length !== 0) {
    into[at++] = 26;
    at = writeBytes(message.rangeEnd, into, at);
  }
  return at;
}

function readAuthRoleRevokePermissionRequest(reader: Reader, outerEnd: number): AuthRoleRevokePermissionRequest {
  const message = zeroAuthRoleRevokePermissionRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.role = reader.string();
        break;
      case 18:
        message.key = reader.view();
        break;
      case 26:
        message.rangeEnd = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthRoleRevokePermissionRequest: Codec<AuthRoleRevokePermissionRequest> = codec(
  'etcdserverpb.AuthRoleRevokePermissionRequest',
  zeroAuthRoleRevokePermissionRequest,
  sizeAuthRoleRevokePermissionRequest,
  writeAuthRoleRevokePermissionRequest,
  readAuthRoleRevokePermissionRequest,
);

export interface AuthEnableResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthEnableResponse(): AuthEnableResponse {
  return {
    header: undefined,
  };
}

function sizeAuthEnableResponse(message: AuthEnableResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthEnableResponse(message: AuthEnableResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthEnableResponse(reader: Reader, outerEnd: number): AuthEnableResponse {
  const message = zeroAuthEnableResponse();
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

export const AuthEnableResponse: Codec<AuthEnableResponse> = codec(
  'etcdserverpb.AuthEnableResponse',
  zeroAuthEnableResponse,
  sizeAuthEnableResponse,
  writeAuthEnableResponse,
  readAuthEnableResponse,
);

export interface AuthDisableResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthDisableResponse(): AuthDisableResponse {
  return {
    header: undefined,
  };
}

function sizeAuthDisableResponse(message: AuthDisableResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthDisableResponse(message: AuthDisableResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthDisableResponse(reader: Reader, outerEnd: number): AuthDisableResponse {
  const message = zeroAuthDisableResponse();
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

export const AuthDisableResponse: Codec<AuthDisableResponse> = codec(
  'etcdserverpb.AuthDisableResponse',
  zeroAuthDisableResponse,
  sizeAuthDisableResponse,
  writeAuthDisableResponse,
  readAuthDisableResponse,
);

export interface AuthStatusResponse {
  header: ResponseHeader | undefined;
  enabled: boolean;
  /** Moves with each change of users, roles and permissions. */
  authRevision: number;
}

function zeroAuthStatusResponse(): AuthStatusResponse {
  return {
    header: undefined,
    enabled: false,
    authRevision: 0,
  };
}

function sizeAuthStatusResponse(message: AuthStatusResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.enabled) size += 1 + 1;
  if (message.authRevision !== 0) size += 1 + varintSize(message.authRevision);
  return size;
}

function writeAuthStatusResponse(message: AuthStatusResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.enabled) {
    into[at++] = 16;
    into[at++] = message.enabled ? 1 : 0;
  }
  if (message.authRevision !== 0) {
    into[at++] = 24;
    at = writeVarint(message.authRevision, into, at);
  }
  return at;
}

function readAuthStatusResponse(reader: Reader, outerEnd: number): AuthStatusResponse {
  const message = zeroAuthStatusResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 16:
        message.enabled = reader.bool();
        break;
      case 24:
        message.authRevision = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthStatusResponse: Codec<AuthStatusResponse> = codec(
  'etcdserverpb.AuthStatusResponse',
  zeroAuthStatusResponse,
  sizeAuthStatusResponse,
  writeAuthStatusResponse,
  readAuthStatusResponse,
);

export interface AuthenticateResponse {
  header: ResponseHeader | undefined;
  token: string;
}

function zeroAuthenticateResponse(): AuthenticateResponse {
  return {
    header: undefined,
    token: '',
  };
}

function sizeAuthenticateResponse(message: AuthenticateResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.token !== '') size += 1 + lengthDelimitedSize(stringSize(message.token));
  return size;
}

function writeAuthenticateResponse(message: AuthenticateResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.token !== '') {
    into[at++] = 18;
    at = writeString(message.token, into, at);
  }
  return at;
}

function readAuthenticateResponse(reader: Reader, outerEnd: number): AuthenticateResponse {
  const message = zeroAuthenticateResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.token = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthenticateResponse: Codec<AuthenticateResponse> = codec(
  'etcdserverpb.AuthenticateResponse',
  zeroAuthenticateResponse,
  sizeAuthenticateResponse,
  writeAuthenticateResponse,
  readAuthenticateResponse,
);

export interface AuthUserAddResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthUserAddResponse(): AuthUserAddResponse {
  return {
    header: undefined,
  };
}

function sizeAuthUserAddResponse(message: AuthUserAddResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthUserAddResponse(message: AuthUserAddResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthUserAddResponse(reader: Reader, outerEnd: number): AuthUserAddResponse {
  const message = zeroAuthUserAddResponse();
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

export const AuthUserAddResponse: Codec<AuthUserAddResponse> = codec(
  'etcdserverpb.AuthUserAddResponse',
  zeroAuthUserAddResponse,
  sizeAuthUserAddResponse,
  writeAuthUserAddResponse,
  readAuthUserAddResponse,
);

export interface AuthUserGetResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

function zeroAuthUserGetResponse(): AuthUserGetResponse {
  return {
    header: undefined,
    roles: [],
  };
}

function sizeAuthUserGetResponse(message: AuthUserGetResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.roles) size += 1 + lengthDelimitedSize(stringSize(item));
  return size;
}

function writeAuthUserGetResponse(message: AuthUserGetResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.roles) {
    into[at++] = 18;
    at = writeString(item, into, at);
  }
  return at;
}

function readAuthUserGetResponse(reader: Reader, outerEnd: number): AuthUserGetResponse {
  const message = zeroAuthUserGetResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.roles.push(reader.string());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserGetResponse: Codec<AuthUserGetResponse> = codec(
  'etcdserverpb.AuthUserGetResponse',
  zeroAuthUserGetResponse,
  sizeAuthUserGetResponse,
  writeAuthUserGetResponse,
  readAuthUserGetResponse,
);

export interface AuthUserDeleteResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthUserDeleteResponse(): AuthUserDeleteResponse {
  return {
    header: undefined,
  };
}

function sizeAuthUserDeleteResponse(message: AuthUserDeleteResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthUserDeleteResponse(message: AuthUserDeleteResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthUserDeleteResponse(reader: Reader, outerEnd: number): AuthUserDeleteResponse {
  const message = zeroAuthUserDeleteResponse();
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

export const AuthUserDeleteResponse: Codec<AuthUserDeleteResponse> = codec(
  'etcdserverpb.AuthUserDeleteResponse',
  zeroAuthUserDeleteResponse,
  sizeAuthUserDeleteResponse,
  writeAuthUserDeleteResponse,
  readAuthUserDeleteResponse,
);

export interface AuthUserChangePasswordResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthUserChangePasswordResponse(): AuthUserChangePasswordResponse {
  return {
    header: undefined,
  };
}

function sizeAuthUserChangePasswordResponse(message: AuthUserChangePasswordResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthUserChangePasswordResponse(message: AuthUserChangePasswordResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthUserChangePasswordResponse(reader: Reader, outerEnd: number): AuthUserChangePasswordResponse {
  const message = zeroAuthUserChangePasswordResponse();
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

export const AuthUserChangePasswordResponse: Codec<AuthUserChangePasswordResponse> = codec(
  'etcdserverpb.AuthUserChangePasswordResponse',
  zeroAuthUserChangePasswordResponse,
  sizeAuthUserChangePasswordResponse,
  writeAuthUserChangePasswordResponse,
  readAuthUserChangePasswordResponse,
);

export interface AuthUserGrantRoleResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthUserGrantRoleResponse(): AuthUserGrantRoleResponse {
  return {
    header: undefined,
  };
}

function sizeAuthUserGrantRoleResponse(message: AuthUserGrantRoleResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthUserGrantRoleResponse(message: AuthUserGrantRoleResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthUserGrantRoleResponse(reader: Reader, outerEnd: number): AuthUserGrantRoleResponse {
  const message = zeroAuthUserGrantRoleResponse();
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

export const AuthUserGrantRoleResponse: Codec<AuthUserGrantRoleResponse> = codec(
  'etcdserverpb.AuthUserGrantRoleResponse',
  zeroAuthUserGrantRoleResponse,
  sizeAuthUserGrantRoleResponse,
  writeAuthUserGrantRoleResponse,
  readAuthUserGrantRoleResponse,
);

export interface AuthUserRevokeRoleResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthUserRevokeRoleResponse(): AuthUserRevokeRoleResponse {
  return {
    header: undefined,
  };
}

function sizeAuthUserRevokeRoleResponse(message: AuthUserRevokeRoleResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthUserRevokeRoleResponse(message: AuthUserRevokeRoleResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthUserRevokeRoleResponse(reader: Reader, outerEnd: number): AuthUserRevokeRoleResponse {
  const message = zeroAuthUserRevokeRoleResponse();
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

export const AuthUserRevokeRoleResponse: Codec<AuthUserRevokeRoleResponse> = codec(
  'etcdserverpb.AuthUserRevokeRoleResponse',
  zeroAuthUserRevokeRoleResponse,
  sizeAuthUserRevokeRoleResponse,
  writeAuthUserRevokeRoleResponse,
  readAuthUserRevokeRoleResponse,
);

export interface AuthRoleAddResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthRoleAddResponse(): AuthRoleAddResponse {
  return {
    header: undefined,
  };
}

function sizeAuthRoleAddResponse(message: AuthRoleAddResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthRoleAddResponse(message: AuthRoleAddResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthRoleAddResponse(reader: Reader, outerEnd: number): AuthRoleAddResponse {
  const message = zeroAuthRoleAddResponse();
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

export const AuthRoleAddResponse: Codec<AuthRoleAddResponse> = codec(
  'etcdserverpb.AuthRoleAddResponse',
  zeroAuthRoleAddResponse,
  sizeAuthRoleAddResponse,
  writeAuthRoleAddResponse,
  readAuthRoleAddResponse,
);

export interface AuthRoleGetResponse {
  header: ResponseHeader | undefined;
  perm: Permission[];
}

function zeroAuthRoleGetResponse(): AuthRoleGetResponse {
  return {
    header: undefined,
    perm: [],
  };
}

function sizeAuthRoleGetResponse(message: AuthRoleGetResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.perm) size += 1 + lengthDelimitedSize(sizePermission(item));
  return size;
}

function writeAuthRoleGetResponse(message: AuthRoleGetResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.perm) {
    into[at++] = 18;
    at = writePermission(item, into, writeVarint(sizePermission(item), into, at));
  }
  return at;
}

function readAuthRoleGetResponse(reader: Reader, outerEnd: number): AuthRoleGetResponse {
  const message = zeroAuthRoleGetResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.perm.push(readPermission(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthRoleGetResponse: Codec<AuthRoleGetResponse> = codec(
  'etcdserverpb.AuthRoleGetResponse',
  zeroAuthRoleGetResponse,
  sizeAuthRoleGetResponse,
  writeAuthRoleGetResponse,
  readAuthRoleGetResponse,
);

export interface AuthRoleListResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

function zeroAuthRoleListResponse(): AuthRoleListResponse {
  return {
    header: undefined,
    roles: [],
  };
}

function sizeAuthRoleListResponse(message: AuthRoleListResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.roles) size += 1 + lengthDelimitedSize(stringSize(item));
  return size;
}

function writeAuthRoleListResponse(message: AuthRoleListResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.roles) {
    into[at++] = 18;
    at = writeString(item, into, at);
  }
  return at;
}

function readAuthRoleListResponse(reader: Reader, outerEnd: number): AuthRoleListResponse {
  const message = zeroAuthRoleListResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.roles.push(reader.string());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthRoleListResponse: Codec<AuthRoleListResponse> = codec(
  'etcdserverpb.AuthRoleListResponse',
  zeroAuthRoleListResponse,
  sizeAuthRoleListResponse,
  writeAuthRoleListResponse,
  readAuthRoleListResponse,
);

export interface AuthUserListResponse {
  header: ResponseHeader | undefined;
  users: string[];
}

function zeroAuthUserListResponse(): AuthUserListResponse {
  return {
    header: undefined,
    users: [],
  };
}

function sizeAuthUserListResponse(message: AuthUserListResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  for (const item of message.users) size += 1 + lengthDelimitedSize(stringSize(item));
  return size;
}

function writeAuthUserListResponse(message: AuthUserListResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  for (const item of message.users) {
    into[at++] = 18;
    at = writeString(item, into, at);
  }
  return at;
}

function readAuthUserListResponse(reader: Reader, outerEnd: number): AuthUserListResponse {
  const message = zeroAuthUserListResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.users.push(reader.string());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthUserListResponse: Codec<AuthUserListResponse> = codec(
  'etcdserverpb.AuthUserListResponse',
  zeroAuthUserListResponse,
  sizeAuthUserListResponse,
  writeAuthUserListResponse,
  readAuthUserListResponse,
);

export interface AuthRoleDeleteResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthRoleDeleteResponse(): AuthRoleDeleteResponse {
  return {
    header: undefined,
  };
}

function sizeAuthRoleDeleteResponse(message: AuthRoleDeleteResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthRoleDeleteResponse(message: AuthRoleDeleteResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthRoleDeleteResponse(reader: Reader, outerEnd: number): AuthRoleDeleteResponse {
  const message = zeroAuthRoleDeleteResponse();
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

export const AuthRoleDeleteResponse: Codec<AuthRoleDeleteResponse> = codec(
  'etcdserverpb.AuthRoleDeleteResponse',
  zeroAuthRoleDeleteResponse,
  sizeAuthRoleDeleteResponse,
  writeAuthRoleDeleteResponse,
  readAuthRoleDeleteResponse,
);

export interface AuthRoleGrantPermissionResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthRoleGrantPermissionResponse(): AuthRoleGrantPermissionResponse {
  return {
    header: undefined,
  };
}

function sizeAuthRoleGrantPermissionResponse(message: AuthRoleGrantPermissionResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthRoleGrantPermissionResponse(message: AuthRoleGrantPermissionResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthRoleGrantPermissionResponse(reader: Reader, outerEnd: number): AuthRoleGrantPermissionResponse {
  const message = zeroAuthRoleGrantPermissionResponse();
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

export const AuthRoleGrantPermissionResponse: Codec<AuthRoleGrantPermissionResponse> = codec(
  'etcdserverpb.AuthRoleGrantPermissionResponse',
  zeroAuthRoleGrantPermissionResponse,
  sizeAuthRoleGrantPermissionResponse,
  writeAuthRoleGrantPermissionResponse,
  readAuthRoleGrantPermissionResponse,
);

export interface AuthRoleRevokePermissionResponse {
  header: ResponseHeader | undefined;
}

function zeroAuthRoleRevokePermissionResponse(): AuthRoleRevokePermissionResponse {
  return {
    header: undefined,
  };
}

function sizeAuthRoleRevokePermissionResponse(message: AuthRoleRevokePermissionResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeAuthRoleRevokePermissionResponse(message: AuthRoleRevokePermissionResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readAuthRoleRevokePermissionResponse(reader: Reader, outerEnd: number): AuthRoleRevokePermissionResponse {
  const message = zeroAuthRoleRevokePermissionResponse();
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

export const AuthRoleRevokePermissionResponse: Codec<AuthRoleRevokePermissionResponse> = codec(
  'etcdserverpb.AuthRoleRevokePermissionResponse',
  zeroAuthRoleRevokePermissionResponse,
  sizeAuthRoleRevokePermissionResponse,
  writeAuthRoleRevokePermissionResponse,
  readAuthRoleRevokePermissionResponse,
);

export interface LockRequest {
  name: Uint8Array;
  /** Ends the lock when it ends; the same lease holds a lock once. 0 makes a new one of 60 seconds. */
  lease: bigint;
}

function zeroLockRequest(): LockRequest {
  return {
    name: emptyBytes,
    lease: 0n,
  };
}

function sizeLockRequest(message: LockRequest): number {
  let size = 0;
  if (message.name.length !== 0) size += 1 + lengthDelimitedSize(message.name.length);
  if (message.lease !== 0n) size += 1 + varintSizeBig(message.lease);
  return size;
}

function writeLockRequest(message: LockRequest, into: Buffer, at: number): number {
  if (message.name.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.name, into, at);
  }
  if (message.lease !== 0n) {
    into[at++] = 16;
    at = writeVarintBig(message.lease, into, at);
  }
  return at;
}

function readLockRequest(reader: Reader, outerEnd: number): LockRequest {
  const message = zeroLockRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.view();
        break;
      case 16:
        message.lease = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LockRequest: Codec<LockRequest> = codec(
  'v3lockpb.LockRequest',
  zeroLockRequest,
  sizeLockRequest,
  writeLockRequest,
  readLockRequest,
);

export interface LockResponse {
  header: ResponseHeader | undefined;
  /** Exists for as long as the lock is held: transactions can be guarded by it. */
  key: Uint8Array;
}

function zeroLockResponse(): LockResponse {
  return {
    header: undefined,
    key: emptyBytes,
  };
}

function sizeLockResponse(message: LockResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  return size;
}

function writeLockResponse(message: LockResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.key.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.key, into, at);
  }
  return at;
}

function readLockResponse(reader: Reader, outerEnd: number): LockResponse {
  const message = zeroLockResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.key = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LockResponse: Codec<LockResponse> = codec(
  'v3lockpb.LockResponse',
  zeroLockResponse,
  sizeLockResponse,
  writeLockResponse,
  readLockResponse,
);

export interface UnlockRequest {
  /** As Lock answered it. */
  key: Uint8Array;
}

function zeroUnlockRequest(): UnlockRequest {
  return {
    key: emptyBytes,
  };
}

function sizeUnlockRequest(message: UnlockRequest): number {
  let size = 0;
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  return size;
}

function writeUnlockRequest(message: UnlockRequest, into: Buffer, at: number): number {
  if (message.key.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.key, into, at);
  }
  return at;
}

function readUnlockRequest(reader: Reader, outerEnd: number): UnlockRequest {
  const message = zeroUnlockRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.key = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const UnlockRequest: Codec<UnlockRequest> = codec(
  'v3lockpb.UnlockRequest',
  zeroUnlockRequest,
  sizeUnlockRequest,
  writeUnlockRequest,
  readUnlockRequest,
);

export interface UnlockResponse {
  header: ResponseHeader | undefined;
}

function zeroUnlockResponse(): UnlockResponse {
  return {
    header: undefined,
  };
}

function sizeUnlockResponse(message: UnlockResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeUnlockResponse(message: UnlockResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readUnlockResponse(reader: Reader, outerEnd: number): UnlockResponse {
  const message = zeroUnlockResponse();
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

export const UnlockResponse: Codec<UnlockResponse> = codec(
  'v3lockpb.UnlockResponse',
  zeroUnlockResponse,
  sizeUnlockResponse,
  writeUnlockResponse,
  readUnlockResponse,
);

export interface CampaignRequest {
  name: Uint8Array;
  /** Ends the candidacy when it ends. 0 makes a new one of 60 seconds. */
  lease: bigint;
  /** What the leader says of itself. */
  value: Uint8Array;
}

function zeroCampaignRequest(): CampaignRequest {
  return {
    name: emptyBytes,
    lease: 0n,
    value: emptyBytes,
  };
}

function sizeCampaignRequest(message: CampaignRequest): number {
  let size = 0;
  if (message.name.length !== 0) size += 1 + lengthDelimitedSize(message.name.length);
  if (message.lease !== 0n) size += 1 + varintSizeBig(message.lease);
  if (message.value.length !== 0) size += 1 + lengthDelimitedSize(message.value.length);
  return size;
}

function writeCampaignRequest(message: CampaignRequest, into: Buffer, at: number): number {
  if (message.name.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.name, into, at);
  }
  if (message.lease !== 0n) {
    into[at++] = 16;
    at = writeVarintBig(message.lease, into, at);
  }
  if (message.value.length !== 0) {
    into[at++] = 26;
    at = writeBytes(message.value, into, at);
  }
  return at;
}

function readCampaignRequest(reader: Reader, outerEnd: number): CampaignRequest {
  const message = zeroCampaignRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.view();
        break;
      case 16:
        message.lease = reader.int64Big();
        break;
      case 26:
        message.value = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const CampaignRequest: Codec<CampaignRequest> = codec(
  'v3electionpb.CampaignRequest',
  zeroCampaignRequest,
  sizeCampaignRequest,
  writeCampaignRequest,
  readCampaignRequest,
);

export interface CampaignResponse {
  header: ResponseHeader | undefined;
  leader: LeaderKey | undefined;
}

function zeroCampaignResponse(): CampaignResponse {
  return {
    header: undefined,
    leader: undefined,
  };
}

function sizeCampaignResponse(message: CampaignResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.leader !== undefined) size += 1 + lengthDelimitedSize(sizeLeaderKey(message.leader));
  return size;
}

function writeCampaignResponse(message: CampaignResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.leader !== undefined) {
    into[at++] = 18;
    at = writeLeaderKey(message.leader, into, writeVarint(sizeLeaderKey(message.leader), into, at));
  }
  return at;
}

function readCampaignResponse(reader: Reader, outerEnd: number): CampaignResponse {
  const message = zeroCampaignResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.leader = readLeaderKey(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const CampaignResponse: Codec<CampaignResponse> = codec(
  'v3electionpb.CampaignResponse',
  zeroCampaignResponse,
  sizeCampaignResponse,
  writeCampaignResponse,
  readCampaignResponse,
);

/** A won election, to be handed back with Proclaim and Resign. */
export interface LeaderKey {
  name: Uint8Array;
  /** Gone when the leadership is. */
  key: Uint8Array;
  /** The revision that made the key. */
  rev: number;
  lease: bigint;
}

function zeroLeaderKey(): LeaderKey {
  return {
    name: emptyBytes,
    key: emptyBytes,
    rev: 0,
    lease: 0n,
  };
}

function sizeLeaderKey(message: LeaderKey): number {
  let size = 0;
  if (message.name.length !== 0) size += 1 + lengthDelimitedSize(message.name.length);
  if (message.key.length !== 0) size += 1 + lengthDelimitedSize(message.key.length);
  if (message.rev !== 0) size += 1 + varintSize(message.rev);
  if (message.lease !== 0n) size += 1 + varintSizeBig(message.lease);
  return size;
}

function writeLeaderKey(message: LeaderKey, into: Buffer, at: number): number {
  if (message.name.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.name, into, at);
  }
  if (message.key.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.key, into, at);
  }
  if (message.rev !== 0) {
    into[at++] = 24;
    at = writeVarint(message.rev, into, at);
  }
  if (message.lease !== 0n) {
    into[at++] = 32;
    at = writeVarintBig(message.lease, into, at);
  }
  return at;
}

function readLeaderKey(reader: Reader, outerEnd: number): LeaderKey {
  const message = zeroLeaderKey();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.view();
        break;
      case 18:
        message.key = reader.view();
        break;
      case 24:
        message.rev = reader.int64();
        break;
      case 32:
        message.lease = reader.int64Big();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaderKey: Codec<LeaderKey> = codec(
  'v3electionpb.LeaderKey',
  zeroLeaderKey,
  sizeLeaderKey,
  writeLeaderKey,
  readLeaderKey,
);

export interface LeaderRequest {
  name: Uint8Array;
}

function zeroLeaderRequest(): LeaderRequest {
  return {
    name: emptyBytes,
  };
}

function sizeLeaderRequest(message: LeaderRequest): number {
  let size = 0;
  if (message.name.length !== 0) size += 1 + lengthDelimitedSize(message.name.length);
  return size;
}

function writeLeaderRequest(message: LeaderRequest, into: Buffer, at: number): number {
  if (message.name.length !== 0) {
    into[at++] = 10;
    at = writeBytes(message.name, into, at);
  }
  return at;
}

function readLeaderRequest(reader: Reader, outerEnd: number): LeaderRequest {
  const message = zeroLeaderRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaderRequest: Codec<LeaderRequest> = codec(
  'v3electionpb.LeaderRequest',
  zeroLeaderRequest,
  sizeLeaderRequest,
  writeLeaderRequest,
  readLeaderRequest,
);

export interface LeaderResponse {
  header: ResponseHeader | undefined;
  kv: KeyValue | undefined;
}

function zeroLeaderResponse(): LeaderResponse {
  return {
    header: undefined,
    kv: undefined,
  };
}

function sizeLeaderResponse(message: LeaderResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  if (message.kv !== undefined) size += 1 + lengthDelimitedSize(sizeKeyValue(message.kv));
  return size;
}

function writeLeaderResponse(message: LeaderResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  if (message.kv !== undefined) {
    into[at++] = 18;
    at = writeKeyValue(message.kv, into, writeVarint(sizeKeyValue(message.kv), into, at));
  }
  return at;
}

function readLeaderResponse(reader: Reader, outerEnd: number): LeaderResponse {
  const message = zeroLeaderResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.header = readResponseHeader(reader, reader.enter());
        break;
      case 18:
        message.kv = readKeyValue(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const LeaderResponse: Codec<LeaderResponse> = codec(
  'v3electionpb.LeaderResponse',
  zeroLeaderResponse,
  sizeLeaderResponse,
  writeLeaderResponse,
  readLeaderResponse,
);

export interface ResignRequest {
  leader: LeaderKey | undefined;
}

function zeroResignRequest(): ResignRequest {
  return {
    leader: undefined,
  };
}

function sizeResignRequest(message: ResignRequest): number {
  let size = 0;
  if (message.leader !== undefined) size += 1 + lengthDelimitedSize(sizeLeaderKey(message.leader));
  return size;
}

function writeResignRequest(message: ResignRequest, into: Buffer, at: number): number {
  if (message.leader !== undefined) {
    into[at++] = 10;
    at = writeLeaderKey(message.leader, into, writeVarint(sizeLeaderKey(message.leader), into, at));
  }
  return at;
}

function readResignRequest(reader: Reader, outerEnd: number): ResignRequest {
  const message = zeroResignRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.leader = readLeaderKey(reader, reader.enter());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ResignRequest: Codec<ResignRequest> = codec(
  'v3electionpb.ResignRequest',
  zeroResignRequest,
  sizeResignRequest,
  writeResignRequest,
  readResignRequest,
);

export interface ResignResponse {
  header: ResponseHeader | undefined;
}

function zeroResignResponse(): ResignResponse {
  return {
    header: undefined,
  };
}

function sizeResignResponse(message: ResignResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeResignResponse(message: ResignResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readResignResponse(reader: Reader, outerEnd: number): ResignResponse {
  const message = zeroResignResponse();
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

export const ResignResponse: Codec<ResignResponse> = codec(
  'v3electionpb.ResignResponse',
  zeroResignResponse,
  sizeResignResponse,
  writeResignResponse,
  readResignResponse,
);

export interface ProclaimRequest {
  leader: LeaderKey | undefined;
  value: Uint8Array;
}

function zeroProclaimRequest(): ProclaimRequest {
  return {
    leader: undefined,
    value: emptyBytes,
  };
}

function sizeProclaimRequest(message: ProclaimRequest): number {
  let size = 0;
  if (message.leader !== undefined) size += 1 + lengthDelimitedSize(sizeLeaderKey(message.leader));
  if (message.value.length !== 0) size += 1 + lengthDelimitedSize(message.value.length);
  return size;
}

function writeProclaimRequest(message: ProclaimRequest, into: Buffer, at: number): number {
  if (message.leader !== undefined) {
    into[at++] = 10;
    at = writeLeaderKey(message.leader, into, writeVarint(sizeLeaderKey(message.leader), into, at));
  }
  if (message.value.length !== 0) {
    into[at++] = 18;
    at = writeBytes(message.value, into, at);
  }
  return at;
}

function readProclaimRequest(reader: Reader, outerEnd: number): ProclaimRequest {
  const message = zeroProclaimRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.leader = readLeaderKey(reader, reader.enter());
        break;
      case 18:
        message.value = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ProclaimRequest: Codec<ProclaimRequest> = codec(
  'v3electionpb.ProclaimRequest',
  zeroProclaimRequest,
  sizeProclaimRequest,
  writeProclaimRequest,
  readProclaimRequest,
);

export interface ProclaimResponse {
  header: ResponseHeader | undefined;
}

function zeroProclaimResponse(): ProclaimResponse {
  return {
    header: undefined,
  };
}

function sizeProclaimResponse(message: ProclaimResponse): number {
  let size = 0;
  if (message.header !== undefined) size += 1 + lengthDelimitedSize(sizeResponseHeader(message.header));
  return size;
}

function writeProclaimResponse(message: ProclaimResponse, into: Buffer, at: number): number {
  if (message.header !== undefined) {
    into[at++] = 10;
    at = writeResponseHeader(message.header, into, writeVarint(sizeResponseHeader(message.header), into, at));
  }
  return at;
}

function readProclaimResponse(reader: Reader, outerEnd: number): ProclaimResponse {
  const message = zeroProclaimResponse();
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

export const ProclaimResponse: Codec<ProclaimResponse> = codec(
  'v3electionpb.ProclaimResponse',
  zeroProclaimResponse,
  sizeProclaimResponse,
  writeProclaimResponse,
  readProclaimResponse,
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

export interface WatchRaftRequest {
  /** Milliseconds between two states at the least; 50 if 0, never less than 50. */
  intervalMillis: number;
}

function zeroWatchRaftRequest(): WatchRaftRequest {
  return {
    intervalMillis: 0,
  };
}

function sizeWatchRaftRequest(message: WatchRaftRequest): number {
  let size = 0;
  if (message.intervalMillis !== 0) size += 1 + varintSize(message.intervalMillis);
  return size;
}

function writeWatchRaftRequest(message: WatchRaftRequest, into: Buffer, at: number): number {
  if (message.intervalMillis !== 0) {
    into[at++] = 8;
    at = writeVarint(message.intervalMillis, into, at);
  }
  return at;
}

function readWatchRaftRequest(reader: Reader, outerEnd: number): WatchRaftRequest {
  const message = zeroWatchRaftRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.intervalMillis = reader.uint32();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const WatchRaftRequest: Codec<WatchRaftRequest> = codec(
  'drydock.etcd.v1.WatchRaftRequest',
  zeroWatchRaftRequest,
  sizeWatchRaftRequest,
  writeWatchRaftRequest,
  readWatchRaftRequest,
);

export interface RaftState {
  clusterId: number;
  memberId: number;
  /** follower, pre-candidate, candidate or leader. */
  role: string;
  term: number;
  /** In this term; 0: nobody. */
  vote: number;
  /** 0: unknown. */
  leader: number;
  commit: number;
  applied: number;
  /** Of the log in memory; an empty one ends before it begins. */
  firstIndex: number;
  lastIndex: number;
  configuration: RaftConfiguration | undefined;
  /** Empty unless this member leads. */
  peers: RaftPeer[];
  /** Reads that wait for a quorum to confirm the leader. */
  pendingReads: number;
  /** Proposals of this member's clients that are not applied yet. */
  pendingProposals: number;
  /** To whom leadership is being handed; 0: to nobody. */
  transferee: number;
  /** The last elections that this member began or by which it lost its office; the newest last. */
  elections: RaftElection[];
  /** How long the last write of the log took until it was durable. */
  lastFsyncMicros: number;
  /** Bytes of the log on disk. */
  logBytes: number;
  /** Why this member has stopped, if it has. */
  failure: string;
}

function zeroRaftState(): RaftState {
  return {
    clusterId: 0,
    memberId: 0,
    role: '',
    term: 0,
    vote: 0,
    leader: 0,
    commit: 0,
    applied: 0,
    firstIndex: 0,
    lastIndex: 0,
    configuration: undefined,
    peers: [],
    pendingReads: 0,
    pendingProposals: 0,
    transferee: 0,
    elections: [],
    lastFsyncMicros: 0,
    logBytes: 0,
    failure: '',
  };
}

function sizeRaftState(message: RaftState): number {
  let size = 0;
  if (message.clusterId !== 0) size += 1 + varintSize(message.clusterId);
  if (message.memberId !== 0) size += 1 + varintSize(message.memberId);
  if (message.role !== '') size += 1 + lengthDelimitedSize(stringSize(message.role));
  if (message.term !== 0) size += 1 + varintSize(message.term);
  if (message.vote !== 0) size += 1 + varintSize(message.vote);
  if (message.leader !== 0) size += 1 + varintSize(message.leader);
  if (message.commit !== 0) size += 1 + varintSize(message.commit);
  if (message.applied !== 0) size += 1 + varintSize(message.applied);
  if (message.firstIndex !== 0) size += 1 + varintSize(message.firstIndex);
  if (message.lastIndex !== 0) size += 1 + varintSize(message.lastIndex);
  if (message.configuration !== undefined) size += 1 + lengthDelimitedSize(sizeRaftConfiguration(message.configuration));
  for (const item of message.peers) size += 1 + lengthDelimitedSize(sizeRaftPeer(item));
  if (message.pendingReads !== 0) size += 1 + varintSize(message.pendingReads);
  if (message.pendingProposals !== 0) size += 1 + varintSize(message.pendingProposals);
  if (message.transferee !== 0) size += 1 + varintSize(message.transferee);
  for (const item of message.elections) size += 2 + lengthDelimitedSize(sizeRaftElection(item));
  if (message.lastFsyncMicros !== 0) size += 2 + varintSize(message.lastFsyncMicros);
  if (message.logBytes !== 0) size += 2 + varintSize(message.logBytes);
  if (message.failure !== '') size += 2 + lengthDelimitedSize(stringSize(message.failure));
  return size;
}

function writeRaftState(message: RaftState, into: Buffer, at: number): number {
  if (message.clusterId !== 0) {
    into[at++] = 8;
    at = writeVarint(message.clusterId, into, at);
  }
  if (message.memberId !== 0) {
    into[at++] = 16;
    at = writeVarint(message.memberId, into, at);
  }
  if (message.role !== '') {
    into[at++] = 26;
    at = writeString(message.role, into, at);
  }
  if (message.term !== 0) {
    into[at++] = 32;
    at = writeVarint(message.term, into, at);
  }
  if (message.vote !== 0) {
    into[at++] = 40;
    at = writeVarint(message.vote, into, at);
  }
  if (message.leader !== 0) {
    into[at++] = 48;
    at = writeVarint(message.leader, into, at);
  }
  if (message.commit !== 0) {
    into[at++] = 56;
    at = writeVarint(message.commit, into, at);
  }
  if (message.applied !== 0) {
    into[at++] = 64;
    at = writeVarint(message.applied, into, at);
  }
  if (message.firstIndex !== 0) {
    into[at++] = 72;
    at = writeVarint(message.firstIndex, into, at);
  }
  if (message.lastIndex !== 0) {
    into[at++] = 80;
    at = writeVarint(message.lastIndex, into, at);
  }
  if (message.configuration !== undefined) {
    into[at++] = 90;
    at = writeRaftConfiguration(message.configuration, into, writeVarint(sizeRaftConfiguration(message.configuration), into, at));
  }
  for (const item of message.peers) {
    into[at++] = 98;
    at = writeRaftPeer(item, into, writeVarint(sizeRaftPeer(item), into, at));
  }
  if (message.pendingReads !== 0) {
    into[at++] = 104;
    at = writeVarint(message.pendingReads, into, at);
  }
  if (message.pendingProposals !== 0) {
    into[at++] = 112;
    at = writeVarint(message.pendingProposals, into, at);
  }
  if (message.transferee !== 0) {
    into[at++] = 120;
    at = writeVarint(message.transferee, into, at);
  }
  for (const item of message.elections) {
    into[at++] = 130;
    into[at++] = 1;
    at = writeRaftElection(item, into, writeVarint(sizeRaftElection(item), into, at));
  }
  if (message.lastFsyncMicros !== 0) {
    into[at++] = 136;
    into[at++] = 1;
    at = writeVarint(message.lastFsyncMicros, into, at);
  }
  if (message.logBytes !== 0) {
    into[at++] = 144;
    into[at++] = 1;
    at = writeVarint(message.logBytes, into, at);
  }
  if (message.failure !== '') {
    into[at++] = 154;
    into[at++] = 1;
    at = writeString(message.failure, into, at);
  }
  return at;
}

function readRaftState(reader: Reader, outerEnd: number): RaftState {
  const message = zeroRaftState();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.clusterId = reader.uint64();
        break;
      case 16:
        message.memberId = reader.uint64();
        break;
      case 26:
        message.role = reader.string();
        break;
      case 32:
        message.term = reader.uint64();
        break;
      case 40:
        message.vote = reader.uint64();
        break;
      case 48:
        message.leader = reader.uint64();
        break;
      case 56:
        message.commit = reader.uint64();
        break;
      case 64:
        message.applied = reader.uint64();
        break;
      case 72:
        message.firstIndex = reader.uint64();
        break;
      case 80:
        message.lastIndex = reader.uint64();
        break;
      case 90:
        message.configuration = readRaftConfiguration(reader, reader.enter());
        break;
      case 98:
        message.peers.push(readRaftPeer(reader, reader.enter()));
        break;
      case 104:
        message.pendingReads = reader.uint64();
        break;
      case 112:
        message.pendingProposals = reader.uint64();
        break;
      case 120:
        message.transferee = reader.uint64();
        break;
      case 130:
        message.elections.push(readRaftElection(reader, reader.enter()));
        break;
      case 136:
        message.lastFsyncMicros = reader.uint64();
        break;
      case 144:
        message.logBytes = reader.uint64();
        break;
      case 154:
        message.failure = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const RaftState: Codec<RaftState> = codec(
  'drydock.etcd.v1.RaftState',
  zeroRaftState,
  sizeRaftState,
  writeRaftState,
  readRaftState,
);

export interface RaftConfiguration {
  voters: number[];
  /** The old voters during a joint change, else none. */
  votersOutgoing: number[];
  learners: number[];
  /** Old voters that become learners when the joint change ends. */
  learnersNext: number[];
  /** The joint change ends by itself. */
  autoLeave: boolean;
}

function zeroRaftConfiguration(): RaftConfiguration {
  return {
    voters: [],
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  };
}

function sizeRaftConfiguration(message: RaftConfiguration): number {
  let size = 0;
  if (message.voters.length !== 0) {
    let packed = 0;
    for (const item of message.voters) packed += varintSize(item);
    size += 1 + lengthDelimitedSize(packed);
  }
  if (message.votersOutgoing.length !== 0) {
    let packed = 0;
    for (const item of message.votersOutgoing) packed += varintSize(item);
    size += 1 + lengthDelimitedSize(packed);
  }
  if (message.learners.length !== 0) {
    let packed = 0;
    for (const item of message.learners) packed += varintSize(item);
    size += 1 + lengthDelimitedSize(packed);
  }
  if (message.learnersNext.length !== 0) {
    let packed = 0;
    for (const item of message.learnersNext) packed += varintSize(item);
    size += 1 + lengthDelimitedSize(packed);
  }
  if (message.autoLeave) size += 1 + 1;
  return size;
}

function writeRaftConfiguration(message: RaftConfiguration, into: Buffer, at: number): number {
  if (message.voters.length !== 0) {
    into[at++] = 10;
    let packed = 0;
    for (const item of message.voters) packed += varintSize(item);
    at = writeVarint(packed, into, at);
    for (const item of message.voters) at = writeVarint(item, into, at);
  }
  if (message.votersOutgoing.length !== 0) {
    into[at++] = 18;
    let packed = 0;
    for (const item of message.votersOutgoing) packed += varintSize(item);
    at = writeVarint(packed, into, at);
    for (const item of message.votersOutgoing) at = writeVarint(item, into, at);
  }
  if (message.learners.length !== 0) {
    into[at++] = 26;
    let packed = 0;
    for (const item of message.learners) packed += varintSize(item);
    at = writeVarint(packed, into, at);
    for (const item of message.learners) at = writeVarint(item, into, at);
  }
  if (message.learnersNext.length !== 0) {
    into[at++] = 34;
    let packed = 0;
    for (const item of message.learnersNext) packed += varintSize(item);
    at = writeVarint(packed, into, at);
    for (const item of message.learnersNext) at = writeVarint(item, into, at);
  }
  if (message.autoLeave) {
    into[at++] = 40;
    into[at++] = message.autoLeave ? 1 : 0;
  }
  return at;
}

function readRaftConfiguration(reader: Reader, outerEnd: number): RaftConfiguration {
  const message = zeroRaftConfiguration();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.voters.push(reader.uint64());
        break;
      case 10: {
        const outer = reader.enter();
        while (reader.at < reader.end) message.voters.push(reader.uint64());
        reader.leave(outer);
        break;
      }
      case 16:
        message.votersOutgoing.push(reader.uint64());
        break;
      case 18: {
        const outer = reader.enter();
        while (reader.at < reader.end) message.votersOutgoing.push(reader.uint64());
        reader.leave(outer);
        break;
      }
      case 24:
        message.learners.push(reader.uint64());
        break;
      case 26: {
        const outer = reader.enter();
        while (reader.at < reader.end) message.learners.push(reader.uint64());
        reader.leave(outer);
        break;
      }
      case 32:
        message.learnersNext.push(reader.uint64());
        break;
      case 34: {
        const outer = reader.enter();
        while (reader.at < reader.end) message.learnersNext.push(reader.uint64());
        reader.leave(outer);
        break;
      }
      case 40:
        message.autoLeave = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const RaftConfiguration: Codec<RaftConfiguration> = codec(
  'drydock.etcd.v1.RaftConfiguration',
  zeroRaftConfiguration,
  sizeRaftConfiguration,
  writeRaftConfiguration,
  readRaftConfiguration,
);

export interface RaftPeer {
  id: number;
  isLearner: boolean;
  /** probe, replicate or snapshot. */
  state: string;
  /** The last entry that is known to be there, and the next to send. */
  match: number;
  next: number;
  /** Appends that were sent and not answered. */
  inFlight: number;
  /** Heard from within the last election timeout. */
  isActive: boolean;
}

function zeroRaftPeer(): RaftPeer {
  return {
    id: 0,
    isLearner: false,
    state: '',
    match: 0,
    next: 0,
    inFlight: 0,
    isActive: false,
  };
}

function sizeRaftPeer(message: RaftPeer): number {
  let size = 0;
  if (message.id !== 0) size += 1 + varintSize(message.id);
  if (message.isLearner) size += 1 + 1;
  if (message.state !== '') size += 1 + lengthDelimitedSize(stringSize(message.state));
  if (message.match !== 0) size += 1 + varintSize(message.match);
  if (message.next !== 0) size += 1 + varintSize(message.next);
  if (message.inFlight !== 0) size += 1 + varintSize(message.inFlight);
  if (message.isActive) size += 1 + 1;
  return size;
}

function writeRaftPeer(message: RaftPeer, into: Buffer, at: number): number {
  if (message.id !== 0) {
    into[at++] = 8;
    at = writeVarint(message.id, into, at);
  }
  if (message.isLearner) {
    into[at++] = 16;
    into[at++] = message.isLearner ? 1 : 0;
  }
  if (message.state !== '') {
    into[at++] = 26;
    at = writeString(message.state, into, at);
  }
  if (message.match !== 0) {
    into[at++] = 32;
    at = writeVarint(message.match, into, at);
  }
  if (message.next !== 0) {
    into[at++] = 40;
    at = writeVarint(message.next, into, at);
  }
  if (message.inFlight !== 0) {
    into[at++] = 48;
    at = writeVarint(message.inFlight, into, at);
  }
  if (message.isActive) {
    into[at++] = 56;
    into[at++] = message.isActive ? 1 : 0;
  }
  return at;
}

function readRaftPeer(reader: Reader, outerEnd: number): RaftPeer {
  const message = zeroRaftPeer();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.uint64();
        break;
      case 16:
        message.isLearner = reader.bool();
        break;
      case 26:
        message.state = reader.string();
        break;
      case 32:
        message.match = reader.uint64();
        break;
      case 40:
        message.next = reader.uint64();
        break;
      case 48:
        message.inFlight = reader.uint64();
        break;
      case 56:
        message.isActive = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const RaftPeer: Codec<RaftPeer> = codec(
  'drydock.etcd.v1.RaftPeer',
  zeroRaftPeer,
  sizeRaftPeer,
  writeRaftPeer,
  readRaftPeer,
);

export interface RaftElection {
  /**
   * campaign: it asked for votes. step-down: it led, and no quorum answered. deposed: it led, and learnt of a
   * newer term.
   */
  event: string;
  /** start, transfer, leader-stopped, slow-fsync, busy-process or lost-network. */
  cause: string;
  /** What speaks for it. */
  detail: string;
  term: number;
  /** 0: unknown. */
  formerLeader: number;
  /** Milliseconds ago. */
  agoMillis: number;
}

function zeroRaftElection(): RaftElection {
  return {
    event: '',
    cause: '',
    detail: '',
    term: 0,
    formerLeader: 0,
    agoMillis: 0,
  };
}

function sizeRaftElection(message: RaftElection): number {
  let size = 0;
  if (message.event !== '') size += 1 + lengthDelimitedSize(stringSize(message.event));
  if (message.cause !== '') size += 1 + lengthDelimitedSize(stringSize(message.cause));
  if (message.detail !== '') size += 1 + lengthDelimitedSize(stringSize(message.detail));
  if (message.term !== 0) size += 1 + varintSize(message.term);
  if (message.formerLeader !== 0) size += 1 + varintSize(message.formerLeader);
  if (message.agoMillis !== 0) size += 1 + varintSize(message.agoMillis);
  return size;
}

function writeRaftElection(message: RaftElection, into: Buffer, at: number): number {
  if (message.event !== '') {
    into[at++] = 10;
    at = writeString(message.event, into, at);
  }
  if (message.cause !== '') {
    into[at++] = 18;
    at = writeString(message.cause, into, at);
  }
  if (message.detail !== '') {
    into[at++] = 26;
    at = writeString(message.detail, into, at);
  }
  if (message.term !== 0) {
    into[at++] = 32;
    at = writeVarint(message.term, into, at);
  }
  if (message.formerLeader !== 0) {
    into[at++] = 40;
    at = writeVarint(message.formerLeader, into, at);
  }
  if (message.agoMillis !== 0) {
    into[at++] = 48;
    at = writeVarint(message.agoMillis, into, at);
  }
  return at;
}

function readRaftElection(reader: Reader, outerEnd: number): RaftElection {
  const message = zeroRaftElection();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.event = reader.string();
        break;
      case 18:
        message.cause = reader.string();
        break;
      case 26:
        message.detail = reader.string();
        break;
      case 32:
        message.term = reader.uint64();
        break;
      case 40:
        message.formerLeader = reader.uint64();
        break;
      case 48:
        message.agoMillis = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const RaftElection: Codec<RaftElection> = codec(
  'drydock.etcd.v1.RaftElection',
  zeroRaftElection,
  sizeRaftElection,
  writeRaftElection,
  readRaftElection,
);

/** A command of a client whose user is known: it is refused when the auth store has changed since. */
export interface AuthorizedCommand {
  user: string;
  /** Of the auth store when the user was found out. */
  authRevision: number;
  /** Another command, its first byte the kind. */
  command: Uint8Array;
}

function zeroAuthorizedCommand(): AuthorizedCommand {
  return {
    user: '',
    authRevision: 0,
    command: emptyBytes,
  };
}

function sizeAuthorizedCommand(message: AuthorizedCommand): number {
  let size = 0;
  if (message.user !== '') size += 1 + lengthDelimitedSize(stringSize(message.user));
  if (message.authRevision !== 0) size += 1 + varintSize(message.authRevision);
  if (message.command.length !== 0) size += 1 + lengthDelimitedSize(message.command.length);
  return size;
}

function writeAuthorizedCommand(message: AuthorizedCommand, into: Buffer, at: number): number {
  if (message.user !== '') {
    into[at++] = 10;
    at = writeString(message.user, into, at);
  }
  if (message.authRevision !== 0) {
    into[at++] = 16;
    at = writeVarint(message.authRevision, into, at);
  }
  if (message.command.length !== 0) {
    into[at++] = 26;
    at = writeBytes(message.command, into, at);
  }
  return at;
}

function readAuthorizedCommand(reader: Reader, outerEnd: number): AuthorizedCommand {
  const message = zeroAuthorizedCommand();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.user = reader.string();
        break;
      case 16:
        message.authRevision = reader.uint64();
        break;
      case 26:
        message.command = reader.view();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthorizedCommand: Codec<AuthorizedCommand> = codec(
  'drydock.etcd.v1.AuthorizedCommand',
  zeroAuthorizedCommand,
  sizeAuthorizedCommand,
  writeAuthorizedCommand,
  readAuthorizedCommand,
);

/** A user has shown the right password. The field numbers are those of the original's log entries. */
export interface InternalAuthenticateRequest {
  name: string;
  /** The random part of a simple token; the index of the log entry completes it. Empty for signed ones. */
  simpleToken: string;
}

function zeroInternalAuthenticateRequest(): InternalAuthenticateRequest {
  return {
    name: '',
    simpleToken: '',
  };
}

function sizeInternalAuthenticateRequest(message: InternalAuthenticateRequest): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  if (message.simpleToken !== '') size += 1 + lengthDelimitedSize(stringSize(message.simpleToken));
  return size;
}

function writeInternalAuthenticateRequest(message: InternalAuthenticateRequest, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  if (message.simpleToken !== '') {
    into[at++] = 26;
    at = writeString(message.simpleToken, into, at);
  }
  return at;
}

function readInternalAuthenticateRequest(reader: Reader, outerEnd: number): InternalAuthenticateRequest {
  const message = zeroInternalAuthenticateRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 26:
        message.simpleToken = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const InternalAuthenticateRequest: Codec<InternalAuthenticateRequest> = codec(
  'drydock.etcd.v1.InternalAuthenticateRequest',
  zeroInternalAuthenticateRequest,
  sizeInternalAuthenticateRequest,
  writeInternalAuthenticateRequest,
  readInternalAuthenticateRequest,
);

/** One change of the auth store. */
export interface AuthCommand {
  enable: AuthEnableRequest | undefined;
  disable: AuthDisableRequest | undefined;
  authenticate: InternalAuthenticateRequest | undefined;
  userAdd: AuthUserAddRequest | undefined;
  userDelete: AuthUserDeleteRequest | undefined;
  userChangePassword: AuthUserChangePasswordRequest | undefined;
  userGrantRole: AuthUserGrantRoleRequest | undefined;
  userRevokeRole: AuthUserRevokeRoleRequest | undefined;
  roleAdd: AuthRoleAddRequest | undefined;
  roleDelete: AuthRoleDeleteRequest | undefined;
  roleGrantPermission: AuthRoleGrantPermissionRequest | undefined;
  roleRevokePermission: AuthRoleRevokePermissionRequest | undefined;
}

function zeroAuthCommand(): AuthCommand {
  return {
    enable: undefined,
    disable: undefined,
    authenticate: undefined,
    userAdd: undefined,
    userDelete: undefined,
    userChangePassword: undefined,
    userGrantRole: undefined,
    userRevokeRole: undefined,
    roleAdd: undefined,
    roleDelete: undefined,
    roleGrantPermission: undefined,
    roleRevokePermission: undefined,
  };
}

function sizeAuthCommand(message: AuthCommand): number {
  let size = 0;
  if (message.enable !== undefined) size += 1 + lengthDelimitedSize(sizeAuthEnableRequest(message.enable));
  if (message.disable !== undefined) size += 1 + lengthDelimitedSize(sizeAuthDisableRequest(message.disable));
  if (message.authenticate !== undefined) size += 1 + lengthDelimitedSize(sizeInternalAuthenticateRequest(message.authenticate));
  if (message.userAdd !== undefined) size += 1 + lengthDelimitedSize(sizeAuthUserAddRequest(message.userAdd));
  if (message.userDelete !== undefined) size += 1 + lengthDelimitedSize(sizeAuthUserDeleteRequest(message.userDelete));
  if (message.userChangePassword !== undefined) size += 1 + lengthDelimitedSize(sizeAuthUserChangePasswordRequest(message.userChangePassword));
  if (message.userGrantRole !== undefined) size += 1 + lengthDelimitedSize(sizeAuthUserGrantRoleRequest(message.userGrantRole));
  if (message.userRevokeRole !== undefined) size += 1 + lengthDelimitedSize(sizeAuthUserRevokeRoleRequest(message.userRevokeRole));
  if (message.roleAdd !== undefined) size += 1 + lengthDelimitedSize(sizeAuthRoleAddRequest(message.roleAdd));
  if (message.roleDelete !== undefined) size += 1 + lengthDelimitedSize(sizeAuthRoleDeleteRequest(message.roleDelete));
  if (message.roleGrantPermission !== undefined) size += 1 + lengthDelimitedSize(sizeAuthRoleGrantPermissionRequest(message.roleGrantPermission));
  if (message.roleRevokePermission !== undefined) size += 1 + lengthDelimitedSize(sizeAuthRoleRevokePermissionRequest(message.roleRevokePermission));
  return size;
}

function writeAuthCommand(message: AuthCommand, into: Buffer, at: number): number {
  if (message.enable !== undefined) {
    into[at++] = 10;
    at = writeAuthEnableRequest(message.enable, into, writeVarint(sizeAuthEnableRequest(message.enable), into, at));
  }
  if (message.disable !== undefined) {
    into[at++] = 18;
    at = writeAuthDisableRequest(message.disable, into, writeVarint(sizeAuthDisableRequest(message.disable), into, at));
  }
  if (message.authenticate !== undefined) {
    into[at++] = 26;
    at = writeInternalAuthenticateRequest(message.authenticate, into, writeVarint(sizeInternalAuthenticateRequest(message.authenticate), into, at));
  }
  if (message.userAdd !== undefined) {
    into[at++] = 34;
    at = writeAuthUserAddRequest(message.userAdd, into, writeVarint(sizeAuthUserAddRequest(message.userAdd), into, at));
  }
  if (message.userDelete !== undefined) {
    into[at++] = 42;
    at = writeAuthUserDeleteRequest(message.userDelete, into, writeVarint(sizeAuthUserDeleteRequest(message.userDelete), into, at));
  }
  if (message.userChangePassword !== undefined) {
    into[at++] = 50;
    at = writeAuthUserChangePasswordRequest(message.userChangePassword, into, writeVarint(sizeAuthUserChangePasswordRequest(message.userChangePassword), into, at));
  }
  if (message.userGrantRole !== undefined) {
    into[at++] = 58;
    at = writeAuthUserGrantRoleRequest(message.userGrantRole, into, writeVarint(sizeAuthUserGrantRoleRequest(message.userGrantRole), into, at));
  }
  if (message.userRevokeRole !== undefined) {
    into[at++] = 66;
    at = writeAuthUserRevokeRoleRequest(message.userRevokeRole, into, writeVarint(sizeAuthUserRevokeRoleRequest(message.userRevokeRole), into, at));
  }
  if (message.roleAdd !== undefined) {
    into[at++] = 74;
    at = writeAuthRoleAddRequest(message.roleAdd, into, writeVarint(sizeAuthRoleAddRequest(message.roleAdd), into, at));
  }
  if (message.roleDelete !== undefined) {
    into[at++] = 82;
    at = writeAuthRoleDeleteRequest(message.roleDelete, into, writeVarint(sizeAuthRoleDeleteRequest(message.roleDelete), into, at));
  }
  if (message.roleGrantPermission !== undefined) {
    into[at++] = 90;
    at = writeAuthRoleGrantPermissionRequest(message.roleGrantPermission, into, writeVarint(sizeAuthRoleGrantPermissionRequest(message.roleGrantPermission), into, at));
  }
  if (message.roleRevokePermission !== undefined) {
    into[at++] = 98;
    at = writeAuthRoleRevokePermissionRequest(message.roleRevokePermission, into, writeVarint(sizeAuthRoleRevokePermissionRequest(message.roleRevokePermission), into, at));
  }
  return at;
}

function readAuthCommand(reader: Reader, outerEnd: number): AuthCommand {
  const message = zeroAuthCommand();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.enable = readAuthEnableRequest(reader, reader.enter());
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 18:
        message.disable = readAuthDisableRequest(reader, reader.enter());
        message.enable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 26:
        message.authenticate = readInternalAuthenticateRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 34:
        message.userAdd = readAuthUserAddRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 42:
        message.userDelete = readAuthUserDeleteRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 50:
        message.userChangePassword = readAuthUserChangePasswordRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 58:
        message.userGrantRole = readAuthUserGrantRoleRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 66:
        message.userRevokeRole = readAuthUserRevokeRoleRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 74:
        message.roleAdd = readAuthRoleAddRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 82:
        message.roleDelete = readAuthRoleDeleteRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleGrantPermission = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 90:
        message.roleGrantPermission = readAuthRoleGrantPermissionRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleRevokePermission = undefined;
        break;
      case 98:
        message.roleRevokePermission = readAuthRoleRevokePermissionRequest(reader, reader.enter());
        message.enable = undefined;
        message.disable = undefined;
        message.authenticate = undefined;
        message.userAdd = undefined;
        message.userDelete = undefined;
        message.userChangePassword = undefined;
        message.userGrantRole = undefined;
        message.userRevokeRole = undefined;
        message.roleAdd = undefined;
        message.roleDelete = undefined;
        message.roleGrantPermission = undefined;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const AuthCommand: Codec<AuthCommand> = codec(
  'drydock.etcd.v1.AuthCommand',
  zeroAuthCommand,
  sizeAuthCommand,
  writeAuthCommand,
  readAuthCommand,
);

export interface Lease {
  id: bigint;
  /** Seconds, as granted. */
  ttl: number;
  /** Seconds left at the last checkpoint; 0 when there was none. */
  remainingTtl: number;
}

function zeroLease(): Lease {
  return {
    id: 0n,
    ttl: 0,
    remainingTtl: 0,
  };
}

function sizeLease(message: Lease): number {
  let size = 0;
  if (message.id !== 0n) size += 1 + varintSizeBig(message.id);
  if (message.ttl !== 0) size += 1 + varintSize(message.ttl);
  if (message.remainingTtl !== 0) size += 1 + varintSize(message.remainingTtl);
  return size;
}

function writeLease(message: Lease, into: Buffer, at: number): number {
  if (message.id !== 0n) {
    into[at++] = 8;
    at = writeVarintBig(message.id, into, at);
  }
  if (message.ttl !== 0) {
    into[at++] = 16;
    at = writeVarint(message.ttl, into, at);
  }
  if (message.remainingTtl !== 0) {
    into[at++] = 24;
    at = writeVarint(message.remainingTtl, into, at);
  }
  return at;
}

function readLease(reader: Reader, outerEnd: number): Lease {
  const message = zeroLease();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.id = reader.int64Big();
        break;
      case 16:
        message.ttl = reader.int64();
        break;
      case 24:
        message.remainingTtl = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const Lease: Codec<Lease> = codec(
  'leasepb.Lease',
  zeroLease,
  sizeLease,
  writeLease,
  readLease,
);

export interface HealthCheckRequest {
  service: string;
}

function zeroHealthCheckRequest(): HealthCheckRequest {
  return {
    service: '',
  };
}

function sizeHealthCheckRequest(message: HealthCheckRequest): number {
  let size = 0;
  if (message.service !== '') size += 1 + lengthDelimitedSize(stringSize(message.service));
  return size;
}

function writeHealthCheckRequest(message: HealthCheckRequest, into: Buffer, at: number): number {
  if (message.service !== '') {
    into[at++] = 10;
    at = writeString(message.service, into, at);
  }
  return at;
}

function readHealthCheckRequest(reader: Reader, outerEnd: number): HealthCheckRequest {
  const message = zeroHealthCheckRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.service = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const HealthCheckRequest: Codec<HealthCheckRequest> = codec(
  'grpc.health.v1.HealthCheckRequest',
  zeroHealthCheckRequest,
  sizeHealthCheckRequest,
  writeHealthCheckRequest,
  readHealthCheckRequest,
);

export interface HealthCheckResponse {
  status: ServingStatus;
}

function zeroHealthCheckResponse(): HealthCheckResponse {
  return {
    status: 0,
  };
}

function sizeHealthCheckResponse(message: HealthCheckResponse): number {
  let size = 0;
  if (message.status !== 0) size += 1 + varintSize(message.status);
  return size;
}

function writeHealthCheckResponse(message: HealthCheckResponse, into: Buffer, at: number): number {
  if (message.status !== 0) {
    into[at++] = 8;
    at = writeVarint(message.status, into, at);
  }
  return at;
}

function readHealthCheckResponse(reader: Reader, outerEnd: number): HealthCheckResponse {
  const message = zeroHealthCheckResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.status = reader.int64() as ServingStatus;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const HealthCheckResponse: Codec<HealthCheckResponse> = codec(
  'grpc.health.v1.HealthCheckResponse',
  zeroHealthCheckResponse,
  sizeHealthCheckResponse,
  writeHealthCheckResponse,
  readHealthCheckResponse,
);

export interface ServerReflectionRequest {
  host: string;
  /** A .proto file, by the name that others import it by. */
  fileByFilename: string | undefined;
  /** The file that declares a fully qualified service, method, message, field or enum. */
  fileContainingSymbol: string | undefined;
  fileContainingExtension: ExtensionRequest | undefined;
  /** The numbers of all extensions of a message. */
  allExtensionNumbersOfType: string | undefined;
  /** The content is ignored. */
  listServices: string | undefined;
}

function zeroServerReflectionRequest(): ServerReflectionRequest {
  return {
    host: '',
    fileByFilename: undefined,
    fileContainingSymbol: undefined,
    fileContainingExtension: undefined,
    allExtensionNumbersOfType: undefined,
    listServices: undefined,
  };
}

function sizeServerReflectionRequest(message: ServerReflectionRequest): number {
  let size = 0;
  if (message.host !== '') size += 1 + lengthDelimitedSize(stringSize(message.host));
  if (message.fileByFilename !== undefined) size += 1 + lengthDelimitedSize(stringSize(message.fileByFilename));
  if (message.fileContainingSymbol !== undefined) size += 1 + lengthDelimitedSize(stringSize(message.fileContainingSymbol));
  if (message.fileContainingExtension !== undefined) size += 1 + lengthDelimitedSize(sizeExtensionRequest(message.fileContainingExtension));
  if (message.allExtensionNumbersOfType !== undefined) size += 1 + lengthDelimitedSize(stringSize(message.allExtensionNumbersOfType));
  if (message.listServices !== undefined) size += 1 + lengthDelimitedSize(stringSize(message.listServices));
  return size;
}

function writeServerReflectionRequest(message: ServerReflectionRequest, into: Buffer, at: number): number {
  if (message.host !== '') {
    into[at++] = 10;
    at = writeString(message.host, into, at);
  }
  if (message.fileByFilename !== undefined) {
    into[at++] = 26;
    at = writeString(message.fileByFilename, into, at);
  }
  if (message.fileContainingSymbol !== undefined) {
    into[at++] = 34;
    at = writeString(message.fileContainingSymbol, into, at);
  }
  if (message.fileContainingExtension !== undefined) {
    into[at++] = 42;
    at = writeExtensionRequest(message.fileContainingExtension, into, writeVarint(sizeExtensionRequest(message.fileContainingExtension), into, at));
  }
  if (message.allExtensionNumbersOfType !== undefined) {
    into[at++] = 50;
    at = writeString(message.allExtensionNumbersOfType, into, at);
  }
  if (message.listServices !== undefined) {
    into[at++] = 58;
    at = writeString(message.listServices, into, at);
  }
  return at;
}

function readServerReflectionRequest(reader: Reader, outerEnd: number): ServerReflectionRequest {
  const message = zeroServerReflectionRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.host = reader.string();
        break;
      case 26:
        message.fileByFilename = reader.string();
        message.fileContainingSymbol = undefined;
        message.fileContainingExtension = undefined;
        message.allExtensionNumbersOfType = undefined;
        message.listServices = undefined;
        break;
      case 34:
        message.fileContainingSymbol = reader.string();
        message.fileByFilename = undefined;
        message.fileContainingExtension = undefined;
        message.allExtensionNumbersOfType = undefined;
        message.listServices = undefined;
        break;
      case 42:
        message.fileContainingExtension = readExtensionRequest(reader, reader.enter());
        message.fileByFilename = undefined;
        message.fileContainingSymbol = undefined;
        message.allExtensionNumbersOfType = undefined;
        message.listServices = undefined;
        break;
      case 50:
        message.allExtensionNumbersOfType = reader.string();
        message.fileByFilename = undefined;
        message.fileContainingSymbol = undefined;
        message.fileContainingExtension = undefined;
        message.listServices = undefined;
        break;
      case 58:
        message.listServices = reader.string();
        message.fileByFilename = undefined;
        message.fileContainingSymbol = undefined;
        message.fileContainingExtension = undefined;
        message.allExtensionNumbersOfType = undefined;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ServerReflectionRequest: Codec<ServerReflectionRequest> = codec(
  'grpc.reflection.v1.ServerReflectionRequest',
  zeroServerReflectionRequest,
  sizeServerReflectionRequest,
  writeServerReflectionRequest,
  readServerReflectionRequest,
);

export interface ExtensionRequest {
  /** Fully qualified, of the extended message. */
  containingType: string;
  extensionNumber: number;
}

function zeroExtensionRequest(): ExtensionRequest {
  return {
    containingType: '',
    extensionNumber: 0,
  };
}

function sizeExtensionRequest(message: ExtensionRequest): number {
  let size = 0;
  if (message.containingType !== '') size += 1 + lengthDelimitedSize(stringSize(message.containingType));
  if (message.extensionNumber !== 0) size += 1 + varintSize(message.extensionNumber);
  return size;
}

function writeExtensionRequest(message: ExtensionRequest, into: Buffer, at: number): number {
  if (message.containingType !== '') {
    into[at++] = 10;
    at = writeString(message.containingType, into, at);
  }
  if (message.extensionNumber !== 0) {
    into[at++] = 16;
    at = writeVarint(message.extensionNumber, into, at);
  }
  return at;
}

function readExtensionRequest(reader: Reader, outerEnd: number): ExtensionRequest {
  const message = zeroExtensionRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.containingType = reader.string();
        break;
      case 16:
        message.extensionNumber = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ExtensionRequest: Codec<ExtensionRequest> = codec(
  'grpc.reflection.v1.ExtensionRequest',
  zeroExtensionRequest,
  sizeExtensionRequest,
  writeExtensionRequest,
  readExtensionRequest,
);

export interface ServerReflectionResponse {
  validHost: string;
  originalRequest: ServerReflectionRequest | undefined;
  fileDescriptorResponse: FileDescriptorResponse | undefined;
  allExtensionNumbersResponse: ExtensionNumberResponse | undefined;
  listServicesResponse: ListServiceResponse | undefined;
  errorResponse: ErrorResponse | undefined;
}

function zeroServerReflectionResponse(): ServerReflectionResponse {
  return {
    validHost: '',
    originalRequest: undefined,
    fileDescriptorResponse: undefined,
    allExtensionNumbersResponse: undefined,
    listServicesResponse: undefined,
    errorResponse: undefined,
  };
}

function sizeServerReflectionResponse(message: ServerReflectionResponse): number {
  let size = 0;
  if (message.validHost !== '') size += 1 + lengthDelimitedSize(stringSize(message.validHost));
  if (message.originalRequest !== undefined) size += 1 + lengthDelimitedSize(sizeServerReflectionRequest(message.originalRequest));
  if (message.fileDescriptorResponse !== undefined) size += 1 + lengthDelimitedSize(sizeFileDescriptorResponse(message.fileDescriptorResponse));
  if (message.allExtensionNumbersResponse !== undefined) size += 1 + lengthDelimitedSize(sizeExtensionNumberResponse(message.allExtensionNumbersResponse));
  if (message.listServicesResponse !== undefined) size += 1 + lengthDelimitedSize(sizeListServiceResponse(message.listServicesResponse));
  if (message.errorResponse !== undefined) size += 1 + lengthDelimitedSize(sizeErrorResponse(message.errorResponse));
  return size;
}

function writeServerReflectionResponse(message: ServerReflectionResponse, into: Buffer, at: number): number {
  if (message.validHost !== '') {
    into[at++] = 10;
    at = writeString(message.validHost, into, at);
  }
  if (message.originalRequest !== undefined) {
    into[at++] = 18;
    at = writeServerReflectionRequest(message.originalRequest, into, writeVarint(sizeServerReflectionRequest(message.originalRequest), into, at));
  }
  if (message.fileDescriptorResponse !== undefined) {
    into[at++] = 34;
    at = writeFileDescriptorResponse(message.fileDescriptorResponse, into, writeVarint(sizeFileDescriptorResponse(message.fileDescriptorResponse), into, at));
  }
  if (message.allExtensionNumbersResponse !== undefined) {
    into[at++] = 42;
    at = writeExtensionNumberResponse(message.allExtensionNumbersResponse, into, writeVarint(sizeExtensionNumberResponse(message.allExtensionNumbersResponse), into, at));
  }
  if (message.listServicesResponse !== undefined) {
    into[at++] = 50;
    at = writeListServiceResponse(message.listServicesResponse, into, writeVarint(sizeListServiceResponse(message.listServicesResponse), into, at));
  }
  if (message.errorResponse !== undefined) {
    into[at++] = 58;
    at = writeErrorResponse(message.errorResponse, into, writeVarint(sizeErrorResponse(message.errorResponse), into, at));
  }
  return at;
}

function readServerReflectionResponse(reader: Reader, outerEnd: number): ServerReflectionResponse {
  const message = zeroServerReflectionResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.validHost = reader.string();
        break;
      case 18:
        message.originalRequest = readServerReflectionRequest(reader, reader.enter());
        break;
      case 34:
        message.fileDescriptorResponse = readFileDescriptorResponse(reader, reader.enter());
        message.allExtensionNumbersResponse = undefined;
        message.listServicesResponse = undefined;
        message.errorResponse = undefined;
        break;
      case 42:
        message.allExtensionNumbersResponse = readExtensionNumberResponse(reader, reader.enter());
        message.fileDescriptorResponse = undefined;
        message.listServicesResponse = undefined;
        message.errorResponse = undefined;
        break;
      case 50:
        message.listServicesResponse = readListServiceResponse(reader, reader.enter());
        message.fileDescriptorResponse = undefined;
        message.allExtensionNumbersResponse = undefined;
        message.errorResponse = undefined;
        break;
      case 58:
        message.errorResponse = readErrorResponse(reader, reader.enter());
        message.fileDescriptorResponse = undefined;
        message.allExtensionNumbersResponse = undefined;
        message.listServicesResponse = undefined;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ServerReflectionResponse: Codec<ServerReflectionResponse> = codec(
  'grpc.reflection.v1.ServerReflectionResponse',
  zeroServerReflectionResponse,
  sizeServerReflectionResponse,
  writeServerReflectionResponse,
  readServerReflectionResponse,
);

export interface FileDescriptorResponse {
  /**
   * Serialized FileDescriptorProtos: the file that was asked for, and what it imports unless that was
   * sent on this stream before.
   */
  fileDescriptorProto: Uint8Array[];
}

function zeroFileDescriptorResponse(): FileDescriptorResponse {
  return {
    fileDescriptorProto: [],
  };
}

function sizeFileDescriptorResponse(message: FileDescriptorResponse): number {
  let size = 0;
  for (const item of message.fileDescriptorProto) size += 1 + lengthDelimitedSize(item.length);
  return size;
}

function writeFileDescriptorResponse(message: FileDescriptorResponse, into: Buffer, at: number): number {
  for (const item of message.fileDescriptorProto) {
    into[at++] = 10;
    at = writeBytes(item, into, at);
  }
  return at;
}

function readFileDescriptorResponse(reader: Reader, outerEnd: number): FileDescriptorResponse {
  const message = zeroFileDescriptorResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.fileDescriptorProto.push(reader.view());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const FileDescriptorResponse: Codec<FileDescriptorResponse> = codec(
  'grpc.reflection.v1.FileDescriptorResponse',
  zeroFileDescriptorResponse,
  sizeFileDescriptorResponse,
  writeFileDescriptorResponse,
  readFileDescriptorResponse,
);

export interface ExtensionNumberResponse {
  baseTypeName: string;
  extensionNumber: number[];
}

function zeroExtensionNumberResponse(): ExtensionNumberResponse {
  return {
    baseTypeName: '',
    extensionNumber: [],
  };
}

function sizeExtensionNumberResponse(message: ExtensionNumberResponse): number {
  let size = 0;
  if (message.baseTypeName !== '') size += 1 + lengthDelimitedSize(stringSize(message.baseTypeName));
  if (message.extensionNumber.length !== 0) {
    let packed = 0;
    for (const item of message.extensionNumber) packed += varintSize(item);
    size += 1 + lengthDelimitedSize(packed);
  }
  return size;
}

function writeExtensionNumberResponse(message: ExtensionNumberResponse, into: Buffer, at: number): number {
  if (message.baseTypeName !== '') {
    into[at++] = 10;
    at = writeString(message.baseTypeName, into, at);
  }
  if (message.extensionNumber.length !== 0) {
    into[at++] = 18;
    let packed = 0;
    for (const item of message.extensionNumber) packed += varintSize(item);
    at = writeVarint(packed, into, at);
    for (const item of message.extensionNumber) at = writeVarint(item, into, at);
  }
  return at;
}

function readExtensionNumberResponse(reader: Reader, outerEnd: number): ExtensionNumberResponse {
  const message = zeroExtensionNumberResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.baseTypeName = reader.string();
        break;
      case 16:
        message.extensionNumber.push(reader.int64());
        break;
      case 18: {
        const outer = reader.enter();
        while (reader.at < reader.end) message.extensionNumber.push(reader.int64());
        reader.leave(outer);
        break;
      }
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ExtensionNumberResponse: Codec<ExtensionNumberResponse> = codec(
  'grpc.reflection.v1.ExtensionNumberResponse',
  zeroExtensionNumberResponse,
  sizeExtensionNumberResponse,
  writeExtensionNumberResponse,
  readExtensionNumberResponse,
);

export interface ListServiceResponse {
  service: ServiceResponse[];
}

function zeroListServiceResponse(): ListServiceResponse {
  return {
    service: [],
  };
}

function sizeListServiceResponse(message: ListServiceResponse): number {
  let size = 0;
  for (const item of message.service) size += 1 + lengthDelimitedSize(sizeServiceResponse(item));
  return size;
}

function writeListServiceResponse(message: ListServiceResponse, into: Buffer, at: number): number {
  for (const item of message.service) {
    into[at++] = 10;
    at = writeServiceResponse(item, into, writeVarint(sizeServiceResponse(item), into, at));
  }
  return at;
}

function readListServiceResponse(reader: Reader, outerEnd: number): ListServiceResponse {
  const message = zeroListServiceResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.service.push(readServiceResponse(reader, reader.enter()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ListServiceResponse: Codec<ListServiceResponse> = codec(
  'grpc.reflection.v1.ListServiceResponse',
  zeroListServiceResponse,
  sizeListServiceResponse,
  writeListServiceResponse,
  readListServiceResponse,
);

export interface ServiceResponse {
  /** Fully qualified. */
  name: string;
}

function zeroServiceResponse(): ServiceResponse {
  return {
    name: '',
  };
}

function sizeServiceResponse(message: ServiceResponse): number {
  let size = 0;
  if (message.name !== '') size += 1 + lengthDelimitedSize(stringSize(message.name));
  return size;
}

function writeServiceResponse(message: ServiceResponse, into: Buffer, at: number): number {
  if (message.name !== '') {
    into[at++] = 10;
    at = writeString(message.name, into, at);
  }
  return at;
}

function readServiceResponse(reader: Reader, outerEnd: number): ServiceResponse {
  const message = zeroServiceResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ServiceResponse: Codec<ServiceResponse> = codec(
  'grpc.reflection.v1.ServiceResponse',
  zeroServiceResponse,
  sizeServiceResponse,
  writeServiceResponse,
  readServiceResponse,
);

export interface ErrorResponse {
  /** A status code of gRPC. */
  errorCode: number;
  errorMessage: string;
}

function zeroErrorResponse(): ErrorResponse {
  return {
    errorCode: 0,
    errorMessage: '',
  };
}

function sizeErrorResponse(message: ErrorResponse): number {
  let size = 0;
  if (message.errorCode !== 0) size += 1 + varintSize(message.errorCode);
  if (message.errorMessage !== '') size += 1 + lengthDelimitedSize(stringSize(message.errorMessage));
  return size;
}

function writeErrorResponse(message: ErrorResponse, into: Buffer, at: number): number {
  if (message.errorCode !== 0) {
    into[at++] = 8;
    at = writeVarint(message.errorCode, into, at);
  }
  if (message.errorMessage !== '') {
    into[at++] = 18;
    at = writeString(message.errorMessage, into, at);
  }
  return at;
}

function readErrorResponse(reader: Reader, outerEnd: number): ErrorResponse {
  const message = zeroErrorResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.errorCode = reader.int64();
        break;
      case 18:
        message.errorMessage = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return message;
}

export const ErrorResponse: Codec<ErrorResponse> = codec(
  'grpc.reflection.v1.ErrorResponse',
  zeroErrorResponse,
  sizeErrorResponse,
  writeErrorResponse,
  readErrorResponse,
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

export const AuthService = {
  /** Needs a user `root` that has the role `root`. */
  authEnable: method('/etcdserverpb.Auth/AuthEnable', AuthEnableRequest, AuthEnableResponse, false, false),
  authDisable: method('/etcdserverpb.Auth/AuthDisable', AuthDisableRequest, AuthDisableResponse, false, false),
  authStatus: method('/etcdserverpb.Auth/AuthStatus', AuthStatusRequest, AuthStatusResponse, false, false),
  /** Exchanges a password for a token, which further calls carry in the metadata `token`. */
  authenticate: method('/etcdserverpb.Auth/Authenticate', AuthenticateRequest, AuthenticateResponse, false, false),
  userAdd: method('/etcdserverpb.Auth/UserAdd', AuthUserAddRequest, AuthUserAddResponse, false, false),
  userGet: method('/etcdserverpb.Auth/UserGet', AuthUserGetRequest, AuthUserGetResponse, false, false),
  userList: method('/etcdserverpb.Auth/UserList', AuthUserListRequest, AuthUserListResponse, false, false),
  userDelete: method('/etcdserverpb.Auth/UserDelete', AuthUserDeleteRequest, AuthUserDeleteResponse, false, false),
  userChangePassword: method('/etcdserverpb.Auth/UserChangePassword', AuthUserChangePasswordRequest, AuthUserChangePasswordResponse, false, false),
  userGrantRole: method('/etcdserverpb.Auth/UserGrantRole', AuthUserGrantRoleRequest, AuthUserGrantRoleResponse, false, false),
  userRevokeRole: method('/etcdserverpb.Auth/UserRevokeRole', AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse, false, false),
  roleAdd: method('/etcdserverpb.Auth/RoleAdd', AuthRoleAddRequest, AuthRoleAddResponse, false, false),
  roleGet: method('/etcdserverpb.Auth/RoleGet', AuthRoleGetRequest, AuthRoleGetResponse, false, false),
  roleList: method('/etcdserverpb.Auth/RoleList', AuthRoleListRequest, AuthRoleListResponse, false, false),
  /** Takes the role away from all its users, too. */
  roleDelete: method('/etcdserverpb.Auth/RoleDelete', AuthRoleDeleteRequest, AuthRoleDeleteResponse, false, false),
  roleGrantPermission: method('/etcdserverpb.Auth/RoleGrantPermission', AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse, false, false),
  roleRevokePermission: method('/etcdserverpb.Auth/RoleRevokePermission', AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse, false, false),
} as const;

export const LockService = {
  /** Waits until the lock is held. A call that is cancelled leaves nothing behind. */
  lock: method('/v3lockpb.Lock/Lock', LockRequest, LockResponse, false, false),
  /** Deletes the key of a lock, so that the next in line holds it. */
  unlock: method('/v3lockpb.Lock/Unlock', UnlockRequest, UnlockResponse, false, false),
} as const;

export const ElectionService = {
  /** Waits until the candidate leads. A call that is cancelled withdraws the candidate. */
  campaign: method('/v3electionpb.Election/Campaign', CampaignRequest, CampaignResponse, false, false),
  /** Changes the value of a leader that still leads. */
  proclaim: method('/v3electionpb.Election/Proclaim', ProclaimRequest, ProclaimResponse, false, false),
  /** Who leads now; an error when nobody does. */
  leader: method('/v3electionpb.Election/Leader', LeaderRequest, LeaderResponse, false, false),
  /** Who leads, from now on: every leader and every value of it. */
  observe: method('/v3electionpb.Election/Observe', LeaderRequest, LeaderResponse, false, true),
  /** Steps down, if it still leads. */
  resign: method('/v3electionpb.Election/Resign', ResignRequest, ResignResponse, false, false),
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
  /** Forgets what is compacted, and gives the free space of the database back. Answers with its sizes. */
  defragment: method('/drydock.etcd.v1.Peer/Defragment', DefragmentRequest, StatusResponse, false, false),
  /** The checksum of the history up to a revision, for members that compare theirs. */
  hashKV: method('/drydock.etcd.v1.Peer/HashKV', HashKVRequest, HashKVResponse, false, false),
} as const;

export const RaftService = {
  /**
   * The state now, and then each time it has changed: at most about 20 times a second, each a whole state.
   * Who reads more slowly skips states in between.
   */
  watch: method('/drydock.etcd.v1.Raft/Watch', WatchRaftRequest, RaftState, false, true),
} as const;

export const HealthService = {
  /** NOT_FOUND for a service that the server does not know. */
  check: method('/grpc.health.v1.Health/Check', HealthCheckRequest, HealthCheckResponse, false, false),
  /** The status now, and again whenever it changes; SERVICE_UNKNOWN rather than an error. */
  watch: method('/grpc.health.v1.Health/Watch', HealthCheckRequest, HealthCheckResponse, false, true),
} as const;

export const ServerReflectionService = {
  /** Each request is answered once, in order. */
  serverReflectionInfo: method('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', ServerReflectionRequest, ServerReflectionResponse, true, true),
} as const;
