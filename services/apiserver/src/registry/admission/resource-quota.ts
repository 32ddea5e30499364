/**
 * ResourceQuota: what an object costs must fit into every quota of its namespace that applies to it.
 * Pure; quota-charge.ts writes what is decided here. Source: upstream's resourcequota plugin.
 */
import {
  addAmounts,
  compareQuantities,
  exceededNames,
  formatAmounts,
  increase,
  isNothing,
  pickAmounts,
  quotaMatches,
  type Amounts,
  type KubernetesObject,
  type QuotaEvaluator,
  type ResourceQuota,
} from '@drydock/api';

/** One object that is to be paid for. */
export interface Purchase {
  readonly evaluator: QuotaEvaluator;
  readonly object: KubernetesObject;
  /** What the object adds to what is used already. */
  readonly cost: Amounts;
}

/** Undefined when nothing is to be paid. @param wallTime milliseconds since the Unix epoch */
export function purchaseOf(
  evaluator: QuotaEvaluator,
  {
    object,
    old,
  }: { readonly object: KubernetesObject; readonly old: KubernetesObject | undefined },
  wallTime: number,
): Purchase | undefined {
  if (old !== undefined && !evaluator.isChargedOnUpdate) return undefined;
  const usage = evaluator.usage(object, wallTime);
  const cost = old === undefined ? usage : increase(usage, evaluator.usage(old, wallTime));
  return isNothing(cost) ? undefined : { evaluator, object, cost };
}

export type Charge =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly why: string }
  /** The quota's new status.used. */
  | { readonly kind: 'charged'; readonly used: Record<string, string> };

const refused = (why: string): Charge => ({ kind: 'refused', why });

/** What a purchase does to one quota as it is now. */
export function chargeQuota(quota: ResourceQuota, purchase: Purchase): Charge {
  const { evaluator, object, cost } = purchase;
  const { hard = {}, used = {} } = quota.status;
  const { name } = quota.metadata;
  if (!quotaMatches(evaluator, quota, object)) return { kind: 'none' };
  const bounded = Object.keys(hard).filter((resource) => evaluator.counts(resource));
  const missing = evaluator.missing(bounded, object);
  if (missing !== undefined) return refused(`failed quota: ${name}: ${missing}`);
  if (bounded.some((resource) => used[resource] === undefined)) {
    const list = bounded.toSorted().join(',');
    return refused(`status unknown for quota: ${name}, resources: ${list}`);
  }
  const negative = Object.keys(cost).filter((key) => compareQuantities(cost[key]!, '0') < 0);
  if (negative.length > 0) {
    return refused(`quota usage is negative for resource(s): ${negative.sort().join(',')}`);
  }
  const requested = pickAmounts(cost, bounded);
  if (isNothing(requested)) return { kind: 'none' };
  const total = addAmounts(used, requested);
  const exceeded = exceededNames(pickAmounts(total, Object.keys(requested)), hard);
  if (exceeded.length === 0) return { kind: 'charged', used: total };
  const show = (amounts: Amounts) => formatAmounts(pickAmounts(amounts, exceeded));
  return refused(
    `exceeded quota: ${name}, requested: ${show(requested)}, used: ${show(used)}, limited: ${show(hard)}`,
  );
}
