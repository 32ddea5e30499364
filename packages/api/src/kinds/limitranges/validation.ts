/** The limits of a LimitRange must not contradict each other. */
import { duplicate, forbidden, invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { LimitRangeItem } from '../../generated/types.ts';
import { goQuantity } from '../../go-literal.ts';
import { problemsAt } from '../../metadata.ts';
import { qualifiedNameProblems } from '../../names.ts';
import { compareQuantities, quantityMilliValue } from '../../quantity.ts';
import {
  isOvercommitAllowed,
  validateContainerResourceName,
  validateResourceName,
} from '../shared/resource-names.ts';

const types = ['Container', 'PersistentVolumeClaim', 'Pod'];
const amounts = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function validateType(type: string, field: string): FieldError[] {
  const problems = qualifiedNameProblems(type);
  if (problems.length > 0) return problemsAt(field, type, problems);
  if (type.includes('/') || types.includes(type)) return [];
  return [invalid(field, type, 'must be a standard limit type or fully qualified')];
}

function validateRatio(item: LimitRangeItem, name: string, field: string): FieldError[] {
  const ratio = item.maxLimitRequestRatio?.[name];
  if (ratio === undefined) return [];
  const errors: FieldError[] = [];
  if (compareQuantities(ratio, '1') < 0) {
    errors.push(invalid(field, goQuantity(ratio), `ratio ${ratio} is less than 1`));
  }
  const min = item.min?.[name];
  const max = item.max?.[name];
  if (min === undefined || max === undefined) return errors;
  const highest = quantityMilliValue(max) / quantityMilliValue(min);
  if (quantityMilliValue(ratio) / 1000 > highest) {
    const why = `ratio ${ratio} is greater than max/min = ${highest.toFixed(6)}`;
    errors.push(invalid(field, goQuantity(ratio), why));
  }
  return errors;
}

/** What is said of one resource under several headings. */
function validateResource(item: LimitRangeItem, name: string, at: string): FieldError[] {
  const isPod = item.type === 'Pod';
  const { min, max } = { min: item.min?.[name], max: item.max?.[name] };
  const limit = isPod ? undefined : item.default?.[name];
  const request = isPod ? undefined : item.defaultRequest?.[name];
  const errors: FieldError[] = [];
  const inOrder = (
    low: string | undefined,
    high: string | undefined,
    refusal: { heading: string; shown: string | undefined; words: readonly [string, string] },
  ) => {
    if (low === undefined || high === undefined || compareQuantities(low, high) <= 0) return;
    const [lowWords, highWords] = refusal.words;
    const why = `${lowWords} value ${low} is greater than ${highWords} value ${high}`;
    errors.push(invalid(`${at}.${refusal.heading}[${name}]`, goQuantity(refusal.shown!), why));
  };
  const ofRequest = { heading: 'defaultRequest', shown: request };
  inOrder(min, max, { heading: 'min', shown: min, words: ['min', 'max'] });
  inOrder(min, request, { ...ofRequest, words: ['min', 'default request'] });
  inOrder(request, max, { ...ofRequest, words: ['default request', 'max'] });
  inOrder(request, limit, { ...ofRequest, words: ['default request', 'default limit'] });
  inOrder(min, limit, { heading: 'default', shown: min, words: ['min', 'default'] });
  inOrder(limit, max, { heading: 'default', shown: max, words: ['default', 'max'] });
  errors.push(...validateRatio(item, name, `${at}.maxLimitRequestRatio[${name}]`));
  if (limit === undefined || request === undefined || isOvercommitAllowed(name)) return errors;
  if (compareQuantities(limit, request) !== 0) {
    const why = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`;
    errors.push(invalid(`${at}.defaultRequest[${name}]`, goQuantity(request), why));
  }
  return errors;
}

function validateItem(item: LimitRangeItem, at: string): FieldError[] {
  const isOfContainers = item.type === 'Pod' || item.type === 'Container';
  const validateName = isOfContainers ? validateContainerResourceName : validateResourceName;
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const heading of amounts) {
    const given = Object.keys(item[heading] ?? {});
    if (item.type === 'Pod' && (heading === 'default' || heading === 'defaultRequest')) {
      const why = "may not be specified when `type` is 'Pod'";
      if (given.length > 0) errors.push(forbidden(`${at}.${heading}`, why));
      continue;
    }
    if (heading === 'maxLimitRequestRatio' && item.type === 'PersistentVolumeClaim') {
      if (item.min?.['storage'] === undefined && item.max?.['storage'] === undefined) {
        const why = 'either minimum or maximum storage value is required, but neither was provided';
        errors.push(required(`${at}.limits`, why));
      }
    }
    for (const name of given) {
      errors.push(...validateName(name, `${at}.${heading}[${name}]`));
      names.add(name);
    }
  }
  for (const name of names) errors.push(...validateResource(item, name, at));
  return errors;
}

export function validateLimits(limits: readonly LimitRangeItem[], field: string): FieldError[] {
  const seen = new Set<string>();
  return limits.flatMap((item, index) => {
    const at = `${field}[${index}]`;
    const errors = validateType(item.type, `${at}.type`);
    if (seen.has(item.type)) errors.push(duplicate(`${at}.type`, item.type));
    seen.add(item.type);
    return [...errors, ...validateItem(item, at)];
  });
}
