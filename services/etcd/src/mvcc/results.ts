/**
 * What operations answer with, and its way onto the wire. Values travel as the encoded strings that
 * the store holds, so that a Range of a thousand keys is a thousand copies and no object.
 *
 * Sizes come first, bytes second, as in the generated codecs; field numbers are those of rpc.proto.
 */
import { ResponseHeader, writeVarint, writeVarintBig } from '@drydock/proto/etcd';
import { bigFieldSize, fieldSize, varintFieldSize, type ByteString } from './version.ts';

export interface RangeResult {
  readonly kind: 'range';
  readonly revision: number;
  readonly kvs: readonly ByteString[];
  readonly more: boolean;
  readonly count: number;
}

export interface PutResult {
  readonly kind: 'put';
  readonly revision: number;
  readonly previous: ByteString | undefined;
}

export interface DeleteResult {
  readonly kind: 'delete-range';
  readonly revision: number;
  readonly deleted: number;
  readonly previous: readonly ByteString[];
}

export interface TxnResult {
  readonly kind: 'txn';
  /** 0 inside another transaction, as the original has it. */
  readonly revision: number;
  readonly succeeded: boolean;
  readonly responses: readonly OpResult[];
}

export type OpResult = RangeResult | PutResult | DeleteResult | TxnResult;

/** The header of an answer; of nested ones only the revision is set. */
export type Header = ResponseHeader;

const responseTag = { range: 0x0a, put: 0x12, 'delete-range': 0x1a, txn: 0x22 } as const;

function writeHeader(header: Header, into: Buffer, at: number): number {
  into[at++] = 0x0a;
  at = writeVarint(ResponseHeader.size(header), into, at);
  return ResponseHeader.write(header, into, at);
}

function writeText(tag: number, text: ByteString, into: Buffer, at: number): number {
  into[at++] = tag;
  at = writeVarint(text.length, into, at);
  return at + into.write(text, at, 'latin1');
}

function writeNumber(tag: number, value: number, into: Buffer, at: number): number {
  if (value === 0) return at;
  into[at++] = tag;
  return writeVarint(value, into, at);
}

function listSize(texts: readonly ByteString[]): number {
  let size = 0;
  for (const text of texts) size += 1 + fieldSize(text.length);
  return size;
}

function bodySize(result: OpResult): number {
  switch (result.kind) {
    case 'range':
      return listSize(result.kvs) + (result.more ? 2 : 0) + varintFieldSize(result.count);
    case 'put':
      return result.previous === undefined ? 0 : 1 + fieldSize(result.previous.length);
    case 'delete-range':
      return varintFieldSize(result.deleted) + listSize(result.previous);
    default: {
      let size = result.succeeded ? 2 : 0;
      for (const one of result.responses) size += 1 + fieldSize(1 + fieldSize(nestedSize(one)));
      return size;
    }
  }
}

const nestedHeader = (result: OpResult): Header =>
  ResponseHeader.from({ revision: result.revision });

function nestedSize(result: OpResult): number {
  return 1 + fieldSize(varintFieldSize(result.revision)) + bodySize(result);
}

function writeBody(result: OpResult, into: Buffer, at: number): number {
  switch (result.kind) {
    case 'range':
      for (const kv of result.kvs) at = writeText(0x12, kv, into, at);
      at = writeNumber(0x18, result.more ? 1 : 0, into, at);
      return writeNumber(0x20, result.count, into, at);
    case 'put':
      return result.previous === undefined ? at : writeText(0x12, result.previous, into, at);
    case 'delete-range':
      at = writeNumber(0x10, result.deleted, into, at);
      for (const kv of result.previous) at = writeText(0x1a, kv, into, at);
      return at;
    default:
      at = writeNumber(0x10, result.succeeded ? 1 : 0, into, at);
      for (const one of result.responses) {
        const size = nestedSize(one);
        into[at++] = 0x1a;
        at = writeVarint(1 + fieldSize(size), into, at);
        into[at++] = responseTag[one.kind];
        at = writeVarint(size, into, at);
        at = writeBody(one, into, writeHeader(nestedHeader(one), into, at));
      }
      return at;
  }
}

/** A RangeResponse, PutResponse, DeleteRangeResponse or TxnResponse on the wire. */
export function encodeResult(header: Header, result: OpResult): Buffer {
  const size = 1 + fieldSize(ResponseHeader.size(header)) + bodySize(result);
  const into = Buffer.allocUnsafe(size);
  writeBody(result, into, writeHeader(header, into, 0));
  return into;
}

const blockBytes = 1024 * 1024;
/** Blocks between two looks at the time. */
const blocksPerLook = 4;

/**
 * A RangeResponse that is made pair by pair, because it may be large. What fits into one block is written
 * once, into its own place: a thousand keys of Kubernetes do.
 */
export class RangeAnswer {
  readonly #header: Header;
  readonly #end: { readonly more: boolean; readonly count: number };
  readonly #blocks: Buffer[] = [];
  /** What follows the blocks, and its bytes on the wire. */
  #pairs: ByteString[] = [];
  #bytes = 0;

  constructor(header: Header, end: { more: boolean; count: number }) {
    this.#header = header;
    this.#end = end;
  }

  add(kv: ByteString): void {
    this.#pairs.push(kv);
    this.#bytes += 1 + fieldSize(kv.length);
    if (this.#bytes < blockBytes) return;
    const block = Buffer.allocUnsafeSlow(this.#bytes);
    this.#writePairs(block, 0);
    this.#blocks.push(block);
    this.#pairs = [];
    this.#bytes = 0;
  }

  #writePairs(into: Buffer, at: number): number {
    for (const kv of this.#pairs) at = writeText(0x12, kv, into, at);
    return at;
  }

  /** The whole, in slices. */
  *finish(isOver: () => boolean): Generator<void, Buffer, void> {
    const blocks: (Buffer | undefined)[] = this.#blocks;
    const { more, count } = this.#end;
    let size = 1 + fieldSize(ResponseHeader.size(this.#header)) + this.#bytes;
    size += (more ? 2 : 0) + varintFieldSize(count);
    for (const block of blocks) size += block!.length;
    const into = Buffer.allocUnsafe(size);
    let at = writeHeader(this.#header, into, 0);
    for (const [index, block] of blocks.entries()) {
      into.set(block!, at);
      at += block!.length;
      blocks[index] = undefined;
      if (index % blocksPerLook === 0 && isOver()) yield;
    }
    at = this.#writePairs(into, at);
    at = writeNumber(0x18, more ? 1 : 0, into, at);
    writeNumber(0x20, count, into, at);
    return into;
  }
}

/** An event as watchers get it. The same object goes to all of them. */
export class EncodedEvent {
  readonly isDelete: boolean;
  readonly kv: ByteString;
  readonly previous: ByteString | undefined;
  #wire: Buffer | undefined;

  constructor(isDelete: boolean, kv: ByteString, previous: ByteString | undefined) {
    this.isDelete = isDelete;
    this.kv = kv;
    this.previous = previous;
  }

  /** The field of a WatchResponse, tag included: made once, copied into the response of each watcher. */
  get wire(): Buffer {
    return (this.#wire ??= encodeEvent(this));
  }
}

function encodeEvent(event: EncodedEvent): Buffer {
  const { isDelete, kv, previous } = event;
  const previousSize = previous === undefined ? 0 : 1 + fieldSize(previous.length);
  const size = (isDelete ? 2 : 0) + 1 + fieldSize(kv.length) + previousSize;
  const into = Buffer.allocUnsafe(1 + fieldSize(size));
  into[0] = 0x5a;
  let at = writeVarint(size, into, 1);
  if (isDelete) at = writeNumber(0x08, 1, into, at);
  at = writeText(0x12, kv, into, at);
  if (previous !== undefined) writeText(0x1a, previous, into, at);
  return into;
}

/** A WatchResponse up to its events, whose own bytes follow (`EncodedEvent.wire`). */
export function encodeEventsHead(
  header: Header,
  response: { watchId: bigint; fragment: boolean },
): Buffer {
  const { watchId, fragment } = response;
  const headerSize = 1 + fieldSize(ResponseHeader.size(header));
  const into = Buffer.allocUnsafe(headerSize + bigFieldSize(watchId) + (fragment ? 2 : 0));
  let at = writeHeader(header, into, 0);
  if (watchId !== 0n) {
    into[at++] = 0x10;
    at = writeVarintBig(watchId, into, at);
  }
  if (fragment) writeNumber(0x38, 1, into, at);
  return into;
}
