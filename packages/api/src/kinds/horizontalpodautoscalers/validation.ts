/** Bounds, target and behaviour of an autoscaler. Source: upstream's autoscaling validation. */
import { invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  HPAScalingPolicy,
  HPAScalingRules,
  HorizontalPodAutoscalerSpec,
} from '../../generated/types.ts';
import { validateMetrics, validateReference } from './metric-validation.ts';

const replicasMin = 1;
const windowSecondsMax = 3600;
const periodSecondsMax = 1800;
const selectPolicies = ['Disabled', 'Max', 'Min'];
const policyTypes = ['Percent', 'Pods'];

function validatePolicy({ type, value, periodSeconds }: HPAScalingPolicy, field: string) {
  const errors: FieldError[] = [];
  if (!policyTypes.includes(type)) errors.push(notSupported(`${field}.type`, type, policyTypes));
  if (value <= 0) errors.push(invalid(`${field}.value`, value, 'must be greater than zero'));
  if (periodSeconds <= 0) {
    errors.push(invalid(`${field}.periodSeconds`, periodSeconds, 'must be greater than zero'));
  }
  if (periodSeconds > periodSecondsMax) {
    const why = `must be less than or equal to ${periodSecondsMax}`;
    errors.push(invalid(`${field}.periodSeconds`, periodSeconds, why));
  }
  return errors;
}

function validateRules(rules: HPAScalingRules | undefined, field: string): FieldError[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds: windowSeconds = 0, selectPolicy, policies = [] } = rules;
  const errors: FieldError[] = [];
  const at = `${field}.stabilizationWindowSeconds`;
  if (windowSeconds < 0) {
    errors.push(invalid(at, windowSeconds, 'must be greater than or equal to zero'));
  }
  if (windowSeconds > windowSecondsMax) {
    errors.push(invalid(at, windowSeconds, `must be less than or equal to ${windowSecondsMax}`));
  }
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(`${field}.selectPolicy`, selectPolicy, selectPolicies));
  }
  if (policies.length === 0) {
    errors.push(required(`${field}.policies`, 'must specify at least one Policy'));
  }
  policies.forEach((policy, index) => {
    errors.push(...validatePolicy(policy, `${field}.policies[${index}]`));
  });
  return errors;
}

export function validateAutoscalerSpec(
  spec: HorizontalPodAutoscalerSpec,
  field: string,
): FieldError[] {
  const { minReplicas, maxReplicas, scaleTargetRef, metrics = [], behavior } = spec;
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < replicasMin) {
    const why = `must be greater than or equal to ${replicasMin}`;
    errors.push(invalid(`${field}.minReplicas`, minReplicas, why));
  }
  if (maxReplicas < 1) {
    errors.push(invalid(`${field}.maxReplicas`, maxReplicas, 'must be greater than 0'));
  }
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    const why = 'must be greater than or equal to `minReplicas`';
    errors.push(invalid(`${field}.maxReplicas`, maxReplicas, why));
  }
  return [
    ...errors,
    ...validateReference(scaleTargetRef, `${field}.scaleTargetRef`),
    ...validateMetrics(metrics, `${field}.metrics`),
    ...validateRules(behavior?.scaleUp, `${field}.behavior.scaleUp`),
    ...validateRules(behavior?.scaleDown, `${field}.behavior.scaleDown`),
  ];
}
