/** ReplicationController: so many pods of one template; ReplicaSets followed it. */
import {
  bumpGeneration,
  defineKind,
  startGeneration,
  statusSubresource,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { ReplicationController, ReplicationControllerSpec } from '../../generated/types.ts';
import { formatLabels, selectorFromLabels } from '../../label-selector.ts';
import { validateNotNegative } from '../../metadata.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';
import { replicaCells, replicaColumns } from '../shared/columns.ts';
import { validateReplicaCounts } from '../shared/counts.ts';
import { scaleSubresource } from '../shared/scale.ts';
import { validatePodTemplate, validateRunsForever, validateSelected } from '../shared/workload.ts';
import { podsTemplateWarnings, templateUpdateWarnings } from '../shared/template-warnings.ts';

const isEmpty = (labels: Readonly<Record<string, string>> | undefined) =>
  Object.keys(labels ?? {}).length === 0;

function validateTemplate({ selector, template }: ReplicationControllerSpec): FieldError[] {
  const field = 'spec.template';
  if (template === undefined) return [required(field)];
  return [
    ...validateSelected(template, selectorFromLabels(selector ?? {}), field),
    ...validatePodTemplate(template, field),
    ...validateRunsForever(template.spec, `${field}.spec`, 'ReplicationController'),
  ];
}

export const replicationControllers = defineKind<ReplicationController>({
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  description: 'A ReplicationController keeps so many pods of one template running.',
  shortNames: ['rc'],
  categories: ['all'],
  subresources: [statusSubresource({ kind: 'ReplicationController' }), scaleSubresource],
  setDefaults({ metadata, spec }) {
    const labels = spec.template?.metadata?.labels;
    if (labels !== undefined) {
      if (isEmpty(spec.selector)) spec.selector = { ...labels };
      if (isEmpty(metadata.labels)) metadata.labels = { ...labels };
    }
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
    ...validateNotNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...(isEmpty(spec.selector) ? [required('spec.selector')] : []),
    ...validateNotNegative('spec.replicas', spec.replicas),
    ...validateTemplate(spec),
  ],
  validateStatusUpdate: ({ status }) => validateReplicaCounts(status),
  warningsOnCreate: podsTemplateWarnings,
  warningsOnUpdate: templateUpdateWarnings,
  columns: replicaColumns,
  cells: (object, wallTime) => replicaCells(object, formatLabels(object.spec.selector), wallTime),
  fieldSelectors: { 'status.replicas': ({ status }) => String(status.replicas) },
  scale: {
    replicas: ({ spec }) => spec.replicas ?? 1,
    statusReplicas: ({ status }) => status.replicas,
    selector: ({ spec }) => selectorFromLabels(spec.selector ?? {}).toString(),
    setReplicas(object, replicas) {
      object.spec.replicas = replicas;
    },
  },
});
