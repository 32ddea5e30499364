/** On which nodes a pod may run, and beside which pods. */
import { forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  Affinity,
  LabelSelector,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
} from '../../../generated/types.ts';
import { defaultNameProblems, problemsAt } from '../../../metadata.ts';
import { dns1123LabelProblems, qualifiedNameProblems } from '../../../names.ts';
import { validateLabelSelector } from '../../shared/selector-validation.ts';

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

function validateLabelKeys(
  keys: readonly string[] | undefined,
  selector: LabelSelector | undefined,
  field: string,
): FieldError[] {
  if (keys === undefined || keys.length === 0) return [];
  if (selector === undefined) {
    return [forbidden(field, 'must not be specified when labelSelector is not set')];
  }
  return keys.flatMap((key, index) =>
    problemsAt(`${field}[${index}]`, key, qualifiedNameProblems(key)),
  );
}

/** The keys were made part of the selector when the pod was made: found twice, a client gave both. */
function validateKeysOnce(
  keys: readonly string[],
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  field: string,
): FieldError[] {
  const found = new Set(Object.keys(matchLabels));
  const errors: FieldError[] = [];
  for (const { key } of matchExpressions) {
    const index = keys.lastIndexOf(key);
    if (index >= 0 && found.has(key)) {
      const why = 'exists in both matchLabelKeys and labelSelector';
      errors.push(invalid(`${field}[${index}]`, key, why));
    }
    found.add(key);
  }
  return errors;
}

function validateKeys(term: PodAffinityTerm, field: string): FieldError[] {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  if (matchLabelKeys.length === 0 && mismatchLabelKeys.length === 0) return [];
  const errors = [
    ...validateLabelKeys(matchLabelKeys, labelSelector, `${field}.matchLabelKeys`),
    ...validateLabelKeys(mismatchLabelKeys, labelSelector, `${field}.mismatchLabelKeys`),
  ];
  if (labelSelector !== undefined) {
    errors.push(...validateKeysOnce(matchLabelKeys, labelSelector, field));
  }
  matchLabelKeys.forEach((key, index) => {
    if (!mismatchLabelKeys.includes(key)) return;
    const why = 'exists in both matchLabelKeys and mismatchLabelKeys';
    errors.push(invalid(`${field}.matchLabelKeys[${index}]`, key, why));
  });
  return errors;
}

function validatePodTerm(term: PodAffinityTerm, field: string): FieldError[] {
  const { topologyKey } = term;
  const errors = validateLabelSelector(term.labelSelector, `${field}.labelSelector`);
  errors.push(...validateLabelSelector(term.namespaceSelector, `${field}.namespaceSelector`));
  for (const name of term.namespaces ?? []) {
    errors.push(...problemsAt(`${field}.namespace`, name, dns1123LabelProblems(name)));
  }
  errors.push(...validateKeys(term, field));
  const at = `${field}.topologyKey`;
  if (topologyKey === '') errors.push(required(at, 'can not be empty'));
  return [...errors, ...problemsAt(at, topologyKey, qualifiedNameProblems(topologyKey))];
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
