/** PersistentVolume: storage that outlives the pods that use it. */
import { ageColumn, column, defineKind, nameColumn, statusSubresource } from '../../define-kind.ts';
import type { PersistentVolume } from '../../generated/types.ts';
import type { PrepareContext, TableCell } from '../../kind.ts';
import { age, formatTime } from '../../time.ts';
import { accessModesCell } from '../shared/access-modes.ts';
import { validatePersistentVolumeSpec } from '../shared/persistent-volume-spec.ts';
import { storageClassCell } from '../shared/storage-class-name.ts';
import { setPersistentVolumeDefaults } from './defaults.ts';
import { validatePersistentVolumeUpdate } from './update.ts';
import { nodeTermWarnings } from '../shared/node-labels.ts';
import { storageClassAnnotationWarnings } from '../shared/warnings.ts';
import { withdrawnSourceWarnings } from '../pods/warnings/volumes.ts';

function volumeWarnings({ metadata, spec }: PersistentVolume): string[] {
  const { required } = spec.nodeAffinity ?? {};
  const recycles =
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';
  return [
    ...storageClassAnnotationWarnings(metadata.annotations),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [recycles] : []),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
      nodeTermWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`),
    ),
    ...withdrawnSourceWarnings(spec, 'spec'),
  ];
}

/** A change of phase is stamped, unless the writer of the status has stamped it. */
function stampPhase(
  { status }: PersistentVolume,
  { status: old }: PersistentVolume,
  context: PrepareContext | undefined,
): void {
  const before = old.lastPhaseTransitionTime;
  if (status.phase === old.phase) {
    if (before !== undefined) status.lastPhaseTransitionTime ??= before;
    return;
  }
  const isStamped =
    status.lastPhaseTransitionTime !== undefined && status.lastPhaseTransitionTime !== before;
  if (!isStamped && context !== undefined) {
    status.lastPhaseTransitionTime = formatTime(context.wallTime);
  }
}

function cells({ metadata, spec, status }: PersistentVolume, wallTime: number): TableCell[] {
  const { claimRef } = spec;
  return [
    metadata.name,
    spec.capacity?.['storage'] ?? '0',
    accessModesCell(spec.accessModes),
    spec.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
    claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`,
    storageClassCell(metadata, spec.storageClassName),
    spec.volumeAttributesClassName ?? '<unset>',
    status.reason ?? '',
    age(metadata.creationTimestamp, wallTime),
    spec.volumeMode ?? '<unset>',
  ];
}

export const persistentVolumes = defineKind<PersistentVolume>({
  kind: 'PersistentVolume',
  resource: 'persistentvolumes',
  description: 'A PersistentVolume is storage that outlives the pods that use it.',
  shortNames: ['pv'],
  namespaced: false,
  subresources: [statusSubresource({ kind: 'PersistentVolume' })],
  setDefaults: setPersistentVolumeDefaults,
  prepareForCreate(volume, { wallTime }) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(wallTime) };
    // Behind the feature gate VolumeAttributesClass, which is off in 1.32.
    delete volume.spec.volumeAttributesClassName;
  },
  prepareForUpdate(volume, old) {
    volume.status = old.status;
    if (old.spec.volumeAttributesClassName === undefined) {
      delete volume.spec.volumeAttributesClassName;
    }
  },
  prepareForStatusUpdate(volume, old, context) {
    volume.spec = old.spec;
    stampPhase(volume, old, context);
  },
  validate: ({ metadata, spec }) => validatePersistentVolumeSpec(spec, 'spec', metadata.name),
  validateUpdate: validatePersistentVolumeUpdate,
  warningsOnCreate: volumeWarnings,
  warningsOnUpdate: volumeWarnings,
  columns: [
    nameColumn,
    column('Capacity', 'How much it holds.'),
    column('Access Modes', 'How it may be mounted.'),
    column('Reclaim Policy', 'What becomes of it when its claim is gone.'),
    column('Status', 'Whether it is bound to a claim.'),
    column('Claim', 'The claim that has it.'),
    column('StorageClass', 'The class it belongs to.'),
    column('VolumeAttributesClass', 'The class of its changeable attributes.'),
    column('Reason', 'Why it is in its state.'),
    ageColumn,
    column('VolumeMode', 'Whether it is a file system or a block device.', { wide: true }),
  ],
  cells,
});
