/**
 * What an object costs of a quota: one evaluator a kind, for the admission that charges and the
 * controller that counts. Pure.
 *
 * 1. Every namespaced kind is counted (`count/<resource>.<group>`); pods, services and claims are also
 *    measured.
 * 2. A quota's scopes are conditions on the object: all of them must hold.
 * Source: upstream's quota/v1 evaluators.
 */
import type { ResourceQuota, ScopedResourceSelectorRequirement } from '../generated/types.ts';
import { qualifiedResource, type KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { addAmounts, pickAmounts, type Amounts } from './amounts.ts';
import { claimEvaluator } from './claims.ts';
import { podEvaluator } from './pods.ts';
import type { QuotaEvaluator } from './evaluator.ts';
import { serviceEvaluator } from './services.ts';

/** Older names for the count of some kinds. */
const aliases = ['configmaps', 'replicationcontrollers', 'resourcequotas', 'secrets'];

type CountedKind = Pick<KindDefinition, 'group' | 'resource'>;

function countEvaluator(kind: CountedKind): QuotaEvaluator {
  const names = [`count/${qualifiedResource(kind)}`];
  if (kind.group === '' && aliases.includes(kind.resource)) names.push(kind.resource);
  const usage = Object.fromEntries(names.map((name) => [name, '1']));
  return {
    counts: (resource) => names.includes(resource),
    usage: () => usage,
    matchesScope: () => false,
    missing: () => undefined,
    isChargedOnUpdate: false,
  };
}

const measured: Readonly<Record<string, QuotaEvaluator>> = {
  persistentvolumeclaims: claimEvaluator,
  pods: podEvaluator,
  services: serviceEvaluator,
};
const counted = new Map<string, QuotaEvaluator>();

/** Undefined for what no quota counts: objects of the whole cluster, and events. */
export function quotaEvaluatorOf(
  kind: CountedKind & { readonly namespaced: boolean },
): QuotaEvaluator | undefined {
  if (!kind.namespaced || kind.resource === 'events') return undefined;
  if (kind.group === '' && Object.hasOwn(measured, kind.resource)) return measured[kind.resource];
  const name = qualifiedResource(kind);
  const evaluator = counted.get(name) ?? countEvaluator(kind);
  counted.set(name, evaluator);
  return evaluator;
}

function scopesOf({ scopes = [], scopeSelector }: ResourceQuota['spec']) {
  const plain = scopes.map((scopeName): ScopedResourceSelectorRequirement => ({
    scopeName,
    operator: 'Exists',
  }));
  return [...plain, ...(scopeSelector?.matchExpressions ?? [])];
}

/** Whether a quota applies to an object, by what it bounds and by its scopes. */
export function quotaMatches(
  evaluator: QuotaEvaluator,
  { spec, status }: ResourceQuota,
  object: KubernetesObject,
): boolean {
  return (
    Object.keys(status.hard ?? {}).some((name) => evaluator.counts(name)) &&
    scopesOf(spec).every((scope) => evaluator.matchesScope(scope, object))
  );
}

/** What all objects of a kind use of what a quota bounds: zero where there are none. */
export function quotaUsage(
  evaluator: QuotaEvaluator,
  { spec }: ResourceQuota,
  objects: Iterable<KubernetesObject>,
  wallTime: number,
): Amounts {
  const names = Object.keys(spec.hard ?? {}).filter((name) => evaluator.counts(name));
  const scopes = scopesOf(spec);
  let used: Amounts = Object.fromEntries(names.map((name) => [name, '0']));
  for (const object of objects) {
    if (!scopes.every((scope) => evaluator.matchesScope(scope, object))) continue;
    used = addAmounts(used, pickAmounts(evaluator.usage(object, wallTime), names));
  }
  return used;
}
