/** ReplicaSet: so many pods of one template. */
import {
  ageColumn,
  bumpGeneration,
  column,
  defineKind,
  nameColumn,
  startGeneration,
  statusSubresource,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { invalid } from '../../field-error.ts';
import type { ReplicaSet } from '../../generated/types.ts';
import { formatLabelSelector, selectorFromLabelSelector } from '../../label-selector.ts';
import { validateNotNegative } from '../../metadata.ts';
import { age } from '../../time.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';
import { containerCells, validateSelectorUnchanged, validateWorkload } from '../shared/workload.ts';

export const replicaSets = defineKind<ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  description: 'A ReplicaSet keeps so many pods of one template running.',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: [
    statusSubresource({ group: 'apps', kind: 'ReplicaSet' }),
    {
      name: 'scale',
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    },
  ],
  setDefaults({ spec }) {
    spec.replicas ??= 1;
    if (spec.template !== undefined) setPodSpecDefaults(spec.template.spec);
  },
  prepareForCreate(object) {
    object.status = { replicas: 0 };
    startGeneration(object);
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
    if (!deepEqual(object.spec, old.spec)) bumpGeneration(object);
  },
  validate: ({ spec }) => validateWorkload(spec),
  validateUpdate: (object, old) =>
    validateSelectorUnchanged(object.spec.selector, old.spec.selector),
  validateStatusUpdate({ status }) {
    const counts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;
    return [
      ...validateNotNegative('status.replicas', status.replicas),
      ...validateNotNegative('status.observedGeneration', status.observedGeneration),
      ...counts.flatMap((key) => {
        const field = `status.${key}`;
        const count = status[key] ?? 0;
        return count > status.replicas
          ? [invalid(field, count, 'cannot be greater than status.replicas')]
          : validateNotNegative(field, count);
      }),
    ];
  },
  columns: [
    nameColumn,
    column('Desired', 'How many pods are wanted.', { type: 'integer' }),
    column('Current', 'How many pods there are.', { type: 'integer' }),
    column('Ready', 'How many pods are ready.', { type: 'integer' }),
    ageColumn,
    column('Containers', 'The names of its containers.', { wide: true }),
    column('Images', 'The images of its containers.', { wide: true }),
    column('Selector', 'Which pods belong to it.', { wide: true }),
  ],
  cells: ({ metadata, spec, status }, wallTime) => [
    metadata.name,
    spec.replicas ?? 1,
    status.replicas,
    status.readyReplicas ?? 0,
    age(metadata.creationTimestamp, wallTime),
    ...containerCells(spec.template),
    formatLabelSelector(spec.selector),
  ],
  fieldSelectors: { 'status.replicas': ({ status }) => String(status.replicas) },
  scale: {
    replicas: ({ spec }) => spec.replicas ?? 1,
    statusReplicas: ({ status }) => status.replicas,
    selector: ({ spec }) => selectorFromLabelSelector(spec.selector).toString(),
    setReplicas(object, replicas) {
      object.spec.replicas = replicas;
    },
  },
});
