/**
 * What a quota allows and how much of it is used, counted anew (upstream's resourcequota controller).
 * Admission goes by this status: without it a quota bounds nothing.
 */
import {
  quotaUsage,
  type Amounts,
  type KubernetesObject,
  type QuotaEvaluator,
  type ResourceQuota,
} from '@drydock/api';
import { isEqualJson } from '../equality.plan.ts';

/** All objects of one kind in the quota's namespace. */
export interface CountedObjects {
  readonly evaluator: QuotaEvaluator;
  readonly objects: readonly KubernetesObject[];
}

/** Whether a quota bounds anything of a kind. */
export function isCounted({ spec }: ResourceQuota, evaluator: QuotaEvaluator): boolean {
  return Object.keys(spec.hard ?? {}).some((name) => evaluator.counts(name));
}

/**
 * The quota's new status; undefined when it is right. What no evaluator counts stays as it was used.
 * Costs a look at every object of a kind that the quota bounds.
 */
export function plan(snapshot: {
  readonly quota: ResourceQuota;
  readonly counted: readonly CountedObjects[];
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
}): ResourceQuota['status'] | undefined {
  const { quota, counted, wallTime } = snapshot;
  const { hard = {} } = quota.spec;
  let used: Amounts = quota.status.used ?? {};
  for (const { evaluator, objects } of counted) {
    used = { ...used, ...quotaUsage(evaluator, quota, objects, wallTime) };
  }
  const bounded = Object.entries(used).filter(([name]) => Object.hasOwn(hard, name));
  const status = { hard, used: Object.fromEntries(bounded) };
  const isKnown = quota.status.hard !== undefined && quota.status.used !== undefined;
  return isKnown && isEqualJson(status, quota.status) ? undefined : status;
}
