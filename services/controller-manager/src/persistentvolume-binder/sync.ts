/** Keeps claims and volumes bound to each other, and their phases true. */
import {
  storageClassOf,
  type KubernetesObject,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@drydock/api';
import { createController, isNotFound, keyOf, resources, type SyncResult } from '@drydock/client';
import type { Millis } from '@drydock/ports';
import type { ControllerContext, Runnable } from '../context.ts';
import { claimsOf } from '../volume-protection/plan.ts';
import { claimBoundTo, claimInPhase, planClaim, volumeBoundTo, type PlannedEvent } from './plan.ts';
import { planVolume } from './volume.plan.ts';

/** Claims that wait are looked at, and their events told again, this often (upstream's sync period). */
const resyncMillis: Millis = 15_000;
const byClaim = 'claim';

const claimKey = (claim: PersistentVolumeClaim) => `claim ${keyOf(claim)}`;
const volumeKey = ({ metadata }: PersistentVolume) => `volume ${metadata.name}`;
const keyOfClaimRef = ({ spec: { claimRef } }: PersistentVolume) =>
  claimRef === undefined ? [] : [`${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`];

export function createVolumeBinder(context: ControllerContext): Runnable {
  const { api } = context;
  const claims = context.informers.of(resources.persistentVolumeClaims);
  const volumes = context.informers.of(resources.persistentVolumes);
  const classes = context.informers.of(resources.storageClasses);
  const pods = context.informers.of(resources.pods);
  const events = context.events('persistentvolume-controller');
  volumes.addIndex(byClaim, keyOfClaimRef);
  pods.addIndex(byClaim, (pod) =>
    claimsOf(pod).map((name) => `${pod.metadata.namespace ?? ''}/${name}`),
  );

  const tell = (object: KubernetesObject, event: PlannedEvent | undefined) => {
    if (event !== undefined) events.record(object, event);
  };

  /** The volume first, then the claim; each only as far as it is not done. */
  const bind = async (
    volume: PersistentVolume,
    claim: PersistentVolumeClaim,
    signal: AbortSignal,
  ): Promise<void> => {
    const { persistentVolumes, persistentVolumeClaims } = resources;
    const reserved = volumeBoundTo(volume, claim);
    let bound = volume;
    if (reserved !== undefined) bound = await api.update(persistentVolumes, reserved, { signal });
    if (bound.status.phase !== 'Bound') {
      const status = { phase: 'Bound' as const };
      bound = await api.updateStatus(persistentVolumes, { ...bound, status }, { signal });
    }
    const named = claimBoundTo(claim, bound);
    let holder = claim;
    if (named !== undefined) holder = await api.update(persistentVolumeClaims, named, { signal });
    const told = claimInPhase(holder, 'Bound', bound);
    if (told !== undefined) await api.updateStatus(persistentVolumeClaims, told, { signal });
  };

  const syncClaim = async (key: string, signal: AbortSignal): Promise<SyncResult> => {
    const claim = claims.store.get(key);
    if (claim === undefined) return {};
    const plan = planClaim({
      claim,
      volumes: volumes.store.list(),
      classes: classes.store.list(),
      waitingPods: pods.store
        .byIndex(byClaim, key)
        .flatMap(({ metadata, spec }) => ((spec.nodeName ?? '') === '' ? [metadata.name] : [])),
    });
    switch (plan.kind) {
      case 'bind':
        await bind(plan.volume, claim, signal);
        return {};
      case 'update':
        await api.update(resources.persistentVolumeClaims, plan.claim, { signal });
        return {};
      case 'phase': {
        const changed = claimInPhase(claim, plan.phase);
        if (changed !== undefined) {
          await api.updateStatus(resources.persistentVolumeClaims, changed, { signal });
        }
        if (plan.isToldOnce !== true || changed !== undefined) tell(claim, plan.event);
        return plan.phase === 'Pending' ? { requeueAfterMillis: resyncMillis } : {};
      }
      default:
        throw new Error(`unknown plan ${JSON.stringify(plan satisfies never)}`);
    }
  };

  const syncVolume = async (name: string, signal: AbortSignal): Promise<SyncResult> => {
    const volume = volumes.store.get(name);
    if (volume === undefined) return {};
    const [claim] = keyOfClaimRef(volume);
    const plan = planVolume({
      volume,
      claim: claim === undefined ? undefined : claims.store.get(claim),
    });
    if (plan === undefined) return {};
    if (plan.kind === 'look-at-claim') {
      controller.enqueue(`claim ${claim!}`);
      return {};
    }
    if (plan.kind === 'unbind') {
      await api.update(resources.persistentVolumes, plan.volume, { signal });
      return {};
    }
    const { phase, message = '' } = plan;
    const status = { phase, ...(message === '' ? {} : { message }) };
    await api.updateStatus(resources.persistentVolumes, { ...volume, status }, { signal });
    tell(volume, plan.event);
    return {};
  };

  const controller = createController(
    {
      name: 'persistentvolume-binder',
      // Two claims looked at together could take the same volume, and one of them would have to try again.
      concurrency: 1,
      sync: async (key, { signal }) => {
        const [kind, name = ''] = key.split(' ');
        const sync = kind === 'claim' ? syncClaim : syncVolume;
        try {
          return await sync(name, signal);
        } catch (error) {
          // What has gone meanwhile is told of by its informer.
          if (isNotFound(error)) return {};
          throw error;
        }
      },
    },
    context,
  );

  /** Claims without a volume that a new or changed volume, or class, may be for. */
  const waitingFor = (className: string) =>
    claims.store
      .list()
      .filter((claim) => claim.status.phase !== 'Bound' && storageClassOf(claim) === className)
      .map(claimKey);
  controller.watch(claims, (claim) => [
    claimKey(claim),
    ...volumes.store.byIndex(byClaim, keyOf(claim)).map(volumeKey),
  ]);
  controller.watch(volumes, (volume, change) => {
    const named = keyOfClaimRef(volume).map((key) => `claim ${key}`);
    const own = [volumeKey(volume), ...named];
    if (change === 'deleted') return [...own, ...waitingFor(storageClassOf(volume))];
    return volume.spec.claimRef === undefined && volume.status.phase === 'Available'
      ? [...own, ...waitingFor(storageClassOf(volume))]
      : own;
  });
  controller.watch(classes, ({ metadata }) => waitingFor(metadata.name));
  return controller;
}
