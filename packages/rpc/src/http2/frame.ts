/** The numbers of HTTP/2's wire (RFC 9113, 4 to 7), and the cutting of frames out of what arrives. */
import { Http2Error } from './http2-error.ts';

export const frameType = {
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

export const frameFlag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const settingId = {
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** The largest frame that we take, and the least that every client takes. */
export const frameBytesMax = 16_384;
export const defaultWindowBytes = 65_535;
export const windowBytesMax = 2 ** 31 - 1;

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const headerBytes = 9;

/** False ends the reading: the connection is over. */
type OnFrame = (type: number, flags: number, streamId: number, payload: Buffer) => boolean;

/** Checks a client's preface, then hands out whole frames; keeps at most one that is not whole. */
export class FrameReader {
  #rest: Buffer | undefined;
  #isGreeted: boolean;

  /** Servers expect a preface, clients do not. */
  constructor(options: { expectsPreface: boolean }) {
    this.#isGreeted = !options.expectsPreface;
  }

  /** @throws Http2Error: the connection must end */
  read(chunk: Buffer, onFrame: OnFrame): void {
    const input = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    if (!this.#isGreeted) {
      const length = Math.min(input.length, preface.length);
      if (input.compare(preface, 0, length, 0, length) !== 0) {
        throw new Http2Error('protocol', 'this is not HTTP/2');
      }
      if (length < preface.length) {
        this.#rest = input;
        return;
      }
      this.#isGreeted = true;
      at = preface.length;
    }
    while (input.length - at >= headerBytes) {
      const length = input.readUIntBE(at, 3);
      if (length > frameBytesMax) throw new Http2Error('frame-size', 'a frame is too large');
      const end = at + headerBytes + length;
      if (end > input.length) break;
      const streamId = input.readUInt32BE(at + 5) & 0x7fffffff;
      const payload = input.subarray(at + headerBytes, end);
      if (!onFrame(input[at + 3]!, input[at + 4]!, streamId, payload)) return;
      at = end;
    }
    if (at < input.length) this.#rest = input.subarray(at);
  }

  clear(): void {
    this.#rest = undefined;
  }
}

/** The payload without its padding. @throws Http2Error */
export function unpadded(flags: number, payload: Buffer): Buffer {
  if ((flags & frameFlag.padded) === 0) return payload;
  if (payload.length === 0) throw new Http2Error('frame-size', 'padding has a length');
  const padding = payload[0]!;
  if (padding >= payload.length) throw new Http2Error('protocol', 'more padding than frame');
  return payload.subarray(1, payload.length - padding);
}
