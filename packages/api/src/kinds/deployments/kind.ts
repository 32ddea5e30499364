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
import type { Deployment, DeploymentStrategy, IntOrString } from '../../generated/types.ts';
import { percentPattern } from '../../int-or-string.ts';
import { formatLabelSelector, selectorFromLabelSelector } from '../../label-selector.ts';
import { isNotNegative, validateNotNegative } from '../../metadata.ts';
import { age } from '../../time.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';
import { containerCells, validateSelectorUnchanged, validateWorkload } from '../shared/workload.ts';

const strategies = ['Recreate', 'RollingUpdate'];
const revisionHistoryDefault = 10;
const progressSecondsDefault = 600;

function validateShare(value: IntOrString, field: string): FieldError[] {
  if (typeof value === 'number') return value < 0 ? [invalid(field, value, isNotNegative)] : [];
  if (percentPattern.test(value)) return [];
  return [invalid(field, value, "must be an integer or percentage (e.g '5%')")];
}

const isZero = (value: IntOrString) => value === 0 || /^0+%?$/.test(String(value));

function validateStrategy(strategy: DeploymentStrategy, field: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate === undefined ? [] : [forbidden(`${field}.rollingUpdate`, why)];
  }
  if (type !== 'RollingUpdate') return [notSupported(field, type ?? '', strategies)];
  if (rollingUpdate === undefined) {
    return [required(`${field}.rollingUpdate`, 'this should be defaulted and never be nil')];
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const at = `${field}.rollingUpdate`;
  const errors = [
    ...validateShare(maxUnavailable, `${at}.maxUnavailable`),
    ...validateShare(maxSurge, `${at}.maxSurge`),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    const why = 'may not be 0 when `maxSurge` is 0';
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, why));
  }
  const percent = typeof maxUnavailable === 'string' ? percentPattern.exec(maxUnavailable) : null;
  if (percent !== null && Number(percent[1]) > 100) {
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  }
  return errors;
}

function validateDeployment({ spec }: Deployment): FieldError[] {
  const errors = [
    ...validateWorkload(spec),
    ...validateStrategy(spec.strategy ?? {}, 'spec.strategy'),
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
  subresources: [
    statusSubresource({ group: 'apps', kind: 'Deployment' }),
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
  validateStatusUpdate({ status }) {
    const counts = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;
    return [
      ...validateNotNegative('status.observedGeneration', status.observedGeneration),
      ...counts.flatMap((key) => validateNotNegative(`status.${key}`, status[key])),
    ];
  },
  columns: [
    nameColumn,
    column('Ready', 'How many pods are ready, of how many.'),
    column('Up-to-date', 'How many pods have the newest template.'),
    column('Available', 'How many pods have been ready for long enough.'),
    ageColumn,
    column('Containers', 'The names of its containers.', { wide: true }),
    column('Images', 'The images of its containers.', { wide: true }),
    column('Selector', 'Which pods belong to it.', { wide: true }),
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
