/** Gives every namespace its `default` ServiceAccount, and the cluster's CA when there is one. */
import {
  createController,
  isAlreadyExists,
  isNamespaceTerminating,
  isNotFound,
  resources,
} from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { defaultServiceAccountName, plan, rootCaName } from './plan.ts';

export function createServiceAccountController(context: ControllerContext): Runnable {
  const { api, options } = context;
  const namespaces = context.informers.of(resources.namespaces);
  const serviceAccounts = context.informers.of(resources.serviceAccounts);
  const configMaps = context.informers.of(resources.configMaps);

  const controller = createController(
    {
      name: 'serviceaccount',
      concurrency: options['concurrent-serviceaccount-syncs'],
      sync: async (name, { signal }) => {
        const namespace = namespaces.store.get(name);
        if (namespace === undefined) return;
        const actions = plan({
          namespace,
          serviceAccount: serviceAccounts.store.get(`${name}/${defaultServiceAccountName}`),
          rootCaConfigMap: configMaps.store.get(`${name}/${rootCaName}`),
          rootCa: options.rootCa,
        });
        for (const action of actions) {
          const writing =
            action.kind === 'createServiceAccount'
              ? api.create(resources.serviceAccounts, action.serviceAccount, { signal })
              : action.kind === 'createConfigMap'
                ? api.create(resources.configMaps, action.configMap, { signal })
                : api.update(resources.configMaps, action.configMap, { signal });
          await writing.catch((error: unknown) => {
            const isMoot =
              isAlreadyExists(error) || isNamespaceTerminating(error) || isNotFound(error);
            if (!isMoot) throw error;
          });
        }
      },
    },
    context,
  );

  controller.watch(namespaces, (namespace) => [namespace.metadata.name]);
  controller.watch(serviceAccounts, ({ metadata }) =>
    metadata.name === defaultServiceAccountName ? [metadata.namespace ?? ''] : [],
  );
  controller.watch(configMaps, ({ metadata }) =>
    metadata.name === rootCaName ? [metadata.namespace ?? ''] : [],
  );
  return controller;
}
