/**
 * An ordered list in blocks: a binary search over blocks, one within a block, and moves of at most a
 * block on a change. With a million keys it is two thousand blocks of flat arrays, which is smaller
 * and faster to walk than a tree of nodes.
 *
 * 1. Blocks are never empty and hold at most `blockMax`; their contents follow each other in order.
 */
import type { ByteString } from './version.ts';

interface Keyed {
  readonly key: ByteString;
}

const blockMax = 512;

export class SortedRecords<Item extends Keyed> {
  readonly #blocks: Item[][] = [];

  /** The block where a key is or belongs: the last that starts at or before it. */
  #blockOf(key: ByteString): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#blocks[middle]![0]!.key <= key) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : low - 1;
  }

  /** The key must not be there yet. */
  add(item: Item): void {
    const at = this.#blockOf(item.key);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([item]);
      return;
    }
    block.splice(lowerBound(block, item.key), 0, item);
    if (block.length <= blockMax) return;
    // Keys often come in order: a full last block is left full, and a new one begun.
    const isLast = at === this.#blocks.length - 1;
    const keep = isLast && block.at(-1) === item ? blockMax : blockMax >>> 1;
    this.#blocks.splice(at + 1, 0, block.splice(keep));
  }

  remove(key: ByteString): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (block === undefined) return;
    const index = lowerBound(block, key);
    if (block[index]?.key !== key) return;
    block.splice(index, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** Visits [from, to) in order; an undefined `to` is unbounded. The list must not change meanwhile. */
  each(from: ByteString, to: ByteString | undefined, visit: (item: Item) => void): void {
    const first = this.#blockOf(from);
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at]!;
      const start = at === first ? lowerBound(block, from) : 0;
      for (let index = start; index < block.length; index++) {
        const item = block[index]!;
        if (to !== undefined && item.key >= to) return;
        visit(item);
      }
    }
  }
}

function lowerBound<Item extends Keyed>(block: readonly Item[], key: ByteString): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (block[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
