/** What a budget may ask for. Source: upstream's policy validation. */
import { invalid } from '../../field-error.ts';
import type { FieldError, GoLiteral } from '../../field-error.ts';
import type {
  IntOrString,
  PodDisruptionBudgetSpec,
  PodDisruptionBudgetStatus,
} from '../../generated/types.ts';
import { goIntOrString, goLabelSelector } from '../../go-literal.ts';
import { percentPattern } from '../../int-or-string.ts';
import { validateNotNegative } from '../../metadata.ts';
import { validateConditions } from '../shared/condition-validation.ts';
import { validateOptionalEnum } from '../shared/enum-validation.ts';
import { validateLabelSelector } from '../shared/selector-validation.ts';

const percentWords =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

function validateShare(value: IntOrString | undefined, field: string): FieldError[] {
  if (value === undefined) return [];
  if (typeof value === 'number') return validateNotNegative(field, value);
  const percent = percentPattern.exec(value);
  if (percent === null) return [invalid(field, goIntOrString(value), percentWords)];
  if (Number(percent[1]) <= 100) return [];
  return [invalid(field, goIntOrString(value), 'must not be greater than 100%')];
}

/** Upstream shows addresses of memory here; the values say more. */
function goSpec({ minAvailable, maxUnavailable, selector }: PodDisruptionBudgetSpec): GoLiteral {
  const [min, max] = [minAvailable ?? 0, maxUnavailable ?? 0].map(
    (value) => goIntOrString(value).goLiteral,
  );
  return {
    goLiteral: `policy.PodDisruptionBudgetSpec{MinAvailable:${min}, Selector:${goLabelSelector(selector).goLiteral}, MaxUnavailable:${max}}`,
  };
}

export function validateBudgetSpec(spec: PodDisruptionBudgetSpec, field: string): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const why = 'minAvailable and maxUnavailable cannot be both set';
    errors.push(invalid(field, goSpec(spec), why));
  }
  return [
    ...errors,
    ...validateShare(minAvailable, `${field}.minAvailable`),
    ...validateShare(maxUnavailable, `${field}.maxUnavailable`),
    ...validateLabelSelector(selector, `${field}.selector`),
    ...validateOptionalEnum(`${field}.unhealthyPodEvictionPolicy`, unhealthyPodEvictionPolicy, [
      'AlwaysAllow',
      'IfHealthyBudget',
    ]),
  ];
}

export function validateBudgetStatus(
  status: PodDisruptionBudgetStatus,
  field: string,
): FieldError[] {
  const counts = [
    'disruptionsAllowed',
    'currentHealthy',
    'desiredHealthy',
    'expectedPods',
  ] as const;
  return [
    ...validateConditions(status.conditions ?? [], `${field}.conditions`),
    ...counts.flatMap((key) => validateNotNegative(`${field}.${key}`, status[key])),
  ];
}
