/**
 * What a pod's claim stands for on this node: a folder of its own disk. Pure, from the claim and the volume
 * that it is bound to (kubelet's desired state populator, and its checks before a mount).
 */
import {
  isVolumeReachable,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type SelectableNode,
  type Volume,
} from '@drydock/api';
import { VolumeError } from './files.ts';

export interface ClaimedVolume {
  /** Of the PersistentVolume: what messages call it. */
  readonly name: string;
  readonly source: Pick<PersistentVolume['spec'], 'local' | 'hostPath'>;
  /** No other pod may mount it. */
  readonly isExclusive: boolean;
}

/** The claim that a volume of the pod names, or that is made for it. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim !== undefined) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`;
}

/** Upstream tells of what cannot be mounted for want of its claim in one sentence about all. */
export function claimError(pod: Pod, volume: Volume, why: string): VolumeError {
  const { namespace = '' } = pod.metadata;
  const claim = `${namespace}/${claimNameOf(pod, volume) ?? ''}`;
  return VolumeError.unprocessed(volume.name, `error processing PVC ${claim}: ${why}`);
}

/** Why the claim cannot be mounted yet; undefined: its volume is to be looked at. */
export function claimProblem(claim: PersistentVolumeClaim): string | undefined {
  if (claim.metadata.deletionTimestamp !== undefined) return 'PVC is being deleted';
  if (claim.status.phase !== 'Bound') return 'PVC is not bound';
  return (claim.spec.volumeName ?? '') === '' ? 'PVC has empty pvc.Spec.VolumeName' : undefined;
}

export interface ClaimSnapshot {
  readonly pod: Pod;
  readonly volume: Volume;
  readonly claim: PersistentVolumeClaim;
  readonly bound: PersistentVolume;
  readonly node: SelectableNode;
}

/** @throws VolumeError in upstream's words */
export function claimedVolume({ pod, volume, claim, bound, node }: ClaimSnapshot): ClaimedVolume {
  const { name } = bound.metadata;
  const { claimRef, local, hostPath } = bound.spec;
  if (claimRef === undefined) {
    const why = `found PV object ${name} with nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`;
    throw claimError(pod, volume, why);
  }
  if (claimRef.uid !== claim.metadata.uid) {
    const why = `found PV object ${name} with a pv.Spec.ClaimRef UID ${claimRef.uid ?? ''} that does not point to claim UID ${claim.metadata.uid ?? ''}`;
    throw claimError(pod, volume, why);
  }
  if (bound.spec.volumeMode === 'Block') {
    const why = `volume ${volume.name} has volumeMode Block, but is specified in volumeMounts`;
    throw claimError(pod, volume, why);
  }
  if (!isVolumeReachable(bound, node)) {
    throw VolumeError.of('NodeAffinity check', name, 'no matching NodeSelectorTerms');
  }
  if (local === undefined && hostPath === undefined) {
    throw new VolumeError(name, 'this node offers local and hostPath PersistentVolumes only');
  }
  const isExclusive = claim.spec.accessModes?.includes('ReadWriteOncePod') === true;
  return {
    name,
    source: {
      ...(local === undefined ? {} : { local }),
      ...(hostPath === undefined ? {} : { hostPath }),
    },
    isExclusive,
  };
}
