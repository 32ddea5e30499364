/**
 * The server's side of an HTTP/2 connection (RFC 9113), lean: what gRPC needs, and nothing that it does
 * not (no push, no priorities, no header table for answers).
 *
 * 1. Whatever the other side sends ends in an answer, an ended stream or an ended connection; nothing
 *    it sends throws out of here.
 * 2. Memory is bounded: by the windows we grant and enforce, by the streams and abandoned calls we
 *    allow, by what may be held for the other side, and by ending connections that do not read.
 * 3. The work for a frame does not grow with the number of streams: windows of all streams move
 *    together, and who waits for them is looked after once a turn.
 * 4. Answers of one turn of the loop leave in one write (outbox.ts).
 */
import type { Socket } from 'node:net';
import {
  defaultWindowBytes,
  frameBytesMax,
  frameFlag,
  FrameReader,
  frameType,
  HeaderBlock,
  headerBlockBytesMax,
  Http2Error,
  type Http2ErrorCode,
  Outbox,
  settingId,
  unpadded,
  windowBytesMax,
} from '@drydock/rpc/http2';
import type { HeldBytes, Holder } from './held-bytes.ts';
import { KeepAlive, type KeepAliveOptions } from './keep-alive.ts';
import { RequestDecoder, type RequestHeaders } from './request-headers.ts';
import { Http2Stream, type StreamHost, streamWindowBytes } from './stream.ts';

const streamsMax = 10_000;
const connectionWindowBytes = 16 * 1024 * 1024;
/** Bytes handed to the socket and not read by the other side, from which on it is ended. */
const backlogBytesMax = 16 * 1024 * 1024;
/** In a second: streams that the other side cancels unanswered, and frames that ask for nothing. */
const resetsMax = 10_000;
const idleFramesMax = 20_000;
/** Real time: how long the other side may take to introduce itself, and for one header block. */
const slowMillisMax = 10_000;
/** How long an ended connection is still read, so that our last frame is not lost to a reset. */
const lingerMillis = 1_000;
/** Streams ended here before the other side ended them: what it had sent by then is no mistake. */
const cutShortMax = 10_000;
const nothing = Buffer.alloc(0);
const stopping = new Http2Error('none', 'the server stops');
const ownPing = Buffer.alloc(8);

export type OnRequest = (stream: Http2Stream, headers: RequestHeaders) => void;

export interface ConnectionLimits {
  /** Open streams; never more than 10,000. */
  readonly streamsMax: number;
  readonly keepAlive: KeepAliveOptions;
}

export interface ConnectionOptions {
  readonly held: HeldBytes;
  readonly limits: ConnectionLimits;
  readonly onRequest: OnRequest;
  /** Of the client's checked certificate. */
  readonly commonName: string | undefined;
}

export class Http2Connection implements StreamHost, Holder {
  readonly #socket: Socket;
  readonly #onRequest: OnRequest;
  readonly #held: HeldBytes;
  readonly #streamsMax: number;
  readonly #keepAlive: KeepAlive;
  readonly outbox: Outbox;
  readonly #reader = new FrameReader({ expectsPreface: true });
  readonly #decoder: RequestDecoder;
  readonly #block = new HeaderBlock();
  readonly #streams = new Map<number, Http2Stream>();
  readonly #cutShort = new Set<number>();
  /** Streams with data that a window or the socket holds back. */
  readonly #blocked = new Set<Http2Stream>();
  /** When the other side must be done with what it has begun; see `sweep`. */
  #slowSince: number | undefined = performance.now();
  #endedAt = 0;
  #hasSettings = false;
  #isOver = false;
  #isDraining = false;
  #shouldPump = false;
  #lastStreamId = 0;
  #abandonedCalls = 0;
  #receiveWindow = connectionWindowBytes;
  #sendWindow = defaultWindowBytes;
  #initialSendWindow = defaultWindowBytes;
  #dataFrameBytesMax = frameBytesMax;
  #heldBytes = 0;
  #resets = 0;
  #idleFrames = 0;

  constructor(socket: Socket, { held, limits, onRequest, commonName }: ConnectionOptions) {
    this.#socket = socket;
    this.#decoder = new RequestDecoder(commonName);
    this.#held = held;
    this.#onRequest = onRequest;
    this.#streamsMax = Math.min(streamsMax, limits.streamsMax);
    this.#keepAlive = new KeepAlive(limits.keepAlive, performance.now());
    this.outbox = new Outbox(socket);
    held.join(this);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    this.#greet();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#pumpBlocked());
    socket.on('close', () => this.#close());
    socket.on('end', () => {
      this.#close();
      socket.end();
    });
    socket.on('error', () => socket.destroy());
  }

  #greet(): void {
    const settings = Buffer.alloc(18);
    const put = (at: number, id: number, value: number) => {
      settings.writeUInt16BE(id, at);
      settings.writeUInt32BE(value, at + 2);
    };
    put(0, settingId.maxConcurrentStreams, this.#streamsMax);
    put(6, settingId.initialWindowSize, streamWindowBytes);
    put(12, settingId.maxHeaderListSize, headerBlockBytesMax);
    this.outbox.frame(frameType.settings, 0, 0, settings);
    this.updateWindow(0, connectionWindowBytes - defaultWindowBytes);
  }

  /** Takes no further stream: the other side is told to go elsewhere, those that are open go on. */
  drain(): void {
    if (this.#isOver || this.#isDraining) return;
    this.#isDraining = true;
    this.outbox.frame(frameType.goAway, 0, 0, this.#goAwayPayload(stopping));
    this.outbox.flush();
  }

  /** Whether a call of one message each way waits for its answer. */
  get isWorking(): boolean {
    for (const stream of this.#streams.values()) if (stream.isWorking) return true;
    return false;
  }

  /** Ends the connection in order: streams that are open are cut. */
  end(): void {
    this.#goAway(stopping);
  }

  /** To be called about once a second, with `performance.now()`. */
  sweep(now: number): void {
    this.#resets = 0;
    this.#idleFrames = 0;
    if (this.#isOver) {
      if (now - this.#endedAt >= lingerMillis) this.#socket.destroy();
    } else if (this.#slowSince !== undefined && now - this.#slowSince >= slowMillisMax) {
      this.#goAway(new Http2Error('enhance-your-calm', 'this takes too long'));
    } else this.#keepAliveAt(now);
  }

  #keepAliveAt(now: number): void {
    const due = this.#keepAlive.due(now);
    if (due === 'end') this.#socket.destroy();
    else if (due === 'ping') {
      this.outbox.frame(frameType.ping, 0, 0, ownPing);
      this.outbox.flush();
    }
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#keepAlive.heard(performance.now());
    try {
      this.#reader.read(chunk, (type, flags, streamId, payload) => {
        this.#frame(type, flags, streamId, payload);
        return !this.#isOver;
      });
      if (this.#shouldPump) this.#pumpBlocked();
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

  #frame(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (this.#block.isOpen && type !== frameType.continuation) {
      throw new Http2Error('protocol', 'a header block is interrupted');
    }
    if (!this.#hasSettings && type !== frameType.settings) {
      throw new Http2Error('protocol', 'the first frame is not SETTINGS');
    }
    switch (type) {
      case frameType.data:
        return this.#onData(flags, streamId, payload);
      case frameType.headers:
        return this.#onHeaders(flags, streamId, payload);
      case frameType.continuation:
        return this.#onBlock(this.#block.continue(flags, streamId, payload));
      case frameType.rstStream:
        return this.#onReset(streamId, payload);
      case frameType.settings:
        return this.#onSettings(flags, streamId, payload);
      case frameType.ping:
        return this.#onPing(flags, streamId, payload);
      case frameType.windowUpdate:
        return this.#onWindowUpdate(streamId, payload);
      case frameType.priority:
        if (streamId === 0) throw new Http2Error('protocol', 'a priority of no stream');
        if (payload.length !== 5) throw new Http2Error('frame-size', 'a priority has 5 bytes');
        return this.#countIdle();
      case frameType.goAway:
        if (streamId !== 0) throw new Http2Error('protocol', 'GOAWAY on a stream');
        return this.#countIdle();
      case frameType.pushPromise:
        throw new Http2Error('protocol', 'clients do not push');
      default:
        // Unknown frames are to be ignored (5.5).
        return this.#countIdle();
    }
  }

  #countIdle(): void {
    if (++this.#idleFrames <= idleFramesMax) return;
    throw new Http2Error('enhance-your-calm', 'too many frames that ask for nothing');
  }

  #onData(flags: number, streamId: number, payload: Buffer): void {
    this.#expectOpened(streamId, 'DATA');
    this.#receiveWindow -= payload.length;
    if (this.#receiveWindow < 0) throw new Http2Error('flow-control', 'more data than agreed');
    if (this.#receiveWindow < connectionWindowBytes / 2) {
      this.updateWindow(0, connectionWindowBytes - this.#receiveWindow);
      this.#receiveWindow = connectionWindowBytes;
    }
    const isLast = (flags & frameFlag.endStream) !== 0;
    if (payload.length === 0 && !isLast) this.#countIdle();
    const data = unpadded(flags, payload);
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) stream.receive(data, payload.length, isLast);
    else if (!this.#cutShort.has(streamId))
      this.#refuse(streamId, 'stream-closed', 'data too late');
  }

  #onHeaders(flags: number, streamId: number, payload: Buffer): void {
    if (streamId % 2 === 0) throw new Http2Error('protocol', 'clients open odd streams');
    const block = this.#block.start(flags, streamId, payload);
    if (block === undefined) this.#slowSince = performance.now();
    this.#onBlock(block);
  }

  #onBlock(block: Buffer | undefined): void {
    if (block === undefined) return;
    this.#slowSince = undefined;
    const { streamId, endsStream } = this.#block;
    const headers = this.#decoder.decode(block);
    if (streamId > this.#lastStreamId) {
      this.#lastStreamId = streamId;
      this.#open(streamId, headers, endsStream);
      return;
    }
    const stream = this.#streams.get(streamId);
    // Trailers of a request carry nothing that gRPC uses; they end it.
    if (stream !== undefined) stream.receiveTrailers(endsStream);
    else if (!this.#cutShort.has(streamId)) {
      throw new Http2Error('protocol', `stream ${streamId} cannot be opened any more`);
    }
  }

  #open(streamId: number, headers: RequestHeaders | undefined, endsStream: boolean): void {
    if (headers === undefined) {
      this.#refuse(streamId, 'protocol', 'the request is malformed');
      return;
    }
    if (this.#isDraining) {
      // It crossed our word on its way; the other side may ask again elsewhere.
      if (!endsStream) this.#rememberCutShort(streamId);
      this.#refuse(streamId, 'refused-stream', 'the server stops');
      return;
    }
    // Calls that were cancelled while they waited still cost us until they are done.
    if (this.#streams.size + this.#abandonedCalls >= this.#streamsMax) {
      if (!endsStream) this.#rememberCutShort(streamId);
      this.#refuse(streamId, 'refused-stream', 'too many streams');
      return;
    }
    const stream = new Http2Stream(streamId, this, endsStream);
    this.#streams.set(streamId, stream);
    this.#onRequest(stream, headers);
    if (endsStream && !stream.isClosed) stream.onData(nothing, true);
  }

  /** A stream that never was, or is over. The other side may have more on its way. */
  #refuse(streamId: number, code: Http2ErrorCode, reason: string): void {
    this.#countIdle();
    this.resetStream(streamId, new Http2Error(code, reason));
  }

  #rememberCutShort(streamId: number): void {
    this.#cutShort.add(streamId);
    if (this.#cutShort.size <= cutShortMax) return;
    for (const oldest of this.#cutShort) {
      this.#cutShort.delete(oldest);
      break;
    }
  }

  #expectOpened(streamId: number, what: string): void {
    if (streamId !== 0 && streamId % 2 === 1 && streamId <= this.#lastStreamId) return;
    throw new Http2Error('protocol', `${what} on a stream that was never opened`);
  }

  #onReset(streamId: number, payload: Buffer): void {
    if (payload.length !== 4) throw new Http2Error('frame-size', 'a reset has 4 bytes');
    this.#expectOpened(streamId, 'a reset');
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      this.#countIdle();
      return;
    }
    if (++this.#resets > resetsMax) throw new Http2Error('enhance-your-calm', 'too many resets');
    stream.cancelled();
  }

  #onPing(flags: number, streamId: number, payload: Buffer): void {
    if (payload.length !== 8) throw new Http2Error('frame-size', 'a ping has 8 bytes');
    if (streamId !== 0) throw new Http2Error('protocol', 'a ping on a stream');
    this.#countIdle();
    if ((flags & frameFlag.ack) !== 0) return;
    const { answers } = this.outbox;
    const has = { streams: this.#streams.size > 0, answers };
    if (!this.#keepAlive.allowsPing(performance.now(), has)) {
      throw new Http2Error('enhance-your-calm', 'too_many_pings');
    }
    this.outbox.frame(frameType.ping, frameFlag.ack, 0, payload);
  }

  #onSettings(flags: number, streamId: number, payload: Buffer): void {
    if (streamId !== 0) throw new Http2Error('protocol', 'settings on a stream');
    const isAck = (flags & frameFlag.ack) !== 0;
    if (payload.length % 6 !== 0 || (isAck && payload.length > 0)) {
      throw new Http2Error('frame-size', 'settings have 6 bytes each, acknowledgements none');
    }
    this.#countIdle();
    if (isAck) {
      if (!this.#hasSettings) throw new Http2Error('protocol', 'the first frame is not SETTINGS');
      return;
    }
    if (!this.#hasSettings) this.#slowSince = undefined;
    this.#hasSettings = true;
    for (let at = 0; at < payload.length; at += 6) {
      this.#set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    }
    this.outbox.frame(frameType.settings, frameFlag.ack, 0, nothing);
    this.#shouldPump = true;
  }

  #set(id: number, value: number): void {
    if (id === settingId.initialWindowSize) {
      if (value > windowBytesMax) throw new Http2Error('flow-control', 'a window is too large');
      this.#initialSendWindow = value;
    } else if (id === settingId.maxFrameSize) {
      if (value < frameBytesMax || value >= 2 ** 24) {
        throw new Http2Error('protocol', `frames cannot have ${value} bytes`);
      }
      this.#dataFrameBytesMax = Math.min(value, 64 * 1024);
    } else if (id === settingId.enablePush && value > 1) {
      throw new Http2Error('protocol', 'push is on or off');
    }
  }

  #onWindowUpdate(streamId: number, payload: Buffer): void {
    if (payload.length !== 4) throw new Http2Error('frame-size', 'a window update has 4 bytes');
    const bytes = payload.readUInt32BE(0) & 0x7fffffff;
    if (streamId === 0) {
      if (bytes === 0) throw new Http2Error('protocol', 'a window update of nothing');
      this.#sendWindow += bytes;
      if (this.#sendWindow > windowBytesMax) {
        throw new Http2Error('flow-control', 'the window overflows');
      }
      this.#shouldPump = true;
      return;
    }
    this.#expectOpened(streamId, 'a window update');
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (bytes === 0) stream.reset(new Http2Error('protocol', 'a window update of nothing'));
    else stream.widen(bytes);
  }

  #pumpBlocked(): void {
    this.#shouldPump = false;
    const waiting = [...this.#blocked];
    this.#blocked.clear();
    for (const stream of waiting) stream.pump();
  }

  #goAway(error: Http2Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endedAt = performance.now();
    this.outbox.frame(frameType.goAway, 0, 0, this.#goAwayPayload(error));
    this.outbox.flush();
    this.#close();
    // One that does not read would keep its backlog; the others get to read why they were ended.
    if (this.outbox.backlogBytes > backlogBytesMax / 2) this.#socket.destroy();
    else this.#socket.end();
  }

  #goAwayPayload(error: Http2Error): Buffer {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(this.#lastStreamId, 0);
    head.writeUInt32BE(error.number, 4);
    return Buffer.concat([head, Buffer.from(error.message)]);
  }

  #close(): void {
    if (!this.#isOver) this.#endedAt = performance.now();
    this.#isOver = true;
    for (const stream of this.#streams.values()) stream.closed();
    this.#streams.clear();
    this.#blocked.clear();
    this.#cutShort.clear();
    this.#reader.clear();
    this.#block.clear();
    this.#held.leave(this);
  }

  // What streams ask of their connection.

  get sendWindow(): number {
    return this.#sendWindow;
  }

  get initialSendWindow(): number {
    return this.#initialSendWindow;
  }

  get dataFrameBytesMax(): number {
    return this.#dataFrameBytesMax;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isFull(): boolean {
    return this.#heldBytes > this.#held.connectionBytesMax;
  }

  endForHolding(): void {
    this.#goAway(new Http2Error('enhance-your-calm', 'too much waits for this connection'));
  }

  hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.#held.add(bytes);
  }

  takeSendWindow(bytes: number): void {
    this.#sendWindow -= bytes;
  }

  updateWindow(streamId: number, bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes, 0);
    this.outbox.frame(frameType.windowUpdate, 0, streamId, payload);
  }

  resetStream(streamId: number, error: Http2Error): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(error.number, 0);
    this.outbox.frame(frameType.rstStream, 0, streamId, payload);
  }

  block(stream: Http2Stream): void {
    this.#blocked.add(stream);
  }

  forget(stream: Http2Stream, isRemotelyEnded: boolean): void {
    this.#streams.delete(stream.id);
    this.#blocked.delete(stream);
    if (!isRemotelyEnded) this.#rememberCutShort(stream.id);
  }

  abandon(calls: number): void {
    this.#abandonedCalls += calls;
  }
}
