/**
 * Carries out what VolumeBinding has chosen, before the pod is bound: volumes are reserved for claims, and the
 * controller manager's binder completes the bindings (upstream's scheduler_binder.go).
 */
import {
  hasAnnotation,
  referenceTo,
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@drydock/api';
import { resources, type ApiClient, type Informer } from '@drydock/client';
import type { Clock, Millis } from '@drydock/ports';
import type { Cache } from './cache/cache.ts';
import type { PodInfo } from './model/pod-info.ts';
import { chooseVolumes, claimsOf, type Choice } from './plugins/volume-binding/choice.ts';

/** How long a pod's volumes may take: upstream's bindTimeoutSeconds. */
const bindMillisMax: Millis = 600_000;

export interface StorageInformers {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly classes: Informer<StorageClass>;
}

export interface VolumeBinder {
  /** Promises the volumes that the pod gets on the node; undefined: it needs none. */
  reserve(pod: PodInfo, nodeName: string): Choice | undefined;
  /** The pod does not go there after all. */
  release(choice: Choice): void;
  /** Resolves when all claims are bound. @throws Error when that fails or takes too long */
  bind(choice: Choice, nodeName: string, signal: AbortSignal): Promise<void>;
  /** Follows the informers until it is disposed. */
  follow(informers: StorageInformers, happened: () => void): Disposable;
}

const keyOf = ({ metadata }: PersistentVolumeClaim) =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

export function createVolumeBinder(
  { storage, nodes }: Cache,
  { api, clock }: { readonly api: ApiClient; readonly clock: Clock },
): VolumeBinder {
  const waiting = new Set<() => void>();
  const isBound = (asked: PersistentVolumeClaim): boolean => {
    const claim = storage.claim(keyOf(asked));
    if (claim === undefined) {
      throw new Error(`persistentvolumeclaim "${asked.metadata.name}" not found`);
    }
    return hasAnnotation(claim, volumeAnnotations.bindCompleted);
  };

  const reserveVolume = async (
    volume: PersistentVolume,
    claim: PersistentVolumeClaim,
    signal: AbortSignal,
  ) => {
    const annotations = {
      ...volume.metadata.annotations,
      [volumeAnnotations.boundByController]: 'yes',
    };
    const metadata = { ...volume.metadata, annotations };
    const spec = { ...volume.spec, claimRef: referenceTo(claim) };
    await api.update(resources.persistentVolumes, { ...volume, metadata, spec }, { signal });
  };

  const untilBound = async (claims: readonly PersistentVolumeClaim[], signal: AbortSignal) => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = clock.setTimer(bindMillisMax, () =>
      reject(new Error('timed out waiting for the condition')),
    );
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    try {
      while (!claims.every(isBound)) {
        const { promise: changed, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await Promise.race([changed, late]).finally(() => waiting.delete(resolve));
      }
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', abort);
    }
  };

  return {
    reserve: ({ pod }, nodeName) => {
      const claims = claimsOf(pod, storage);
      if (claims === undefined || claims.delayed.length === 0) return undefined;
      const choice = chooseVolumes(
        claims,
        nodes.find(({ name }) => name === nodeName)!,
        storage,
      );
      for (const { claim, volume } of choice?.volumes ?? []) storage.promise(volume, claim);
      return choice;
    },
    release: ({ volumes }) => {
      for (const { volume } of volumes) storage.takeBack(volume.metadata.name);
    },
    bind: async ({ volumes, provisioned }, nodeName, signal) => {
      for (const { claim, volume } of volumes) {
        // One that names the claim already was reserved by a person, or by an attempt before.
        if (volume.spec.claimRef === undefined) await reserveVolume(volume, claim, signal);
      }
      for (const claim of provisioned) {
        const annotations = { [volumeAnnotations.selectedNode]: nodeName };
        const { namespace, name } = claim.metadata;
        await api.patch(
          resources.persistentVolumeClaims,
          { namespace, name },
          { type: 'merge', value: { metadata: { annotations } } },
          { signal },
        );
      }
      await untilBound([...volumes.map(({ claim }) => claim), ...provisioned], signal);
    },
    follow: ({ claims, volumes, classes }, happened) => {
      const handlers = new DisposableStack();
      const tell = () => {
        for (const wake of waiting) wake();
        happened();
      };
      handlers.use(
        claims.addHandler({
          onAdd: (claim) => (storage.setClaim(claim), tell()),
          onUpdate: (claim) => (storage.setClaim(claim), tell()),
          onDelete: (claim) => (storage.removeClaim(claim), tell()),
        }),
      );
      handlers.use(
        volumes.addHandler({
          onAdd: (volume) => (storage.setVolume(volume), tell()),
          onUpdate: (volume) => (storage.setVolume(volume), tell()),
          onDelete: ({ metadata }) => (storage.removeVolume(metadata.name), tell()),
        }),
      );
      handlers.use(
        classes.addHandler({
          onAdd: (one) => (storage.setClass(one), tell()),
          onUpdate: (one) => (storage.setClass(one), tell()),
          onDelete: ({ metadata }) => (storage.removeClass(metadata.name), tell()),
        }),
      );
      return handlers;
    },
  };
}
