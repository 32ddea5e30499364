/** What becomes of a volume: free, reserved, bound, or released by a claim that is no more. Pure. */
import {
  hasAnnotation,
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type PersistentVolumePhase,
} from '@drydock/api';
import type { PlannedEvent } from './plan.ts';

export type VolumePlan =
  | {
      readonly kind: 'phase';
      readonly phase: PersistentVolumePhase;
      readonly message?: string;
      readonly event?: PlannedEvent;
    }
  /** The claim has got another one: this one is free again. */
  | { readonly kind: 'unbind'; readonly volume: PersistentVolume }
  /** The claim is to be looked at: it finishes the binding. */
  | { readonly kind: 'look-at-claim' };

export interface VolumeSnapshot {
  readonly volume: PersistentVolume;
  /** The one that the volume names, whatever its uid. */
  readonly claim: PersistentVolumeClaim | undefined;
}

/** Undefined: it is as it should be. */
export function planVolume({ volume, claim }: VolumeSnapshot): VolumePlan | undefined {
  const { claimRef } = volume.spec;
  if (claimRef === undefined || (claimRef.uid ?? '') === '') return phaseOf(volume, 'Available');
  // A claim of the name with another uid is a successor of the one that was bound.
  if (claim === undefined || claim.metadata.uid !== claimRef.uid) return planReleased(volume);
  const name = claim.spec.volumeName ?? '';
  if (name === '') return { kind: 'look-at-claim' };
  if (name === volume.metadata.name) return phaseOf(volume, 'Bound');
  const isMadeForIt = hasAnnotation(volume, volumeAnnotations.provisionedBy);
  if (isMadeForIt && volume.spec.persistentVolumeReclaimPolicy === 'Delete') {
    return planReleased(volume);
  }
  return { kind: 'unbind', volume: unbound(volume) };
}

const phaseOf = (volume: PersistentVolume, phase: PersistentVolumePhase): VolumePlan | undefined =>
  volume.status.phase === phase ? undefined : { kind: 'phase', phase };

/** First it is Released, for all to see; then its policy is followed, or said to have failed. */
function planReleased(volume: PersistentVolume): VolumePlan | undefined {
  const { phase } = volume.status;
  if (phase !== 'Released' && phase !== 'Failed') return { kind: 'phase', phase: 'Released' };
  const failure = reclaimFailure(volume);
  if (failure === undefined || phase === 'Failed') return undefined;
  const { message } = failure;
  return { kind: 'phase', phase: 'Failed', message, event: failure };
}

/** Nobody here deletes what is in a folder of a node. Undefined: nothing was to be done, or others do it. */
function reclaimFailure({ metadata, spec }: PersistentVolume): PlannedEvent | undefined {
  const warning = (reason: string, message: string): PlannedEvent => ({
    type: 'Warning',
    reason,
    message,
  });
  switch (spec.persistentVolumeReclaimPolicy) {
    case 'Recycle':
      return warning('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    case 'Delete': {
      const by = metadata.annotations?.[volumeAnnotations.provisionedBy] ?? '';
      // Whoever made it deletes it.
      if (by !== '' && !by.startsWith('kubernetes.io/')) return undefined;
      const path = spec.hostPath?.path;
      if (path !== undefined && !/^\/tmp\/.+/.test(path)) {
        const message = `host_path deleter only supports /tmp/.+ but received provided ${path}`;
        return warning('VolumeFailedDelete', message);
      }
      const message = `error getting deleter volume plugin for volume "${metadata.name}": no deletable volume plugin matched`;
      return warning('VolumeFailedDelete', message);
    }
    default:
      return undefined;
  }
}

function unbound(volume: PersistentVolume): PersistentVolume {
  const { claimRef, ...spec } = volume.spec;
  if (!hasAnnotation(volume, volumeAnnotations.boundByController)) {
    // Reserved by a person: it stays so, for a claim of that name.
    const { uid: _, ...reserved } = claimRef!;
    return { ...volume, spec: { ...spec, claimRef: reserved } };
  }
  const { [volumeAnnotations.boundByController]: _, ...annotations } =
    volume.metadata.annotations ?? {};
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec };
}
