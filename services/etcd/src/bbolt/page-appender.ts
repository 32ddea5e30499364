/** Pages handed out in order of their ids, and gathered into chunks on their way to the file. */
import type { PageId } from './format.ts';

/** Takes the bytes of the file in order; it may not keep them after it returns. */
export type AppendBytes = (bytes: Uint8Array) => void;

const chunkBytes = 1024 * 1024;

export interface PageRun {
  readonly id: PageId;
  /** All pages of the run; zeros. To be filled before the next run is taken. */
  readonly bytes: Uint8Array;
  readonly overflow: number;
}

export class PageAppender {
  readonly pageBytes: number;
  readonly #append: AppendBytes;
  readonly #chunk: Uint8Array;
  #used = 0;
  /** A run that is larger than a chunk. */
  #large: Uint8Array | undefined;
  #nextId: PageId;

  constructor(options: { pageBytes: number; firstId: PageId; append: AppendBytes }) {
    this.pageBytes = options.pageBytes;
    this.#append = options.append;
    this.#nextId = options.firstId;
    this.#chunk = new Uint8Array(Math.max(chunkBytes, options.pageBytes));
  }

  /** The id of the next page; so many pages are in the file once this is flushed. */
  get nextId(): PageId {
    return this.#nextId;
  }

  /** As many pages as `bytes` need. */
  take(bytes: number): PageRun {
    const pages = Math.ceil(bytes / this.pageBytes);
    const id = this.#nextId;
    this.#nextId += pages;
    return { id, bytes: this.#space(pages * this.pageBytes), overflow: pages - 1 };
  }

  #space(bytes: number): Uint8Array {
    if (this.#large !== undefined || this.#used + bytes > this.#chunk.length) this.flush();
    if (bytes > this.#chunk.length) return (this.#large = new Uint8Array(bytes));
    const space = this.#chunk.subarray(this.#used, this.#used + bytes).fill(0);
    this.#used += bytes;
    return space;
  }

  flush(): void {
    if (this.#used > 0) this.#append(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
    if (this.#large !== undefined) this.#append(this.#large);
    this.#large = undefined;
  }
}
