/** Cuts JSON documents that follow each other out of a stream of bytes. */

export class JsonDocuments {
  readonly #bytesMax: number;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #hasBegun = false;

  /** `bytesMax` bounds one document. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Hands every document that ends in this chunk to `take`, as text. Only objects and arrays are cut out;
   * anything else is handed out with what is left, at the end.
   * @throws RangeError when one is too large
   */
  push(chunk: Buffer, take: (text: string) => void): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (!this.#step(chunk[at]!)) continue;
      this.#count(at + 1 - from);
      take(this.#cut(chunk.subarray(from, at + 1)));
      from = at + 1;
    }
    this.#count(chunk.length - from);
    this.#waiting.push(chunk.subarray(from));
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesMax) throw new RangeError('a JSON document is too large');
  }

  /** What is left at the end; empty when that is nothing but space. */
  rest(): string {
    return this.#cut(Buffer.alloc(0)).trim();
  }

  #cut(last: Buffer): string {
    const text = Buffer.concat([...this.#waiting, last]).toString('utf8');
    this.#waiting = [];
    this.#bytes = 0;
    this.#hasBegun = false;
    return text;
  }

  /** True when the byte ends a document. */
  #step(byte: number): boolean {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === 0x5c) this.#isEscaped = true;
      else if (byte === 0x22) this.#isInText = false;
      return false;
    }
    if (byte === 0x22) this.#isInText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      this.#depth++;
      this.#hasBegun = true;
    } else if (byte === 0x7d || byte === 0x5d) {
      this.#depth--;
      return this.#hasBegun && this.#depth === 0;
    }
    return false;
  }
}
