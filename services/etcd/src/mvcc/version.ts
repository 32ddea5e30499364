/**
 * One revision of one key, and the byte strings that the store is made of.
 *
 * Keys and encoded values live in memory as one-byte strings (latin1): in V8 those are compact, leaf
 * objects for the garbage collector, compare in byte order with `<`, and copy into a response with one
 * call. Buffers of that size measured about three times the memory.
 */
import {
  KeyValue,
  varintSize,
  varintSizeBig,
  writeVarint,
  writeVarintBig,
} from '@drydock/proto/etcd';

/** Bytes as a one-byte string: character codes 0 to 255. */
export type ByteString = string;

export function toByteString(bytes: Uint8Array): ByteString {
  if (bytes.length === 0) return '';
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('latin1');
}

export function toBytes(text: ByteString): Buffer {
  return Buffer.from(text, 'latin1');
}

export class Version {
  /** One string for all versions of a key, where there are several. */
  key: ByteString;
  /** The revision, and the position among the writes of that revision. */
  readonly main: number;
  readonly sub: number;
  readonly createRevision: number;
  /** Writes in this life of the key; 0 marks the tombstone that ends a life. */
  readonly version: number;
  readonly lease: bigint;
  /** The KeyValue on the wire; undefined when it must be read from the backend. */
  encoded: ByteString | undefined;
  /** Read since the cache last looked. */
  touched = false;
  /** A later version of the key has taken its place. */
  isReplaced = false;

  constructor(fields: {
    key: ByteString;
    main: number;
    sub: number;
    createRevision: number;
    version: number;
    lease: bigint;
    encoded: ByteString | undefined;
  }) {
    this.key = fields.key;
    this.main = fields.main;
    this.sub = fields.sub;
    this.createRevision = fields.createRevision;
    this.version = fields.version;
    this.lease = fields.lease;
    this.encoded = fields.encoded;
  }

  get isTombstone(): boolean {
    return this.version === 0;
  }

  // What it is when it is the only version of its key, as KeyHistory has it.

  get head(): Version {
    return this;
  }

  versions(): readonly Version[] {
    return [this];
  }

  at(revision: number): Version | undefined {
    return this.main <= revision && !this.isTombstone ? this : undefined;
  }

  hasTombstoneAt(main: number): boolean {
    return this.isTombstone && this.main === main;
  }

  madeBy(main: number, sub: number): Version | undefined {
    return this.main === main && this.sub === sub ? this : undefined;
  }
}

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

export interface KeyValueFields {
  readonly key: ByteString;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: Uint8Array;
  readonly lease: bigint;
}

/** The bytes that etcd itself stores for it, so that checksums agree with the original's. */
export function encodeKeyValue(fields: KeyValueFields): ByteString {
  const { key, value, lease } = fields;
  const sizeMax = key.length + value.length + 6 * 11;
  if (sizeMax > scratch.length) scratch = Buffer.allocUnsafeSlow(sizeMax * 2);
  const into = scratch;
  let at = 0;
  into[at++] = 0x0a;
  at = writeVarint(key.length, into, at);
  at += into.write(key, at, 'latin1');
  if (fields.createRevision !== 0) {
    into[at++] = 0x10;
    at = writeVarint(fields.createRevision, into, at);
  }
  if (fields.modRevision !== 0) {
    into[at++] = 0x18;
    at = writeVarint(fields.modRevision, into, at);
  }
  if (fields.version !== 0) {
    into[at++] = 0x20;
    at = writeVarint(fields.version, into, at);
  }
  if (value.length !== 0) {
    into[at++] = 0x2a;
    at = writeVarint(value.length, into, at);
    into.set(value, at);
    at += value.length;
  }
  if (lease !== 0n) {
    into[at++] = 0x30;
    at = writeVarintBig(lease, into, at);
  }
  return into.toString('latin1', 0, at);
}

const noValue = new Uint8Array(0);

/** Without the value, as `keys_only` asks. */
export function encodeKeyOnly(key: ByteString, version: Version): ByteString {
  return encodeKeyValue({
    key,
    createRevision: version.createRevision,
    modRevision: version.main,
    version: version.version,
    value: noValue,
    lease: version.lease,
  });
}

/** What a delete event tells: the key and the revision of the delete. */
export function encodeDeleted(key: ByteString, modRevision: number): ByteString {
  return encodeKeyValue({
    key,
    createRevision: 0,
    modRevision,
    version: 0,
    value: noValue,
    lease: 0n,
  });
}

export function decodeKeyValue(encoded: ByteString): KeyValue {
  return KeyValue.decode(toBytes(encoded));
}

/** The key of a KeyValue, which stands first in it. */
export function keyOf(encoded: ByteString): ByteString {
  let length = 0;
  let shift = 0;
  let at = 1;
  let byte: number;
  do {
    byte = encoded.charCodeAt(at++);
    length |= (byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  return encoded.slice(at, at + length);
}

/** Bytes that a field of this length takes behind its tag. */
export function fieldSize(length: number): number {
  return varintSize(length) + length;
}

export function varintFieldSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

export function bigFieldSize(value: bigint): number {
  return value === 0n ? 0 : 1 + varintSizeBig(value);
}
