/**
 * One watch: what its client has yet to be sent.
 *
 * 1. The queue is bounded. A client that does not keep up is ended, never waited for: it starts again
 *    from the last version it saw.
 * 2. `next` resolves with everything queued, so a slow client gets fewer and larger writes.
 * 3. Many who are waiting are woken in turns (wake-queue.ts).
 * 4. The initial objects are read from a snapshot as the client takes them, and are no part of the
 *    bound.
 */
import type { Change, ChangeType } from './change.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { Selection } from './selection.ts';
import type { WakeQueue } from './wake-queue.ts';

export type WatchItem =
  | { readonly kind: 'change'; readonly type: ChangeType; readonly change: Change }
  | { readonly kind: 'object'; readonly object: StoredObject }
  | { readonly kind: 'bookmark'; readonly revision: number; readonly endsInitialEvents: boolean };

/** What a client is streamed from. */
export interface Watch {
  /** What is there to send; waits for something. Undefined when the watch has ended. */
  next(): Promise<readonly WatchItem[] | undefined>;
  /** Tells a client that asked for bookmarks how far it has come. */
  tellProgress(): void;
  /** Idempotent. What is queued is dropped. */
  end(): void;
}

export interface WatcherOptions {
  readonly selection: Selection;
  readonly initial: Iterator<StoredObject> | undefined;
  /** A bookmark with this revision follows the initial objects. */
  readonly initialEnd: number | undefined;
  readonly bookmarks: boolean;
  /** Changes up to this revision are known to the client. */
  readonly after: number;
  readonly wakes: WakeQueue;
  readonly onEnd: (watcher: Watcher) => void;
}

const queueLengthMax = 4_096;
const queueBytesMax = 16 * 1024 * 1024;
const batchLengthMax = 256;

export class Watcher implements Omit<Watch, 'tellProgress'> {
  readonly selection: Selection;
  readonly bookmarks: boolean;
  readonly #after: number;
  readonly #onEnd: (watcher: Watcher) => void;
  readonly #wakes: WakeQueue;
  #initial: Iterator<StoredObject> | undefined;
  #initialEnd: number | undefined;
  #queue: WatchItem[] = [];
  #bytes = 0;
  /** Goes on with `next`, which waits. */
  #wake: (() => void) | undefined;
  #isRoused = false;
  #ended = false;

  constructor(options: WatcherOptions) {
    this.selection = options.selection;
    this.bookmarks = options.bookmarks;
    this.#after = options.after;
    this.#initial = options.initial;
    this.#initialEnd = options.initialEnd;
    this.#onEnd = options.onEnd;
    this.#wakes = options.wakes;
  }

  offer(change: Change): void {
    if (this.#ended || change.revision <= this.#after) return;
    const type = change.typeFor(this.selection);
    if (type === undefined) return;
    this.#bytes += change.bytes;
    if (this.#queue.length >= queueLengthMax || this.#bytes > queueBytesMax) {
      this.end();
      return;
    }
    this.#queue.push({ kind: 'change', type, change });
    this.#rouse();
  }

  /** Says that nothing up to a revision is missing. */
  bookmark(revision: number): void {
    if (this.#ended || this.#initial !== undefined || revision < this.#after) return;
    if (this.#queue.length >= queueLengthMax) return;
    this.#queue.push({ kind: 'bookmark', revision, endsInitialEvents: false });
    this.#rouse();
  }

  #rouse(): void {
    if (this.#wake === undefined || this.#isRoused) return;
    this.#isRoused = true;
    this.#wakes.push(this.#wake);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue = [];
    this.#initial = undefined;
    this.#wake?.();
    this.#onEnd(this);
  }

  async next(): Promise<readonly WatchItem[] | undefined> {
    for (;;) {
      if (this.#ended) return undefined;
      const initial = this.#takeInitial();
      if (initial.length > 0) return initial;
      if (this.#queue.length > 0) {
        const items = this.#queue;
        this.#queue = [];
        this.#bytes = 0;
        return items;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
      this.#isRoused = false;
    }
  }

  #takeInitial(): WatchItem[] {
    const items: WatchItem[] = [];
    while (this.#initial !== undefined && items.length < batchLengthMax) {
      const next = this.#initial.next();
      if (next.done === true) this.#initial = undefined;
      else if (this.selection.matches(next.value))
        items.push({ kind: 'object', object: next.value });
    }
    if (this.#initial === undefined && this.#initialEnd !== undefined) {
      items.push({ kind: 'bookmark', revision: this.#initialEnd, endsInitialEvents: true });
      this.#initialEnd = undefined;
    }
    return items;
  }
}
