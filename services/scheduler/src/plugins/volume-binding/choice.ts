/** What a pod's claims need of a node, and which volumes they would get there. */
import {
  findMatchingVolume,
  hasAnnotation,
  isBindingDelayed,
  isVolumeReachable,
  storageClassOf,
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type SelectableNode,
} from '@drydock/api';
import type { StorageView } from '../../cache/storage.ts';

export interface PodClaims {
  /** Why no node can take the pod for now; undefined: it depends on the node. */
  readonly problem: string | undefined;
  /** Volumes that its claims have already. */
  readonly bound: readonly PersistentVolume[];
  /** Claims that name a volume which does not exist. */
  readonly isVolumeMissing: boolean;
  /** Claims that get theirs with the node, the smallest first. */
  readonly delayed: readonly PersistentVolumeClaim[];
}

export interface Choice {
  readonly volumes: readonly {
    readonly claim: PersistentVolumeClaim;
    readonly volume: PersistentVolume;
  }[];
  /** Claims for which somebody is to make a volume that the node reaches. */
  readonly provisioned: readonly PersistentVolumeClaim[];
}

const noProvisioner = 'kubernetes.io/no-provisioner';

export function claimNamesOf({ metadata, spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim !== undefined) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral === undefined ? [] : [`${metadata.name}-${volume.name}`];
  });
}

const isFullyBound = (claim: PersistentVolumeClaim) =>
  (claim.spec.volumeName ?? '') !== '' && hasAnnotation(claim, volumeAnnotations.bindCompleted);

/** Undefined for a pod without claims. */
export function claimsOf(pod: Pod, storage: StorageView): PodClaims | undefined {
  const names = claimNamesOf(pod);
  if (names.length === 0) return undefined;
  const bound: PersistentVolume[] = [];
  const delayed: PersistentVolumeClaim[] = [];
  let isVolumeMissing = false;
  const failed = (problem: string): PodClaims => ({ problem, bound, delayed, isVolumeMissing });
  for (const name of names) {
    const claim = storage.claim(`${pod.metadata.namespace ?? ''}/${name}`);
    if (claim === undefined) return failed(`persistentvolumeclaim "${name}" not found`);
    if (claim.status.phase === 'Lost') {
      const volume = claim.spec.volumeName ?? '';
      return failed(
        `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volume}"`,
      );
    }
    if (claim.metadata.deletionTimestamp !== undefined) {
      return failed(`persistentvolumeclaim "${name}" is being deleted`);
    }
    if (isFullyBound(claim)) {
      const volume = storage.volume(claim.spec.volumeName!);
      if (volume === undefined) isVolumeMissing = true;
      else bound.push(volume);
    } else if (
      isBindingDelayed(storage.storageClass(storageClassOf(claim))) &&
      (claim.spec.volumeName ?? '') === ''
    ) {
      delayed.push(claim);
    } else {
      return failed('pod has unbound immediate PersistentVolumeClaims');
    }
  }
  return { problem: undefined, bound, delayed, isVolumeMissing };
}

export const canReachBound = ({ bound }: PodClaims, node: SelectableNode): boolean =>
  bound.every((volume) => isVolumeReachable(volume, node));

/** What the claims that wait would get on the node; undefined: not all of them get something. */
export function chooseVolumes(
  { delayed }: PodClaims,
  node: SelectableNode,
  storage: StorageView,
): Choice | undefined {
  const volumes: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  const provisioned: PersistentVolumeClaim[] = [];
  const taken = new Set<string>();
  for (const claim of delayed) {
    const className = storageClassOf(claim);
    const search = { claim, volumes: storage.volumesOf(className), node, taken };
    const volume = findMatchingVolume(search);
    if (volume !== undefined) {
      taken.add(volume.metadata.name);
      volumes.push({ claim, volume });
      continue;
    }
    const provisioner = storage.storageClass(className)?.provisioner ?? '';
    if (provisioner === '' || provisioner === noProvisioner) return undefined;
    provisioned.push(claim);
  }
  return { volumes, provisioned };
}
