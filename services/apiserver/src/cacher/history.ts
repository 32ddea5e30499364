/**
 * The latest changes of a resource, for watches that start in the past.
 *
 * 1. Changes are in order of their revision; `floor` is the revision from which nothing is missing.
 * 2. Bounded in number and in bytes; the oldest go first, and the floor rises with them.
 */
import type { Change } from './change.ts';

export interface HistoryBounds {
  readonly changesMax: number;
  readonly bytesMax: number;
}

export class History {
  readonly #bounds: HistoryBounds;
  #changes: Change[] = [];
  /** Index of the oldest change; what lies before it is freed in bulk. */
  #head = 0;
  #bytes = 0;
  #floor: number;

  constructor(floor: number, bounds: HistoryBounds) {
    this.#floor = floor;
    this.#bounds = bounds;
  }

  get floor(): number {
    return this.#floor;
  }

  push(change: Change): void {
    this.#changes.push(change);
    this.#bytes += change.bytes;
    while (
      this.#changes.length - this.#head > this.#bounds.changesMax ||
      (this.#bytes > this.#bounds.bytesMax && this.#changes.length - this.#head > 1)
    ) {
      const oldest = this.#changes[this.#head]!;
      this.#head += 1;
      this.#bytes -= oldest.bytes;
      this.#floor = oldest.revision;
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The changes after a revision; undefined when some of them are gone. */
  after(revision: number): Change[] | undefined {
    if (revision < this.#floor) return undefined;
    let low = this.#head;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#changes[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#changes.slice(low);
  }
}
