/** Header blocks put together from their frames. */
import { frameFlag, unpadded } from './frame.ts';
import { Http2Error } from './http2-error.ts';

export const headerBlockBytesMax = 64 * 1024;
/** Frames of one block: more are a flood of (empty) continuations. */
const blockFramesMax = 64;

/** A header block on its way: HEADERS, then CONTINUATIONs with nothing between them (6.10). */
export class HeaderBlock {
  #parts: Buffer[] = [];
  #bytes = 0;
  streamId = 0;
  endsStream = false;
  isOpen = false;

  /** The whole block, when this frame has it all. @throws Http2Error */
  start(flags: number, streamId: number, payload: Buffer): Buffer | undefined {
    let fragment = unpadded(flags, payload);
    if ((flags & frameFlag.priority) !== 0) {
      if (fragment.length < 5) throw new Http2Error('frame-size', 'a priority has 5 bytes');
      fragment = fragment.subarray(5);
    }
    this.streamId = streamId;
    this.endsStream = (flags & frameFlag.endStream) !== 0;
    if ((flags & frameFlag.endHeaders) !== 0) return fragment;
    this.isOpen = true;
    this.#parts = [fragment];
    this.#bytes = fragment.length;
    return undefined;
  }

  /** The whole block, when it is whole now. @throws Http2Error */
  continue(flags: number, streamId: number, payload: Buffer): Buffer | undefined {
    if (!this.isOpen || streamId !== this.streamId) {
      throw new Http2Error('protocol', 'a continuation of nothing');
    }
    this.#parts.push(payload);
    this.#bytes += payload.length;
    if (this.#bytes > headerBlockBytesMax || this.#parts.length > blockFramesMax) {
      throw new Http2Error('enhance-your-calm', 'too many headers');
    }
    if ((flags & frameFlag.endHeaders) === 0) return undefined;
    const whole = Buffer.concat(this.#parts);
    this.clear();
    return whole;
  }

  clear(): void {
    this.isOpen = false;
    this.#parts = [];
  }
}
