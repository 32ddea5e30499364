/** PriorityClass: a name for how important a pod is. Source: upstream's scheduling validation. */
import { ageColumn, column, defineKind, nameColumn, startGeneration } from '../../define-kind.ts';
import { forbidden } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { PriorityClass } from '../../generated/types.ts';
import { validateImmutable } from '../../metadata.ts';
import { age } from '../../time.ts';
import { validateOptionalEnum } from '../shared/enum-validation.ts';
import { systemPrefix, systemPriorityClasses } from './system.ts';

/** Above it is room for the classes of the system. */
const valueMax = 1_000_000_000;

function systemClassProblem({ metadata, value, globalDefault }: PriorityClass): string | undefined {
  const known = systemPriorityClasses.find(({ name }) => name === metadata.name);
  if (known === undefined) return `${metadata.name} is not a known system priority class`;
  if (value !== known.value) {
    return `value of ${known.name} PriorityClass must be ${known.value}`;
  }
  if (globalDefault === true) return `globalDefault of ${known.name} PriorityClass must be false`;
  return undefined;
}

function validateValue(object: PriorityClass): FieldError[] {
  if (!object.metadata.name.startsWith(systemPrefix)) {
    if (object.value <= valueMax) return [];
    const why = `maximum allowed value of a user defined priority is ${valueMax}`;
    return [forbidden('value', why)];
  }
  const problem = systemClassProblem(object);
  if (problem === undefined) return [];
  const why = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${problem}`;
  return [forbidden('metadata.name', why)];
}

export const priorityClasses = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  description: 'A PriorityClass names a priority that pods may have.',
  shortNames: ['pc'],
  namespaced: false,
  setDefaults(object) {
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  prepareForCreate: startGeneration,
  validate: (object) => [
    ...validateValue(object),
    ...validateOptionalEnum('preemptionPolicy', object.preemptionPolicy, [
      'Never',
      'PreemptLowerPriority',
    ]),
  ],
  validateUpdate: (object, old) => [
    ...(object.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...validateImmutable('preemptionPolicy', object.preemptionPolicy, old.preemptionPolicy),
  ],
  columns: [
    nameColumn,
    column('Value', 'The priority of its pods; higher is more important.', { type: 'integer' }),
    column('Global-Default', 'Whether pods have it that name no class.', { type: 'boolean' }),
    ageColumn,
    column('PreemptionPolicy', 'Whether its pods may push out less important ones.'),
  ],
  cells: (object, wallTime) => [
    object.metadata.name,
    object.value,
    object.globalDefault ?? false,
    age(object.metadata.creationTimestamp, wallTime),
    object.preemptionPolicy ?? '',
  ],
});
