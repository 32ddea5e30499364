/**
 * Records by key: open addressing in typed arrays, beside one list of the records. For a million keys it
 * takes a third of a Map's memory, nothing of it the garbage collector's to walk.
 *
 * 1. A record keeps its slot until it is removed; another one may take its place there.
 * 2. At most half of the table is in use, so that a search ends soon.
 */
import { hashOf, type HashSeed } from './string-hash.ts';
import type { ByteString } from './version.ts';

interface Keyed {
  readonly key: ByteString;
}

const sizeAtFirst = 1_024;

export class KeyTable<Item extends Keyed> {
  readonly #seed: HashSeed;
  readonly #items: (Item | undefined)[] = [];
  readonly #free: number[] = [];
  /** Slots plus one; 0 is empty. */
  #table = new Int32Array(sizeAtFirst);
  #hashes = new Int32Array(sizeAtFirst);
  #size = 0;

  constructor(seed: HashSeed) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  /** The slot must be in use. */
  at(slot: number): Item {
    return this.#items[slot]!;
  }

  /** -1 when the key is not there. */
  slotOf(key: ByteString): number {
    const found = this.#find(key, hashOf(key, this.#seed));
    return this.#table[found]! - 1;
  }

  get(key: ByteString): Item | undefined {
    const slot = this.slotOf(key);
    return slot < 0 ? undefined : this.#items[slot];
  }

  /** Where the key is in the table, or the empty place where it belongs. */
  #find(key: ByteString, hash: number): number {
    const table = this.#table;
    const hashes = this.#hashes;
    const mask = table.length - 1;
    let at = hash & mask;
    for (;;) {
      const slot = table[at]!;
      if (slot === 0) return at;
      if (hashes[at] === hash && this.#items[slot - 1]!.key === key) return at;
      at = (at + 1) & mask;
    }
  }

  /** The key must be new; returns its slot. */
  add(item: Item): number {
    if ((this.#size + 1) * 2 > this.#table.length) this.#grow();
    const slot = this.#free.pop() ?? this.#items.length;
    this.#items[slot] = item;
    const hash = hashOf(item.key, this.#seed);
    const at = this.#find(item.key, hash);
    this.#table[at] = slot + 1;
    this.#hashes[at] = hash;
    this.#size++;
    return slot;
  }

  /** Another item of the same key. */
  replace(slot: number, item: Item): void {
    this.#items[slot] = item;
  }

  /** Whoever stands behind a removed one moves up, so that no search ends too early. */
  remove(key: ByteString): void {
    const table = this.#table;
    const hashes = this.#hashes;
    const mask = table.length - 1;
    let hole = this.#find(key, hashOf(key, this.#seed));
    const slot = table[hole]! - 1;
    if (slot < 0) return;
    this.#items[slot] = undefined;
    this.#free.push(slot);
    this.#size--;
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = hashes[at]! & mask;
      // It may move into the hole unless that lies before its home, seen around the ring.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      table[hole] = table[at]!;
      hashes[hole] = hashes[at]!;
      hole = at;
    }
    table[hole] = 0;
  }

  #grow(): void {
    const oldTable = this.#table;
    const oldHashes = this.#hashes;
    const table = new Int32Array(oldTable.length * 2);
    const hashes = new Int32Array(table.length);
    const mask = table.length - 1;
    for (let from = 0; from < oldTable.length; from++) {
      if (oldTable[from] === 0) continue;
      const hash = oldHashes[from]!;
      let at = hash & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = oldTable[from]!;
      hashes[at] = hash;
    }
    this.#table = table;
    this.#hashes = hashes;
  }
}
