/** Where a pod may run: tolerations, affinity, spreading. */
import { duplicate, forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  Toleration,
} from '../../../generated/types.ts';
import { defaultNameProblems, problemsAt } from '../../../metadata.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../../names.ts';
import { validateEnum, validateOptionalEnum } from '../../shared/enum-validation.ts';
import { validateLabelSelector } from '../../shared/selector-validation.ts';

export const taintEffects = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];

export function validateTolerations(
  tolerations: readonly Toleration[],
  field: string,
): FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const at = `${field}[${index}]`;
    const { key = '', operator, value = '', effect } = toleration;
    const errors: FieldError[] = [];
    if (key !== '') errors.push(...problemsAt(`${at}.key`, key, qualifiedNameProblems(key)));
    else if (operator !== 'Exists') {
      const why =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator ?? '', why));
    }
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalid(`${at}.effect`, effect ?? '', why));
    }
    if (operator === undefined || operator === 'Equal') {
      const problems = labelValueProblems(value);
      if (problems.length > 0) errors.push(invalid(`${at}.operator`, value, problems.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') {
        const why = "value must be empty when `operator` is 'Exists'";
        errors.push(invalid(`${at}.operator`, value, why));
      }
    } else errors.push(...validateEnum(`${at}.operator`, operator, ['Equal', 'Exists']));
    return [...errors, ...validateOptionalEnum(`${at}.effect`, effect, taintEffects)];
  });
}

function validateRequirement(
  { key, operator, values = [] }: NodeSelectorRequirement,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        const why = "must be specified when `operator` is 'In' or 'NotIn'";
        errors.push(required(`${field}.values`, why));
      }
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push(forbidden(`${field}.values`, why));
      }
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        const why = "must be specified single value when `operator` is 'Lt' or 'Gt'";
        errors.push(required(`${field}.values`, why));
      }
      break;
    default:
      errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  return [...errors, ...problemsAt(`${field}.key`, key, qualifiedNameProblems(key))];
}

function validateTerm(term: NodeSelectorTerm, field: string): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((requirement, index) =>
      validateRequirement(requirement, `${field}.matchExpressions[${index}]`),
    ),
    ...(term.matchFields ?? []).flatMap(({ key, operator, values = [] }, index) => {
      const at = `${field}.matchFields[${index}]`;
      const errors: FieldError[] = [];
      if (operator !== 'In' && operator !== 'NotIn') {
        errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
      } else if (values.length !== 1) {
        const why =
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
        errors.push(required(`${at}.values`, why));
      }
      if (key !== 'metadata.name') {
        errors.push(invalid(`${at}.key`, key, 'not a valid field selector key'));
        return errors;
      }
      values.forEach((value, valueIndex) => {
        const problems = defaultNameProblems(value);
        errors.push(...problemsAt(`${at}.values[${valueIndex}]`, value, problems));
      });
      return errors;
    }),
  ];
}

export function validateNodeSelector(
  { nodeSelectorTerms }: NodeSelector,
  field: string,
): FieldError[] {
  const at = `${field}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0) {
    return [required(at, 'must have at least one node selector term')];
  }
  return nodeSelectorTerms.flatMap((term, index) => validateTerm(term, `${at}[${index}]`));
}

function validateWeight(weight: number, field: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(field, weight, 'must be in the range 1-100')];
}

function validatePodTerm(term: PodAffinityTerm, field: string): FieldError[] {
  const errors = validateLabelSelector(term.labelSelector, `${field}.labelSelector`);
  errors.push(...validateLabelSelector(term.namespaceSelector, `${field}.namespaceSelector`));
  if (term.topologyKey === '') errors.push(required(`${field}.topologyKey`, 'can not be empty'));
  const problems = qualifiedNameProblems(term.topologyKey);
  return [...errors, ...problemsAt(`${field}.topologyKey`, term.topologyKey, problems)];
}

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity | undefined, field: string): FieldError[] {
  if (affinity === undefined) return [];
  const errors: FieldError[] = [];
  const node = affinity.nodeAffinity;
  if (node !== undefined) {
    const at = `${field}.nodeAffinity`;
    const selector = node[requiredTerms];
    if (selector !== undefined) {
      errors.push(...validateNodeSelector(selector, `${at}.${requiredTerms}`));
    }
    (node[preferredTerms] ?? []).forEach(({ weight, preference }, index) => {
      const here = `${at}.${preferredTerms}[${index}]`;
      errors.push(...validateWeight(weight, `${here}.weight`));
      errors.push(...validateTerm(preference, `${here}.preference`));
    });
  }
  for (const key of ['podAffinity', 'podAntiAffinity'] as const) {
    const at = `${field}.${key}`;
    (affinity[key]?.[requiredTerms] ?? []).forEach((term, index) => {
      errors.push(...validatePodTerm(term, `${at}.${requiredTerms}[${index}]`));
    });
    (affinity[key]?.[preferredTerms] ?? []).forEach(({ weight, podAffinityTerm }, index) => {
      const here = `${at}.${preferredTerms}[${index}]`;
      errors.push(...validateWeight(weight, `${here}.weight`));
      errors.push(...validatePodTerm(podAffinityTerm, `${here}.podAffinityTerm`));
    });
  }
  return errors;
}

export function validateSpreading(
  constraints: NonNullable<PodSpec['topologySpreadConstraints']>,
  field: string,
): FieldError[] {
  const seen = new Set<string>();
  return constraints.flatMap((constraint, index) => {
    const at = `${field}[${index}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable } = constraint;
    const errors: FieldError[] = [];
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    else {
      const problems = qualifiedNameProblems(topologyKey);
      errors.push(...problemsAt(`${at}.topologyKey`, topologyKey, problems));
    }
    const choices = ['DoNotSchedule', 'ScheduleAnyway'];
    errors.push(...validateEnum(`${at}.whenUnsatisfiable`, whenUnsatisfiable, choices));
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(pair)) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    seen.add(pair);
    return [...errors, ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`)];
  });
}
