/**
 * The one path to every object: REST and gRPC are two doors to it.
 *
 * 1. Create (create.ts): defaults, admission, the kind's preparation and validation, addresses, one
 *    transaction.
 * 2. Update and patch (update.ts): optimistic, against the object as it is now, repeated when it changes
 *    meanwhile unless the client named a version. Whose fields those are is decided before the server
 *    adds its own: see owners.ts.
 * 3. Delete: see remove.ts and deletion.ts.
 * 4. Nobody writes a role or a binding that gives more than he has (authz/escalation.ts).
 * 5. Reads without a version are consistent with the store at the time of the call.
 */
import {
  expiredError,
  notFoundError,
  type KindDefinition,
  type KubernetesObject,
} from '@drydock/api';
import type { Selection } from '../cacher/selection.ts';
import type { Watch } from '../cacher/watcher.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { createCreate } from './create.ts';
import type { RegistryOptions } from './options.ts';
import { readPage, type Page, type PageAsk } from './pages.ts';
import { createRemove, type Removals } from './remove.ts';
import type { Freshness, Target, WatchAsk, WriteOptions } from './requests.ts';
import { createUpdate, type Update } from './update.ts';

export interface Registry extends Removals {
  get(target: Target, freshness: Freshness): Promise<StoredObject>;
  /** In the order of namespace and name, as of the revision. */
  list(
    kind: KindDefinition,
    selection: Selection,
    freshness: Freshness,
  ): Promise<{ objects: Iterable<StoredObject>; revision: number; count: number }>;
  /** A page as of an old revision, straight from etcd. @throws ApiError Expired */
  listAt(kind: KindDefinition, selection: Selection, page: PageAsk): Promise<Page>;
  watch(kind: KindDefinition, ask: WatchAsk): Promise<Watch>;
  create(target: Target, object: KubernetesObject, options: WriteOptions): Promise<StoredObject>;
  readonly update: Update;
}

export function createRegistry(options: RegistryOptions): Registry {
  const { store, etcd, cacher } = options;
  const create = createCreate(options);

  const freshen = (freshness: Freshness): Promise<void> => {
    if (freshness === 'consistent') return cacher.waitForCurrent();
    return cacher.waitFor(freshness === 'any' ? undefined : freshness);
  };

  return {
    get: async (target, freshness) => {
      await freshen(freshness);
      const object = store.cached(target);
      if (object === undefined) throw notFoundError(target.kind, target.name);
      return object;
    },
    list: async (kind, selection, freshness) => {
      await freshen(freshness);
      const cache = cacher.of(kind);
      return { objects: cache.select(selection), revision: cacher.revision, count: cache.size };
    },
    listAt: async (kind, selection, page) => {
      // A version that is not there yet may be on its way through another apiserver.
      if (page.revision > cacher.revision) await cacher.waitFor(page.revision);
      return readPage(etcd, kind, selection, page);
    },
    watch: async (kind, ask) => {
      if (ask.after === undefined) await freshen(ask.freshness);
      else await cacher.waitFor(undefined);
      const watcher = cacher.of(kind).watch(ask, cacher.revision);
      if (watcher !== undefined) {
        return {
          next: () => watcher.next(),
          tellProgress: () => {
            if (watcher.bookmarks) watcher.bookmark(cacher.revision);
          },
          end: () => watcher.end(),
        };
      }
      const { floor } = cacher.of(kind);
      throw expiredError(`too old resource version: ${ask.after} (${floor})`);
    },
    create: (target, object, write) => {
      const bill = options.quotas.openBill();
      return create(target, object, { write, bill, decidesOwners: false });
    },
    update: createUpdate(options, create),
    ...createRemove(options),
  };
}
