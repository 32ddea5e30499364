/** HTTP/2 as far as the clients of the benchmark know it: frames cut from what a connection brings. */

export const frame = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, window: 8 };
export const endStream = 1;
export const ack = 1;
export const endHeaders = 4;
export const headerBytes = 9;
export const windowBytesMax = 2 ** 31 - 1;
export const defaultWindowBytes = 65_535;
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export type OnFrame = (type: number, flags: number, stream: number, payload: Buffer) => void;

export class FrameCutter {
  readonly #onFrame: OnFrame;
  #rest: Buffer | undefined;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  take(chunk: Buffer): void {
    const input = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (input.length - at >= headerBytes) {
      const end = at + headerBytes + input.readUIntBE(at, 3);
      if (end > input.length) break;
      const stream = input.readUInt32BE(at + 5) & 0x7fffffff;
      this.#onFrame(input[at + 3]!, input[at + 4]!, stream, input.subarray(at + headerBytes, end));
      at = end;
    }
    this.#rest = at < input.length ? input.subarray(at) : undefined;
  }
}
