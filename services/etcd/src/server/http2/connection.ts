/**
 * The server's side of an HTTP/2 connection (RFC 9113), lean: what gRPC needs, and nothing that it does
 * not (no push, no priorities, no header table for answers).
 *
 * 1. Whatever the other side sends ends in an answer, an ended stream or an ended connection; nothing
 *    it sends throws out of here.
 * 2. Memory is bounded: by the windows we grant, by the streams we allow, and by ending connections
 *    that do not take what they asked for.
 * 3. Answers of one turn of the loop leave in one write (outbox.ts).
 */
import type { Socket } from 'node:net';
import { HpackDecoder } from './hpack.ts';
import { Http2Error } from './http2-error.ts';
import { Outbox } from './outbox.ts';
import { Http2Stream, type StreamHost } from './stream.ts';

const frame = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;
const setting = {
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const frameBytesMax = 16_384;
const headerBlockBytesMax = 64 * 1024;
const streamsMax = 10_000;
const streamWindowBytes = 1024 * 1024;
const connectionWindowBytes = 16 * 1024 * 1024;
const defaultWindowBytes = 65_535;
const windowMax = 2 ** 31 - 1;
/** Answers to pings and the like that a connection may leave unread. */
const backlogBytesMax = 64 * 1024 * 1024;
/** Streams that one turn may open and cancel again, as an attack does. */
const resetsMax = 1_000;

/** The headers that somebody asks for; others are dropped. */
export interface RequestHeaders {
  method: string;
  path: string;
  contentType: string;
  requireLeader: boolean;
  clusterId: string;
  memberId: string;
  encoding: string;
}

export type OnRequest = (stream: Http2Stream, headers: RequestHeaders) => void;

export class Http2Connection implements StreamHost {
  readonly #socket: Socket;
  readonly #onRequest: OnRequest;
  readonly outbox: Outbox;
  readonly #decoder = new HpackDecoder();
  readonly #streams = new Map<number, Http2Stream>();
  /** Streams with data that a window or the socket holds back. */
  readonly #blocked = new Set<Http2Stream>();
  #rest: Buffer | undefined;
  #isGreeted = false;
  #isOver = false;
  #lastStreamId = 0;
  #receivedSinceUpdate = 0;
  #sendWindow = defaultWindowBytes;
  #initialSendWindow = defaultWindowBytes;
  #frameBytesMax = frameBytesMax;
  #headerBlock: Buffer | undefined;
  #headerStream = 0;
  #headerEndsStream = false;
  #resets = 0;

  constructor(socket: Socket, onRequest: OnRequest) {
    this.#socket = socket;
    this.#onRequest = onRequest;
    this.outbox = new Outbox(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    this.#greet();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#pumpBlocked());
    socket.on('close', () => this.#close());
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  #greet(): void {
    const settings = Buffer.alloc(18);
    const put = (at: number, id: number, value: number) => {
      settings.writeUInt16BE(id, at);
      settings.writeUInt32BE(value, at + 2);
    };
    put(0, setting.maxConcurrentStreams, streamsMax);
    put(6, setting.initialWindowSize, streamWindowBytes);
    put(12, setting.maxHeaderListSize, headerBlockBytesMax);
    this.outbox.frame(frame.settings, 0, 0, settings);
    this.updateWindow(0, connectionWindowBytes - defaultWindowBytes);
  }

  /** Ends the connection in order: streams that are open are cut. */
  end(): void {
    this.#goAway(new Http2Error('none', 'the server stops'));
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#resets = 0;
    try {
      this.#parse(this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]));
    } catch (error) {
      const known = error instanceof Http2Error ? error : new Http2Error('internal', String(error));
      this.#goAway(known);
      return;
    }
    this.outbox.flush();
    if (this.outbox.backlogBytes > backlogBytesMax) {
      this.#goAway(new Http2Error('enhance-your-calm', 'answers are not read'));
    }
  }

  #parse(input: Buffer): void {
    let at = 0;
    if (!this.#isGreeted) {
      if (input.length < preface.length) {
        this.#rest = input;
        return;
      }
      if (input.compare(preface, 0, preface.length, 0, preface.length) !== 0) {
        throw new Http2Error('protocol', 'this is not HTTP/2');
      }
      this.#isGreeted = true;
      at = preface.length;
    }
    while (input.length - at >= 9) {
      const length = input.readUIntBE(at, 3);
      if (length > frameBytesMax) throw new Http2Error('frame-size', 'a frame is too large');
      const end = at + 9 + length;
      if (end > input.length) break;
      const streamId = input.readUInt32BE(at + 5) & 0x7fffffff;
      this.#frame(input[at + 3]!, input[at + 4]!, streamId, input.subarray(at + 9, end));
      if (this.#isOver) return;
      at = end;
    }
    this.#rest = at === input.length ? undefined : input.subarray(at);
  }

  #frame(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (this.#headerBlock !== undefined && type !== frame.continuation) {
      throw new Http2Error('protocol', 'a header block is interrupted');
    }
    switch (type) {
      case frame.data:
        return this.#data(flags, streamId, payload);
      case frame.headers:
        return this.#headers(flags, streamId, payload);
      case frame.continuation:
        return this.#continuation(flags, streamId, payload);
      case frame.rstStream:
        return this.#reset(streamId, payload);
      case frame.settings:
        return this.#settings(flags, payload);
      case frame.ping:
        if (payload.length !== 8) throw new Http2Error('frame-size', 'a ping has 8 bytes');
        if ((flags & flag.ack) === 0) this.outbox.frame(frame.ping, flag.ack, 0, payload);
        return;
      case frame.windowUpdate:
        return this.#windowUpdate(streamId, payload);
      case frame.pushPromise:
        throw new Http2Error('protocol', 'clients do not push');
      default:
      // Priorities, going away and unknown frames need no answer.
    }
  }

  #unpadded(flags: number, payload: Buffer): Buffer {
    if ((flags & flag.padded) === 0) return payload;
    const padding = payload[0] ?? 0;
    if (padding >= payload.length) throw new Http2Error('protocol', 'more padding than frame');
    return payload.subarray(1, payload.length - padding);
  }

  #data(flags: number, streamId: number, payload: Buffer): void {
    if (streamId === 0 || streamId > this.#lastStreamId) {
      throw new Http2Error('protocol', 'data on a stream that was never opened');
    }
    this.#receivedSinceUpdate += payload.length;
    if (this.#receivedSinceUpdate > connectionWindowBytes / 2) {
      this.updateWindow(0, this.#receivedSinceUpdate);
      this.#receivedSinceUpdate = 0;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    stream.receive(this.#unpadded(flags, payload), payload.length, (flags & flag.endStream) !== 0);
  }

  #headers(flags: number, streamId: number, payload: Buffer): void {
    let block = this.#unpadded(flags, payload);
    if ((flags & flag.priority) !== 0) {
      if (block.length < 5) throw new Http2Error('frame-size', 'a priority has 5 bytes');
      block = block.subarray(5);
    }
    if (streamId % 2 === 0) throw new Http2Error('protocol', 'clients open odd streams');
    this.#headerStream = streamId;
    this.#headerEndsStream = (flags & flag.endStream) !== 0;
    if ((flags & flag.endHeaders) !== 0) this.#headersWhole(block);
    else this.#headerBlock = block;
  }

  #continuation(flags: number, streamId: number, payload: Buffer): void {
    if (this.#headerBlock === undefined || streamId !== this.#headerStream) {
      throw new Http2Error('protocol', 'a continuation of nothing');
    }
    const block = Buffer.concat([this.#headerBlock, payload]);
    if (block.length > headerBlockBytesMax) {
      throw new Http2Error('enhance-your-calm', 'too many headers');
    }
    this.#headerBlock = block;
    if ((flags & flag.endHeaders) === 0) return;
    this.#headerBlock = undefined;
    this.#headersWhole(block);
  }

  #headersWhole(block: Buffer): void {
    const streamId = this.#headerStream;
    const headers: RequestHeaders = {
      method: '',
      path: '',
      contentType: '',
      requireLeader: false,
      clusterId: '',
      memberId: '',
      encoding: '',
    };
    this.#decoder.decode(block, (name, value) => keepHeader(headers, name, value));
    const open = this.#streams.get(streamId);
    if (open !== undefined) {
      // Trailers of a request carry nothing that gRPC uses; they end it.
      open.receive(Buffer.alloc(0), 0, true);
      return;
    }
    if (streamId <= this.#lastStreamId) return;
    this.#lastStreamId = streamId;
    if (this.#streams.size >= streamsMax) {
      this.resetStream(streamId, new Http2Error('refused-stream', 'too many streams'));
      return;
    }
    const stream = new Http2Stream(streamId, this, this.#initialSendWindow);
    this.#streams.set(streamId, stream);
    this.#onRequest(stream, headers);
    if (this.#headerEndsStream) stream.receive(Buffer.alloc(0), 0, true);
  }

  #reset(streamId: number, payload: Buffer): void {
    if (payload.length !== 4) throw new Http2Error('frame-size', 'a reset has 4 bytes');
    if (++this.#resets > resetsMax) throw new Http2Error('enhance-your-calm', 'too many resets');
    this.#streams.get(streamId)?.closed();
  }

  #settings(flags: number, payload: Buffer): void {
    if ((flags & flag.ack) !== 0) return;
    if (payload.length % 6 !== 0) throw new Http2Error('frame-size', 'settings have 6 bytes each');
    for (let at = 0; at < payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      const id = payload.readUInt16BE(at);
      if (id === setting.initialWindowSize) {
        if (value > windowMax) throw new Http2Error('flow-control', 'a window is too large');
        const change = value - this.#initialSendWindow;
        this.#initialSendWindow = value;
        for (const stream of this.#streams.values()) stream.widen(change);
      } else if (id === setting.maxFrameSize) this.#frameBytesMax = Math.min(value, 64 * 1024);
    }
    this.outbox.frame(frame.settings, flag.ack, 0, Buffer.alloc(0));
    this.#pumpBlocked();
  }

  #windowUpdate(streamId: number, payload: Buffer): void {
    if (payload.length !== 4) throw new Http2Error('frame-size', 'a window update has 4 bytes');
    const bytes = payload.readUInt32BE(0) & 0x7fffffff;
    if (streamId === 0) {
      this.#sendWindow += bytes;
      if (this.#sendWindow > windowMax)
        throw new Http2Error('flow-control', 'the window overflows');
      this.#pumpBlocked();
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    stream.widen(bytes);
    stream.pump();
  }

  #pumpBlocked(): void {
    const waiting = [...this.#blocked];
    this.#blocked.clear();
    for (const stream of waiting) stream.pump();
  }

  #goAway(error: Http2Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(this.#lastStreamId, 0);
    payload.writeUInt32BE(error.number, 4);
    this.outbox.frame(frame.goAway, 0, 0, Buffer.concat([payload, Buffer.from(error.message)]));
    this.outbox.flush();
    this.#socket.destroySoon();
    this.#close();
  }

  #close(): void {
    this.#isOver = true;
    for (const stream of this.#streams.values()) stream.closed();
    this.#streams.clear();
    this.#blocked.clear();
    this.#rest = undefined;
  }

  // What streams ask of their connection.

  get sendWindow(): number {
    return this.#sendWindow;
  }

  get dataFrameBytesMax(): number {
    return this.#frameBytesMax;
  }

  takeSendWindow(bytes: number): void {
    this.#sendWindow -= bytes;
  }

  updateWindow(streamId: number, bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes, 0);
    this.outbox.frame(frame.windowUpdate, 0, streamId, payload);
  }

  resetStream(streamId: number, error: Http2Error): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(error.number, 0);
    this.outbox.frame(frame.rstStream, 0, streamId, payload);
  }

  block(stream: Http2Stream): void {
    this.#blocked.add(stream);
  }

  forget(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    this.#blocked.delete(stream);
  }
}

function keepHeader(headers: RequestHeaders, name: string, value: string): void {
  switch (name) {
    case ':method':
      headers.method = value;
      break;
    case ':path':
      headers.path = value;
      break;
    case 'content-type':
      headers.contentType = value;
      break;
    case 'hasleader':
      headers.requireLeader = value === 'true';
      break;
    case 'cluster-id':
      headers.clusterId = value;
      break;
    case 'member-id':
      headers.memberId = value;
      break;
    case 'grpc-encoding':
      headers.encoding = value;
      break;
    default:
  }
}
