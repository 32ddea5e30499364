/** ReplicaSet: so many pods of one template. */
import {
  bumpGeneration,
  defineKind,
  startGeneration,
  statusSubresource,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import type { ReplicaSet } from '../../generated/types.ts';
import { formatLabelSelector, selectorFromLabelSelector } from '../../label-selector.ts';
import { validateNotNegative } from '../../metadata.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';
import { replicaCells, replicaColumns } from '../shared/columns.ts';
import { validateReplicaCounts } from '../shared/counts.ts';
import { scaleSubresource } from '../shared/scale.ts';
import {
  validateReplicaTemplate,
  validateRequiredSelector,
  validateSelectorUnchanged,
} from '../shared/workload.ts';
import { podsTemplateWarnings, templateUpdateWarnings } from '../shared/template-warnings.ts';

export const replicaSets = defineKind<ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  description: 'A ReplicaSet keeps so many pods of one template running.',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: [statusSubresource({ group: 'apps', kind: 'ReplicaSet' }), scaleSubresource],
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
  validate: ({ spec }) => [
    ...validateNotNegative('spec.replicas', spec.replicas),
    ...validateNotNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateRequiredSelector(spec.selector, 'deployment'),
    ...validateReplicaTemplate(spec.selector, spec.template),
  ],
  validateUpdate: (object, old) =>
    validateSelectorUnchanged(object.spec.selector, old.spec.selector),
  validateStatusUpdate: ({ status }) => validateReplicaCounts(status),
  warningsOnCreate: podsTemplateWarnings,
  warningsOnUpdate: templateUpdateWarnings,
  columns: replicaColumns,
  cells: (object, wallTime) =>
    replicaCells(object, formatLabelSelector(object.spec.selector), wallTime),
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
