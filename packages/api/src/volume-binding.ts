/**
 * Which PersistentVolume a claim may have: what the binder in the controller manager, the scheduler and
 * the node agents agree on. Pure.
 *
 * 1. A volume that names a claim is for that claim alone; one whose claim is gone is for nobody.
 * 2. Of several those with the fewest access modes are asked first, and of these the smallest is taken.
 *
 * Source: upstream's component-helpers/storage/volume (FindMatchingVolume and its kin).
 */
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from './generated/types.ts';
import { betaStorageClassAnnotation } from './kinds/shared/storage-class-name.ts';
import { selectEverything, selectorFromLabelSelector } from './label-selector.ts';
import { matchesNodeSelector, type SelectableNode } from './node-selector.ts';
import { compareQuantities } from './quantity.ts';

export const volumeAnnotations = {
  /** Of a claim: it has been bound once. */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** Of a claim or volume: the binding was not asked for by a person. */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  provisioner: 'volume.kubernetes.io/storage-provisioner',
  betaProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  /** Of a claim: the scheduler has chosen a node for its first consumer. */
  selectedNode: 'volume.kubernetes.io/selected-node',
  isDefaultClass: 'storageclass.kubernetes.io/is-default-class',
  betaIsDefaultClass: 'storageclass.beta.kubernetes.io/is-default-class',
} as const;

export const storageClassOf = ({
  metadata,
  spec,
}: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.[betaStorageClassAnnotation] ?? spec.storageClassName ?? '';

export const hasAnnotation = (
  { metadata }: PersistentVolume | PersistentVolumeClaim,
  name: string,
): boolean => Object.hasOwn(metadata.annotations ?? {}, name);

/** The volume names the claim; without a uid it is meant for any of that name. */
export function isVolumeBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume.spec;
  if (claimRef === undefined) return false;
  const { name, namespace, uid } = claim.metadata;
  if (claimRef.name !== name || (claimRef.namespace ?? '') !== (namespace ?? '')) return false;
  return (claimRef.uid ?? '') === '' || claimRef.uid === uid;
}

/** The claim waits for a pod, and gets a volume that the pod's node can reach. */
export const isBindingDelayed = (storageClass: StorageClass | undefined): boolean =>
  storageClass?.volumeBindingMode === 'WaitForFirstConsumer';

const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim) =>
  spec.volumeMode ?? 'Filesystem';

const hasAccessModes = (volume: PersistentVolume, claim: PersistentVolumeClaim) =>
  (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode) === true);

const storageOf = (amounts: Readonly<Record<string, string>> | undefined) =>
  amounts?.['storage'] ?? '0';

const isLargeEnough = (volume: PersistentVolume, claim: PersistentVolumeClaim) =>
  compareQuantities(storageOf(volume.spec.capacity), storageOf(claim.spec.resources?.requests)) >=
  0;

export function isVolumeReachable(volume: PersistentVolume, node: SelectableNode): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required, node);
}

/** Why the volume that a claim asks for by name cannot be its; undefined: it can. */
export function volumeMismatch(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): string | undefined {
  const { name, deletionTimestamp } = volume.metadata;
  if (deletionTimestamp !== undefined)
    return `the volume is marked for deletion ${JSON.stringify(name)}`;
  if (!isLargeEnough(volume, claim)) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  return hasAccessModes(volume, claim) ? undefined : 'incompatible accessMode';
}

export interface VolumeSearch {
  readonly claim: PersistentVolumeClaim;
  readonly volumes: Iterable<PersistentVolume>;
  /** Where the volume must be reached from; undefined: anywhere. */
  readonly node?: SelectableNode;
  /** Only what names the claim already: the rest is decided with a node. */
  readonly onlyNamed?: boolean;
  /** Volumes that others of the pod's claims will get. */
  readonly taken?: ReadonlySet<string>;
}

export function findMatchingVolume({
  claim,
  volumes,
  node,
  onlyNamed = false,
  taken,
}: VolumeSearch): PersistentVolume | undefined {
  const selector =
    claim.spec.selector === undefined
      ? selectEverything
      : selectorFromLabelSelector(claim.spec.selector);
  const wanted = storageClassOf(claim);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    const { metadata, spec, status } = volume;
    const isNamed = isVolumeBoundTo(volume, claim);
    if (taken?.has(metadata.name) === true || (spec.claimRef !== undefined && !isNamed)) continue;
    if (metadata.deletionTimestamp !== undefined || !isLargeEnough(volume, claim)) continue;
    if (modeOf(volume) !== modeOf(claim)) continue;
    const isReachable = node === undefined || isVolumeReachable(volume, node);
    if (isNamed) return isReachable ? volume : undefined;
    if (onlyNamed || !isReachable || status.phase !== 'Available') continue;
    if (storageClassOf(volume) !== wanted || !hasAccessModes(volume, claim)) continue;
    if (!selector.matches(metadata.labels ?? {})) continue;
    if (best === undefined || isBetter(volume, best)) best = volume;
  }
  return best;
}

function isBetter(one: PersistentVolume, other: PersistentVolume): boolean {
  const modes = (volume: PersistentVolume) => volume.spec.accessModes?.length ?? 0;
  if (modes(one) !== modes(other)) return modes(one) < modes(other);
  return compareQuantities(storageOf(one.spec.capacity), storageOf(other.spec.capacity)) < 0;
}
