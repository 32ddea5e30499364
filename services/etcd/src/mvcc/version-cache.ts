/**
 * Bounds the bytes of values in memory: first in, first out, with a second chance for what was read
 * since. What the backend has not confirmed yet stays whatever the bound.
 */
import type { Version } from './version.ts';

export class VersionCache {
  readonly #bytesMax: number;
  /** Versions with `encoded` set, oldest first from `#first` on. */
  #queue: (Version | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The version has just got its bytes. */
  add(version: Version): void {
    this.#queue.push(version);
    this.#bytes += version.encoded!.length;
  }

  /** Lets go of bytes above the bound that the backend holds, which is all up to `confirmed`. */
  trim(confirmed: number): void {
    let chances = this.#queue.length - this.#first;
    while (this.#bytes > this.#bytesMax && chances > 0) {
      const version = this.#queue[this.#first]!;
      if (version.main > confirmed) break;
      this.#queue[this.#first++] = undefined;
      chances--;
      if (version.touched) {
        version.touched = false;
        this.#queue.push(version);
      } else {
        this.#bytes -= version.encoded!.length;
        version.encoded = undefined;
      }
    }
    if (this.#first > 4096 && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }
}
