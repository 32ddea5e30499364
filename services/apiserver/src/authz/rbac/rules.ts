/** What a single rule allows (upstream's RuleAllows). Pure. */
import type { PolicyRule } from '@drydock/api';
import { wholeResource, type RequestAttributes } from '../attributes.ts';

export function ruleAllows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!hasOrAll(rule.verbs, attributes.verb)) return false;
  if (attributes.resource === '') {
    return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, attributes.path));
  }
  return (
    hasOrAll(rule.apiGroups, attributes.group) &&
    matchesResource(rule.resources, attributes) &&
    matchesName(rule.resourceNames, attributes.name)
  );
}

function hasOrAll(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value));
}

function matchesResource(
  resources: readonly string[] | undefined,
  attributes: RequestAttributes,
): boolean {
  const { subresource } = attributes;
  if (hasOrAll(resources, wholeResource(attributes))) return true;
  return subresource !== '' && resources?.includes(`*/${subresource}`) === true;
}

/** A rule with names says nothing of requests without one, such as lists and creates. */
function matchesName(names: readonly string[] | undefined, name: string): boolean {
  return names === undefined || names.length === 0 || names.includes(name);
}

/** A pattern that ends in `*` matches whatever begins like it. */
export function matchesPath(pattern: string, path: string): boolean {
  if (pattern === path || pattern === '*') return true;
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''));
}
