/** What a quota may count, and which scopes go with it. */
import { invalid, required } from '../../field-error.ts';
import type { FieldError, GoLiteral } from '../../field-error.ts';
import { goQuote } from '../../field-error.ts';
import type {
  ResourceQuotaScope,
  ResourceQuotaSpec,
  ScopeSelector,
  ScopedResourceSelectorRequirement,
} from '../../generated/types.ts';
import { goQuantity, goStrings } from '../../go-literal.ts';
import { isImmutable, isNotNegative } from '../../metadata.ts';
import { compareQuantities, parseQuantity } from '../../quantity.ts';
import {
  isIntegerResource,
  isStandardQuotaResource,
  validateQuotaResourceName,
} from '../shared/resource-names.ts';

const nanosPerUnit = 1_000_000_000n;

/** A list of amounts by resource: `spec.hard`, `status.used`, ... */
export function validateAmounts(
  amounts: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, quantity]) => {
    const at = `${field}[${name}]`;
    const errors = validateQuotaResourceName(name, at);
    if (compareQuantities(quantity, '0') < 0) errors.push(invalid(at, quantity, isNotNegative));
    const isWhole = parseQuantity(quantity).nanos % nanosPerUnit === 0n;
    if (isIntegerResource(name) && !isWhole) {
      errors.push(invalid(at, goQuantity(quantity), 'must be an integer'));
    }
    return errors;
  });
}

const scopes = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
];
const conflictingScopes = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const computeResources = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);

function isScopeValidFor(scope: string, resource: string): boolean {
  switch (scope) {
    case 'BestEffort':
      return resource === 'pods';
    case 'CrossNamespacePodAffinity':
    case 'NotBestEffort':
    case 'NotTerminating':
    case 'PriorityClass':
    case 'Terminating':
      return resource === 'pods' || computeResources.has(resource);
    default:
      return true;
  }
}

function goScopes(list: readonly string[] | undefined): GoLiteral {
  if (list === undefined) return { goLiteral: '[]core.ResourceQuotaScope(nil)' };
  const items = list.map((scope) => goQuote(scope)).join(', ');
  return { goLiteral: `[]core.ResourceQuotaScope{${items}}` };
}

function goSelector({ matchExpressions = [] }: ScopeSelector): GoLiteral {
  const items = matchExpressions.map(
    ({ scopeName, operator, values }) =>
      `core.ScopedResourceSelectorRequirement{ScopeName:${goQuote(scopeName)}, Operator:${goQuote(operator)}, Values:${goStrings(values).goLiteral}}`,
  );
  return {
    goLiteral: `core.ScopeSelector{MatchExpressions:[]core.ScopedResourceSelectorRequirement{${items.join(', ')}}}`,
  };
}

/** Scopes that cannot narrow what is counted; `value` is the list that errors show. */
function validateApplicable(
  scope: string,
  hard: readonly string[],
  { field, value }: { readonly field: string; readonly value: GoLiteral },
): FieldError[] {
  return hard
    .filter((name) => isStandardQuotaResource(name) && !isScopeValidFor(scope, name))
    .map(() => invalid(field, value, 'unsupported scope applied to resource'));
}

function validateTogether(
  given: readonly string[],
  { field, value }: { readonly field: string; readonly value: GoLiteral },
): FieldError[] {
  return conflictingScopes
    .filter((pair) => pair.every((scope) => given.includes(scope)))
    .map(() => invalid(field, value, 'conflicting scopes'));
}

function validateScopes(spec: ResourceQuotaSpec, field: string): FieldError[] {
  const given = spec.scopes ?? [];
  const at = { field, value: goScopes(given) };
  const errors = given.flatMap((scope) => [
    ...(scopes.includes(scope) ? [] : [invalid(field, at.value, 'unsupported scope')]),
    ...validateApplicable(scope, hardNames(spec), at),
  ]);
  return [...errors, ...validateTogether(given, at)];
}

const hardNames = ({ hard = {} }: ResourceQuotaSpec) => Object.keys(hard).sort();

const existsOnlyWords =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function validateOperator(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const isExistsOnly = scopes.includes(scopeName) && scopeName !== 'PriorityClass';
  if (isExistsOnly && operator !== 'Exists') {
    errors.push(invalid(`${field}.operator`, operator, existsOnlyWords));
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      const why =
        "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
      errors.push(required(`${field}.values`, why));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      const why =
        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      errors.push(invalid(`${field}.values`, goStrings(values), why));
    }
  } else errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  return errors;
}

function validateScopeSelector(spec: ResourceQuotaSpec, field: string): FieldError[] {
  const selector = spec.scopeSelector;
  if (selector === undefined) return [];
  const expressions = selector.matchExpressions ?? [];
  const errors = expressions.flatMap((expression) => {
    const { scopeName } = expression;
    const isKnown = scopes.includes(scopeName);
    return [
      ...(isKnown ? [] : [invalid(`${field}.scopeName`, scopeName, 'unsupported scope')]),
      ...validateApplicable(scopeName, hardNames(spec), { field, value: goSelector(selector) }),
      ...validateOperator(expression, field),
    ];
  });
  const names = expressions.map(({ scopeName }) => scopeName);
  return [...errors, ...validateTogether(names, { field, value: goScopes(spec.scopes) })];
}

export function validateQuotaSpec(spec: ResourceQuotaSpec, field: string): FieldError[] {
  return [
    ...validateAmounts(spec.hard, `${field}.hard`),
    ...validateScopes(spec, `${field}.scopes`),
    ...validateScopeSelector(spec, `${field}.scopeSelector.matchExpressions`),
  ];
}

/** Objects were counted by the old scopes. */
export function validateScopesUnchanged(
  spec: ResourceQuotaSpec,
  old: ResourceQuotaSpec,
  field: string,
): FieldError[] {
  const now = new Set<ResourceQuotaScope>(spec.scopes);
  const before = new Set<ResourceQuotaScope>(old.scopes);
  if (now.symmetricDifference(before).size === 0) return [];
  return [invalid(field, goScopes(spec.scopes ?? []), isImmutable)];
}
