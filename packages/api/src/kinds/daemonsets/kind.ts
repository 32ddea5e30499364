/** DaemonSet: a pod of one template on each node. */
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
import type { DaemonSet } from '../../generated/types.ts';
import { formatLabelSelector, formatLabels } from '../../label-selector.ts';
import { age } from '../../time.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';
import { containerColumns, selectorColumn } from '../shared/columns.ts';
import { validateCollisionCount, validateCounts } from '../shared/counts.ts';
import { containerCells, validateSelectorUnchanged } from '../shared/workload.ts';
import { validateDaemonSetSpec } from './validation.ts';
import { templateUpdateWarnings, templateWarnings } from '../shared/template-warnings.ts';

const revisionHistoryDefault = 10;

/** Where upstream keeps how often the template changed, since the field for it is gone. */
const templateGeneration = 'deprecated.daemonset.template.generation';

const templateGenerationOf = ({ metadata }: DaemonSet): number =>
  Math.max(1, Number.parseInt(metadata.annotations?.[templateGeneration] ?? '', 10) || 1);

function setTemplateGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [templateGeneration]: String(generation) };
}

const integer = { type: 'integer' } as const;

export const daemonSets = defineKind<DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  description: 'A DaemonSet keeps a pod of one template on each node, or on those it chooses.',
  shortNames: ['ds'],
  categories: ['all'],
  subresources: [statusSubresource({ group: 'apps', kind: 'DaemonSet' })],
  setDefaults({ spec }) {
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ??= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
      spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= revisionHistoryDefault;
    setPodSpecDefaults(spec.template.spec);
  },
  prepareForCreate(object) {
    object.status = {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    };
    startGeneration(object);
    setTemplateGeneration(object, templateGenerationOf(object));
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
    const isSameTemplate = deepEqual(object.spec.template, old.spec.template);
    setTemplateGeneration(object, templateGenerationOf(old) + (isSameTemplate ? 0 : 1));
    if (!deepEqual(object.spec, old.spec)) bumpGeneration(object);
  },
  validate: ({ spec }) => validateDaemonSetSpec(spec),
  validateUpdate: (object, old) =>
    validateSelectorUnchanged(object.spec.selector, old.spec.selector),
  validateStatusUpdate: ({ status }, old) => [
    ...validateCounts(status, [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ]),
    ...validateCollisionCount(status, old.status),
  ],
  warningsOnCreate: ({ spec }) => templateWarnings(spec.template, 'spec.template'),
  warningsOnUpdate: templateUpdateWarnings,
  columns: [
    nameColumn,
    column('Desired', 'How many nodes should have a pod.', integer),
    column('Current', 'How many of them have one.', integer),
    column('Ready', 'How many of them have one that is ready.', integer),
    column('Up-to-date', 'How many of them have one of the newest template.', integer),
    column('Available', 'How many of them have one that was ready for long enough.', integer),
    column('Node Selector', 'The labels that its nodes have.'),
    ageColumn,
    ...containerColumns,
    selectorColumn,
  ],
  cells: ({ metadata, spec, status }, wallTime) => [
    metadata.name,
    status.desiredNumberScheduled,
    status.currentNumberScheduled,
    status.numberReady,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    formatLabels(spec.template.spec.nodeSelector),
    age(metadata.creationTimestamp, wallTime),
    ...containerCells(spec.template),
    formatLabelSelector(spec.selector),
  ],
});
