/** CSINode: the storage drivers of a node. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import { duplicate, invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { CSINode, CSINodeDriver } from '../../generated/types.ts';
import { problemsAt, validateImmutable, validateNotNegative } from '../../metadata.ts';
import { qualifiedNameProblems } from '../../names.ts';
import { age } from '../../time.ts';
import { validateCSIDriverName } from '../shared/csi-driver-name.ts';

const nodeIdLengthMax = 256;

function validateTopologyKeys(keys: readonly string[], field: string): FieldError[] {
  return keys.flatMap((key, index) => [
    ...(key === '' ? [required(field)] : []),
    ...(keys.indexOf(key) < index ? [duplicate(field, key)] : []),
    ...problemsAt(field, key, qualifiedNameProblems(key)),
  ]);
}

function validateDriver(driver: CSINodeDriver, field: string): FieldError[] {
  const { nodeID } = driver;
  const errors = validateCSIDriverName(driver.name, `${field}.name`);
  if (nodeID === '') errors.push(required(`${field}.nodeID`));
  if (nodeID.length > nodeIdLengthMax) {
    const why = `must be ${nodeIdLengthMax} characters or less`;
    errors.push(invalid(`${field}.nodeID`, nodeID, why));
  }
  const count = driver.allocatable?.count;
  return [...errors, ...validateNotNegative(`${field}.allocatable.count`, count)];
}

function validateNode({ spec: { drivers } }: CSINode): FieldError[] {
  const names = drivers.map(({ name }) => name);
  return drivers.flatMap((driver, index) => {
    const at = `spec.drivers[${index}]`;
    const isRepeated = names.indexOf(driver.name) < index;
    return [
      ...validateDriver(driver, at),
      ...(isRepeated ? [duplicate(`${at}.name`, driver.name)] : []),
      ...validateTopologyKeys(driver.topologyKeys ?? [], at),
    ];
  });
}

export const csiNodes = defineKind<CSINode>({
  group: 'storage.k8s.io',
  kind: 'CSINode',
  resource: 'csinodes',
  description: 'A CSINode tells which storage drivers run on the node of its name.',
  namespaced: false,
  allowUnconditionalUpdate: false,
  validate: validateNode,
  validateUpdate: ({ spec }, { spec: old }) =>
    old.drivers.flatMap((before) =>
      spec.drivers
        .filter(({ name }) => name === before.name)
        .flatMap((driver) => validateImmutable('spec.drivers', driver, before)),
    ),
  columns: [
    nameColumn,
    column('Drivers', 'How many drivers it has.', { type: 'integer' }),
    ageColumn,
  ],
  cells: ({ metadata, spec }, wallTime) => [
    metadata.name,
    // An object that upstream stored has null where Go's list was nil.
    spec.drivers?.length ?? 0,
    age(metadata.creationTimestamp, wallTime),
  ],
});
