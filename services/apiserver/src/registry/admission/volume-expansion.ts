/** Upstream's PersistentVolumeClaimResize: a claim grows when it is bound and its class lets it. */
import {
  betaStorageClassAnnotation,
  compareQuantities,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@drydock/api';

const sizeOf = ({ spec }: PersistentVolumeClaim) => spec.resources?.requests?.['storage'] ?? '0';

const classOf = ({ metadata, spec }: PersistentVolumeClaim) =>
  metadata.annotations?.[betaStorageClassAnnotation] ?? spec.storageClassName ?? '';

/** Why the claim may not become what is wanted; undefined when it may. */
export function expansionProblem(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
  classes: readonly StorageClass[],
): string | undefined {
  if (compareQuantities(sizeOf(claim), sizeOf(old)) <= 0) return undefined;
  if (old.status.phase !== 'Bound') return 'Only bound persistent volume claims can be expanded';
  const name = classOf(claim);
  const isSame = name !== '' && name === classOf(old);
  const found = isSame ? classes.find(({ metadata }) => metadata.name === name) : undefined;
  if (found?.allowVolumeExpansion === true) return undefined;
  return 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
}
