/** Which failures of pods count, and which end the Job at once. */
import {
  duplicate,
  goQuote,
  invalid,
  notSupported,
  omitted,
  required,
  tooMany,
} from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
} from '../../../generated/types.ts';
import { goInt32s } from '../../../go-literal.ts';
import { problemsAt } from '../../../metadata.ts';
import { qualifiedNameProblems } from '../../../names.ts';

const ruleCountMax = 20;
const exitCodeCountMax = 255;
const patternCountMax = 20;

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

function validateWord(field: string, value: string, supported: readonly string[]): FieldError[] {
  if (value === '') {
    return [required(field, `valid values: [${supported.map((one) => goQuote(one)).join(' ')}]`)];
  }
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function validateExitCodes(
  { operator, containerName, values }: PodFailurePolicyOnExitCodesRequirement,
  containerNames: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const errors = validateWord(`${field}.operator`, operator, operators);
  if (containerName !== undefined && !containerNames.has(containerName)) {
    const why = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(`${field}.containerName`, containerName, why));
  }
  const at = `${field}.values`;
  if (values.length === 0) {
    errors.push(invalid(at, goInt32s(values), 'at least one value is required'));
  } else if (values.length > exitCodeCountMax) {
    errors.push(tooMany(at, values.length, exitCodeCountMax));
  }
  const seen = new Set<number>();
  values.forEach((value, index) => {
    if (operator === 'In' && value === 0) {
      errors.push(invalid(`${at}[${index}]`, value, 'must not be 0 for the In operator'));
    }
    if (seen.has(value)) errors.push(duplicate(`${at}[${index}]`, value));
    seen.add(value);
  });
  const isOrdered = values.every((value, index) => index === 0 || values[index - 1]! <= value);
  if (!isOrdered) errors.push(invalid(at, goInt32s(values), 'must be ordered'));
  return errors;
}

function validatePodConditions(
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
  field: string,
): FieldError[] {
  return [
    ...(patterns.length > patternCountMax
      ? [tooMany(field, patterns.length, patternCountMax)]
      : []),
    ...patterns.flatMap(({ type, status }, index) => [
      ...problemsAt(`${field}[${index}].type`, type, qualifiedNameProblems(type)),
      ...validateWord(`${field}[${index}].status`, status, statuses),
    ]),
  ];
}

function validateRule(
  { action, onExitCodes, onPodConditions = [] }: PodFailurePolicyRule,
  spec: JobSpec,
  containerNames: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const errors = validateWord(`${field}.action`, action, actions);
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    const why = 'requires the backoffLimitPerIndex to be set';
    errors.push(invalid(`${field}.action`, action, why));
  }
  if (onExitCodes !== undefined) {
    errors.push(...validateExitCodes(onExitCodes, containerNames, `${field}.onExitCodes`));
  }
  errors.push(...validatePodConditions(onPodConditions, `${field}.onPodConditions`));
  const [byExitCode, byCondition] = [onExitCodes !== undefined, onPodConditions.length > 0];
  if (byExitCode && byCondition) {
    const why = 'specifying both OnExitCodes and OnPodConditions is not supported';
    errors.push(invalid(field, omitted, why));
  } else if (!byExitCode && !byCondition) {
    const why = 'specifying one of OnExitCodes and OnPodConditions is required';
    errors.push(invalid(field, omitted, why));
  }
  return errors;
}

export function validatePodFailurePolicy(spec: JobSpec, field: string): FieldError[] {
  if (spec.podFailurePolicy === undefined) return [];
  const { rules } = spec.podFailurePolicy;
  const { containers, initContainers = [] } = spec.template.spec;
  const containerNames = new Set([...containers, ...initContainers].map(({ name }) => name));
  return [
    ...(rules.length > ruleCountMax ? [tooMany(`${field}.rules`, rules.length, ruleCountMax)] : []),
    ...rules.flatMap((rule, index) =>
      validateRule(rule, spec, containerNames, `${field}.rules[${index}]`),
    ),
  ];
}
