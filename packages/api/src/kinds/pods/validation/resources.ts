/** Requests and limits of containers, and the claims that they use. */
import { duplicate, forbidden, invalid, notFound, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { ResourceClaim, ResourceRequirements } from '../../../generated/types.ts';
import { goQuantity } from '../../../go-literal.ts';
import { isNotNegative, problemsAt } from '../../../metadata.ts';
import { dns1123LabelProblems } from '../../../names.ts';
import {
  QuantityError,
  compareQuantities,
  quantityMilliValue,
  quantityValue,
} from '../../../quantity.ts';
import {
  isHugePages,
  isIntegerResource,
  isOvercommitAllowed,
  validateContainerResourceName,
} from '../../shared/resource-names.ts';

const hugePagesPrefix = 'hugepages-';

/** An amount that may be promised of a resource: none below zero, and devices in whole numbers. */
export function validateResourceQuantity(name: string, quantity: string, field: string) {
  const errors: FieldError[] = [];
  if (compareQuantities(quantity, '0') < 0) errors.push(invalid(field, quantity, isNotNegative));
  if (isIntegerResource(name) && quantityMilliValue(quantity) % 1000 !== 0) {
    errors.push(invalid(field, goQuantity(quantity), 'must be an integer'));
  }
  return errors;
}

function isWholePages(name: string, quantity: string): boolean {
  const size = name.slice(hugePagesPrefix.length);
  try {
    if (compareQuantities(size, '0') <= 0 || quantityMilliValue(size) % 1000 !== 0) return false;
    return quantityValue(quantity) % quantityValue(size) === 0;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

function validateAmount(name: string, quantity: string, field: string): FieldError[] {
  const errors = validateContainerResourceName(name, field);
  errors.push(...validateResourceQuantity(name, quantity, field));
  if (isHugePages(name) && !isWholePages(name, quantity)) {
    const why = `${quantity} is not positive integer multiple of ${name}`;
    errors.push(invalid(field, quantity, why));
  }
  return errors;
}

/** What cannot be promised twice is requested as it is limited. */
function validateWithinLimit(
  name: string,
  request: string,
  limit: string | undefined,
  field: string,
): FieldError[] {
  const mayDiffer = isOvercommitAllowed(name);
  if (limit === undefined) {
    const why = 'Limit must be set for non overcommitable resources';
    return mayDiffer ? [] : [required(`${field}.limits`, why)];
  }
  const order = compareQuantities(request, limit);
  if (order === 0 || (order < 0 && mayDiffer)) return [];
  const relation = mayDiffer ? 'less than or equal' : 'equal';
  return [
    invalid(`${field}.requests`, request, `must be ${relation} to ${name} limit of ${limit}`),
  ];
}

const isComputing = (name: string) => name === 'cpu' || name === 'memory';

/** A claim is used whole, or some requests of it. */
function validateClaims(
  claims: readonly ResourceClaim[],
  known: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const used = new Set<string>();
  return claims.flatMap(({ name, request = '' }, index) => {
    const at = `${field}[${index}]`;
    if (name === '') return [required(at)];
    const errors: FieldError[] = [];
    if (used.has(name)) errors.push(duplicate(at, name));
    else {
      const key = request === '' ? name : `${name}/${request}`;
      if (request !== '') {
        errors.push(...problemsAt(`${at}.request`, request, dns1123LabelProblems(request)));
      }
      if (used.has(key)) errors.push(duplicate(at, key));
      else if (request === '' && [...used].some((one) => one.startsWith(`${name}/`))) {
        errors.push(duplicate(at, name));
      }
      used.add(key);
    }
    if (!known.has(name)) {
      const names = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
      const detail = `must be one of the names in pod.spec.resourceClaims${names}`;
      errors.push({ ...notFound(at, name), detail });
    }
    return errors;
  });
}

export function validateResources(
  resources: ResourceRequirements | undefined,
  claims: ReadonlySet<string>,
  field: string,
): FieldError[] {
  if (resources === undefined) return [];
  const errors: FieldError[] = [];
  const { limits, requests } = resources;
  let hasHugePages = false;
  let hasComputing = false;
  for (const name in limits) {
    errors.push(...validateAmount(name, limits[name]!, `${field}.limits[${name}]`));
    hasHugePages ||= isHugePages(name);
    hasComputing ||= isComputing(name);
  }
  for (const name in requests) {
    const request = requests[name]!;
    errors.push(...validateAmount(name, request, `${field}.requests[${name}]`));
    errors.push(...validateWithinLimit(name, request, limits?.[name], field));
    hasHugePages ||= isHugePages(name);
    hasComputing ||= isComputing(name);
  }
  if (hasHugePages && !hasComputing) {
    errors.push(forbidden(field, 'HugePages require cpu or memory'));
  }
  if (resources.claims !== undefined) {
    errors.push(...validateClaims(resources.claims, claims, `${field}.claims`));
  }
  return errors;
}
