/** StatefulSet: pods with names and disks of their own, one after the other. */
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
import type { StatefulSet, StatefulSetSpec } from '../../generated/types.ts';
import { selectorFromLabelSelector } from '../../label-selector.ts';
import { dns1123LabelProblems } from '../../names.ts';
import { age } from '../../time.ts';
import { containerColumns } from '../shared/columns.ts';
import { validateCollisionCount, validateCounts, validateCountsWithin } from '../shared/counts.ts';
import { scaleSubresource } from '../shared/scale.ts';
import { containerCells } from '../shared/workload.ts';
import { setStatefulSetDefaults } from './defaults.ts';
import { validateStatefulSetSpec, validateStatefulSetUpdate } from './validation.ts';
import { templateUpdateWarnings, templateWarnings } from '../shared/template-warnings.ts';
import { volumeClaimSpecWarnings } from '../shared/warnings.ts';

/** Behind a gate (MaxUnavailableStatefulSet) that is closed in 1.32: upstream drops it. */
function dropMaxUnavailable({ spec }: StatefulSet): void {
  delete spec.updateStrategy?.rollingUpdate?.maxUnavailable;
}

function setWarnings({ volumeClaimTemplates, revisionHistoryLimit }: StatefulSetSpec): string[] {
  const keepsAll =
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended';
  return [
    ...(volumeClaimTemplates ?? []).flatMap(({ spec }, index) =>
      volumeClaimSpecWarnings(spec, `spec.volumeClaimTemplates[${index}]`),
    ),
    ...((revisionHistoryLimit ?? 0) < 0 ? [keepsAll] : []),
  ];
}

export const statefulSets = defineKind<StatefulSet>({
  group: 'apps',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  description:
    'A StatefulSet keeps pods with lasting names and storage, and starts and stops them in order.',
  shortNames: ['sts'],
  categories: ['all'],
  subresources: [statusSubresource({ group: 'apps', kind: 'StatefulSet' }), scaleSubresource],
  nameProblems: dns1123LabelProblems,
  setDefaults: setStatefulSetDefaults,
  prepareForCreate(object) {
    object.status = { replicas: 0, availableReplicas: 0 };
    startGeneration(object);
    dropMaxUnavailable(object);
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
    dropMaxUnavailable(object);
    if (!deepEqual(object.spec, old.spec)) bumpGeneration(object);
  },
  validate: ({ spec }) => validateStatefulSetSpec(spec),
  validateUpdate: (object, old) => validateStatefulSetUpdate(object.spec, old.spec),
  validateStatusUpdate({ status }, old) {
    const parts = ['readyReplicas', 'currentReplicas', 'updatedReplicas'] as const;
    const all = [...parts, 'availableReplicas'] as const;
    return [
      ...validateCounts(status, ['replicas', ...all, 'observedGeneration', 'collisionCount']),
      ...validateCountsWithin(status, all, { key: 'replicas', name: 'status.replicas' }),
      ...validateCountsWithin(status, ['availableReplicas'], {
        key: 'readyReplicas',
        name: 'status.readyReplicas',
      }),
      ...validateCollisionCount(status, old.status),
    ];
  },
  warningsOnCreate: ({ spec }) => [
    ...templateWarnings(spec.template, 'spec.template'),
    ...setWarnings(spec),
  ],
  warningsOnUpdate: (object, old) => [
    ...templateUpdateWarnings(object, old),
    ...setWarnings(object.spec),
  ],
  columns: [
    nameColumn,
    column('Ready', 'How many pods are ready, of how many.'),
    ageColumn,
    ...containerColumns,
  ],
  cells: ({ metadata, spec, status }, wallTime) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    age(metadata.creationTimestamp, wallTime),
    ...containerCells(spec.template),
  ],
  scale: {
    replicas: ({ spec }) => spec.replicas ?? 1,
    statusReplicas: ({ status }) => status.replicas,
    selector: ({ spec }) => selectorFromLabelSelector(spec.selector).toString(),
    setReplicas(object, replicas) {
      object.spec.replicas = replicas;
    },
  },
});
