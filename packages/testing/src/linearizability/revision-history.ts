/**
 * What a store with revisions went through: the changes of each revision, as one trusted source saw
 * them. Answers to clients and the events of watchers are checked against it.
 */

export interface StoredValue {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** Decimal; "0" without one. */
  readonly lease: string;
}

/** One key in one revision; undefined when it was deleted. */
export interface KeyChange {
  readonly key: string;
  readonly after: StoredValue | undefined;
}

export class RevisionHistory {
  readonly #changes = new Map<number, readonly KeyChange[]>();
  readonly #byKey = new Map<string, { revision: number; after: StoredValue | undefined }[]>();
  #last = 1;

  /** An empty store is at revision 1. */
  get last(): number {
    return this.#last;
  }

  /**
   * Adds the revision after the last one, or compares with what is known of an earlier one. Returns
   * what is wrong with it, if anything.
   */
  add(revision: number, changes: readonly KeyChange[]): string | undefined {
    if (revision <= this.#last) {
      const known = JSON.stringify(this.#changes.get(revision) ?? []);
      const given = JSON.stringify(changes);
      if (known === given) return undefined;
      return `revision ${revision} is ${given}, but was ${known} before`;
    }
    if (revision !== this.#last + 1) {
      return `revision ${revision} follows ${this.#last}`;
    }
    this.#last = revision;
    this.#changes.set(revision, changes);
    for (const { key, after } of changes) {
      const versions = this.#byKey.get(key);
      if (versions === undefined) this.#byKey.set(key, [{ revision, after }]);
      else versions.push({ revision, after });
    }
    return undefined;
  }

  changesAt(revision: number): readonly KeyChange[] {
    return this.#changes.get(revision) ?? [];
  }

  /** The key as it was then. */
  at(key: string, revision: number): StoredValue | undefined {
    const versions = this.#byKey.get(key);
    if (versions === undefined) return undefined;
    let low = 0;
    let high = versions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (versions[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return versions[low - 1]?.after;
  }

  /** The keys in [from, to) that lived then, in order. */
  range(from: string, to: string, revision: number): { key: string; value: StoredValue }[] {
    return [...this.#byKey.keys()]
      .filter((key) => key >= from && key < to)
      .sort()
      .flatMap((key) => {
        const value = this.at(key, revision);
        return value === undefined ? [] : [{ key, value }];
      });
  }
}
