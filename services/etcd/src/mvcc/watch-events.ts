/**
 * Events as watchers get them, made and encoded once for all who want them in the same form: what a
 * further watcher costs is a copy of bytes.
 */
import { EncodedEvent } from './results.ts';
import type { Change } from './revision.ts';
import type { MvccStore } from './store.ts';
import { encodeDeleted, type ByteString } from './version.ts';

/** What a watcher wants to be told. */
export interface EventForm {
  readonly noPut: boolean;
  readonly noDelete: boolean;
  /** With the key as it was before. */
  readonly previous: boolean;
}

/** The matching events of one revision. */
export class EventGroup {
  readonly revision: number;
  readonly events: EncodedEvent[];

  constructor(revision: number, events: EncodedEvent[]) {
    this.revision = revision;
    this.events = events;
  }

  /** On the wire. */
  get bytes(): number {
    let bytes = 0;
    for (const event of this.events) bytes += event.wire.length;
    return bytes;
  }
}

/** Groups in the order of their revisions; the same object goes to all who get the same events. */
export class EventBatch {
  readonly groups: readonly EventGroup[];
  readonly bytes: number;
  #wire: Buffer | undefined;

  constructor(groups: readonly EventGroup[]) {
    this.groups = groups;
    this.bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
  }

  /** All events, one field of a WatchResponse after the other. */
  get wire(): Buffer {
    return (this.#wire ??= this.#join());
  }

  #join(): Buffer {
    const [first, ...more] = this.groups.flatMap(({ events }) => events);
    if (first !== undefined && more.length === 0) return first.wire;
    const all = this.groups.flatMap(({ events }) => events.map(({ wire }) => wire));
    return Buffer.concat(all, this.bytes);
  }

  /** Without what is before a revision. */
  from(revision: number): EventBatch {
    const [oldest] = this.groups;
    if (oldest === undefined || oldest.revision >= revision) return this;
    return new EventBatch(this.groups.filter((group) => group.revision >= revision));
  }
}

/** The events of one change, in the forms that were asked for so far. */
interface Made {
  plain: EncodedEvent | undefined;
  withPrevious: EncodedEvent | undefined;
}

/** Bytes of events that are kept for those who come a little later. */
const keptBytesMax = 8 * 1024 * 1024;
const eventOverheadBytes = 256;

export class EventMaker {
  readonly #store: MvccStore;
  #made = new Map<Change, Made>();
  #bytes = 0;

  constructor(store: MvccStore) {
    this.#store = store;
  }

  /** Undefined for what is not wanted. */
  eventOf(revision: number, change: Change, form: EventForm): EncodedEvent | undefined {
    const isDelete = change.version.isTombstone;
    if (isDelete ? form.noDelete : form.noPut) return undefined;
    const made = this.#madeOf(change);
    const before = form.previous ? this.#before(revision, change) : undefined;
    if (before === undefined) return (made.plain ??= this.#make(revision, change, undefined));
    return (made.withPrevious ??= this.#make(revision, change, before));
  }

  /** Bytes of what the key was before the revision, if it lived and is still known. */
  #before(revision: number, { version, previous }: Change): ByteString | undefined {
    if (previous === undefined || revision - 1 < this.#store.compactRevision) return undefined;
    // Of two changes in one revision both are told what was before it.
    const before =
      previous.main === revision ? this.#store.at(version.key, revision - 1) : previous;
    return before === undefined ? undefined : this.#store.encodedOf(before);
  }

  #madeOf(change: Change): Made {
    let made = this.#made.get(change);
    if (made === undefined) {
      made = { plain: undefined, withPrevious: undefined };
      this.#made.set(change, made);
    }
    return made;
  }

  #make(revision: number, change: Change, previous: ByteString | undefined): EncodedEvent {
    const { version } = change;
    const isDelete = version.isTombstone;
    const kv = isDelete ? encodeDeleted(version.key, revision) : this.#store.encodedOf(version);
    if (kv === undefined) throw new Error(`revision ${revision} is not in the database`);
    this.#keep(2 * (kv.length + (previous?.length ?? 0)) + eventOverheadBytes);
    return new EncodedEvent(isDelete, kv, previous);
  }

  #keep(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= keptBytesMax) return;
    this.#made = new Map();
    this.#bytes = 0;
  }
}
