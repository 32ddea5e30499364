/**
 * What a StatefulSet must say, and what of it may change. Upstream does not judge the pod of the
 * template here, because its volumes come from the claims; bad pods are refused one by one.
 */
import { deepEqual } from '../../equality.ts';
import { forbidden, invalid, notSupportedInOrder } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { StatefulSetSpec, StatefulSetUpdateStrategy } from '../../generated/types.ts';
import { goLabelSelector, goRollingUpdate, goStrategy } from '../../go-literal.ts';
import { validateNotNegative, validateTemplateMetadata } from '../../metadata.ts';
import { validatePodAnnotations } from '../pods/validation/annotations.ts';
import {
  compileSelector,
  validateRequiredSelector,
  validateRunsForever,
  validateSelected,
} from '../shared/workload.ts';

const strategyTypes = {
  strategy: 'apps.StatefulSetUpdateStrategy',
  rollingUpdate: 'apps.RollingUpdateStatefulSetStrategy',
};

function validatePodManagement(policy: string | undefined): FieldError[] {
  if (policy === 'OrderedReady' || policy === 'Parallel') return [];
  return [invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateUpdateStrategy(strategy: StatefulSetUpdateStrategy): FieldError[] {
  const field = 'spec.updateStrategy';
  const { type, rollingUpdate } = strategy;
  if (type === 'RollingUpdate') {
    return validateNotNegative(`${field}.rollingUpdate.partition`, rollingUpdate?.partition);
  }
  if (type !== 'OnDelete') {
    const why = "must be 'RollingUpdate' or 'OnDelete'";
    return [invalid(field, goStrategy(strategyTypes, strategy), why)];
  }
  if (rollingUpdate === undefined) return [];
  const why = "only allowed for updateStrategy 'RollingUpdate'";
  return [invalid(`${field}.rollingUpdate`, goRollingUpdate(rollingUpdate), why)];
}

function validateRetention(spec: StatefulSetSpec): FieldError[] {
  const field = 'spec.persistentVolumeClaimRetentionPolicy';
  const policy = spec.persistentVolumeClaimRetentionPolicy;
  if (policy === undefined) return [];
  return (['whenDeleted', 'whenScaled'] as const).flatMap((key) => {
    const value = policy[key] ?? '';
    return value === 'Retain' || value === 'Delete'
      ? []
      : [notSupportedInOrder(`${field}.${key}`, value, ['Retain', 'Delete'])];
  });
}

function validateTemplate({ selector, template }: StatefulSetSpec): FieldError[] {
  const field = 'spec.template';
  const compiled = compileSelector(selector);
  const errors =
    compiled === undefined
      ? [invalid('spec.selector', goLabelSelector(selector), '')]
      : [
          ...validateSelected(template, compiled, field),
          ...validateTemplateMetadata(template.metadata, field),
          ...validatePodAnnotations(
            template.metadata?.annotations,
            template.spec,
            `${field}.annotations`,
          ),
        ];
  return [...errors, ...validateRunsForever(template.spec, `${field}.spec`, 'StatefulSet')];
}

export function validateStatefulSetSpec(spec: StatefulSetSpec): FieldError[] {
  return [
    ...validatePodManagement(spec.podManagementPolicy),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}),
    ...validateRetention(spec),
    ...validateNotNegative('spec.replicas', spec.replicas),
    ...validateNotNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateNotNegative('spec.ordinals.start', spec.ordinals?.start),
    ...validateRequiredSelector(spec.selector, 'statefulset'),
    ...validateTemplate(spec),
  ];
}

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

export function validateStatefulSetUpdate(
  spec: StatefulSetSpec,
  old: StatefulSetSpec,
): FieldError[] {
  const [fixed, oldFixed] = [{ ...spec }, { ...old }] as Partial<StatefulSetSpec>[];
  for (const key of changeable) {
    delete fixed![key];
    delete oldFixed![key];
  }
  if (deepEqual(fixed, oldFixed)) return [];
  const names = changeable.map((key) => `'${key}'`);
  const all = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const why = `updates to statefulset spec for fields other than ${all} are forbidden`;
  return [forbidden('spec', why)];
}
