/**
 * A claim in use and a volume that is bound are not deleted under their users: their finalizers go only
 * when nobody needs them any more (upstream's pvc_protection_controller.go and pv_protection_controller.go).
 *
 * Only pods that are assigned to a node count: a node agent starts none whose claim is being deleted.
 */
import {
  isPodFinished,
  type ObjectMeta,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
} from '@drydock/api';

const claimFinalizer = 'kubernetes.io/pvc-protection';
const volumeFinalizer = 'kubernetes.io/pv-protection';

/** The finalizers as they should be; undefined when they are. */
function planFinalizers(
  { deletionTimestamp, finalizers = [] }: ObjectMeta,
  finalizer: string,
  isInUse: boolean,
): string[] | undefined {
  const has = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined) return has ? undefined : [...finalizers, finalizer];
  return has && !isInUse ? finalizers.filter((one) => one !== finalizer) : undefined;
}

/** The claims that a pod uses: by name, and those that are made for it. */
export function claimsOf({ metadata, spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim !== undefined) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral === undefined ? [] : [`${metadata.name}-${volume.name}`];
  });
}

export function planClaim(snapshot: {
  readonly claim: PersistentVolumeClaim;
  /** Those that name it. */
  readonly pods: readonly Pod[];
}): string[] | undefined {
  const isInUse = snapshot.pods.some(
    (pod) => (pod.spec.nodeName ?? '') !== '' && !isPodFinished(pod),
  );
  return planFinalizers(snapshot.claim.metadata, claimFinalizer, isInUse);
}

export function planVolume({ metadata, status }: PersistentVolume): string[] | undefined {
  return planFinalizers(metadata, volumeFinalizer, status.phase === 'Bound');
}
