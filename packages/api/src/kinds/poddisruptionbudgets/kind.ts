/** PodDisruptionBudget: how many of an application's pods may be taken away at once. */
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
import type { PodDisruptionBudget } from '../../generated/types.ts';
import { age } from '../../time.ts';
import { validateBudgetSpec, validateBudgetStatus } from './validation.ts';

const orNone = (value: number | string | undefined) => (value === undefined ? 'N/A' : `${value}`);

export const podDisruptionBudgets = defineKind<PodDisruptionBudget>({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  description:
    'A PodDisruptionBudget bounds how many of the pods that it selects may be evicted at once.',
  shortNames: ['pdb'],
  subresources: [statusSubresource({ group: 'policy', kind: 'PodDisruptionBudget' })],
  allowUnconditionalUpdate: false,
  prepareForCreate(object) {
    object.status = {
      disruptionsAllowed: 0,
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
    };
    startGeneration(object);
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
    if (!deepEqual(object.spec, old.spec)) bumpGeneration(object);
  },
  validate: ({ spec }) => validateBudgetSpec(spec, 'spec'),
  validateStatusUpdate: ({ status }) => validateBudgetStatus(status, 'status'),
  columns: [
    nameColumn,
    column('Min Available', 'How many pods must stay available.'),
    column('Max Unavailable', 'How many pods may be unavailable.'),
    column('Allowed Disruptions', 'How many pods may be evicted now.', { type: 'integer' }),
    ageColumn,
  ],
  cells: ({ metadata, spec, status }, wallTime) => [
    metadata.name,
    orNone(spec.minAvailable),
    orNone(spec.maxUnavailable),
    status.disruptionsAllowed,
    age(metadata.creationTimestamp, wallTime),
  ],
});
