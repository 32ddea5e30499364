/**
 * The versions that a later one replaced, and tombstones, in the order of the revision that made them so:
 * what compaction will forget. Two flat lists, because there may be millions.
 */
import type { ByteString } from './version.ts';

export class SupersededQueue {
  #mains: number[] = [];
  #keys: (ByteString | undefined)[] = [];
  #first = 0;

  /** The oldest revision in it; undefined when it is empty. */
  get oldest(): number | undefined {
    return this.#mains[this.#first];
  }

  get size(): number {
    return this.#mains.length - this.#first;
  }

  /** `main` replaced a version of the key, or deleted it. Revisions never decrease. */
  push(main: number, key: ByteString): void {
    this.#mains.push(main);
    this.#keys.push(key);
  }

  /** These come back, and are older than all that is in it. Costs a copy of the queue. */
  pushFront(main: number, keys: readonly ByteString[]): void {
    if (keys.length === 0) return;
    this.#mains = keys.map(() => main).concat(this.#mains.slice(this.#first));
    this.#keys = [...keys, ...this.#keys.slice(this.#first)];
    this.#first = 0;
  }

  /** The queue must not be empty. */
  shift(): ByteString {
    const key = this.#keys[this.#first]!;
    this.#keys[this.#first++] = undefined;
    if (this.#first >= 4_096 && this.#first * 2 >= this.#mains.length) {
      this.#mains = this.#mains.slice(this.#first);
      this.#keys = this.#keys.slice(this.#first);
      this.#first = 0;
    }
    return key;
  }
}
