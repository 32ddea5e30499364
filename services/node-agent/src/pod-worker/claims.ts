/** The claims of a pod and the volumes that they are bound to, asked for at the API server. */
import type { Pod, SelectableNode, Volume } from '@drydock/api';
import { isNotFound, resources, type ApiClient } from '@drydock/client';
import {
  claimedVolume,
  claimError,
  claimNameOf,
  claimProblem,
  type ClaimedVolume,
} from '../volumes/claims.ts';

export interface ClaimAsk {
  readonly pod: Pod;
  /** Those of its volumes that are claims and are not mounted yet. */
  readonly volumes: readonly Volume[];
  readonly node: SelectableNode;
  readonly signal: AbortSignal;
}

/** By the names of the pod's volumes. @throws VolumeError when one cannot be mounted yet */
export async function fetchClaims(
  api: ApiClient,
  { pod, volumes, node, signal }: ClaimAsk,
): Promise<ReadonlyMap<string, ClaimedVolume>> {
  const { namespace = '' } = pod.metadata;
  const found = await Promise.all(
    volumes.map(async (volume) => {
      const unless = (what: string) => (error: unknown) => {
        signal.throwIfAborted();
        if (!isNotFound(error)) throw error;
        throw claimError(
          pod,
          volume,
          `failed to fetch ${what} from API server: ${(error as Error).message}`,
        );
      };
      const name = claimNameOf(pod, volume) ?? '';
      const claim = await api
        .get(resources.persistentVolumeClaims, { namespace, name }, { signal })
        .catch(unless('PVC'));
      const problem = claimProblem(claim);
      if (problem !== undefined) throw claimError(pod, volume, problem);
      const volumeName = claim.spec.volumeName!;
      const bound = await api
        .get(resources.persistentVolumes, { name: volumeName }, { signal })
        .catch(unless(`PV ${volumeName}`));
      return [volume.name, claimedVolume({ pod, volume, claim, bound, node })] as const;
    }),
  );
  return new Map(found);
}
