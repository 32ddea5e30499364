/**
 * HorizontalPodAutoscaler: how many replicas a workload has, by what is measured. Objects are kept in
 * version v2; v1.ts converts from and to the older one.
 */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import type { HorizontalPodAutoscaler } from '../../generated/types.ts';
import { validateNotNegative } from '../../metadata.ts';
import { age } from '../../time.ts';
import { formatMetrics } from './columns.ts';
import { setAutoscalerDefaults } from './defaults.ts';
import { validateAutoscalerSpec } from './validation.ts';

const group = 'autoscaling';
const version = 'v2';
const kind = 'HorizontalPodAutoscaler';

export const horizontalPodAutoscalers = defineKind<HorizontalPodAutoscaler>({
  group,
  version,
  kind,
  resource: 'horizontalpodautoscalers',
  description:
    'A HorizontalPodAutoscaler sets the replicas of a workload so that its metrics meet their targets.',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: [{ name: 'status', group, version, kind, verbs: ['get', 'patch', 'update'] }],
  setDefaults: ({ spec }) => setAutoscalerDefaults(spec),
  prepareForCreate(object) {
    object.status = { desiredReplicas: 0, currentMetrics: [] };
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
  },
  validate: ({ spec }) => validateAutoscalerSpec(spec, 'spec'),
  validateStatusUpdate: ({ status }) => [
    ...validateNotNegative('status.currentReplicas', status.currentReplicas),
    ...validateNotNegative('status.desiredReplicas', status.desiredReplicas),
  ],
  columns: [
    nameColumn,
    column('Reference', 'The workload that is scaled.'),
    column('Targets', 'What is measured of each metric, and what it should be.'),
    column('MinPods', 'The fewest replicas that it sets.'),
    column('MaxPods', 'The most replicas that it sets.'),
    column('Replicas', 'How many replicas there are.'),
    ageColumn,
  ],
  cells: (object, wallTime) => [
    object.metadata.name,
    `${object.spec.scaleTargetRef.kind}/${object.spec.scaleTargetRef.name}`,
    formatMetrics(object.spec.metrics ?? [], object.status.currentMetrics ?? []),
    String(object.spec.minReplicas ?? '<unset>'),
    object.spec.maxReplicas,
    object.status.currentReplicas ?? 0,
    age(object.metadata.creationTimestamp, wallTime),
  ],
});
