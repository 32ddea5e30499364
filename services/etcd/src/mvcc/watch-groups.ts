/**
 * Synced watchers that watch the same range in the same form get the same events: they wait together, so
 * that a revision costs the same for one of them and for thousands.
 *
 * A member may have joined behind events that wait: its own `nextRevision` says where its part begins.
 * Members of one stream follow each other, so that its part can leave while those of others are made.
 */
import { rangeContains, type KeyRange } from './key-index.ts';
import type { EventForm, EventGroup } from './watch-events.ts';

export class WatcherGroup<Member> {
  readonly name: string;
  readonly range: KeyRange;
  readonly form: EventForm;
  readonly #byStream = new Map<object, Set<Member>>();
  waiting: EventGroup[] = [];

  constructor(name: string, range: KeyRange, form: EventForm) {
    this.name = name;
    this.range = range;
    this.form = form;
  }

  get isEmpty(): boolean {
    return this.#byStream.size === 0;
  }

  add(member: Member, stream: object): void {
    const members = this.#byStream.get(stream);
    if (members === undefined) this.#byStream.set(stream, new Set([member]));
    else members.add(member);
  }

  remove(member: Member, stream: object): void {
    const members = this.#byStream.get(stream);
    members?.delete(member);
    if (members?.size === 0) this.#byStream.delete(stream);
  }

  /** Members may leave while they are visited. */
  each(visit: (member: Member) => void): void {
    for (const members of this.#byStream.values()) for (const member of members) visit(member);
  }
}

const nameOf = (range: KeyRange, { noPut, noDelete, previous }: EventForm) =>
  `${noPut ? 1 : 0}${noDelete ? 1 : 0}${previous ? 1 : 0}${range.single ? '=' : '-'}` +
  `${range.from.length}:${range.from}${range.to ?? ''}${range.to === undefined ? '*' : ''}`;

export class WatcherGroups<Member> {
  readonly #byName = new Map<string, WatcherGroup<Member>>();
  /** Of one key each: most watchers of most clusters. */
  readonly #byKey = new Map<string, Set<WatcherGroup<Member>>>();
  readonly #ranges = new Set<WatcherGroup<Member>>();

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  get all(): Iterable<WatcherGroup<Member>> {
    return this.#byName.values();
  }

  join(member: Member, stream: object, range: KeyRange, form: EventForm): WatcherGroup<Member> {
    const name = nameOf(range, form);
    let group = this.#byName.get(name);
    if (group === undefined) {
      group = new WatcherGroup(name, range, form);
      this.#byName.set(name, group);
      if (!range.single) this.#ranges.add(group);
      else {
        const groups = this.#byKey.get(range.from);
        if (groups === undefined) this.#byKey.set(range.from, new Set([group]));
        else groups.add(group);
      }
    }
    group.add(member, stream);
    return group;
  }

  leave(member: Member, stream: object, group: WatcherGroup<Member>): void {
    group.remove(member, stream);
    if (!group.isEmpty) return;
    group.waiting = [];
    this.#byName.delete(group.name);
    this.#ranges.delete(group);
    const { from } = group.range;
    const groups = this.#byKey.get(from);
    groups?.delete(group);
    if (groups?.size === 0) this.#byKey.delete(from);
  }

  /** Visits those whose range holds the key. */
  each(key: string, visit: (group: WatcherGroup<Member>) => void): void {
    const groups = this.#byKey.get(key);
    if (groups !== undefined) for (const group of groups) visit(group);
    for (const group of this.#ranges) if (rangeContains(group.range, key)) visit(group);
  }
}
