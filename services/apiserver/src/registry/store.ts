/**
 * One stored object at a time: reading it, and changing it whatever else changes it meanwhile.
 *
 * 1. A change starts from the cache, so that most writes cost one round trip; when the cache turns out
 *    to be behind, it is repeated from what etcd answered with. A refusal is only believed when it
 *    came from the current object.
 * 2. A change that changes no byte is not written.
 * 3. What belongs together (an object and the addresses it takes) is one transaction.
 */
import { conflictError, notFoundError } from '@drydock/api';
import type { KubernetesObject } from '@drydock/api';
import type { KeyValue } from '@drydock/proto/etcd';
import type { Cacher } from '../cacher/cacher.ts';
import type { EtcdClient, GuardedWrite } from '../storage/etcd-client.ts';
import { keyOf } from '../storage/keys.ts';
import type { OwnWrites } from '../storage/own-writes.ts';
import { StoredObject, encodeForStorage } from '../storage/stored-object.ts';
import type { Target } from './requests.ts';

/** Further keys that are written together with an object, or not at all. */
export type Attachment = Pick<GuardedWrite, 'guards' | 'puts'>;

export type ChangePlan =
  | {
      readonly kind: 'put';
      readonly object: KubernetesObject;
      readonly attachment?: Attachment | undefined;
    }
  | { readonly kind: 'remove'; readonly attachment?: Attachment | undefined }
  | { readonly kind: 'unchanged' };

export type Changed =
  | { readonly kind: 'stored'; readonly object: StoredObject }
  | { readonly kind: 'removed'; readonly object: StoredObject };

export interface Store {
  /** As fresh as the cache. */
  cached(target: Target): StoredObject | undefined;
  /** Straight from etcd. */
  read(target: Target): Promise<StoredObject | undefined>;
  /**
   * Writes a new object. Undefined when the name is taken; `retry` when only an attachment was out
   * of date.
   */
  create(
    target: Target,
    object: KubernetesObject,
    options: {
      readonly attachment?: Attachment | undefined;
      /** Its managedFields as JSON, where the object has none. */
      readonly owners?: string | undefined;
      readonly lease?: bigint;
      readonly dryRun: boolean;
    },
  ): Promise<StoredObject | 'exists' | 'retry'>;
  /** @throws ApiError NotFound, or what `plan` throws for the current object */
  change(
    target: Target,
    plan: (current: StoredObject) => ChangePlan | Promise<ChangePlan>,
    options: { readonly dryRun: boolean; readonly lease?: bigint },
  ): Promise<Changed>;
}

/** More rounds than any honest contention needs; then the client hears of a conflict. */
const attemptsMax = 50;

export interface StoreOptions {
  readonly etcd: EtcdClient;
  readonly cacher: Cacher;
  /** The cacher's. */
  readonly ownWrites: OwnWrites;
}

export function createStore({ etcd, cacher, ownWrites }: StoreOptions): Store {
  const stored = (target: Target, pair: KeyValue): StoredObject | undefined =>
    StoredObject.fromStorage(
      keyOf(target.kind, target.namespace, target.name),
      pair.value,
      pair.modRevision,
    );
  const read = async (target: Target): Promise<StoredObject | undefined> => {
    const { key } = keyOf(target.kind, target.namespace, target.name);
    const pair = (await etcd.range({ key: Buffer.from(key) })).kvs[0];
    return pair === undefined ? undefined : stored(target, pair);
  };
  const cached = ({ kind, namespace, name }: Target) => cacher.of(kind).get(namespace, name);
  const readExisting = async (target: Target): Promise<StoredObject> => {
    const found = await read(target);
    if (found === undefined) throw notFoundError(target.kind, target.name);
    return found;
  };

  return {
    cached,
    read,
    create: async (target, object, { attachment, owners, lease, dryRun }) => {
      const place = keyOf(target.kind, target.namespace, target.name);
      const value = encodeForStorage(object, owners);
      if (dryRun) {
        if ((await read(target)) !== undefined) return 'exists';
        return StoredObject.fromStorage(place, value, 0)!;
      }
      const own = ownWrites.begin(place, value, object);
      const outcome = await etcd.write({
        guards: [{ key: place.key, revision: 0 }, ...(attachment?.guards ?? [])],
        puts: [
          { key: place.key, value, ...(lease === undefined ? {} : { lease }) },
          ...(attachment?.puts ?? []),
        ],
        deletes: [],
      });
      if (outcome.written) return own.at(outcome.revision);
      own.forget();
      return outcome.current[0] === undefined ? 'retry' : 'exists';
    },
    change: async (target, plan, { dryRun, lease }) => {
      let current = cached(target);
      let isCurrent = false;
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        if (current === undefined) {
          current = await readExisting(target);
          isCurrent = true;
        }
        let planned: ChangePlan;
        try {
          planned = await plan(current);
        } catch (error) {
          if (isCurrent) throw error;
          current = undefined;
          continue;
        }
        const value = planned.kind === 'put' ? encodeForStorage(planned.object) : undefined;
        const isUnchanged =
          planned.kind === 'unchanged' || (value !== undefined && current.holds(value));
        if (isUnchanged && isCurrent) return { kind: 'stored', object: current };
        if (isUnchanged) {
          current = undefined;
          continue;
        }
        const attachment = planned.kind === 'unchanged' ? undefined : planned.attachment;
        const place = keyOf(target.kind, target.namespace, target.name);
        if (dryRun) {
          if (value === undefined) return { kind: 'removed', object: current };
          const object = StoredObject.fromStorage(place, value, current.revision)!;
          return { kind: 'stored', object };
        }
        const own =
          planned.kind === 'put' ? ownWrites.begin(place, value!, planned.object) : undefined;
        const outcome = await etcd.write({
          guards: [{ key: place.key, revision: current.revision }, ...(attachment?.guards ?? [])],
          puts: [
            ...(value === undefined
              ? []
              : [{ key: place.key, value, ...(lease === undefined ? {} : { lease }) }]),
            ...(attachment?.puts ?? []),
          ],
          deletes: value === undefined ? [place.key] : [],
        });
        if (outcome.written) {
          if (own === undefined) return { kind: 'removed', object: current.at(outcome.revision) };
          return { kind: 'stored', object: own.at(outcome.revision) };
        }
        own?.forget();
        const found = outcome.current[0];
        if (found === undefined) throw notFoundError(target.kind, target.name);
        current = stored(target, found);
        isCurrent = true;
      }
      throw conflictError(target.kind, target.name);
    },
  };
}
