/**
 * One stream: what comes in goes to its listener at once, what goes out waits for the windows.
 *
 * 1. `onClose` is called once, and nothing is called after it.
 * 2. Headers, messages and trailers leave in the order they were given.
 * 3. What waits here is told to the connection (`hold`), and given back when it has left.
 */
import { frameFlag, frameType, Http2Error, type Outbox, windowBytesMax } from '@drydock/rpc/http2';
import { pieceOverheadBytes } from './held-bytes.ts';

/** The connection, as its streams see it. */
export interface StreamHost {
  readonly outbox: Outbox;
  readonly sendWindow: number;
  /** What every stream may send beside what it was granted itself. */
  readonly initialSendWindow: number;
  readonly dataFrameBytesMax: number;
  /** Too much is held for the other side: nothing large should be added. */
  readonly isFull: boolean;
  takeSendWindow(bytes: number): void;
  updateWindow(streamId: number, bytes: number): void;
  resetStream(streamId: number, error: Http2Error): void;
  hold(bytes: number): void;
  /** Counts calls that go on although their streams are over. */
  abandon(calls: number): void;
  /** The stream has data that cannot leave now. */
  block(stream: Http2Stream): void;
  forget(stream: Http2Stream, isRemotelyEnded: boolean): void;
}

export const streamWindowBytes = 1024 * 1024;
const grpcPrefixBytes = 5;
/** Bytes waiting in a stream or its socket from which on it is called slow. */
const readyBytesMax = 256 * 1024;
const socketBytesMax = 4 * readyBytesMax;
const nothing = Buffer.alloc(0);
const noListener = () => {};

export class Http2Stream {
  readonly id: number;
  readonly #host: StreamHost;
  /** Beside the initial window, which moves for all streams together. */
  #sendCredit = 0;
  #receiveWindow = streamWindowBytes;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #heldBytes = 0;
  #trailers: Buffer | undefined;
  #isPaused = false;
  #isLocallyEnded = false;
  #isRemotelyEnded: boolean;
  #isClosed = false;
  #isWorkedOn = false;
  #wasSlow = false;
  onData: (chunk: Buffer, isLast: boolean) => void = noListener;
  onClose: () => void = noListener;
  onReady: () => void = noListener;

  constructor(id: number, host: StreamHost, isRemotelyEnded: boolean) {
    this.id = id;
    this.#host = host;
    this.#isRemotelyEnded = isRemotelyEnded;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Our side has nothing more to say, though some of it may still wait for a window. */
  get isSettled(): boolean {
    return this.#isClosed || this.#isLocallyEnded;
  }

  /** False when the connection holds so much that no large answer should be made for it. */
  get hasRoom(): boolean {
    return !this.#isClosed && !this.#host.isFull;
  }

  /** False while the other side reads more slowly than we send; `onReady` follows. */
  get isReady(): boolean {
    if (this.#isClosed) return false;
    const slow = this.#queuedBytes > 0 || this.#host.outbox.backlogBytes > readyBytesMax;
    if (slow) {
      this.#wasSlow = true;
      this.#host.block(this);
    }
    return !slow;
  }

  get #sendWindow(): number {
    return this.#host.initialSendWindow + this.#sendCredit;
  }

  receive(chunk: Buffer, frameBytes: number, isLast: boolean): void {
    if (this.#isClosed) return;
    if (this.#isRemotelyEnded) {
      this.reset(new Http2Error('stream-closed', 'data behind the end'));
      return;
    }
    this.#receiveWindow -= frameBytes;
    if (this.#receiveWindow < 0) {
      this.reset(new Http2Error('flow-control', 'more data than agreed'));
      return;
    }
    this.#isRemotelyEnded = isLast;
    if (!isLast) this.#openWindow();
    this.onData(chunk, isLast);
  }

  receiveTrailers(endsStream: boolean): void {
    if (this.#isRemotelyEnded) this.reset(new Http2Error('stream-closed', 'a second end'));
    else if (!endsStream) this.reset(new Http2Error('protocol', 'trailers without an end'));
    else this.receive(nothing, 0, true);
  }

  #openWindow(): void {
    if (this.#isPaused || this.#receiveWindow > streamWindowBytes / 2) return;
    this.#host.updateWindow(this.id, streamWindowBytes - this.#receiveWindow);
    this.#receiveWindow = streamWindowBytes;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isClosed && !this.#isRemotelyEnded) this.#openWindow();
  }

  /** Counts bytes that somebody holds for this stream; given back when it is over at the latest. */
  hold(bytes: number): void {
    if (this.#isClosed) return;
    this.#heldBytes += bytes;
    this.#host.hold(bytes);
  }

  /** Calls the listener when the stream is over, at once when it is. */
  onGone(listener: () => void): void {
    if (this.#isClosed) {
      listener();
      return;
    }
    const before = this.onClose;
    this.onClose = () => {
      before();
      listener();
    };
  }

  /** A call has begun that outlives a cancelled stream; `workDone` follows once. */
  workBegins(): void {
    this.#isWorkedOn = true;
  }

  /** A call waits for its answer. */
  get isWorking(): boolean {
    return this.#isWorkedOn;
  }

  workDone(): void {
    if (this.#isWorkedOn && this.#isClosed) this.#host.abandon(-1);
    this.#isWorkedOn = false;
  }

  sendHeaders(block: Buffer): void {
    if (this.#isClosed) return;
    this.#host.outbox.frame(frameType.headers, frameFlag.endHeaders, this.id, block);
  }

  /** Whether so many bytes can leave at once, in one frame. */
  #fits(bytes: number): boolean {
    const host = this.#host;
    return (
      this.#queuedBytes === 0 &&
      bytes <= host.dataFrameBytesMax &&
      bytes <= this.#sendWindow &&
      bytes <= host.sendWindow &&
      host.outbox.backlogBytes <= socketBytesMax
    );
  }

  #takeWindows(bytes: number): void {
    this.#sendCredit -= bytes;
    this.#host.takeSendWindow(bytes);
  }

  /** A whole unary answer; most leave in one piece. */
  sendAnswer(headers: Buffer, message: Buffer, trailers: Buffer): void {
    if (this.#isClosed || this.#isLocallyEnded) return;
    const bytes = message.length + grpcPrefixBytes;
    if (!this.#fits(bytes)) {
      this.sendHeaders(headers);
      this.sendMessage(message);
      this.sendTrailers(trailers);
      return;
    }
    this.#takeWindows(bytes);
    this.#isLocallyEnded = true;
    this.#host.outbox.answerFrames(this.id, headers, message, trailers);
    this.#end();
  }

  /** One gRPC message, which may have a tail that others have as well. */
  sendMessage(message: Buffer, tail: Buffer = nothing): void {
    if (this.#isClosed || this.#isLocallyEnded) return;
    const length = message.length + tail.length;
    const bytes = length + grpcPrefixBytes;
    if (this.#fits(bytes)) {
      this.#takeWindows(bytes);
      this.#host.outbox.messageFrame(this.id, message, tail);
      return;
    }
    const prefix = Buffer.alloc(grpcPrefixBytes);
    prefix.writeUInt32BE(length, 1);
    this.sendRaw(prefix, message, tail);
  }

  /** Bytes without a gRPC prefix. */
  sendRaw(...pieces: readonly Buffer[]): void {
    if (this.#isClosed || this.#isLocallyEnded) return;
    for (const bytes of pieces) {
      if (bytes.length === 0) continue;
      this.#queue.push(bytes);
      this.#queuedBytes += bytes.length;
      this.hold(bytes.length + pieceOverheadBytes);
    }
    this.pump();
  }

  /** Ends our side behind everything sent so far. */
  sendTrailers(block: Buffer): void {
    if (this.#isClosed || this.#isLocallyEnded) return;
    this.#isLocallyEnded = true;
    this.#trailers = block;
    this.pump();
  }

  /** The other side has opened our window. */
  widen(bytes: number): void {
    this.#sendCredit += bytes;
    if (this.#sendWindow > windowBytesMax) {
      this.reset(new Http2Error('flow-control', 'the window overflows'));
    } else this.pump();
  }

  /** Sends what the windows let through. */
  pump(): void {
    if (this.#isClosed) return;
    const host = this.#host;
    while (this.#queuedBytes > 0) {
      const head = this.#queue[0]!;
      const room = Math.min(this.#sendWindow, host.sendWindow, host.dataFrameBytesMax);
      if (room <= 0 || host.outbox.backlogBytes > socketBytesMax) {
        host.block(this);
        return;
      }
      const part = head.length <= room ? head : head.subarray(0, room);
      if (part.length === head.length) {
        this.#queue.shift();
        this.hold(-part.length - pieceOverheadBytes);
      } else {
        this.#queue[0] = head.subarray(part.length);
        this.hold(-part.length);
      }
      this.#queuedBytes -= part.length;
      this.#sendCredit -= part.length;
      host.takeSendWindow(part.length);
      host.outbox.frame(frameType.data, 0, this.id, part);
    }
    if (this.#trailers !== undefined) this.#finish(this.#trailers);
    else if (this.#wasSlow && this.isReady) {
      this.#wasSlow = false;
      this.onReady();
    }
  }

  #finish(trailers: Buffer): void {
    this.#trailers = undefined;
    const flags = frameFlag.endHeaders | frameFlag.endStream;
    this.#host.outbox.frame(frameType.headers, flags, this.id, trailers);
    this.#end();
  }

  /** Our side is done. */
  #end(): void {
    // Whoever still sends is told that nobody listens any more (8.1).
    if (!this.#isRemotelyEnded) {
      this.#host.resetStream(this.id, new Http2Error('none', 'answered'));
    }
    this.closed();
  }

  /** The stream is over for both sides. */
  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#host.hold(-this.#heldBytes);
    this.#heldBytes = 0;
    if (this.#isWorkedOn) this.#host.abandon(1);
    this.#host.forget(this, this.#isRemotelyEnded);
    this.onClose();
  }

  /** The other side wants no answer any more. */
  cancelled(): void {
    this.#isRemotelyEnded = true;
    this.closed();
  }

  reset(error: Http2Error): void {
    if (this.#isClosed) return;
    this.#host.resetStream(this.id, error);
    this.closed();
  }
}
