/**
 * Whether one set of rules allows all that another allows: nobody may give away more than he has
 * (upstream's policy_comparator and policy_compact). Pure.
 */
import { goQuote, type PolicyRule } from '@drydock/api';
import { matchesPath } from './rules.ts';

/** A rule for one verb on one resource, one name of it, or one path. */
function* atomsOf(rule: PolicyRule): Generator<PolicyRule> {
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        const atom = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if ((rule.resourceNames ?? []).length === 0) yield atom;
        for (const name of rule.resourceNames ?? []) yield { ...atom, resourceNames: [name] };
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) yield { verbs: [verb], nonResourceURLs: [url] };
  }
}

/** What the wanted rules allow and the held ones do not, in atoms. */
export function missingRules(
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): PolicyRule[] {
  return wanted
    .flatMap((rule) => [...atomsOf(rule)])
    .filter((atom) => !held.some((rule) => covers(rule, atom)));
}

const hasAll = (held: readonly string[] = [], wanted: readonly string[] = []) =>
  wanted.every((one) => held.includes(one));

function covers(rule: PolicyRule, atom: PolicyRule): boolean {
  const isForAnyName = (rule.resourceNames ?? []).length === 0;
  const names = atom.resourceNames ?? [];
  return (
    (rule.verbs.includes('*') || hasAll(rule.verbs, atom.verbs)) &&
    (rule.apiGroups?.includes('*') === true || hasAll(rule.apiGroups, atom.apiGroups)) &&
    (atom.resources ?? []).every((resource) => coversResource(rule.resources ?? [], resource)) &&
    (atom.nonResourceURLs ?? []).every((url) => coversPath(rule.nonResourceURLs ?? [], url)) &&
    (isForAnyName || (names.length > 0 && hasAll(rule.resourceNames, names)))
  );
}

function coversResource(held: readonly string[], resource: string): boolean {
  if (held.includes('*') || held.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && held.includes(`*${resource.slice(slash)}`);
}

function coversPath(held: readonly string[], url: string): boolean {
  return held.some((pattern) => matchesPath(pattern, url));
}

/** The atoms of one resource as one rule again, for people to read. */
function compact(atoms: readonly PolicyRule[]): PolicyRule[] {
  const byResource = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const atom of atoms) {
    if ((atom.nonResourceURLs ?? []).length > 0) {
      others.push(atom);
      continue;
    }
    const key = JSON.stringify([atom.apiGroups, atom.resources, atom.resourceNames]);
    const known = byResource.get(key);
    if (known === undefined) byResource.set(key, { ...atom, verbs: [...atom.verbs] });
    else known.verbs.push(...atom.verbs);
  }
  return [...others, ...byResource.values()];
}

/** Go's `%q` of a list. */
export const goQuoteList = (values: readonly string[]): string =>
  `[${values.map((value) => goQuote(value)).join(' ')}]`;

function describe(rule: PolicyRule): string {
  const parts: string[] = [];
  const add = (name: string, values: readonly string[] = []) => {
    if (values.length > 0) parts.push(`${name}:${goQuoteList(values)}`);
  };
  add('APIGroups', rule.apiGroups);
  add('Resources', rule.resources);
  add('NonResourceURLs', rule.nonResourceURLs);
  add('ResourceNames', rule.resourceNames);
  add('Verbs', rule.verbs);
  return `{${parts.join(', ')}}`;
}

/** One line for each, sorted. */
export function describeRules(atoms: readonly PolicyRule[]): string {
  return [...new Set(compact(atoms).map(describe))].sort().join('\n');
}
