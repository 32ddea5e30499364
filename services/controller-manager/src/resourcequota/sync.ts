/**
 * Counts what quotas bound, and writes it to their status.
 *
 * Admission charges a quota for what is created, before it exists; this counts anew when something has
 * gone, costs another amount, or the quota bounds other things, and now and then, because an object may
 * have been charged and then not written. It does not follow each charge: a count from caches that lag
 * behind would undo it.
 */
import { kinds, quotaEvaluatorOf, type KubernetesObject, type ResourceQuota } from '@drydock/api';
import { createController, isNotFound, resources, type Informer } from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { isEqualJson } from '../equality.plan.ts';
import { isCounted, plan } from './plan.ts';

const byNamespace = 'namespace';
const keyOf = ({ metadata }: ResourceQuota) => `${metadata.namespace ?? ''}/${metadata.name}`;

export function createResourceQuotaController(context: ControllerContext): Runnable {
  const { api, clock, options } = context;
  const quotas = context.informers.of(resources.resourceQuotas);
  const quotasIn = indexByNamespace(quotas);
  const sources = kinds
    .filter((kind) => kind.verbs.includes('watch'))
    .flatMap((kind) => {
      const evaluator = quotaEvaluatorOf(kind);
      if (evaluator === undefined) return [];
      const informer = context.informers.of<KubernetesObject>(kind);
      return [{ evaluator, informer, objectsIn: indexByNamespace(informer) }];
    });

  const controller = createController(
    {
      name: 'resourcequota_primary',
      concurrency: options['concurrent-resource-quota-syncs'],
      sync: async (key, { signal }) => {
        const quota = quotas.store.get(key);
        if (quota === undefined) return {};
        const counted = sources
          .filter(({ evaluator }) => isCounted(quota, evaluator))
          .map(({ evaluator, objectsIn }) => ({
            evaluator,
            objects: objectsIn(quota.metadata.namespace),
          }));
        const status = plan({ quota, counted, wallTime: clock.wallTime() });
        if (status !== undefined) {
          // With the version that was counted for: a charge since then is not to be lost.
          const changed = { ...quota, status };
          await api.updateStatus(resources.resourceQuotas, changed, { signal }).catch(unlessGone);
        }
        return { requeueAfterMillis: options['resource-quota-sync-period'] };
      },
    },
    context,
  );

  controller.watch(quotas, (quota) => [keyOf(quota)], {
    isRelevant: (now, before) => !isEqualJson(now.spec, before.spec),
  });
  for (const { evaluator, informer } of sources) {
    const affected = ({ metadata }: KubernetesObject) =>
      quotasIn(metadata.namespace).filter((quota) => isCounted(quota, evaluator));
    controller.watch(
      informer,
      (object, change) => (change === 'added' ? [] : affected(object).map(keyOf)),
      {
        isRelevant: (now, before) => {
          if (affected(now).length === 0) return false;
          const wallTime = clock.wallTime();
          const usage = evaluator.usage(now, wallTime);
          return !isEqualJson(usage, evaluator.usage(before, wallTime));
        },
      },
    );
  }
  return controller;
}

function indexByNamespace<T extends KubernetesObject>(
  informer: Informer<T>,
): (namespace: string | undefined) => readonly T[] {
  informer.addIndex(byNamespace, ({ metadata }) => [metadata.namespace ?? '']);
  return (namespace = '') => informer.store.byIndex(byNamespace, namespace);
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
