/**
 * What etcd promises to watchers, checked against the history of the store. For each watcher:
 *
 * 1. Ordered: revisions never go back.
 * 2. Unique: no event comes twice.
 * 3. Reliable: no matching event is left out between the start and the last one that came.
 * 4. Atomic: the events of a revision come in one response, unless it says that it is a fragment.
 * 5. Resumable: a watcher from the revision after the last one seen is a watcher like any other.
 * 6. Bookmarkable: a progress notification for a revision means that everything up to it has come.
 * 7. Events tell the truth: kind, key, value, versions, what was before (while history is kept), and
 *    nothing that the range or the filters leave out.
 */
import type { RevisionHistory, StoredValue } from './revision-history.ts';

export interface WatchedEvent {
  readonly kind: 'put' | 'delete';
  readonly key: string;
  readonly modRevision: number;
  /** Of a put. */
  readonly value: StoredValue | undefined;
  readonly previous: StoredValue | undefined;
}

export type WatchedResponse =
  | { readonly kind: 'created'; readonly revision: number }
  | {
      readonly kind: 'events';
      readonly events: readonly WatchedEvent[];
      readonly fragment: boolean;
    }
  | { readonly kind: 'progress'; readonly revision: number }
  /** History before the revision is gone. */
  | { readonly kind: 'compacted'; readonly revision: number };

export interface WatchRecord {
  /** For messages. */
  readonly name: string;
  /** Keys in [from, to). */
  readonly from: string;
  readonly to: string;
  /** 0: from the revision after its creation. */
  readonly startRevision: number;
  readonly previous: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly responses: readonly WatchedResponse[];
  /** It was still there when all was quiet, so that everything must have come. */
  readonly isComplete: boolean;
}

export interface WatchContext {
  readonly history: RevisionHistory;
  /** The newest compaction that was asked for: before it, nothing needs to be known. */
  readonly compactRevision: number;
  /**
   * Revisions at which history was compacted, where that takes along the deletes of the very revision, as
   * etcd does before 3.5.18: these need not come. None by default.
   */
  readonly deletesForgottenAt?: ReadonlySet<number>;
}

/** What is broken, one line each. */
export function checkWatch(record: WatchRecord, context: WatchContext): string[] {
  const check = new WatchCheck(record, context);
  for (const response of record.responses) check.take(response);
  check.end();
  return check.problems;
}

class WatchCheck {
  readonly problems: string[] = [];
  readonly #record: WatchRecord;
  readonly #context: WatchContext;
  /** The first revision that it has to tell of; undefined until that is known. */
  #start: number | undefined;
  /** Everything before it has come. */
  #next = 0;
  /** Of the revision that fragments are of, how many events have come. */
  #partial: { readonly revision: number; count: number } | undefined;
  #isOver = false;

  constructor(record: WatchRecord, context: WatchContext) {
    this.#record = record;
    this.#context = context;
    if (record.startRevision > 0) this.#begin(record.startRevision);
  }

  #begin(revision: number): void {
    this.#start = this.#next = revision;
  }

  #say(problem: string): void {
    this.problems.push(`${problem} (watcher ${this.#record.name})`);
  }

  take(response: WatchedResponse): void {
    if (this.#isOver) this.#say('order: something came after the end');
    switch (response.kind) {
      case 'created':
        if (this.#start === undefined) this.#begin(response.revision + 1);
        return;
      case 'events':
        this.#takeEvents(response.events, response.fragment);
        return;
      case 'progress':
        if (this.#partial !== undefined) this.#say('atomic: progress between fragments');
        if (response.revision >= this.#next) {
          this.#expectNothingUntil(response.revision + 1, 'bookmarkable');
          this.#next = response.revision + 1;
        }
        return;
      case 'compacted':
        this.#isOver = true;
        if (response.revision > this.#context.compactRevision) {
          this.#say(`truth: nothing was compacted up to ${response.revision}`);
        } else if (this.#next >= response.revision) {
          this.#say(`reliable: ended for compaction, but it needed only ${this.#next} and later`);
        }
        return;
      default:
        response satisfies never;
    }
  }

  #takeEvents(events: readonly WatchedEvent[], fragment: boolean): void {
    if (this.#start === undefined) {
      this.#say('order: events before the watcher was created');
      return;
    }
    let at = 0;
    while (at < events.length) {
      const { modRevision: revision } = events[at]!;
      let end = at + 1;
      while (end < events.length && events[end]!.modRevision === revision) end++;
      const isCutOff = fragment && end === events.length;
      this.#takeRevision(revision, events.slice(at, end), isCutOff);
      at = end;
    }
  }

  #takeRevision(revision: number, events: readonly WatchedEvent[], isCutOff: boolean): void {
    const partial = this.#partial;
    this.#partial = undefined;
    if (partial !== undefined && partial.revision !== revision) {
      this.#say(`atomic: ${revision} came before the rest of ${partial.revision}`);
    }
    const alreadyHere = partial?.revision === revision ? partial.count : 0;
    if (revision < this.#next) {
      const isOld = revision < this.#start!;
      this.#say(
        isOld
          ? `truth: an event of ${revision}, before the start at ${this.#start}`
          : `unique or ordered: events of ${revision} after everything before ${this.#next}`,
      );
      return;
    }
    this.#expectNothingUntil(revision, 'reliable');
    const came = (event: WatchedEvent) => events.some(({ key }) => key === event.key);
    const expected = this.#matching(revision)
      .slice(alreadyHere)
      .filter((event) => came(event) || !this.#mayBeForgotten(event));
    for (const [at, event] of events.entries()) this.#compare(event, expected[at]);
    if (isCutOff && events.length < expected.length) {
      this.#partial = { revision, count: alreadyHere + events.length };
      this.#next = revision;
      return;
    }
    if (events.length < expected.length) {
      this.#say(`atomic: ${events.length} of ${expected.length} events of ${revision} came`);
    }
    this.#next = revision + 1;
  }

  #expectNothingUntil(end: number, promise: string): void {
    for (let revision = this.#next; revision < end; revision++) {
      const missing = this.#matching(revision).find((event) => !this.#mayBeForgotten(event));
      if (missing === undefined) continue;
      this.#say(`${promise}: the event of ${missing.key} at ${revision} is missing before ${end}`);
      return;
    }
  }

  #mayBeForgotten({ kind, modRevision }: WatchedEvent): boolean {
    return kind === 'delete' && this.#context.deletesForgottenAt?.has(modRevision) === true;
  }

  #matching(revision: number): WatchedEvent[] {
    const { from, to, noPut, noDelete } = this.#record;
    const { history } = this.#context;
    return history
      .changesAt(revision)
      .filter(({ key, after }) => {
        const isFiltered = after === undefined ? noDelete : noPut;
        return key >= from && key < to && !isFiltered;
      })
      .map(({ key, after }) => ({
        kind: after === undefined ? ('delete' as const) : ('put' as const),
        key,
        modRevision: revision,
        value: after,
        previous: this.#record.previous ? history.at(key, revision - 1) : undefined,
      }));
  }

  #compare(event: WatchedEvent, expected: WatchedEvent | undefined): void {
    const where = `the event of ${event.key} at ${event.modRevision}`;
    if (expected === undefined) {
      this.#say(`truth: ${where} is none, or is filtered, or came before`);
      return;
    }
    const { previous, ...rest } = event;
    const { previous: before, ...wanted } = expected;
    if (!isEqual(rest, wanted)) {
      this.#say(`truth: ${where} is ${JSON.stringify(rest)} instead of ${JSON.stringify(wanted)}`);
      return;
    }
    const mayBeGone = event.modRevision - 1 < this.#context.compactRevision;
    if (isEqual(previous, before) || (previous === undefined && mayBeGone)) return;
    this.#say(
      `prev_kv: of ${where} is ${JSON.stringify(previous)} instead of ${JSON.stringify(before)}`,
    );
  }

  end(): void {
    if (!this.#record.isComplete || this.#isOver || this.#start === undefined) return;
    if (this.#partial !== undefined) this.#say('atomic: the last fragments are missing');
    this.#expectNothingUntil(this.#context.history.last + 1, 'reliable');
  }
}

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
