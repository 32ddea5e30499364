/**
 * One stream: what comes in goes to its listener at once, what goes out waits for the windows.
 *
 * 1. `onClose` is called once, and nothing is called after it.
 * 2. Headers, messages and trailers leave in the order they were given.
 */
import type { Http2Error } from './http2-error.ts';
import type { Outbox } from './outbox.ts';

/** The connection, as its streams see it. */
export interface StreamHost {
  readonly outbox: Outbox;
  readonly sendWindow: number;
  readonly dataFrameBytesMax: number;
  takeSendWindow(bytes: number): void;
  updateWindow(streamId: number, bytes: number): void;
  resetStream(streamId: number, error: Http2Error): void;
  /** The stream has data that cannot leave now. */
  block(stream: Http2Stream): void;
  forget(stream: Http2Stream): void;
}

const frameHeaders = 1;
const frameData = 0;
const flagEndHeaders = 4;
const flagEndStream = 1;
/** Received bytes after which a stream's window is opened again. */
const windowUpdateBytes = 512 * 1024;
/** Bytes waiting in a stream or its socket from which on it is called slow. */
const readyBytesMax = 256 * 1024;

export class Http2Stream {
  readonly id: number;
  readonly #host: StreamHost;
  #sendWindow: number;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #trailers: Buffer | undefined;
  #received = 0;
  #isPaused = false;
  #isLocallyEnded = false;
  #isRemotelyEnded = false;
  #isClosed = false;
  #wasSlow = false;
  onData: (chunk: Buffer, isLast: boolean) => void = () => {};
  onClose: () => void = () => {};
  onReady: () => void = () => {};

  constructor(id: number, host: StreamHost, sendWindow: number) {
    this.id = id;
    this.#host = host;
    this.#sendWindow = sendWindow;
  }

  get isClosed(): boolean {
    return this.#isClosed;
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

  receive(chunk: Buffer, frameBytes: number, isLast: boolean): void {
    if (this.#isClosed || this.#isRemotelyEnded) return;
    this.#isRemotelyEnded = isLast;
    this.#received += frameBytes;
    if (!isLast) this.#openWindow();
    this.onData(chunk, isLast);
  }

  #openWindow(): void {
    if (this.#isPaused || this.#received < windowUpdateBytes) return;
    this.#host.updateWindow(this.id, this.#received);
    this.#received = 0;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isClosed && !this.#isRemotelyEnded) this.#openWindow();
  }

  sendHeaders(block: Buffer): void {
    if (this.#isClosed) return;
    this.#host.outbox.frame(frameHeaders, flagEndHeaders, this.id, block);
  }

  /** One gRPC message. */
  sendMessage(message: Buffer): void {
    if (this.#isClosed || this.#isLocallyEnded) return;
    const bytes = message.length + 5;
    const host = this.#host;
    const fits =
      bytes <= host.dataFrameBytesMax && bytes <= this.#sendWindow && bytes <= host.sendWindow;
    if (this.#queuedBytes === 0 && fits) {
      this.#sendWindow -= bytes;
      host.takeSendWindow(bytes);
      host.outbox.messageFrame(this.id, message);
      return;
    }
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    this.sendRaw(Buffer.concat([prefix, message]));
  }

  /** Bytes without a gRPC prefix. */
  sendRaw(bytes: Buffer): void {
    if (this.#isClosed || this.#isLocallyEnded || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
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
    this.#sendWindow += bytes;
  }

  /** Sends what the windows let through. */
  pump(): void {
    if (this.#isClosed) return;
    const host = this.#host;
    while (this.#queuedBytes > 0) {
      const head = this.#queue[0]!;
      const room = Math.min(this.#sendWindow, host.sendWindow, host.dataFrameBytesMax);
      if (room <= 0 || host.outbox.backlogBytes > 4 * readyBytesMax) {
        host.block(this);
        return;
      }
      const part = head.length <= room ? head : head.subarray(0, room);
      if (part.length === head.length) this.#queue.shift();
      else this.#queue[0] = head.subarray(part.length);
      this.#queuedBytes -= part.length;
      this.#sendWindow -= part.length;
      host.takeSendWindow(part.length);
      host.outbox.frame(frameData, 0, this.id, part);
    }
    if (this.#trailers !== undefined) this.#finish(this.#trailers);
    else if (this.#wasSlow && this.isReady) {
      this.#wasSlow = false;
      this.onReady();
    }
  }

  #finish(trailers: Buffer): void {
    this.#trailers = undefined;
    this.#host.outbox.frame(frameHeaders, flagEndHeaders | flagEndStream, this.id, trailers);
    this.closed();
  }

  /** The stream is over for both sides. */
  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue = [];
    this.#host.forget(this);
    this.onClose();
  }

  reset(error: Http2Error): void {
    if (this.#isClosed) return;
    this.#host.resetStream(this.id, error);
    this.closed();
  }
}
