/**
 * The watch cache: all of /registry as of one revision of the store, and everything that reads and
 * watches it.
 *
 * 1. `revision` is exact: all writes up to it are applied, none after it (storage/feed.ts).
 * 2. A consistent read asks etcd for its revision and waits until the cache is there.
 * 3. Nothing here waits without a bound.
 */
import {
  serviceUnavailableError,
  timeoutError,
  tooLargeResourceVersionError,
  type KindDefinition,
} from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { EventType, type Event, type KeyValue } from '@drydock/proto/etcd';
import type { EtcdClient } from '../storage/etcd-client.ts';
import type { FeedSink } from '../storage/feed.ts';
import { createKeyParser, type ResourceKey } from '../storage/keys.ts';
import type { OwnWrites } from '../storage/own-writes.ts';
import { StoredObject } from '../storage/stored-object.ts';
import { ResourceCache } from './resource-cache.ts';
import { WakeQueue } from './wake-queue.ts';

export interface CacherOptions {
  readonly kinds: readonly KindDefinition[];
  readonly etcd: EtcdClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ownWrites: OwnWrites;
}

export interface Cacher extends FeedSink, Disposable {
  /** What is applied; 0 before the first list. */
  readonly revision: number;
  readonly isFilled: boolean;
  of(kind: KindDefinition): ResourceCache;
  /** Resolves when the cache is at least as new as the store at the time of the call. */
  waitForCurrent(): Promise<void>;
  /** Resolves when the cache holds the given revision; undefined: when it holds anything. */
  waitFor(revision: number | undefined): Promise<void>;
}

/** Longer than it takes to leave a silent member of etcd. */
const catchUpMillisMax: Millis = 7_000;
const freshnessMillisMax: Millis = 3_000;
const bookmarkMillis: Millis = 60_000;

/** Without a copy of the bytes. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength).toString();

interface Waiter {
  readonly revision: number;
  readonly done: (isReached: boolean) => void;
}

export function createCacher(options: CacherOptions): Cacher {
  const { clock, etcd, log, ownWrites } = options;
  const wakes = new WakeQueue();
  const caches = new Map(options.kinds.map((kind) => [kind, new ResourceCache(kind, wakes)]));
  const parseKey = createKeyParser(options.kinds);
  const waiters = new Set<Waiter>();
  let revision = 0;
  let isClosing = false;

  const reached = (now: number) => {
    revision = now;
    for (const waiter of waiters) {
      if (waiter.revision > now) continue;
      waiters.delete(waiter);
      waiter.done(true);
    }
  };

  const placeOf = ({ key }: KeyValue) => parseKey(textOf(key));

  const read = (place: ResourceKey, { value, modRevision }: KeyValue) => {
    const object =
      ownWrites.find(place.key, value, modRevision) ??
      StoredObject.fromStorage(place, value, modRevision);
    if (object === undefined) log.error({ key: place.key }, 'a value in etcd is not readable');
    return object;
  };

  /** Whoever would wait is better served by another apiserver: this one hears no more of etcd. */
  const refuseWhenClosing = () => {
    if (isClosing) throw serviceUnavailableError('this apiserver is stopping');
  };

  const until = (wanted: number, millis: Millis): Promise<boolean> => {
    if (revision >= wanted) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        revision: wanted,
        done: (isReached) => {
          timer.cancel();
          resolve(isReached);
        },
      };
      const timer = clock.setTimer(millis, () => {
        waiters.delete(waiter);
        resolve(false);
      });
      waiters.add(waiter);
    });
  };

  const applyEvent = (event: Event) => {
    const pair = event.kv!;
    const place = placeOf(pair);
    if (place === undefined) return;
    // A value that cannot be read hides what was there before: showing that on would be a lie.
    const object = event.type === EventType.delete ? undefined : read(place, pair);
    caches.get(place.kind)!.apply(place.key, object, pair.modRevision);
  };

  let bookmarks = clock.setTimer(bookmarkMillis, function send() {
    for (const cache of caches.values()) cache.bookmark(revision);
    bookmarks = clock.setTimer(bookmarkMillis, send);
  });

  return {
    get revision() {
      return revision;
    },
    get isFilled() {
      return revision > 0;
    },
    of: (kind) => {
      const cache = caches.get(kind);
      if (cache === undefined) throw new Error(`no cache of ${kind.resource}`);
      return cache;
    },
    reset: () => {
      const objects = new Map<KindDefinition, StoredObject[]>();
      let count = 0;
      return {
        take: (pairs) => {
          count += pairs.length;
          for (const pair of pairs) {
            const place = placeOf(pair);
            const object = place === undefined ? undefined : read(place, pair);
            if (object === undefined) continue;
            const list = objects.get(object.kind);
            if (list === undefined) objects.set(object.kind, [object]);
            else list.push(object);
          }
        },
        finish: (now) => {
          for (const [kind, cache] of caches) cache.reset(objects.get(kind) ?? [], now);
          log.info({ revision: now, objects: count }, 'cache filled');
          reached(now);
        },
      };
    },
    apply: (events, now) => {
      for (const event of events) applyEvent(event);
      reached(now);
    },
    waitForCurrent: async () => {
      refuseWhenClosing();
      const wanted = await etcd.currentRevision();
      if (await until(wanted, catchUpMillisMax)) return;
      refuseWhenClosing();
      throw timeoutError(
        `the watch cache is at revision ${revision} and did not reach etcd's revision ${wanted} within ${catchUpMillisMax} ms`,
      );
    },
    waitFor: async (wanted) => {
      // Watches that have just been ended would come back here, and be cut off later.
      refuseWhenClosing();
      if (wanted === undefined) {
        if (await until(1, freshnessMillisMax)) return;
        throw serviceUnavailableError('the watch cache is not filled yet: etcd was not reached');
      }
      if (await until(wanted, freshnessMillisMax)) return;
      refuseWhenClosing();
      throw tooLargeResourceVersionError(String(wanted), String(revision));
    },
    [Symbol.dispose]: () => {
      isClosing = true;
      bookmarks.cancel();
      for (const waiter of waiters) waiter.done(false);
      waiters.clear();
      for (const cache of caches.values()) cache.endWatchers();
    },
  };
}
