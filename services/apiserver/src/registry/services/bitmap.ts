/**
 * Which offsets of a range are taken, in the form in which upstream stores it: the big-endian bytes of
 * a number whose bit i stands for offset i.
 */
export class Bitmap {
  readonly #bytes: Uint8Array;
  readonly size: number;

  constructor(size: number) {
    this.size = size;
    this.#bytes = new Uint8Array(Math.ceil(size / 8));
  }

  static decode(size: number, stored: Uint8Array): Bitmap {
    const bitmap = new Bitmap(size);
    const length = Math.min(stored.length, bitmap.#bytes.length);
    for (let index = 0; index < length; index += 1) {
      bitmap.#bytes[index] = stored[stored.length - 1 - index]!;
    }
    return bitmap;
  }

  encode(): Uint8Array {
    let length = this.#bytes.length;
    while (length > 0 && this.#bytes[length - 1] === 0) length -= 1;
    return this.#bytes.slice(0, length).reverse();
  }

  has(offset: number): boolean {
    return (this.#bytes[offset >> 3]! & (1 << (offset & 7))) !== 0;
  }

  add(offset: number): void {
    this.#bytes[offset >> 3]! |= 1 << (offset & 7);
  }

  delete(offset: number): void {
    this.#bytes[offset >> 3]! &= ~(1 << (offset & 7));
  }

  /** A free offset in [low, high), the first one from a random start; undefined when all are taken. */
  findFree(low: number, high: number, randomBelow: (bound: number) => number): number | undefined {
    const count = high - low;
    if (count <= 0) return undefined;
    const start = randomBelow(count);
    for (let step = 0; step < count; step += 1) {
      const offset = low + ((start + step) % count);
      if (!this.has(offset)) return offset;
    }
    return undefined;
  }
}
