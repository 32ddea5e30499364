/**
 * Evicting a pod: a deletion that its PodDisruptionBudget agrees to.
 *
 * 1. A pod that has ended, is ending or never ran goes without asking.
 * 2. The budget is charged before the pod is deleted: a budget that was charged in vain is corrected by
 *    its controller, a pod that was deleted in vain is gone.
 * 3. The pod says in its condition DisruptionTarget why it ends.
 * Source: upstream's eviction REST.
 */
import {
  conflictError,
  findResource,
  formatTime,
  reasonOf,
  withCondition,
  type Pod,
  type PodCondition,
  type PodDisruptionBudget,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import { systemWrite } from '../../bootstrap/system-user.ts';
import { createSelection } from '../../cacher/selection.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import {
  budgetIsBusy,
  budgetOf,
  isFree,
  mayBecomeReady,
  needsNoBudget,
  spendDisruption,
} from '../admission/disruption-budget.ts';
import type { Registry } from '../registry.ts';
import type { DeleteAsk, Target, WriteOptions } from '../requests.ts';

export interface EvictionPowers {
  readonly registry: Registry;
  readonly clock: Clock;
}

interface Eviction {
  readonly target: Target;
  readonly ask: DeleteAsk;
  readonly write: WriteOptions;
}

const attemptsMax = 20;
/** Upstream names it so in refusals. */
const podResource = { group: '', resource: 'Pod' };

/** Of the pod as the eviction leaves it. @throws ApiError TooManyRequests when the budget does not agree */
export async function evictPod(powers: EvictionPowers, eviction: Eviction): Promise<StoredObject> {
  const { registry } = powers;
  const { target, ask } = eviction;
  for (let attempt = 1; ; attempt += 1) {
    const stored = await registry.get(target, 'consistent');
    const pod = stored.parse<Pod>();
    if (!needsNoBudget(pod)) return evictWithBudget(powers, eviction, stored);
    const version = mayBecomeReady(pod) ? String(stored.revision) : undefined;
    try {
      return await remove(powers, eviction, ask.resourceVersion ?? version);
    } catch (error) {
      const isRetried = reasonOf(error) === 'Conflict' && ask.resourceVersion === undefined;
      if (!isRetried || attempt === attemptsMax) throw error;
    }
  }
}

async function evictWithBudget(
  powers: EvictionPowers,
  eviction: Eviction,
  stored: StoredObject,
): Promise<StoredObject> {
  const { target, ask } = eviction;
  const pod = stored.parse<Pod>();
  const budget = budgetOf(pod, await budgetsIn(powers.registry, target.namespace));
  if (budget === undefined) return remove(powers, eviction, ask.resourceVersion);
  if (!isFree(pod, budget)) {
    await spend(powers, eviction, budget.metadata.name);
    return remove(powers, eviction, ask.resourceVersion);
  }
  try {
    return await remove(powers, eviction, ask.resourceVersion ?? String(stored.revision));
  } catch (error) {
    // The pod may be ready by now: whoever asks again is told what the budget says then.
    const hasChanged = reasonOf(error) === 'Conflict' && ask.resourceVersion === undefined;
    throw hasChanged ? budgetIsBusy(budget.metadata.name) : error;
  }
}

async function budgetsIn(registry: Registry, namespace: string): Promise<PodDisruptionBudget[]> {
  const kind = findResource('policy', 'poddisruptionbudgets')!;
  const { objects } = await registry.list(kind, createSelection(kind, { namespace }), 'consistent');
  return Array.from(objects, (one) => one.parse<PodDisruptionBudget>());
}

async function spend(
  { registry, clock }: EvictionPowers,
  { target, write }: Eviction,
  name: string,
): Promise<void> {
  const kind = findResource('policy', 'poddisruptionbudgets')!;
  const make = (current: StoredObject) => {
    const budget = current.parse<PodDisruptionBudget>();
    budget.status = spendDisruption(budget, target.name, clock.wallTime());
    return budget;
  };
  // It is the server that writes the budget, whoever asked.
  await registry.update(
    { kind, namespace: target.namespace, name },
    { part: 'status', make },
    { ...systemWrite(), dryRun: write.dryRun },
  );
}

/** Says in the pod why it ends, and deletes it. @param resourceVersion that the pod must have */
async function remove(
  { registry, clock }: EvictionPowers,
  { target, ask, write }: Eviction,
  resourceVersion: string | undefined,
): Promise<StoredObject> {
  let version = resourceVersion;
  if (!write.dryRun) {
    const make = (current: StoredObject) => {
      const pod = current.parse<Pod>();
      checkPreconditions(pod, { uid: ask.uid, resourceVersion });
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
      } as const;
      const now = formatTime(clock.wallTime());
      const conditions = withCondition<PodCondition>(pod.status.conditions, condition, now);
      pod.status.conditions = [...conditions];
      return pod;
    };
    const { object } = await registry.update(target, { part: 'status', make }, write);
    if (version !== undefined) version = String(object.revision);
  }
  return (await registry.delete(target, { ...ask, resourceVersion: version }, write)).object;
}

function checkPreconditions(
  { metadata }: Pod,
  wanted: { readonly uid: string | undefined; readonly resourceVersion: string | undefined },
): void {
  if (wanted.uid !== undefined && wanted.uid !== metadata.uid) {
    const why = `the UID in the precondition (${wanted.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw conflictError(podResource, metadata.name, why);
  }
  const { resourceVersion } = wanted;
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw conflictError(podResource, metadata.name, why);
  }
}
