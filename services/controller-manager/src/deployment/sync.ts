/** Runs the Deployment plans: creates, scales and deletes ReplicaSets, and writes what is so. */
import { controllerOf, type Deployment, type Pod, type ReplicaSet } from '@drydock/api';
import {
  createController,
  isAlreadyExists,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
  resources,
} from '@drydock/client';
import { changeHands } from '../adoption.ts';
import type { ControllerContext, Runnable } from '../context.ts';
import { indexByController } from '../indexes.ts';
import { momentOf } from '../moment.plan.ts';
import { claim } from '../owners.plan.ts';
import { createOwnWrites } from '../own-writes.ts';
import { compileLabelSelector } from '../selectors.ts';
import { isRolling } from './limits.plan.ts';
import { plan, planCollision, planCreationFailure, type DeploymentAction } from './plan.ts';

export function createDeploymentController(context: ControllerContext): Runnable {
  const { api, clock } = context;
  const deployments = context.informers.of(resources.deployments);
  const replicaSets = context.informers.of(resources.replicaSets);
  const pods = context.informers.of(resources.pods);
  const setIndex = indexByController(replicaSets);
  const podIndex = indexByController(pods);
  const events = context.events('deployment-controller');
  const ownDeployments = createOwnWrites<Deployment>();
  const ownSets = createOwnWrites<ReplicaSet>();

  const controller = createController(
    {
      name: 'deployment',
      concurrency: context.options['concurrent-deployment-syncs'],
      sync: async (key, { signal }) => {
        const deployment = ownDeployments.newest(deployments.store.get(key));
        if (deployment === undefined) return {};
        const selector = compileLabelSelector(deployment.spec.selector);
        const candidates = setIndex.candidates(deployment).map((set) => ownSets.newest(set));
        const claimed = claim(deployment, candidates, (set) =>
          selector.matches(set.metadata.labels),
        );
        const hands = { api, signal, owner: deployment, ownerResource: resources.deployments };
        await changeHands(claimed, { ...hands, resource: resources.replicaSets });
        // Only Recreate asks for them.
        const podsOfSets = isRolling(deployment)
          ? []
          : claimed.claimed.flatMap((set) => podIndex.ownedBy(set.metadata.uid ?? ''));
        const actions = plan({
          deployment,
          replicaSets: claimed.claimed,
          pods: podsOfSets,
          moment: momentOf(clock),
        });
        try {
          return await perform(deployment, actions, signal);
        } catch (error) {
          // The Deployment or a set of it is gone; its event brings the next look.
          if (isNotFound(error)) return {};
          throw error;
        }
      },
    },
    context,
  );

  /** In order; what fails ends the pass. */
  const perform = async (
    deployment: Deployment,
    actions: readonly DeploymentAction[],
    signal: AbortSignal,
  ): Promise<{ requeueAfterMillis?: number }> => {
    const tellOfScaling = (message: string | undefined) => {
      if (message === undefined) return;
      events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
    };
    let latest = deployment;
    let requeueAfterMillis: number | undefined;
    for (const action of actions) {
      switch (action.kind) {
        case 'createReplicaSet':
          if (!(await createSet(latest, action.replicaSet, signal))) return {};
          tellOfScaling(action.scaling);
          break;
        case 'updateReplicaSet':
          ownSets.note(await api.update(resources.replicaSets, action.replicaSet, { signal }));
          tellOfScaling(action.scaling);
          break;
        case 'deleteReplicaSet': {
          const { uid } = action.replicaSet.metadata;
          await api
            .delete(resources.replicaSets, action.replicaSet.metadata, { uid, signal })
            .catch(unlessNotFound);
          break;
        }
        case 'annotate': {
          const value = { metadata: { uid: latest.metadata.uid, annotations: action.annotations } };
          const patch = { type: 'merge', value } as const;
          latest = ownDeployments.note(
            await api.patch(resources.deployments, latest.metadata, patch, { signal }),
          );
          break;
        }
        case 'updateStatus': {
          const updated = { ...latest, status: action.status };
          latest = ownDeployments.note(
            await api.updateStatus(resources.deployments, updated, { signal }),
          );
          break;
        }
        case 'warn':
          events.record(deployment, {
            type: 'Warning',
            reason: action.reason,
            message: action.message,
          });
          break;
        case 'requeueAfter':
          requeueAfterMillis = action.millis;
          break;
        default:
          action satisfies never;
      }
    }
    return requeueAfterMillis === undefined ? {} : { requeueAfterMillis };
  };

  /** False when the namespace is going away, which ends the matter. */
  const createSet = async (
    deployment: Deployment,
    replicaSet: ReplicaSet,
    signal: AbortSignal,
  ): Promise<boolean> => {
    try {
      await api.create(resources.replicaSets, replicaSet, { signal });
      return true;
    } catch (error) {
      if (isNamespaceTerminating(error)) return false;
      if (isAlreadyExists(error)) {
        const taken = await api.get(resources.replicaSets, replicaSet.metadata, { signal });
        await perform(deployment, planCollision(deployment, taken), signal);
      } else {
        const why = error instanceof Error ? error.message : String(error);
        const failure = { replicaSet, why, moment: momentOf(clock) };
        await perform(deployment, planCreationFailure(deployment, failure), signal);
      }
      throw error;
    }
  };

  controller.watch(deployments, (deployment) => [keyOf(deployment)]);
  controller.watch(replicaSets, (set, change) => {
    const owner = controllerOf(set);
    if (owner !== undefined)
      return owner.kind === 'Deployment' ? [keyOfOwner(set, owner.name)] : [];
    return change === 'deleted' ? [] : deploymentsMatching(set);
  });
  // Recreate waits for the end of the old pods, which shows in no ReplicaSet's status.
  controller.watch(pods, (pod, change) => {
    if (change !== 'deleted') return [];
    const deployment = deploymentOf(pod);
    return deployment === undefined || isRolling(deployment) ? [] : [keyOf(deployment)];
  });

  const deploymentsMatching = (set: ReplicaSet) =>
    deployments.store
      .list(set.metadata.namespace)
      .filter(({ spec }) => compileLabelSelector(spec.selector).matches(set.metadata.labels))
      .map(keyOf);
  const deploymentOf = (pod: Pod): Deployment | undefined => {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'ReplicaSet') return undefined;
    const set = replicaSets.store.get(keyOfOwner(pod, owner.name));
    const grand = set === undefined ? undefined : controllerOf(set);
    return grand?.kind === 'Deployment'
      ? deployments.store.get(keyOfOwner(pod, grand.name))
      : undefined;
  };

  return controller;
}

const keyOfOwner = (object: Pod | ReplicaSet, name: string) =>
  keyOf({ metadata: { ...object.metadata, name } });

function unlessNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
