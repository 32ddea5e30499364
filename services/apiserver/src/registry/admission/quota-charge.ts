/**
 * Charges what an object costs to the quotas of its namespace, before the object is written.
 *
 * 1. All quotas are asked before one is charged; a refusal is only believed of a quota as it is now.
 * 2. Each charge is one write that is guarded by the quota's version (store.ts), so that several
 *    apiservers together never grant more than is allowed.
 * 3. Charges of one namespace follow one another here: they would only get in each other's way.
 * 4. What is charged for an object that is then not written is given back by the quota controller when
 *    it counts again, as upstream does.
 */
import {
  findResource,
  forbiddenError,
  internalError,
  quotaEvaluatorOf,
  reasonOf,
  type KubernetesObject,
  type ResourceQuota,
} from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import type { Bill, Charged, Target } from '../requests.ts';
import type { Store } from '../store.ts';
import type { ClusterView } from './cluster-view.ts';
import { chargeQuota, purchaseOf, type Purchase } from './resource-quota.ts';

/** Longer than a write takes that succeeds at all. */
const turnMillisMax: Millis = 10_000;

export interface QuotaChargeOptions {
  readonly store: Store;
  readonly view: ClusterView;
  readonly clock: Clock;
}

export interface QuotaCharge {
  /** The bill of one request: each quota is paid once, however often the request is tried. */
  openBill(): Bill;
}

export function createQuotaCharge({ store, view, clock }: QuotaChargeOptions): QuotaCharge {
  const kind = findResource('', 'resourcequotas')!;
  /** The last charge of each namespace that is under way. */
  const tails = new Map<string, Promise<unknown>>();

  const inTurn = async (namespace: string, work: () => Promise<void>): Promise<void> => {
    const deadline = clock.now() + turnMillisMax;
    const before = tails.get(namespace) ?? Promise.resolve();
    const turn = before.then(() => {
      // Whoever waited for so long would only let the others wait too.
      if (clock.now() > deadline) throw internalError('resource quota evaluates timeout');
      return work();
    });
    const tail = turn.catch(() => undefined);
    tails.set(namespace, tail);
    try {
      await turn;
    } finally {
      if (tails.get(namespace) === tail) tails.delete(namespace);
    }
  };

  const refuse = ({ kind: of, name }: Target, object: KubernetesObject, why: string) =>
    forbiddenError(of, name || object.metadata.name, why);

  /** Of the cached quota, and of the stored one where the cached one refuses. */
  const check = async (quota: ResourceQuota, target: Target, purchase: Purchase) => {
    const cached = chargeQuota(quota, purchase);
    if (cached.kind !== 'refused') return cached.kind === 'charged';
    const { namespace = '', name } = quota.metadata;
    const current = (await store.read({ kind, namespace, name }))?.parse<ResourceQuota>();
    const answer = current === undefined ? undefined : chargeQuota(current, purchase);
    if (answer?.kind === 'refused') throw refuse(target, purchase.object, answer.why);
    return answer?.kind === 'charged';
  };

  const pay = (quota: ResourceQuota, target: Target, purchase: Purchase) =>
    store.change(
      { kind, namespace: target.namespace, name: quota.metadata.name },
      (stored) => {
        const current = stored.parse<ResourceQuota>();
        const answer = chargeQuota(current, purchase);
        if (answer.kind === 'refused') throw refuse(target, purchase.object, answer.why);
        if (answer.kind === 'none') return { kind: 'unchanged' };
        current.status = { ...current.status, used: answer.used };
        return { kind: 'put', object: current };
      },
      { dryRun: false },
    );

  const charge = async (
    { target, object, old, dryRun }: Charged,
    paid: Set<string>,
  ): Promise<void> => {
    const evaluator = quotaEvaluatorOf(target.kind);
    if (evaluator === undefined || view.quotas(target.namespace).length === 0) return;
    const purchase = purchaseOf(evaluator, { object, old }, clock.wallTime());
    if (purchase === undefined) return;
    await inTurn(target.namespace, async () => {
      const due: ResourceQuota[] = [];
      for (const quota of view.quotas(target.namespace)) {
        if (paid.has(quota.metadata.name)) continue;
        if (await check(quota, target, purchase)) due.push(quota);
      }
      for (const quota of dryRun ? [] : due) {
        await pay(quota, target, purchase).catch((error: unknown) => {
          // A quota that was deleted since bounds nothing.
          if (reasonOf(error) !== 'NotFound') throw error;
        });
        paid.add(quota.metadata.name);
      }
    });
  };

  return {
    openBill: () => {
      const paid = new Set<string>();
      return (asked) => charge(asked, paid);
    },
  };
}
