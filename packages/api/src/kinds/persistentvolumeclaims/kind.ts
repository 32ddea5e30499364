/** PersistentVolumeClaim: what a pod wants of storage, and the volume that it got. */
import { ageColumn, column, defineKind, nameColumn, statusSubresource } from '../../define-kind.ts';
import type { PersistentVolumeClaim } from '../../generated/types.ts';
import type { TableCell } from '../../kind.ts';
import { age } from '../../time.ts';
import { accessModesCell } from '../shared/access-modes.ts';
import { storageClassCell } from '../shared/storage-class-name.ts';
import { validateVolumeClaimSpec } from '../shared/volume-claim-spec.ts';
import { prepareDataSources } from './data-sources.ts';
import { validateVolumeClaimStatusUpdate, validateVolumeClaimUpdate } from './update.ts';
import { storageClassAnnotationWarnings, volumeClaimSpecWarnings } from '../shared/warnings.ts';

function claimWarnings({ metadata, spec }: PersistentVolumeClaim): string[] {
  return [
    ...storageClassAnnotationWarnings(metadata.annotations),
    ...volumeClaimSpecWarnings(spec, 'spec'),
  ];
}

function cells({ metadata, spec, status }: PersistentVolumeClaim, wallTime: number): TableCell[] {
  const isBound = (spec.volumeName ?? '') !== '';
  return [
    metadata.name,
    metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
    spec.volumeName ?? '',
    isBound ? (status.capacity?.['storage'] ?? '0') : '',
    isBound ? accessModesCell(status.accessModes) : '',
    storageClassCell(metadata, spec.storageClassName),
    spec.volumeAttributesClassName ?? '<unset>',
    age(metadata.creationTimestamp, wallTime),
    spec.volumeMode ?? '<unset>',
  ];
}

export const persistentVolumeClaims = defineKind<PersistentVolumeClaim>({
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  description: 'A PersistentVolumeClaim asks for storage, and is bound to a volume that has it.',
  shortNames: ['pvc'],
  subresources: [statusSubresource({ kind: 'PersistentVolumeClaim' })],
  setDefaults({ spec, status }) {
    status.phase ??= 'Pending';
    spec.volumeMode ??= 'Filesystem';
  },
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
    // Behind the feature gate VolumeAttributesClass, which is off in 1.32.
    delete claim.spec.volumeAttributesClassName;
    prepareDataSources(claim.spec, undefined);
  },
  prepareForUpdate(claim, old) {
    claim.status = old.status;
    if (old.spec.volumeAttributesClassName === undefined) {
      delete claim.spec.volumeAttributesClassName;
    }
    prepareDataSources(claim.spec, old.spec);
  },
  prepareForStatusUpdate(claim, old) {
    claim.spec = old.spec;
    const { status } = claim;
    if (old.status.currentVolumeAttributesClassName === undefined) {
      delete status.currentVolumeAttributesClassName;
    }
    if (old.status.modifyVolumeStatus === undefined) delete status.modifyVolumeStatus;
  },
  validate: ({ spec }) => validateVolumeClaimSpec(spec, 'spec'),
  validateUpdate: validateVolumeClaimUpdate,
  validateStatusUpdate: validateVolumeClaimStatusUpdate,
  warningsOnCreate: claimWarnings,
  warningsOnUpdate: claimWarnings,
  columns: [
    nameColumn,
    column('Status', 'Whether it is bound to a volume.'),
    column('Volume', 'The volume that it is bound to.'),
    column('Capacity', 'How much that volume holds.'),
    column('Access Modes', 'How that volume may be mounted.'),
    column('StorageClass', 'The class that it asks for.'),
    column('VolumeAttributesClass', 'The class of changeable attributes that it asks for.'),
    ageColumn,
    column('VolumeMode', 'Whether it asks for a file system or a block device.', { wide: true }),
  ],
  cells,
});
