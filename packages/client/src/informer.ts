/**
 * A shared, indexed copy of a resource that follows the server, and tells its handlers what changed.
 *
 * 1. A handler sees every object that is there as added, then each change once and in order; one that
 *    is added late gets the present objects first.
 * 2. The store is changed before the handlers are told.
 * 3. Intermediate states may be missed (a list after a gap shows only the end of it), the last never:
 *    handlers are level-driven.
 * 4. Handlers are synchronous and quick; one that throws is a bug, and ends the informer.
 * 5. After a gap a deletion is told with the last state that was seen of the object.
 */
import type { KubernetesObject } from '@drydock/api';
import type { Clock, Logger, Millis, Random } from '@drydock/ports';
import type { ApiClient, Selection } from './api.ts';
import { isGone } from './errors.ts';
import { firstState, nextState, type Outcome, type ReflectorState } from './reflector.ts';
import type { Resource } from './resources.ts';
import { createObjectStore, keyOf, type Indexer, type ObjectReader } from './store.ts';
import type { WatchEvent } from './watch.ts';

export interface InformerHandler<T> {
  onAdd?(object: T): void;
  /** On a resync `object` and `old` are the same. */
  onUpdate?(object: T, old: T): void;
  /** The last state seen, which need not be the very last one there was. */
  onDelete?(object: T): void;
}

export interface InformerOptions<T extends KubernetesObject> extends Selection {
  readonly resource: Resource<T>;
  readonly indexers?: Readonly<Record<string, Indexer<T>>>;
  /** Repeats every object as an update this often, for handlers that must look again; off if not given. */
  readonly resyncMillis?: Millis;
}

export interface InformerPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export type InformerState = ReflectorState | { readonly kind: 'idle' | 'stopped' };

export interface Informer<T extends KubernetesObject> {
  readonly resource: Resource<T>;
  readonly store: ObjectReader<T>;
  readonly state: InformerState;
  /** All objects of the first list are in the store, and the handlers know of them. */
  hasSynced(): boolean;
  /** Resolves when synced; rejects with the signal's reason when that aborts first. */
  synced(signal: AbortSignal): Promise<void>;
  /** Dispose the result to remove the handler. */
  addHandler(handler: InformerHandler<T>): Disposable;
  addIndex(name: string, indexer: Indexer<T>): void;
  /** Follows the server until the signal aborts, then resolves. Call it once. */
  run(signal: AbortSignal): Promise<void>;
}

/** A watch is renewed after 5 to 10 minutes, so that watches spread over the servers again. */
const watchMillis: Millis = 300_000;

export function createInformer<T extends KubernetesObject>(
  options: InformerOptions<T>,
  { api, clock, random, log: parentLog }: InformerPowers,
): Informer<T> {
  const { resource } = options;
  const log = parentLog.child({ informer: resource.resource });
  const store = createObjectStore<T>();
  for (const [name, indexer] of Object.entries(options.indexers ?? {})) {
    store.addIndex(name, indexer);
  }
  const handlers = new Set<InformerHandler<T>>();
  const waiting = new Set<() => void>();
  let state: InformerState = { kind: 'idle' };
  let isSynced = false;

  const upsert = (object: T) => {
    const old = store.get(keyOf(object));
    if (old?.metadata.resourceVersion === object.metadata.resourceVersion && old !== undefined) {
      return;
    }
    store.set(object);
    for (const handler of handlers) {
      if (old === undefined) handler.onAdd?.(object);
      else if (old.metadata.uid === object.metadata.uid) handler.onUpdate?.(object, old);
      else {
        // Another object under the same name: its predecessor's end was not seen.
        handler.onDelete?.(old);
        handler.onAdd?.(object);
      }
    }
  };
  const remove = (key: string, last: T) => {
    if (store.get(key) === undefined) return;
    store.delete(key);
    for (const handler of handlers) handler.onDelete?.(last);
  };
  const replaceAll = (objects: readonly T[]) => {
    const present = new Set(objects.map(keyOf));
    for (const object of store.list()) {
      const key = keyOf(object);
      if (!present.has(key)) remove(key, object);
    }
    for (const object of objects) upsert(object);
    isSynced = true;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const apply = (event: WatchEvent<T>) => {
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'DELETED') remove(keyOf(event.object), event.object);
    else upsert(event.object);
  };

  /** Only what the server does may fail here; what handlers throw must pass through. */
  const list = async (
    listing: Extract<ReflectorState, { kind: 'listing' }>,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const answer = await api
      .list(resource, options, { freshness: listing.freshness, signal })
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'cannot list; will try again');
        return undefined;
      });
    if (answer === undefined) {
      return { kind: 'failed', reason: 'other', resourceVersion: 0, livedMillis: 0 };
    }
    replaceAll(answer.items);
    return { kind: 'listed', resourceVersion: answer.resourceVersion };
  };

  const watch = async (from: number, signal: AbortSignal): Promise<Outcome> => {
    const begin = clock.now();
    const renewal = new AbortController();
    const timer = clock.setTimer(watchMillis * (1 + random.float()), () => renewal.abort());
    const sequence = api.watch(resource, options, {
      resourceVersion: from,
      signal: AbortSignal.any([signal, renewal.signal]),
    });
    const events = sequence[Symbol.asyncIterator]();
    let resourceVersion = from;
    try {
      for (;;) {
        const step = await events.next().catch((error: unknown) => ({ error }));
        const livedMillis = clock.now() - begin;
        if ('error' in step) {
          const reason = isGone(step.error) ? 'too-old' : 'other';
          if (!signal.aborted) log.info({ err: step.error, reason }, 'watch failed');
          return { kind: 'failed', reason, resourceVersion, livedMillis };
        }
        if (step.done === true) return { kind: 'ended', resourceVersion, livedMillis };
        resourceVersion = step.value.resourceVersion;
        apply(step.value);
      }
    } finally {
      timer.cancel();
      await events.return?.();
    }
  };

  const act = async (present: ReflectorState, signal: AbortSignal): Promise<Outcome> => {
    switch (present.kind) {
      case 'listing':
        return list(present, signal);
      case 'watching':
        return watch(present.resourceVersion, signal);
      case 'backingOff':
        await clock.sleep(present.delayMillis, { signal }).catch(() => undefined);
        return { kind: 'waited' };
      default:
        return present satisfies never;
    }
  };

  const resync = () => {
    for (const object of store.list()) {
      for (const handler of handlers) handler.onUpdate?.(object, object);
    }
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    if (state.kind !== 'idle') throw new Error(`the informer of ${resource.resource} runs already`);
    const stopResync = repeat(clock, options.resyncMillis, resync);
    let current: ReflectorState = firstState;
    try {
      while (!signal.aborted) {
        state = current;
        const outcome = await act(current, signal);
        current = nextState(current, outcome, random.float());
      }
    } finally {
      stopResync();
      state = { kind: 'stopped' };
    }
  };

  return {
    resource,
    store,
    get state() {
      return state;
    },
    hasSynced: () => isSynced,
    synced: (signal) =>
      new Promise((resolve, reject) => {
        if (isSynced) return resolve();
        const abort = () => reject(signal.reason as Error);
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        waiting.add(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        });
      }),
    addHandler: (handler) => {
      handlers.add(handler);
      for (const object of store.list()) handler.onAdd?.(object);
      return { [Symbol.dispose]: () => void handlers.delete(handler) };
    },
    addIndex: (name, indexer) => store.addIndex(name, indexer),
    run,
  };
}

/** Runs `action` every so often until the result is called. */
function repeat(clock: Clock, periodMillis: Millis | undefined, action: () => void): () => void {
  if (periodMillis === undefined) return () => undefined;
  let timer = clock.setTimer(periodMillis, fire);
  function fire() {
    action();
    timer = clock.setTimer(periodMillis!, fire);
  }
  return () => timer.cancel();
}

/** The informers of a process: one for each resource, shared by all who need it. */
export interface InformerSet {
  /** The informer of all objects of a resource; the same one each time. */
  of<T extends KubernetesObject>(resource: Resource<T>): Informer<T>;
  hasSynced(): boolean;
  /** What is not synced yet, as resource names; for readiness. */
  notSynced(): readonly string[];
  synced(signal: AbortSignal): Promise<void>;
  /** Runs all informers asked for so far and later ones, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function createInformerSet(powers: InformerPowers): InformerSet {
  const informers = new Map<string, Informer<KubernetesObject>>();
  let begin: ((informer: Informer<KubernetesObject>) => void) | undefined;
  const all = () => [...informers.values()];
  return {
    of: <T extends KubernetesObject>(resource: Resource<T>) => {
      const name = `${resource.group}/${resource.resource}`;
      let informer = informers.get(name);
      if (informer === undefined) {
        informer = createInformer({ resource }, powers) as unknown as Informer<KubernetesObject>;
        informers.set(name, informer);
        begin?.(informer);
      }
      return informer as unknown as Informer<T>;
    },
    hasSynced: () => all().every((informer) => informer.hasSynced()),
    notSynced: () =>
      all()
        .filter((informer) => !informer.hasSynced())
        .map((informer) => informer.resource.resource),
    synced: async (signal) => {
      await Promise.all(all().map((informer) => informer.synced(signal)));
    },
    run: (signal) =>
      new Promise((resolve, reject) => {
        if (begin !== undefined) throw new Error('the informers run already');
        let running = 0;
        begin = (informer) => {
          running++;
          informer.run(signal).then(() => {
            if (--running === 0) resolve();
          }, reject);
        };
        for (const informer of all()) begin(informer);
        if (running === 0) signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}
