/** StorageClass: a way to make volumes, by name. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import type { StorageClass } from '../../generated/types.ts';
import { age } from '../../time.ts';
import { defaultClassAnnotations, isDefaultClass } from '../shared/default-class.ts';
import { validateStorageClass, validateStorageClassUpdate } from './validation.ts';
import { nodeLabelWarning } from '../shared/node-labels.ts';

function classWarnings({ allowedTopologies = [] }: StorageClass): string[] {
  return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, index) =>
    matchLabelExpressions.flatMap(({ key }, expression) => {
      const why = nodeLabelWarning(key);
      const field = `allowedTopologies[${index}].matchLabelExpressions[${expression}].key`;
      return why === undefined ? [] : [`${field}: ${why}`];
    }),
  );
}

export const storageClasses = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  resource: 'storageclasses',
  description: 'A StorageClass names a way to make volumes for claims.',
  shortNames: ['sc'],
  namespaced: false,
  setDefaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  warningsOnCreate: classWarnings,
  warningsOnUpdate: classWarnings,
  columns: [
    nameColumn,
    column('Provisioner', 'Who makes the volumes.'),
    column('ReclaimPolicy', 'What becomes of a volume when its claim is gone.'),
    column('VolumeBindingMode', 'Whether a claim is bound at once or when a pod needs it.'),
    column('AllowVolumeExpansion', 'Whether a claim may grow.'),
    ageColumn,
  ],
  cells: (storageClass, wallTime) => {
    const { name, creationTimestamp } = storageClass.metadata;
    return [
      isDefaultClass(storageClass, defaultClassAnnotations.storageClass)
        ? `${name} (default)`
        : name,
      storageClass.provisioner,
      storageClass.reclaimPolicy ?? 'Delete',
      storageClass.volumeBindingMode ?? 'Immediate',
      storageClass.allowVolumeExpansion ?? false,
      age(creationTimestamp, wallTime),
    ];
  },
});
