/** How evenly the pods of a workload spread over topologies. */
import { duplicate, forbidden, invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { LabelSelector, TopologySpreadConstraint } from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { qualifiedNameProblems } from '../../../names.ts';
import { validateOptionalEnum } from '../../shared/enum-validation.ts';
import { validateLabelSelector } from '../../shared/selector-validation.ts';

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const nodePolicies = ['Honor', 'Ignore'];
const isPositive = 'must be greater than zero';

function validateMinDomains(minDomains: number, action: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (minDomains <= 0) errors.push(invalid(field, minDomains, isPositive));
  if (action !== 'DoNotSchedule') {
    const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
    errors.push(invalid(field, minDomains, why));
  }
  return errors;
}

function validateLabelKeys(
  keys: readonly string[],
  selector: LabelSelector | undefined,
  field: string,
): FieldError[] {
  if (keys.length === 0) return [];
  const errors: FieldError[] = [];
  if (selector === undefined) {
    errors.push(forbidden(field, 'must not be specified when labelSelector is not set'));
  }
  const selected = new Set([
    ...Object.keys(selector?.matchLabels ?? {}),
    ...(selector?.matchExpressions ?? []).map(({ key }) => key),
  ]);
  keys.forEach((key, index) => {
    const at = `${field}[${index}]`;
    errors.push(...problemsAt(at, key, qualifiedNameProblems(key)));
    if (selected.has(key)) {
      errors.push(invalid(at, key, 'exists in both matchLabelKeys and labelSelector'));
    }
  });
  return errors;
}

function validateConstraint(
  constraint: TopologySpreadConstraint,
  following: readonly TopologySpreadConstraint[],
  at: string,
): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable: action, minDomains } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, isPositive));
  if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
  if (!actions.includes(action)) {
    errors.push(notSupported(`${at}.whenUnsatisfiable`, action, actions));
  }
  const isAgain = following.some(
    (other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === action,
  );
  if (isAgain) {
    const pair = `{${topologyKey}, ${action}}`;
    errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
  }
  if (minDomains !== undefined) {
    errors.push(...validateMinDomains(minDomains, action, `${at}.minDomains`));
  }
  for (const key of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    errors.push(...validateOptionalEnum(`${at}.${key}`, constraint[key], nodePolicies));
  }
  const { matchLabelKeys = [], labelSelector } = constraint;
  return [
    ...errors,
    ...validateLabelKeys(matchLabelKeys, labelSelector, `${at}.matchLabelKeys`),
    ...validateLabelSelector(labelSelector, `${at}.labelSelector`),
  ];
}

export function validateSpreading(
  constraints: readonly TopologySpreadConstraint[],
  field: string,
): FieldError[] {
  return constraints.flatMap((constraint, index) =>
    validateConstraint(constraint, constraints.slice(index + 1), `${field}[${index}]`),
  );
}
