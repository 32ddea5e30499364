/** Keeps claims that pods use, and volumes that claims hold, from being deleted. */
import type { KubernetesObject } from '@drydock/api';
import { createController, isNotFound, resources, type Resource } from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { claimsOf, planClaim, planVolume } from './plan.ts';

const byClaim = 'claim';

/** An update with the version that was looked at: in between someone may have begun to use the object. */
async function setFinalizers<T extends KubernetesObject>(
  { api }: ControllerContext,
  resource: Resource<T>,
  object: T,
  finalizers: string[],
  signal: AbortSignal,
): Promise<void> {
  const changed = { ...object, metadata: { ...object.metadata, finalizers } };
  await api.update(resource, changed, { signal }).catch((error: unknown) => {
    if (isNotFound(error)) return;
    throw error;
  });
}

export function createClaimProtectionController(context: ControllerContext): Runnable {
  const claims = context.informers.of(resources.persistentVolumeClaims);
  const pods = context.informers.of(resources.pods);
  pods.addIndex(byClaim, (pod) =>
    claimsOf(pod).map((name) => `${pod.metadata.namespace ?? ''}/${name}`),
  );
  const controller = createController(
    {
      name: 'persistentvolumeclaim-protection',
      sync: async (key, { signal }) => {
        const claim = claims.store.get(key);
        if (claim === undefined) return;
        const finalizers = planClaim({ claim, pods: pods.store.byIndex(byClaim, key) });
        if (finalizers === undefined) return;
        await setFinalizers(context, resources.persistentVolumeClaims, claim, finalizers, signal);
      },
    },
    context,
  );
  controller.watch(claims, ({ metadata }) => [`${metadata.namespace ?? ''}/${metadata.name}`]);
  controller.watch(pods, (pod) =>
    claimsOf(pod).map((name) => `${pod.metadata.namespace ?? ''}/${name}`),
  );
  return controller;
}

export function createVolumeProtectionController(context: ControllerContext): Runnable {
  const volumes = context.informers.of(resources.persistentVolumes);
  const controller = createController(
    {
      name: 'persistentvolume-protection',
      sync: async (name, { signal }) => {
        const volume = volumes.store.get(name);
        const finalizers = volume && planVolume(volume);
        if (volume === undefined || finalizers === undefined) return;
        await setFinalizers(context, resources.persistentVolumes, volume, finalizers, signal);
      },
    },
    context,
  );
  controller.watch(volumes, ({ metadata }) => [metadata.name]);
  return controller;
}
