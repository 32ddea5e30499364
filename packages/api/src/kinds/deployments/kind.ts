/** Deployment: pods of one template, rolled from version to version. */
import {
  ageColumn,
  column,
  defineKind,
  nameColumn,
  startGeneration,
  bumpGeneration,
  statusSubresource,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { forbidden, invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Deployment, DeploymentStrategy } from '../../generated/types.ts';
import { goIntOrString, goStrategy } from '../../go-literal.ts';
import { formatLabelSelector, selectorFromLabelSelector } from '../../label-selector.ts';
import { validateNotNegative } from '../../metadata.ts';
import { age } from '../../time.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';
import { containerColumns, selectorColumn } from '../shared/columns.ts';
import { validateCollisionCount, validateCounts, validateCountsWithin } from '../shared/counts.ts';
import { scaleSubresource } from '../shared/scale.ts';
import { isNoShare, validateNotMoreThanAll, validateShare } from '../shared/share-validation.ts';
import {
  containerCells,
  validateReplicaTemplate,
  validateRequiredSelector,
  validateSelectorUnchanged,
} from '../shared/workload.ts';
import { podsTemplateWarnings, templateUpdateWarnings } from '../shared/template-warnings.ts';

const strategies = ['Recreate', 'RollingUpdate'];
const strategyTypes = {
  strategy: 'apps.DeploymentStrategy',
  rollingUpdate: 'apps.RollingUpdateDeployment',
};
const revisionHistoryDefault = 10;
const progressSecondsDefault = 600;

function validateStrategy(strategy: DeploymentStrategy, field: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate === undefined ? [] : [forbidden(`${field}.rollingUpdate`, why)];
  }
  if (type !== 'RollingUpdate') {
    return [notSupported(field, goStrategy(strategyTypes, strategy), strategies)];
  }
  const at = `${field}.rollingUpdate`;
  if (rollingUpdate === undefined) {
    return [required(at, 'this should be defaulted and never be nil')];
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const errors = [
    ...validateShare(maxUnavailable, `${at}.maxUnavailable`),
    ...validateShare(maxSurge, `${at}.maxSurge`),
  ];
  if (isNoShare(maxUnavailable) && isNoShare(maxSurge)) {
    const why = 'may not be 0 when `maxSurge` is 0';
    errors.push(invalid(`${at}.maxUnavailable`, goIntOrString(maxUnavailable), why));
  }
  return [...errors, ...validateNotMoreThanAll(maxUnavailable, `${at}.maxUnavailable`)];
}

function validateDeployment({ spec }: Deployment): FieldError[] {
  const errors = [
    ...validateNotNegative('spec.replicas', spec.replicas),
    ...validateRequiredSelector(spec.selector, 'deployment'),
    ...validateReplicaTemplate(spec.selector, spec.template),
    ...validateStrategy(spec.strategy ?? {}, 'spec.strategy'),
    ...validateNotNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateNotNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
  const seconds = spec.progressDeadlineSeconds;
  if (seconds !== undefined) {
    errors.push(...validateNotNegative('spec.progressDeadlineSeconds', seconds));
    if (seconds <= (spec.minReadySeconds ?? 0)) {
      const why = 'must be greater than minReadySeconds';
      errors.push(invalid('spec.progressDeadlineSeconds', seconds, why));
    }
  }
  return errors;
}

export const deployments = defineKind<Deployment>({
  group: 'apps',
  kind: 'Deployment',
  resource: 'deployments',
  description:
    'A Deployment keeps so many pods of one template running, and rolls them over to a new one.',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: [statusSubresource({ group: 'apps', kind: 'Deployment' }), scaleSubresource],
  setDefaults({ spec }) {
    spec.replicas ??= 1;
    spec.strategy ??= {};
    spec.strategy.type ??= 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate') {
      spec.strategy.rollingUpdate ??= {};
      spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
      spec.strategy.rollingUpdate.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= revisionHistoryDefault;
    spec.progressDeadlineSeconds ??= progressSecondsDefault;
    setPodSpecDefaults(spec.template.spec);
  },
  prepareForCreate(object) {
    object.status = {};
    startGeneration(object);
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
    // Annotations count too: the controller copies them to its ReplicaSets.
    const isChanged =
      !deepEqual(object.spec, old.spec) ||
      !deepEqual(object.metadata.annotations ?? {}, old.metadata.annotations ?? {});
    if (isChanged) bumpGeneration(object);
  },
  validate: validateDeployment,
  validateUpdate: (object, old) =>
    validateSelectorUnchanged(object.spec.selector, old.spec.selector),
  validateStatusUpdate({ status }, old) {
    const parts = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;
    return [
      ...validateCounts(status, ['observedGeneration', 'replicas', ...parts]),
      ...validateCounts(status, ['unavailableReplicas', 'collisionCount']),
      ...validateCountsWithin(status, parts, { key: 'replicas', name: 'status.replicas' }),
      ...validateCountsWithin(status, ['availableReplicas'], {
        key: 'readyReplicas',
        name: 'readyReplicas',
      }),
      ...validateCollisionCount(status, old.status),
    ];
  },
  warningsOnCreate: podsTemplateWarnings,
  warningsOnUpdate: templateUpdateWarnings,
  columns: [
    nameColumn,
    column('Ready', 'How many pods are ready, of how many.'),
    column('Up-to-date', 'How many pods have the newest template.'),
    column('Available', 'How many pods have been ready for long enough.'),
    ageColumn,
    ...containerColumns,
    selectorColumn,
  ],
  cells: ({ metadata, spec, status }, wallTime) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
    age(metadata.creationTimestamp, wallTime),
    ...containerCells(spec.template),
    formatLabelSelector(spec.selector),
  ],
  scale: {
    replicas: ({ spec }) => spec.replicas ?? 1,
    statusReplicas: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => selectorFromLabelSelector(spec.selector).toString(),
    setReplicas(object, replicas) {
      object.spec.replicas = replicas;
    },
  },
});
