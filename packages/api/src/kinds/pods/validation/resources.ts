/** Requests and limits of containers. */
import { forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Container } from '../../../generated/types.ts';
import { isNotNegative, problemsAt } from '../../../metadata.ts';
import { qualifiedNameProblems } from '../../../names.ts';
import { compareQuantities, parseQuantity } from '../../../quantity.ts';

const standardResources = ['cpu', 'memory', 'ephemeral-storage'];
const isHugePages = (name: string) => name.startsWith('hugepages-');
const nanosPerUnit = 1_000_000_000n;

function validateResourceName(name: string, field: string): FieldError[] {
  const problems = qualifiedNameProblems(name);
  if (problems.length > 0) return problemsAt(field, name, problems);
  if (name.includes('/') || standardResources.includes(name) || isHugePages(name)) return [];
  return [
    invalid(field, name, 'must be a standard resource type or fully qualified'),
    invalid(field, name, 'must be a standard resource for containers'),
  ];
}

function validateAmount(name: string, quantity: string, field: string): FieldError[] {
  if (compareQuantities(quantity, '0') < 0) return [invalid(field, quantity, isNotNegative)];
  const isWhole = parseQuantity(quantity).nanos % nanosPerUnit === 0n;
  const isCounted = name.includes('/') && !name.startsWith('kubernetes.io/');
  return (isCounted || isHugePages(name)) && !isWhole
    ? [invalid(field, quantity, 'must be an integer')]
    : [];
}

export function validateResources(
  resources: Container['resources'] | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { limits = {}, requests = {} } = resources ?? {};
  for (const [kind, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, quantity] of Object.entries(amounts)) {
      errors.push(...validateResourceName(name, `${field}.${kind}[${name}]`));
      errors.push(...validateAmount(name, quantity, `${field}.${kind}[${name}]`));
    }
  }
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    const mustMatch = isHugePages(name) || name.includes('/');
    if (limit === undefined) {
      if (mustMatch)
        errors.push(
          required(`${field}.limits`, `Limit must be set for non overcommitable resources`),
        );
    } else if (mustMatch && compareQuantities(request, limit) !== 0) {
      errors.push(
        invalid(`${field}.requests`, request, `must be equal to ${name} limit of ${limit}`),
      );
    } else if (compareQuantities(request, limit) > 0) {
      errors.push(
        invalid(
          `${field}.requests`,
          request,
          `must be less than or equal to ${name} limit of ${limit}`,
        ),
      );
    }
  }
  const hasHugePages = Object.keys(limits).some(isHugePages);
  if (hasHugePages && requests['cpu'] === undefined && requests['memory'] === undefined) {
    errors.push(forbidden(field, 'HugePages require cpu or memory'));
  }
  return errors;
}
