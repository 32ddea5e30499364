/**
 * All objects of one kind as of the store's last known revision, their recent changes, and those who
 * watch them.
 */
import sortedBTree from 'sorted-btree';
import type { KindDefinition } from '@drydock/api';
import type { StoredObject } from '../storage/stored-object.ts';
import { keyOf, listPrefix } from '../storage/keys.ts';
import { Change } from './change.ts';
import { History } from './history.ts';
import type { Selection } from './selection.ts';
import type { WakeQueue } from './wake-queue.ts';
import { Watcher } from './watcher.ts';
import { WatcherIndex } from './watcher-index.ts';

/** Upstream keeps 75 s of changes at least; at a hundred a second this is about as much. */
const historyBounds = { changesMax: 8_192, bytesMax: 24 * 1024 * 1024 };

const freshChangesMax = 64;

export interface WatchStart {
  readonly selection: Selection;
  /** Changes after this revision; undefined begins with the present objects. */
  readonly after: number | undefined;
  readonly bookmarks: boolean;
  /** A marked bookmark ends the initial objects. */
  readonly marksInitialEnd: boolean;
}

/**
 * Hears of every object as soon as it is in the cache, before any watcher does: what is derived from the
 * cache is never behind it. Exactly one of the two may be undefined. Must not throw.
 */
export type Observer = (
  object: StoredObject | undefined,
  previous: StoredObject | undefined,
) => void;

// The package is CommonJS: Node hands out its exports, vitest already the default one of them.
const BTree = 'default' in sortedBTree ? sortedBTree.default : sortedBTree;

const compareKeys = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export class ResourceCache {
  readonly kind: KindDefinition;
  #objects = new BTree<string, StoredObject>(undefined, compareKeys);
  #history = new History(0, historyBounds);
  readonly #watchers = new WatcherIndex();
  readonly #wakes: WakeQueue;
  readonly #observers: Observer[] = [];
  #version = 0;
  /** The latest changes, whose bytes watchers may still be about to share. */
  readonly #fresh: Change[] = [];

  constructor(kind: KindDefinition, wakes: WakeQueue) {
    this.kind = kind;
    this.#wakes = wakes;
  }

  /** Another one after each change: what was made of the objects is good as long as it is the same. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#objects.size;
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** The oldest revision a watch can start after. */
  get floor(): number {
    return this.#history.floor;
  }

  reset(objects: readonly StoredObject[], revision: number): void {
    const before = this.#objects;
    this.#version += 1;
    this.#objects = new BTree<string, StoredObject>(
      objects.map((object) => [object.key, object]),
      compareKeys,
    );
    this.#history = new History(revision, historyBounds);
    for (const [key, previous] of before.entries()) {
      if (!this.#objects.has(key)) this.#tell(undefined, previous);
    }
    for (const object of objects) this.#tell(object, before.get(object.key));
    // What happened since their last event is unknown: they start again and learn it from a list.
    for (const watcher of this.#watchers) watcher.end();
  }

  /** `object` undefined deletes. */
  apply(key: string, object: StoredObject | undefined, revision: number): void {
    const previous = this.#objects.get(key);
    this.#version += 1;
    if (object === undefined) {
      if (previous === undefined) return;
      this.#objects.delete(key);
    } else {
      this.#objects.set(key, object);
    }
    this.#tell(object, previous);
    const change = new Change(revision, object, previous);
    this.#history.push(change);
    for (const watcher of this.#watchers.concerned(change)) watcher.offer(change);
    this.#fresh.push(change);
    if (this.#fresh.length > freshChangesMax) this.#fresh.shift()!.forgetShared();
  }

  /** For the life of the cache, beginning with what is there. */
  observe(observer: Observer): void {
    this.#observers.push(observer);
    for (const object of this.#objects.values()) observer(object, undefined);
  }

  #tell(object: StoredObject | undefined, previous: StoredObject | undefined): void {
    for (const observer of this.#observers) observer(object, previous);
  }

  get(namespace: string, name: string): StoredObject | undefined {
    return this.#objects.get(keyOf(this.kind, namespace, name).key);
  }

  /** In the order of their keys. */
  *select(selection: Selection): Generator<StoredObject> {
    const { namespace, name } = selection;
    if (name !== undefined && (namespace !== '' || !this.kind.namespaced)) {
      const object = this.get(namespace, name);
      if (object !== undefined && selection.matches(object)) yield object;
      return;
    }
    for (const object of this.#inNamespace(namespace)) {
      if (!selection.isNarrow || selection.matches(object)) yield object;
    }
  }

  *#inNamespace(namespace: string, objects = this.#objects): Generator<StoredObject> {
    const prefix = listPrefix(this.kind, namespace);
    for (const [key, object] of objects.entries(prefix)) {
      if (!key.startsWith(prefix)) return;
      yield object;
    }
  }

  /** Undefined when the changes after `after` are no longer all known. */
  watch(start: WatchStart, revision: number): Watcher | undefined {
    const past = start.after === undefined ? [] : this.#history.after(start.after);
    if (past === undefined) return undefined;
    const watcher = new Watcher({
      selection: start.selection,
      // A clone shares its nodes with the tree, and stays as it is while the tree changes.
      initial:
        start.after === undefined
          ? this.#inNamespace(start.selection.namespace, this.#objects.clone())
          : undefined,
      initialEnd: start.marksInitialEnd ? revision : undefined,
      bookmarks: start.bookmarks,
      after: start.after ?? revision,
      wakes: this.#wakes,
      onEnd: (ended) => this.#watchers.delete(ended),
    });
    this.#watchers.add(watcher);
    for (const change of past) watcher.offer(change);
    return watcher;
  }

  bookmark(revision: number): void {
    for (const watcher of this.#watchers) if (watcher.bookmarks) watcher.bookmark(revision);
  }

  endWatchers(): void {
    for (const watcher of this.#watchers) watcher.end();
  }
}
