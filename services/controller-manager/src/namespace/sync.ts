/**
 * Empties namespaces that are being deleted, then lets them go.
 *
 * What is left is asked of the API server, not of the caches: a namespace must not go while something
 * is in it that no watch has shown yet.
 */
import { kinds, type KubernetesObject, type Namespace } from '@drydock/api';
import {
  createController,
  isConflict,
  isNotFound,
  resources,
  type Resource,
  type SyncResult,
} from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { momentOf } from '../moment.plan.ts';
import {
  kubernetesFinalizer,
  plan,
  type ContentReport,
  type Failure,
  type Remainder,
} from './plan.ts';

/** Deletions under way at the same time, for one kind. */
const deletionsMax = 32;

export function createNamespaceController(context: ControllerContext): Runnable {
  const { api, clock } = context;
  const log = context.log.child({ controller: 'namespace' });
  const namespaces = context.informers.of(resources.namespaces);
  const pods = context.informers.of(resources.pods);
  const contentKinds: readonly Resource<KubernetesObject>[] = kinds.filter(
    (kind) => kind.namespaced && kind.verbs.includes('delete') && kind.verbs.includes('list'),
  );

  const controller = createController(
    {
      name: 'namespace',
      concurrency: context.options['concurrent-namespace-syncs'],
      backOffMillisMax: 60_000,
      sync: async (name, { signal }) => {
        const namespace = namespaces.store.get(name);
        const isOurs =
          namespace?.metadata.deletionTimestamp !== undefined &&
          namespace.spec.finalizers?.includes(kubernetesFinalizer) === true;
        return isOurs ? empty(namespace, signal) : {};
      },
    },
    context,
  );
  controller.watch(namespaces, (namespace) => [namespace.metadata.name]);
  // Pods take the longest to go; the end of the last one is worth a look before its time is up.
  controller.watch(pods, ({ metadata: { namespace = '' } }, change) => {
    const isLast = change === 'deleted' && pods.store.list(namespace).length === 0;
    const isGoing = namespaces.store.get(namespace)?.metadata.deletionTimestamp !== undefined;
    return isLast && isGoing ? [namespace] : [];
  });

  const empty = async (namespace: Namespace, signal: AbortSignal): Promise<SyncResult> => {
    const report = await deleteContent(namespace.metadata.name, signal);
    const result = plan(namespace, report, momentOf(clock));
    if (result.kind === 'finalize') {
      await finalize(namespace, signal);
      log.info({ namespace: namespace.metadata.name }, 'namespace is empty and may go');
      return {};
    }
    if (result.isNews) {
      await api.updateStatus(
        resources.namespaces,
        { ...namespace, status: result.status },
        { signal },
      );
    }
    if (report.failures.length > 0) throw new Error(report.failures[0]!.message);
    return { requeueAfterMillis: result.lookAgainAfter };
  };

  const deleteContent = async (namespace: string, signal: AbortSignal): Promise<ContentReport> => {
    const remainders: Remainder[] = [];
    const failures: Failure[] = [];
    await Promise.all(
      contentKinds.map(async (kind) => {
        try {
          const objects = await deleteAll(kind, namespace, signal);
          remainders.push({ group: kind.group, resource: kind.resource, objects });
        } catch (error) {
          signal.throwIfAborted();
          const message = error instanceof Error ? error.message : String(error);
          failures.push({ resource: kind.resource, message });
        }
      }),
    );
    return { remainders, failures };
  };

  /** Asks for the deletion of everything of a kind. @returns what is there afterwards */
  const deleteAll = async (
    kind: Resource<KubernetesObject>,
    namespace: string,
    signal: AbortSignal,
  ): Promise<readonly KubernetesObject[]> => {
    const { items } = await api.list(kind, { namespace }, { signal });
    const doomed = items.filter((object) => object.metadata.deletionTimestamp === undefined);
    for (let start = 0; start < doomed.length; start += deletionsMax) {
      const batch = doomed.slice(start, start + deletionsMax);
      await Promise.all(batch.map((object) => remove(kind, object, signal)));
    }
    return doomed.length === 0 ? items : (await api.list(kind, { namespace }, { signal })).items;
  };

  const remove = async (
    kind: Resource<KubernetesObject>,
    object: KubernetesObject,
    signal: AbortSignal,
  ): Promise<void> => {
    const options = { uid: object.metadata.uid, propagationPolicy: 'Background', signal } as const;
    await api.delete(kind, object.metadata, options).catch((error: unknown) => {
      // Gone, or another one by that name, which the list afterwards will show.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    });
  };

  const finalize = async ({ metadata, spec }: Namespace, signal: AbortSignal): Promise<void> => {
    const finalizers = (spec.finalizers ?? []).filter((one) => one !== kubernetesFinalizer);
    const { uid, resourceVersion } = metadata;
    const value = { metadata: { uid, resourceVersion }, spec: { finalizers } };
    const patch = { type: 'merge', value } as const;
    const options = { subresource: 'finalize', signal };
    await api.patch(resources.namespaces, metadata, patch, options).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  };

  return controller;
}
