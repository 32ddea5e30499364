/**
 * The newest revisions, kept in memory for watchers that catch up.
 *
 * 1. They follow each other without a gap.
 * 2. What the backend does not hold yet is never let go of.
 */
import type { Revision } from './revision.ts';

export interface RecentLimits {
  readonly revisionsMax: number;
  /** Keys changed in them, together. */
  readonly changesMax: number;
}

export class RecentRevisions {
  readonly #limits: RecentLimits;
  #revisions: Revision[] = [];
  #first = 0;
  #changes = 0;

  constructor(limits: RecentLimits) {
    this.#limits = limits;
  }

  /** The oldest one; undefined when there is none. */
  get oldest(): number | undefined {
    return this.#revisions[this.#first]?.main;
  }

  /** `confirmed` is the newest revision that the backend holds. */
  push(revision: Revision, confirmed: number): void {
    this.#revisions.push(revision);
    this.#changes += revision.changes.length;
    const { revisionsMax, changesMax } = this.#limits;
    while (
      (this.#revisions.length - this.#first > revisionsMax || this.#changes > changesMax) &&
      this.#revisions[this.#first]!.main <= confirmed
    ) {
      this.#shift();
    }
  }

  /** Lets go of what is older. */
  forgetBefore(revision: number): void {
    while ((this.oldest ?? revision) < revision) this.#shift();
  }

  /**
   * At most `limit` of them from `from` on, which must not be older than the oldest; fewer, but at least
   * one, when they change more than `changesMax` keys.
   */
  slice(from: number, limit: number, changesMax: number): readonly Revision[] {
    const start = this.#first + from - this.oldest!;
    let end = start;
    let changes = 0;
    while (end < this.#revisions.length && end < start + limit && changes < changesMax) {
      changes += this.#revisions[end++]!.changes.length;
    }
    return this.#revisions.slice(start, end);
  }

  #shift(): void {
    this.#changes -= this.#revisions[this.#first]!.changes.length;
    // Its changes hold versions and keys in memory.
    this.#revisions[this.#first++] = nothing;
    if (this.#first < 1_024 || this.#first * 2 < this.#revisions.length) return;
    this.#revisions = this.#revisions.slice(this.#first);
    this.#first = 0;
  }
}

const nothing: Revision = { main: 0, changes: [] };
