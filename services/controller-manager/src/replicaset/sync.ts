/** Runs the ReplicaSet plans: creates and deletes pods, and writes what is so. */
import { controllerOf, type Pod, type ReplicaSet } from '@drydock/api';
import {
  createController,
  createExpectations,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
  resources,
  type Expectations,
  type ObjectKey,
} from '@drydock/client';
import { changeHands } from '../adoption.ts';
import type { ControllerContext, Runnable } from '../context.ts';
import { indexByController } from '../indexes.ts';
import { momentOf } from '../moment.plan.ts';
import { createOwnWrites } from '../own-writes.ts';
import { createPacer } from '../pacer.ts';
import { compileLabelSelector } from '../selectors.ts';
import { plan, planClaim, planStatus, type Failure, type ReplicaSetAction } from './plan.ts';

interface Outcome {
  readonly failure: Failure | undefined;
  readonly error: unknown;
}

export function createReplicaSetController(context: ControllerContext): Runnable {
  const { api, clock } = context;
  const replicaSets = context.informers.of(resources.replicaSets);
  const pods = context.informers.of(resources.pods);
  const podIndex = indexByController(pods);
  const siblings = indexByController(replicaSets);
  const events = context.events('replicaset-controller');
  const expectations = createExpectations(clock);
  const writes = createOwnWrites<ReplicaSet>();
  const pacer = createPacer(clock);

  const controller = createController(
    {
      name: 'replicaset',
      concurrency: context.options['concurrent-replicaset-syncs'],
      sync: async (key, { signal }) => {
        const replicaSet = writes.newest(replicaSets.store.get(key));
        if (replicaSet === undefined) {
          expectations.delete(key);
          return {};
        }
        const rest = pacer.restLeft(key);
        if (rest !== undefined) return { requeueAfterMillis: rest };
        // Asked before the pods are read, so that what satisfies it is among them.
        const mayAct = expectations.satisfied(key);
        const candidates = podIndex.candidates(replicaSet);
        pacer.looked(key, candidates.length);
        const claim = planClaim(replicaSet, candidates);
        const hands = { api, signal, owner: replicaSet, ownerResource: resources.replicaSets };
        await changeHands(claim, { ...hands, resource: resources.pods });

        const snapshot = { replicaSet, pods: claim.claimed, moment: momentOf(clock) };
        const relatedPods = () => relatedTo(replicaSet);
        const action = mayAct ? plan({ ...snapshot, relatedPods }) : undefined;
        const { failure, error } = await perform(action, { key, replicaSet, signal });
        const { status, requeueAfter } = planStatus({ ...snapshot, failure });
        if (status !== undefined) {
          await api
            .updateStatus(resources.replicaSets, { ...replicaSet, status }, { signal })
            .then((written) => void writes.note(written), ignoreNotFound);
        }
        if (failure !== undefined) throw error;
        return requeueAfter === undefined ? {} : { requeueAfterMillis: requeueAfter };
      },
    },
    context,
  );

  /** Pods of all sets with the same controller: the old and the new ones of a rollout. */
  const relatedTo = (replicaSet: ReplicaSet): readonly Pod[] => {
    const owner = controllerOf(replicaSet);
    const sets = owner === undefined ? [replicaSet] : siblings.ownedBy(owner.uid);
    return sets.flatMap((set) => podIndex.ownedBy(set.metadata.uid ?? ''));
  };

  const perform = async (
    action: ReplicaSetAction | undefined,
    target: { key: ObjectKey; replicaSet: ReplicaSet; signal: AbortSignal },
  ): Promise<Outcome> => {
    const { key, replicaSet, signal } = target;
    if (action === undefined) return { failure: undefined, error: undefined };
    const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      events.record(replicaSet, { type, reason, message });
    if (action.kind === 'create') {
      const error = await createPods(action, { key, expectations }, async () => {
        const pod = await api.create(resources.pods, action.pod, { signal });
        tell('Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      });
      if (error === undefined || isNamespaceTerminating(error)) {
        return { failure: undefined, error: undefined };
      }
      const message = messageOf(error);
      tell('Warning', 'FailedCreate', `Error creating: ${message}`);
      return { failure: { reason: 'FailedCreate', message }, error };
    }
    const error = await deletePods(action.pods, { key, expectations }, async (pod) => {
      await api.delete(resources.pods, pod.metadata, { uid: pod.metadata.uid, signal });
      tell('Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    });
    if (error === undefined) return { failure: undefined, error };
    const message = messageOf(error);
    tell('Warning', 'FailedDelete', `Error deleting: ${message}`);
    return { failure: { reason: 'FailedDelete', message }, error };
  };

  controller.watch(replicaSets, (replicaSet, change) => {
    // Another set of the same name starts without the expectations of this one.
    if (change === 'deleted') expectations.delete(keyOf(replicaSet));
    return [keyOf(replicaSet)];
  });
  controller.watch(pods, (pod, change) => {
    const owner = controllerOf(pod);
    if (owner === undefined) return change === 'deleted' ? [] : setsMatching(pod);
    if (owner.kind !== 'ReplicaSet') return [];
    const key = keyOf({ metadata: { ...pod.metadata, name: owner.name } });
    if (replicaSets.store.get(key)?.metadata.uid !== owner.uid) return [];
    const isGoing = change === 'deleted' || pod.metadata.deletionTimestamp !== undefined;
    if (isGoing) expectations.deletionObserved(key, pod.metadata.uid ?? '');
    if (change === 'added') expectations.creationObserved(key);
    return [key];
  });
  const setsMatching = (pod: Pod) =>
    replicaSets.store
      .list(pod.metadata.namespace)
      .filter(({ spec }) => compileLabelSelector(spec.selector).matches(pod.metadata.labels))
      .map(keyOf);

  return controller;
}

interface Expecting {
  readonly key: ObjectKey;
  readonly expectations: Expectations;
}

/**
 * One creation, then two, four, ...: where all must fail, few are tried.
 * @returns what the first failure was
 */
async function createPods(
  { count }: { readonly count: number },
  { key, expectations }: Expecting,
  create: () => Promise<void>,
): Promise<unknown> {
  expectations.expectCreations(key, count);
  let left = count;
  for (let batch = 1; left > 0; batch *= 2) {
    const size = Math.min(batch, left);
    const results = await Promise.allSettled(Array.from({ length: size }, create));
    left -= size;
    const failures = results.filter((result) => result.status === 'rejected');
    // Neither those that failed nor those that are not tried any more will be seen.
    for (const _ of failures) expectations.creationObserved(key);
    if (failures.length === 0) continue;
    for (let skipped = 0; skipped < left; skipped++) expectations.creationObserved(key);
    return failures[0]!.reason;
  }
  return undefined;
}

async function deletePods(
  doomed: readonly Pod[],
  { key, expectations }: Expecting,
  remove: (pod: Pod) => Promise<void>,
): Promise<unknown> {
  const uidOf = (pod: Pod) => pod.metadata.uid ?? '';
  expectations.expectDeletions(key, doomed.map(uidOf));
  const errors: unknown[] = [];
  await Promise.all(
    doomed.map((pod) =>
      remove(pod).catch((error: unknown) => {
        expectations.deletionObserved(key, uidOf(pod));
        if (!isNotFound(error)) errors.push(error);
      }),
    ),
  );
  return errors[0];
}

/** The set is gone; its event brings the next look. */
function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
