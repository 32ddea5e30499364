/**
 * Bounds the bytes of values in memory: first in, first out, with a second chance for what was read
 * since. What the backend has not confirmed yet stays whatever the bound.
 *
 * Versions that a later one has replaced have a bound of their own, an eighth: few ask for them, and
 * a key that is written all the time must not push out all others.
 */
import type { Version } from './version.ts';

export class VersionCache {
  readonly #bytesMax: number;
  readonly #replacedBytesMax: number;
  /** Versions that got their bytes, oldest first. */
  readonly #versions = new Queue();
  /** Those of them that were replaced, in that order. */
  readonly #replaced = new Queue();
  #bytes = 0;
  #replacedBytes = 0;
  /** Of those in the first queue, the ones without bytes. */
  #gone = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#replacedBytesMax = bytesMax / 8;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Versions that it keeps hold of, some without bytes. */
  get length(): number {
    return this.#versions.length + this.#replaced.length;
  }

  /** The version has just got its bytes. */
  add(version: Version): void {
    this.#versions.push(version);
    this.#bytes += version.encoded!.length;
    if (version.isReplaced) this.#addReplaced(version);
  }

  /** A later version has taken its place. */
  replace(version: Version): void {
    version.isReplaced = true;
    if (version.encoded !== undefined) this.#addReplaced(version);
  }

  #addReplaced(version: Version): void {
    this.#replaced.push(version);
    this.#replacedBytes += version.encoded!.length;
  }

  /** The version is gone for good; its places in the queues go when their turn comes. */
  forget(version: Version): void {
    if (version.encoded === undefined) return;
    this.#drop(version);
    if (++this.#gone < 4_096 || this.#gone * 2 < this.#versions.length) return;
    this.#versions.removeWithoutBytes();
    this.#replaced.removeWithoutBytes();
    this.#gone = 0;
  }

  #drop(version: Version): void {
    const { length } = version.encoded!;
    this.#bytes -= length;
    if (version.isReplaced) this.#replacedBytes -= length;
    version.encoded = undefined;
  }

  /** Lets go of bytes above the bounds that the backend holds, which is all up to `confirmed`. */
  trim(confirmed: number): void {
    while (this.#replacedBytes > this.#replacedBytesMax) {
      const version = this.#replaced.first;
      if (version === undefined || version.main > confirmed) break;
      this.#replaced.shift();
      this.forget(version);
    }
    let chances = this.#versions.length;
    while (this.#bytes > this.#bytesMax && chances > 0) {
      const version = this.#versions.first!;
      if (version.main > confirmed) break;
      this.#versions.shift();
      chances--;
      if (version.encoded === undefined) this.#gone--;
      else if (version.touched) {
        version.touched = false;
        this.#versions.push(version);
      } else this.#drop(version);
    }
  }
}

class Queue {
  #items: (Version | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  get first(): Version | undefined {
    return this.#items[this.#first];
  }

  push(version: Version): void {
    this.#items.push(version);
  }

  shift(): void {
    this.#items[this.#first++] = undefined;
    if (this.#first <= 4_096 || this.#first * 2 <= this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }

  removeWithoutBytes(): void {
    this.#items = this.#items.filter((one) => one?.encoded !== undefined);
    this.#first = 0;
  }
}
