/**
 * Memory that frames are put together in. It is used again when the socket is done with it: fresh memory
 * costs a page fault for each 4 KiB, which is more than the copying.
 *
 * 1. A slab is used again only when every write of a part of it has called back.
 */
export const slabBytes = 64 * 1024;
const pooledMax = 64;
const pool: Slab[] = [];

export class Slab {
  readonly bytes: Buffer;
  #writes = 0;
  #isRetired = false;
  /** To be given to each write of a part of it. */
  readonly onWritten = (): void => {
    this.#writes--;
    this.#recycle();
  };

  private constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
  }

  static take(length: number): Slab {
    const used = length <= slabBytes ? pool.pop() : undefined;
    if (used === undefined) return new Slab(Math.max(length, slabBytes));
    used.#isRetired = false;
    return used;
  }

  /** No write is under way: everything may be overwritten. */
  get isIdle(): boolean {
    return this.#writes === 0;
  }

  writeBegins(): void {
    this.#writes++;
  }

  /** Nothing is put in any more: it may be taken by another when its writes are over. */
  retire(): void {
    this.#isRetired = true;
    this.#recycle();
  }

  #recycle(): void {
    if (!this.#isRetired || this.#writes > 0) return;
    if (this.bytes.length === slabBytes && pool.length < pooledMax) pool.push(this);
  }
}
