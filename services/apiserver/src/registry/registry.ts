/**
 * The one path to every object: REST and gRPC are two doors to it.
 *
 * 1. Create: defaults, admission, the kind's preparation and validation, addresses, one transaction.
 * 2. Update and patch: optimistic, against the object as it is now, repeated when it changes meanwhile
 *    unless the client named a version. Whose fields those are is decided before the server adds its
 *    own: see owners.ts.
 * 3. Delete: see deletion.ts.
 * 4. Nobody writes a role or a binding that gives more than he has (authz/escalation.ts).
 * 5. Reads without a version are consistent with the store at the time of the call.
 */
import { randomUUID } from 'node:crypto';
import {
  alreadyExistsError,
  badRequestError,
  beforeCreate,
  beforePartUpdate,
  beforeStatusUpdate,
  beforeUpdate,
  conflictError,
  expiredError,
  findResource,
  invalidError,
  notFoundError,
  reasonOf,
  uidPreconditionError,
  type FieldError,
  type KindDefinition,
  type KubernetesObject,
  type Namespace,
  type Service,
} from '@drydock/api';
import type { Clock, Random } from '@drydock/ports';
import { refusalFor } from '../authz/attributes.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { admitGrant } from '../authz/escalation.ts';
import type { Cacher } from '../cacher/cacher.ts';
import type { Selection } from '../cacher/selection.ts';
import type { Watch } from '../cacher/watcher.ts';
import type { EtcdClient } from '../storage/etcd-client.ts';
import type { EventLeases } from '../storage/event-leases.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import {
  admitDeletion,
  admitIntoNamespace,
  admitWrite,
  mutateNew,
  mutateUpdate,
  validateNew,
} from './admission/admission.ts';
import type { ClusterView } from './admission/cluster-view.ts';
import { admitNodeWrite } from './admission/node-restriction.ts';
import type { Bill, QuotaCharge } from './admission/quota-charge.ts';
import type { ServiceAccountAdmission } from './admission/service-account.ts';
import { keepTimesOfOwners, ownersAfter, setOwners } from './owners.ts';
import { readPage, type Page, type PageAsk } from './pages.ts';
import { isRemovedBy, planDeletion } from './deletion.ts';
import type { DeleteAsk, Target, WriteOptions } from './requests.ts';
import type { ServiceAddresses } from './services/addresses.ts';
import type { Changed, ChangePlan, Store } from './store.ts';

/** How fresh a read must be: consistent, whatever the cache has, or at least a version. */
export type Freshness = 'consistent' | 'any' | number;

/** `decided`: the maker has checked and prepared the object itself, as bindings do. */
export type UpdatePart = 'all' | 'status' | 'approval' | 'finalize' | 'decided';

export interface UpdateAsk {
  readonly part: UpdatePart;
  /** Makes the wanted object out of the current one; called again when that changes. */
  readonly make: (current: StoredObject) => KubernetesObject | Promise<KubernetesObject>;
  /** Makes the object of a name that is not there: of a PUT where the kind allows it, of an apply. */
  readonly makeNew?: () => KubernetesObject;
  /** The maker has decided who owns which fields, as apply and scale do. */
  readonly decidesOwners?: boolean;
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
  watch(kind: KindDefinition, ask: WatchAsk): Promise<Watch>;
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
  readonly authorizer: Pick<Authorizer, 'decide' | 'rulesFor' | 'rulesOf'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly addresses: ServiceAddresses;
  readonly eventLeases: EventLeases;
  readonly view: ClusterView;
  readonly quotas: QuotaCharge;
  /** Undefined: switched off. */
  readonly serviceAccounts: ServiceAccountAdmission | undefined;
}

/** One write, however often it is tried. */
interface Writing {
  readonly write: WriteOptions;
  readonly bill: Bill;
  /** The object brings its owners along, as an apply does. */
  readonly decidesOwners: boolean;
}

/** A generated name that is taken is generated anew this often. */
const nameAttemptsMax = 8;
/** Deletes of one deletecollection that are under way at once. */
const deleteWorkers = 16;
const attachmentAttemptsMax = 50;
/** An apply meets an object that comes and goes this often. */
const applyAttemptsMax = 5;

export function createRegistry(options: RegistryOptions): Registry {
  const { store, etcd, cacher, authorizer, clock, random, addresses, eventLeases, view } = options;
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
    { write, bill, decidesOwners }: Writing,
  ): Promise<StoredObject> => {
    const { kind } = asked;
    placeObject(asked, object);
    const generates = object.metadata.name === '' && !!object.metadata.generateName;
    kind.setDefaults(object);
    if (!decidesOwners) setOwners(object, ownersOf(kind, { old: undefined, object }, 'all', write));
    // What admission asks about the rest of the cluster is in the cache.
    await cacher.waitFor(undefined);
    mutateNew({ target: asked, object, view }, write.user);
    const named = { ...asked, name: object.metadata.name };
    await checkNamespace(named);
    await options.serviceAccounts?.admit(named, object);
    const { namespace, name: requestName } = asked;
    const grant = { kind, namespace, requestName, object, old: undefined };
    admitGrant(authorizer, write.user, grant);
    const lease = write.dryRun ? {} : await leaseFor(kind);
    for (let attempt = 1; ; attempt += 1) {
      if (generates) object.metadata.name = '';
      const context = { uid: randomUUID(), wallTime: clock.wallTime(), randomBelow };
      refuse(kind, object, [...beforeCreate(kind, object, context), ...validateNew(object)]);
      const target = { ...asked, name: object.metadata.name };
      admitNodeWrite(write.user, { target, object, old: undefined, part: 'all' });
      admitWrite({ target, object, view }, undefined);
      await bill({ target, object, old: undefined, dryRun: write.dryRun });
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

  const createAnew = async (
    target: Target,
    object: KubernetesObject,
    writing: Writing,
  ): Promise<StoredObject> => {
    const original = isService(target.kind) ? structuredClone(object) : undefined;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const wanted = attempt === 0 ? object : structuredClone(original!);
        return await create(target, wanted, writing);
      } catch (error) {
        if (!(error instanceof RetryCreate)) throw error;
        if (attempt >= attachmentAttemptsMax) throw conflictError(target.kind, target.name);
      }
    }
  };

  const ownersOf = (
    kind: KindDefinition,
    objects: { old: KubernetesObject | undefined; object: KubernetesObject },
    part: UpdatePart,
    write: WriteOptions,
  ) => ownersAfter(kind, objects, { part, write, wallTime: clock.wallTime() });

  /** A PUT that makes an object is a create to whoever judges it. */
  const requireCreate = ({ kind, namespace, name }: Target, { user }: WriteOptions): void => {
    const { group, resource } = kind;
    const place = { group, resource, subresource: '', namespace, name, path: '' };
    const attributes = { ...place, verb: 'create' };
    const { allowed, reason } = authorizer.decide(user, attributes);
    if (!allowed) throw refusalFor(user.user, attributes, reason);
  };

  const planUpdate = async (
    target: Target,
    current: StoredObject,
    ask: UpdateAsk,
    { write, bill, decidesOwners }: Writing,
  ): Promise<ChangePlan> => {
    const { kind } = target;
    const object = await ask.make(current);
    placeObject(target, object);
    const old = current.parse();
    if (ask.part === 'all') {
      const { namespace, name: requestName } = target;
      admitGrant(authorizer, write.user, { kind, namespace, requestName, object, old });
    }
    checkVersion(target, object, old);
    if (ask.part === 'finalize') {
      const finalizers = (object as Namespace).spec.finalizers ?? [];
      const namespace = structuredClone(old) as Namespace;
      namespace.spec = finalizers.length === 0 ? {} : { finalizers };
      setOwners(namespace, ownersOf(kind, { old, object: namespace }, 'finalize', write));
      return isRemovedBy(namespace) ? { kind: 'remove' } : { kind: 'put', object: namespace };
    }
    if (ask.part === 'decided') return { kind: 'put', object };
    kind.setDefaults(object);
    const owners = decidesOwners
      ? object.metadata.managedFields
      : ownersOf(kind, { old, object }, ask.part, write);
    if (isService(kind) && ask.part === 'all') addresses.inherit(object as Service, old as Service);
    const wallTime = clock.wallTime();
    mutateUpdate(object, old, wallTime);
    refuse(kind, object, prepareUpdate(kind, ask.part, { object, old, wallTime }));
    setOwners(object, owners);
    keepTimesOfOwners(object, old);
    admitNodeWrite(write.user, { target, object, old, part: ask.part });
    if (ask.part === 'all') {
      admitWrite({ target, object, view }, old);
      await bill({ target, object, old, dryRun: write.dryRun });
    }
    if (isRemovedBy(object)) return removal(object);
    if (!isService(kind) || ask.part !== 'all') return { kind: 'put', object };
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
    listAt: async (kind, selection, page) => {
      // A version that is not there yet may be on its way through another apiserver.
      if (page.revision > cacher.revision) await cacher.waitFor(page.revision);
      return readPage(etcd, kind, selection, page);
    },
    watch: async (kind, ask) => {
      if (ask.after === undefined) await freshen(ask.freshness);
      else await cacher.waitFor(undefined);
      const watcher = cacher.of(kind).watch(ask, cacher.revision);
      if (watcher !== undefined) return watcher;
      const { floor } = cacher.of(kind);
      throw expiredError(`too old resource version: ${ask.after} (${floor})`);
    },
    create: (target, object, write) => {
      const bill = options.quotas.openBill();
      return createAnew(target, object, { write, bill, decidesOwners: false });
    },
    update: async (target, ask, write) => {
      const { decidesOwners = false } = ask;
      const writing = { write, bill: options.quotas.openBill(), decidesOwners };
      for (let attempt = 1; ; attempt += 1) {
        try {
          const changed = await store.change(
            target,
            (current) => planUpdate(target, current, ask, writing),
            { dryRun: write.dryRun, ...(await leaseFor(target.kind)) },
          );
          return { object: changed.object, created: false };
        } catch (error) {
          const creates = decidesOwners || target.kind.allowCreateOnUpdate;
          if (reasonOf(error) !== 'NotFound' || !creates || ask.makeNew === undefined) throw error;
        }
        requireCreate(target, write);
        try {
          return { object: await createAnew(target, ask.makeNew(), writing), created: true };
        } catch (error) {
          // Someone else has created it meanwhile: there is something to apply to now.
          const isThere = decidesOwners && reasonOf(error) === 'AlreadyExists';
          if (!isThere || attempt >= applyAttemptsMax) throw error;
        }
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
            if (reasonOf(error) !== 'NotFound') throw error;
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

function prepareUpdate(
  kind: KindDefinition,
  part: UpdatePart,
  change: {
    readonly object: KubernetesObject;
    readonly old: KubernetesObject;
    readonly wallTime: number;
  },
): FieldError[] {
  const { object, old, wallTime } = change;
  if (part === 'all') return beforeUpdate(kind, object, old);
  if (part === 'status') return beforeStatusUpdate(kind, object, old, { wallTime });
  return beforePartUpdate(kind, part, change);
}

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
