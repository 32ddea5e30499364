/**
 * Slots of a key table in the order of their keys, in blocks: a binary search over blocks, one within a
 * block, and moves of at most a block on a change. With a million keys it is two thousand flat blocks,
 * which is smaller and faster to walk than a tree of nodes.
 *
 * 1. Blocks are never empty and hold at most `blockMax`; their contents follow each other in order.
 */
import type { ByteString } from './version.ts';

const blockMax = 512;

export class SortedSlots {
  readonly #keyOf: (slot: number) => ByteString;
  #blocks: number[][] = [];

  constructor(keyOf: (slot: number) => ByteString) {
    this.#keyOf = keyOf;
  }

  /** Replaces everything; the keys are all different, in any order. */
  replaceAll(slots: number[]): void {
    const keyOf = this.#keyOf;
    slots.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    this.#blocks = [];
    for (let at = 0; at < slots.length; at += blockMax) {
      this.#blocks.push(slots.slice(at, at + blockMax));
    }
  }

  /** The block where a key is or belongs: the last that starts at or before it. */
  #blockOf(key: ByteString): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keyOf(this.#blocks[middle]![0]!) <= key) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : low - 1;
  }

  /** The first place of a block whose key is not before this one. */
  #lowerBound(block: readonly number[], key: ByteString): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keyOf(block[middle]!) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Its key must not be there yet. */
  add(slot: number): void {
    const key = this.#keyOf(slot);
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([slot]);
      return;
    }
    block.splice(this.#lowerBound(block, key), 0, slot);
    if (block.length <= blockMax) return;
    // Keys often come in order: a full last block is left full, and a new one begun.
    const isLast = at === this.#blocks.length - 1;
    const keep = isLast && block.at(-1) === slot ? blockMax : blockMax >>> 1;
    this.#blocks.splice(at + 1, 0, block.splice(keep));
  }

  remove(slot: number): void {
    const key = this.#keyOf(slot);
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (block === undefined) return;
    const index = this.#lowerBound(block, key);
    if (block[index] !== slot) return;
    block.splice(index, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /**
   * Visits [from, to) in order, until a visit returns false; an undefined `to` is unbounded. The list must
   * not change meanwhile.
   */
  each(
    from: ByteString,
    to: ByteString | undefined,
    visit: (slot: number) => boolean | void,
  ): void {
    const first = this.#blockOf(from);
    // Only the last block can hold keys beyond the end.
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at]!;
      const start = at === first ? this.#lowerBound(block, from) : 0;
      const isInside = to === undefined || this.#keyOf(block.at(-1)!) < to;
      const end = isInside ? block.length : this.#lowerBound(block, to);
      for (let index = start; index < end; index++) {
        if (visit(block[index]!) === false) return;
      }
      if (!isInside) return;
    }
  }
}
