/**
 * The one path to every object: REST and gRPC are two doors to it.
 *
 * 1. Create: defaults, admission, the kind's preparation and validation, addresses, one transaction.
 * 2. Update and patch: optimistic, against the object as it is now, repeated when it changes meanwhile
 *    unless the client named a version.
 * 3. Delete: see deletion.ts.
 * 4. Reads without a version are consistent with the store at the time of the call.
 */
import { randomUUID } from 'node:crypto';
import {
  alreadyExistsError,
  badRequestError,
  beforeCreate,
  beforeStatusUpdate,
  beforeUpdate,
  conflictError,
  expiredError,
  findResource,
  invalidError,
  notFoundError,
  uidPreconditionError,
  type FieldError,
  type KindDefinition,
  type KubernetesObject,
  type Namespace,
  type Service,
} from '@drydock/api';
import type { Clock, Random } from '@drydock/ports';
import type { Cacher } from '../cacher/cacher.ts';
import type { Selection } from '../cacher/selection.ts';
import type { Watcher } from '../cacher/watcher.ts';
import type { EtcdClient } from '../storage/etcd-client.ts';
import type { EventLeases } from '../storage/event-leases.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admitDeletion, admitIntoNamespace, mutateNew } from './admission/admission.ts';
import { admitNodeWrite } from './admission/node-restriction.ts';
import type { ServiceAccountAdmission } from './admission/service-account.ts';
import { readPage, type Page, type PageAsk } from './pages.ts';
import { isRemovedBy, planDeletion } from './deletion.ts';
import type { DeleteAsk, Target, WriteOptions } from './requests.ts';
import type { ServiceAddresses } from './services/addresses.ts';
import type { Changed, ChangePlan, Store } from './store.ts';

/** How fresh a read must be: consistent, whatever the cache has, or at least a version. */
export type Freshness = 'consistent' | 'any' | number;

/** `decided`: the maker has checked and prepared the object itself, as bindings do. */
export type UpdatePart = 'all' | 'status' | 'finalize' | 'decided';

export interface UpdateAsk {
  readonly part: UpdatePart;
  /** Makes the wanted object out of the current one; called again when that changes. */
  readonly make: (current: StoredObject) => KubernetesObject | Promise<KubernetesObject>;
  /** Makes the object of a PUT to a name that is not there, where the kind allows it. */
  readonly makeNew?: () => KubernetesObject;
}

export interface WatchAsk {
  readonly selection: Selection;
  /** Changes after this version; undefined begins with the present objects. */
  readonly after: number | undefined;
  readonly freshness: Freshness;
  readonly bookmarks: boolean;
  readonly marksInitialEnd: boolean;
}

export interface Registry {
  get(target: Target, freshness: Freshness): Promise<StoredObject>;
  /** In the order of namespace and name, as of the revision. */
  list(
    kind: KindDefinition,
    selection: Selection,
    freshness: Freshness,
  ): Promise<{ objects: Iterable<StoredObject>; revision: number; count: number }>;
  /** A page as of an old revision, straight from etcd. @throws ApiError Expired */
  listAt(kind: KindDefinition, selection: Selection, page: PageAsk): Promise<Page>;
  watch(kind: KindDefinition, ask: WatchAsk): Promise<Watcher>;
  create(target: Target, object: KubernetesObject, options: WriteOptions): Promise<StoredObject>;
  update(
    target: Target,
    ask: UpdateAsk,
    options: WriteOptions,
  ): Promise<{ object: StoredObject; created: boolean }>;
  delete(target: Target, ask: DeleteAsk, options: WriteOptions): Promise<Changed>;
  deleteAll(
    kind: KindDefinition,
    selection: Selection,
    ask: DeleteAsk,
    options: WriteOptions,
  ): Promise<StoredObject[]>;
}

export interface RegistryOptions {
  readonly store: Store;
  readonly etcd: EtcdClient;
  readonly cacher: Cacher;
  readonly clock: Clock;
  readonly random: Random;
  readonly addresses: ServiceAddresses;
  readonly eventLeases: EventLeases;
  /** Undefined: switched off. */
  readonly serviceAccounts: ServiceAccountAdmission | undefined;
}

/** A generated name that is taken is generated anew this often. */
const nameAttemptsMax = 8;
/** Deletes of one deletecollection that are under way at once. */
const deleteWorkers = 16;
const attachmentAttemptsMax = 50;

export function createRegistry(options: RegistryOptions): Registry {
  const { store, etcd, cacher, clock, random, addresses, eventLeases } = options;
  const randomBelow = (bound: number) => random.between(0, bound - 1);
  const isService = (kind: KindDefinition) => kind.group === '' && kind.resource === 'services';

  const freshen = (freshness: Freshness): Promise<void> => {
    if (freshness === 'consistent') return cacher.waitForCurrent();
    return cacher.waitFor(freshness === 'any' ? undefined : freshness);
  };
  const leaseFor = async (kind: KindDefinition) =>
    kind.resource === 'events' ? { lease: await eventLeases.current() } : {};

  const checkNamespace = async (target: Target): Promise<void> => {
    if (!target.kind.namespaced) return;
    const place = { kind: findResource('', 'namespaces')!, namespace: '', name: target.namespace };
    const found = store.cached(place) ?? (await store.read(place));
    admitIntoNamespace(target, found?.parse<Namespace>());
  };

  const create = async (
    asked: Target,
    object: KubernetesObject,
    write: WriteOptions,
  ): Promise<StoredObject> => {
    const { kind } = asked;
    placeObject(asked, object);
    const generates = object.metadata.name === '' && !!object.metadata.generateName;
    kind.setDefaults(object);
    mutateNew(object);
    const named = { ...asked, name: object.metadata.name };
    await checkNamespace(named);
    await options.serviceAccounts?.admit(named, object);
    const lease = write.dryRun ? {} : await leaseFor(kind);
    for (let attempt = 1; ; attempt += 1) {
      if (generates) object.metadata.name = '';
      const context = { uid: randomUUID(), wallTime: clock.wallTime(), randomBelow };
      refuse(kind, object, beforeCreate(kind, object, context));
      const target = { ...asked, name: object.metadata.name };
      admitNodeWrite(write.user, { target, object, old: undefined, part: 'all' });
      const attachment = isService(kind)
        ? await addresses.assign(object as Service, undefined)
        : undefined;
      const outcome = await store.create(target, object, {
        attachment,
        dryRun: write.dryRun,
        ...lease,
      });
      if (outcome === 'exists' && !(generates && attempt < nameAttemptsMax)) {
        throw alreadyExistsError(kind, target.name);
      }
      if (outcome === 'retry' && attempt >= attachmentAttemptsMax) {
        throw conflictError(kind, target.name);
      }
      if (typeof outcome === 'object') return outcome;
      // Addresses that were chosen here are chosen anew; what the client chose must stay.
      if (outcome === 'retry' && isService(kind)) throw new RetryCreate();
    }
  };

  const planUpdate = async (
    target: Target,
    current: StoredObject,
    ask: UpdateAsk,
    write: WriteOptions,
  ): Promise<ChangePlan> => {
    const { kind } = target;
    const object = await ask.make(current);
    placeObject(target, object);
    const old = current.parse();
    checkVersion(target, object, old);
    if (ask.part === 'finalize') {
      const finalizers = (object as Namespace).spec.finalizers ?? [];
      const namespace = structuredClone(old) as Namespace;
      namespace.spec = finalizers.length === 0 ? {} : { finalizers };
      return isRemovedBy(namespace) ? { kind: 'remove' } : { kind: 'put', object: namespace };
    }
    if (ask.part === 'decided') return { kind: 'put', object };
    kind.setDefaults(object);
    if (isService(kind) && ask.part === 'all') addresses.inherit(object as Service, old as Service);
    const prepare = ask.part === 'status' ? beforeStatusUpdate : beforeUpdate;
    refuse(kind, object, prepare(kind, object, old));
    admitNodeWrite(write.user, { target, object, old, part: ask.part });
    if (isRemovedBy(object)) return removal(object);
    if (!isService(kind) || ask.part === 'status') return { kind: 'put', object };
    const attachment = await addresses.assign(object as Service, old as Service);
    return { kind: 'put', object, attachment };
  };

  const removal = async (object: KubernetesObject): Promise<ChangePlan> => ({
    kind: 'remove',
    attachment: object.kind === 'Service' ? await addresses.release(object as Service) : undefined,
  });

  const remove = async (target: Target, ask: DeleteAsk, write: WriteOptions): Promise<Changed> => {
    admitDeletion(target);
    return store.change(
      target,
      async (current) => {
        const object = current.parse();
        checkPreconditions(target, current, object, ask);
        admitNodeWrite(write.user, { target, object: undefined, old: object, part: 'all' });
        const plan = planDeletion(object, ask, clock.wallTime());
        if (plan.kind === 'mark') return { kind: 'put', object: plan.object };
        if (plan.kind === 'remove') return removal(object);
        if (target.kind.resource === 'namespaces') throw namespaceIsEnding(target);
        return plan;
      },
      { dryRun: write.dryRun },
    );
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
    listAt: (kind, selection, page) => readPage(etcd, kind, selection, page),
    watch: async (kind, ask) => {
      if (ask.after === undefined) await freshen(ask.freshness);
      else await cacher.waitFor(undefined);
      const watcher = cacher.of(kind).watch(ask, cacher.revision);
      if (watcher !== undefined) return watcher;
      const { floor } = cacher.of(kind);
      throw expiredError(`too old resource version: ${ask.after} (${floor})`);
    },
    create: async (target, object, write) => {
      const original = isService(target.kind) ? structuredClone(object) : undefined;
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await create(target, attempt === 0 ? object : structuredClone(original!), write);
        } catch (error) {
          if (!(error instanceof RetryCreate)) throw error;
          if (attempt >= attachmentAttemptsMax) throw conflictError(target.kind, target.name);
        }
      }
    },
    update: async (target, ask, write) => {
      try {
        const changed = await store.change(
          target,
          (current) => planUpdate(target, current, ask, write),
          { dryRun: write.dryRun, ...(await leaseFor(target.kind)) },
        );
        return { object: changed.object, created: false };
      } catch (error) {
        const isMissing = (error as { reason?: unknown }).reason === 'NotFound';
        if (!isMissing || !target.kind.allowCreateOnUpdate || ask.makeNew === undefined)
          throw error;
        return { object: await create(target, ask.makeNew(), write), created: true };
      }
    },
    delete: remove,
    deleteAll: async (kind, selection, ask, write) => {
      await cacher.waitForCurrent();
      const deleted: StoredObject[] = [];
      const waiting = Array.from(cacher.of(kind).select(selection));
      const work = async () => {
        for (let object = waiting.shift(); object !== undefined; object = waiting.shift()) {
          const target = { kind, namespace: object.namespace, name: object.name };
          try {
            deleted.push((await remove(target, ask, write)).object);
          } catch (error) {
            if ((error as { reason?: unknown }).reason !== 'NotFound') throw error;
          }
        }
      };
      await Promise.all(Array.from({ length: deleteWorkers }, work));
      return deleted;
    },
  };
}

/** Addresses that were free when they were chosen have been taken since. */
class RetryCreate extends Error {}

function refuse(
  kind: KindDefinition,
  object: KubernetesObject,
  errors: readonly FieldError[],
): void {
  if (errors.length > 0) throw invalidError(kind, object.metadata.name, errors);
}

/** Checks an object's place against the path it was sent to, and fills it in. */
function placeObject({ kind, namespace, name }: Target, object: KubernetesObject): void {
  const { metadata } = object;
  if (kind.namespaced) {
    if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
      throw badRequestError(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    metadata.namespace = namespace;
  } else if (metadata.namespace === '') delete metadata.namespace;
  if (name === '') return;
  if (metadata.name === '') metadata.name = name;
  if (metadata.name !== name) {
    throw badRequestError(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
}

function checkVersion(target: Target, object: KubernetesObject, old: KubernetesObject): void {
  const { kind, name } = target;
  const { uid, resourceVersion } = object.metadata;
  if (
    uid !== undefined &&
    uid !== '' &&
    old.metadata.uid !== undefined &&
    uid !== old.metadata.uid
  ) {
    throw uidPreconditionError(kind, name, { wanted: uid, actual: old.metadata.uid });
  }
  if (resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0') {
    if (kind.allowUnconditionalUpdate) return;
    const error: FieldError = {
      type: 'Invalid',
      field: 'metadata.resourceVersion',
      badValue: { goLiteral: '0x0' },
      detail: 'must be specified for an update',
    };
    throw invalidError(kind, name, [error]);
  }
  if (resourceVersion !== old.metadata.resourceVersion) throw conflictError(kind, name);
}

function checkPreconditions(
  target: Target,
  current: StoredObject,
  object: KubernetesObject,
  ask: DeleteAsk,
): void {
  const { uid } = object.metadata;
  if (ask.uid !== undefined && ask.uid !== uid) {
    throw uidPreconditionError(target.kind, target.name, { wanted: ask.uid, actual: uid ?? '' });
  }
  if (ask.resourceVersion !== undefined && ask.resourceVersion !== String(current.revision)) {
    throw conflictError(
      target.kind,
      target.name,
      `Precondition failed: ResourceVersion in precondition: ${ask.resourceVersion}, ResourceVersion in object meta: ${current.revision}`,
    );
  }
}

function namespaceIsEnding({ kind, name }: Target) {
  return conflictError(
    kind,
    name,
    'The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.',
  );
}
