/** Rules of what makes pods: the template is what the selector selects. */
import * as fc from 'fast-check';
import type { FieldRules, Shape, Struct } from './grammar.ts';
import { ownedName, percent, positive, qualifiedName, share } from './words.ts';

const always = { presence: 'always' } as const;
const never = { presence: 'never' } as const;

export const workloadFields: FieldRules = {
  'PodTemplateSpec.metadata': always,
  'PodTemplateSpec.spec': always,
  'ReplicationControllerSpec.selector': always,
  'ReplicationControllerSpec.template': always,
  'ReplicaSetSpec.template': always,
  'PodTemplate.template': always,
  'RollingUpdateDeployment.maxUnavailable': { values: share },
  'RollingUpdateDeployment.maxSurge': { values: share },
  'RollingUpdateDaemonSet.maxUnavailable': { values: share, ...always },
  'RollingUpdateDaemonSet.maxSurge': never,
  'RollingUpdateStatefulSetStrategy.maxUnavailable': never,
  'DeploymentStrategy.type': { values: fc.constant('RollingUpdate') },
  'DaemonSetUpdateStrategy.type': { values: fc.constant('RollingUpdate') },
  'StatefulSetUpdateStrategy.type': { values: fc.constant('RollingUpdate') },
  'DeploymentSpec.progressDeadlineSeconds': { values: fc.integer({ min: 60, max: 900 }) },
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted': {
    values: fc.constantFrom('Retain', 'Delete'),
    ...always,
  },
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled': {
    values: fc.constantFrom('Retain', 'Delete'),
    ...always,
  },
  'StatefulSetSpec.volumeClaimTemplates': never,
  'ControllerRevision.data': always,
  'CronJobSpec.schedule': { values: fc.constantFrom('@daily', '*/5 * * * *', '0 4 1 JAN-MAR MON') },
  'CronJobSpec.timeZone': { values: fc.constantFrom('Europe/Berlin', 'UTC') },
  'CronJobSpec.startingDeadlineSeconds': { values: positive },
  'JobTemplateSpec.spec': always,
  'JobSpec.selector': never,
  'JobSpec.manualSelector': never,
  'JobSpec.completions': { values: positive, ...always },
  'JobSpec.managedBy': { values: ownedName },
  'JobSpec.backoffLimitPerIndex': never,
  'JobSpec.maxFailedIndexes': never,
  'JobSpec.podReplacementPolicy': { values: fc.constant('Failed') },
  'JobSpec.successPolicy': never,
  'PodFailurePolicyRule.action': { values: fc.constantFrom('Count', 'FailJob', 'Ignore') },
  'PodFailurePolicyOnExitCodesRequirement.containerName': never,
  'PodFailurePolicyOnExitCodesRequirement.values': { values: fc.integer({ min: 1, max: 255 }) },
  'PodFailurePolicyOnPodConditionsPattern.type': { values: qualifiedName },
  'RollingUpdateDaemonSet.percent': { values: percent },
};

const labels = { app: 'web', tier: 'front' };

/** Pods that carry the labels that the selector asks for, and run for ever. */
function fitForever(spec: Struct): Struct {
  const template = spec['template'] as Struct;
  template['metadata'] = { ...(template['metadata'] as Struct), labels };
  delete (template['spec'] as Struct)['activeDeadlineSeconds'];
  return { ...spec, selector: { matchLabels: { app: 'web' } } };
}

const fitController = (spec: Struct) => ({ ...fitForever(spec), selector: { app: 'web' } });

function fitDeployment(spec: Struct): Struct {
  return spec['minReadySeconds'] === undefined
    ? fitForever(spec)
    : fitForever({ ...spec, minReadySeconds: 5 });
}

function fitJob(spec: Struct): Struct {
  const pod = (spec['template'] as Struct)['spec'] as Struct;
  pod['restartPolicy'] = 'Never';
  return spec;
}

export const workloadShapes: Readonly<Record<string, Shape>> = {
  ReplicationControllerSpec: { fit: fitController },
  DeploymentSpec: { fit: fitDeployment },
  ReplicaSetSpec: { fit: fitForever },
  StatefulSetSpec: { fit: fitForever },
  DaemonSetSpec: { fit: fitForever },
  JobSpec: { fit: fitJob },
  PodFailurePolicyOnExitCodesRequirement: {
    fit: (one) => ({
      ...one,
      values: (one['values'] as number[]).sort((left, right) => left - right),
    }),
  },
  PodFailurePolicyRule: { oneOf: ['onExitCodes', 'onPodConditions'] },
  CronJobSpec: { fit: (spec) => spec },
};
