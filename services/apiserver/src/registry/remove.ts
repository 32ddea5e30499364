/** Deletes of one object, or of all that a selection finds. What one does to an object: deletion.ts. */
import {
  conflictError,
  reasonOf,
  type KindDefinition,
  type KubernetesObject,
  type Service,
} from '@drydock/api';
import type { Selection } from '../cacher/selection.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admitDeletion } from './admission/admission.ts';
import { admitNodeWrite } from './admission/node-restriction.ts';
import { planDeletion } from './deletion.ts';
import { checkPreconditions } from './object-checks.ts';
import type { RegistryOptions } from './options.ts';
import type { DeleteAsk, Target, WriteOptions } from './requests.ts';
import type { ServiceAddresses } from './services/addresses.ts';
import type { Changed, ChangePlan } from './store.ts';

/** Deletes of one deletecollection that are under way at once. */
const deleteWorkers = 16;

/** The end of an object, and of what it holds. */
export async function planRemoval(
  object: KubernetesObject,
  addresses: ServiceAddresses,
): Promise<ChangePlan> {
  return {
    kind: 'remove',
    attachment: object.kind === 'Service' ? await addresses.release(object as Service) : undefined,
  };
}

export interface Removals {
  delete(target: Target, ask: DeleteAsk, options: WriteOptions): Promise<Changed>;
  deleteAll(
    kind: KindDefinition,
    selection: Selection,
    ask: DeleteAsk,
    options: WriteOptions,
  ): Promise<StoredObject[]>;
}

export function createRemove(options: RegistryOptions): Removals {
  const { store, cacher, clock, addresses } = options;

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
        if (plan.kind === 'remove') return planRemoval(object, addresses);
        if (target.kind.resource === 'namespaces') throw namespaceIsEnding(target);
        return plan;
      },
      { dryRun: write.dryRun },
    );
  };

  const removeAll: Removals['deleteAll'] = async (kind, selection, ask, write) => {
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
  };

  return { delete: remove, deleteAll: removeAll };
}

function namespaceIsEnding({ kind, name }: Target) {
  return conflictError(
    kind,
    name,
    'The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.',
  );
}
