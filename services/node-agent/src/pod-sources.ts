/**
 * Where the pods of a node come from, merged in one place (kubelet's config sources): the API, and files.
 * Mirror pods are the API's picture of the files' pods, and no pods of their own.
 */
import type { Pod } from '@drydock/api';
import type { PodManager } from './pod-worker/pod-manager.ts';
import { isMirror } from './static-pods/manifest.ts';
import type { Mirrors } from './static-pods/mirrors.ts';

export interface PodSources {
  /** A pod as the API has it now. */
  setApiPod(pod: Pod): void;
  removeApiPod(pod: Pod): void;
  /** All pods of files. */
  setStaticPods(pods: readonly Pod[]): void;
  /** The API has told of all its pods. */
  apiKnown(): Promise<void>;
}

export function createPodSources({
  manager,
  mirrors,
}: {
  readonly manager: Pick<PodManager, 'set' | 'remove' | 'setStatic' | 'allKnown'>;
  readonly mirrors: Pick<Mirrors, 'setMirror' | 'removeMirror' | 'allKnown'>;
}): PodSources {
  return {
    setApiPod: (pod) => (isMirror(pod) ? mirrors.setMirror(pod) : manager.set(pod)),
    removeApiPod: (pod) => (isMirror(pod) ? mirrors.removeMirror(pod) : manager.remove(pod)),
    setStaticPods: (pods) => manager.setStatic(pods),
    apiKnown: async () => {
      mirrors.allKnown();
      await manager.allKnown();
    },
  };
}
