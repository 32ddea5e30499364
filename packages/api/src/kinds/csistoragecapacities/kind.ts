/** CSIStorageCapacity: how much a driver can still make of a class, where. */
import { column, defineKind, nameColumn } from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { CSIStorageCapacity } from '../../generated/types.ts';
import { goLabelSelector } from '../../go-literal.ts';
import { isImmutable, isNotNegative, problemsAt, validateImmutable } from '../../metadata.ts';
import { dns1123SubdomainProblems } from '../../names.ts';
import { compareQuantities } from '../../quantity.ts';
import { validateLabelSelector } from '../shared/selector-validation.ts';
import { expressionWarnings, nodeLabelWarning } from '../shared/node-labels.ts';

function topologyWarnings({ nodeTopology }: CSIStorageCapacity): string[] {
  return [
    ...expressionWarnings(nodeTopology?.matchExpressions, 'nodeTopology.matchExpressions'),
    ...Object.keys(nodeTopology?.matchLabels ?? {}).flatMap((label) => {
      const why = nodeLabelWarning(label);
      return why === undefined ? [] : [`nodeTopology.matchLabels.${label}: ${why}`];
    }),
  ];
}

function validateCapacity({
  nodeTopology,
  storageClassName,
  capacity,
}: CSIStorageCapacity): FieldError[] {
  const problems = dns1123SubdomainProblems(storageClassName);
  const isNegative = capacity !== undefined && compareQuantities(capacity, '0') < 0;
  return [
    ...validateLabelSelector(nodeTopology, 'nodeTopology'),
    ...problemsAt('storageClassName', storageClassName, problems),
    ...(isNegative ? [invalid('capacity', capacity, isNotNegative)] : []),
  ];
}

export const csiStorageCapacities = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  resource: 'csistoragecapacities',
  description:
    'A CSIStorageCapacity tells how much of a storage class can still be made for some nodes.',
  allowUnconditionalUpdate: false,
  validate: validateCapacity,
  validateUpdate: (now, old) => [
    ...(deepEqual(now.nodeTopology, old.nodeTopology)
      ? []
      : [invalid('nodeTopology', goLabelSelector(now.nodeTopology), isImmutable)]),
    ...validateImmutable('storageClassName', now.storageClassName, old.storageClassName),
  ],
  warningsOnCreate: topologyWarnings,
  warningsOnUpdate: topologyWarnings,
  columns: [
    nameColumn,
    column('StorageClassName', 'The class that it is about.'),
    column('Capacity', 'How much can still be made.'),
  ],
  cells: ({ metadata, storageClassName, capacity }) => [
    metadata.name,
    storageClassName,
    capacity ?? '<unset>',
  ],
});
