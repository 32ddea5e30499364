/** Gives every namespace its `default` ServiceAccount. */
import {
  createController,
  isAlreadyExists,
  isNamespaceTerminating,
  isNotFound,
  resources,
} from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { defaultServiceAccountName, plan } from './plan.ts';

export function createServiceAccountController(context: ControllerContext): Runnable {
  const { api, options } = context;
  const namespaces = context.informers.of(resources.namespaces);
  const serviceAccounts = context.informers.of(resources.serviceAccounts);

  const controller = createController(
    {
      name: 'serviceaccount',
      concurrency: options['concurrent-serviceaccount-syncs'],
      sync: async (name, { signal }) => {
        const namespace = namespaces.store.get(name);
        if (namespace === undefined) return;
        const serviceAccount = serviceAccounts.store.get(`${name}/${defaultServiceAccountName}`);
        const missing = plan({ namespace, serviceAccount });
        if (missing === undefined) return;
        await api.create(resources.serviceAccounts, missing, { signal }).catch((error: unknown) => {
          const isMoot =
            isAlreadyExists(error) || isNamespaceTerminating(error) || isNotFound(error);
          if (!isMoot) throw error;
        });
      },
    },
    context,
  );

  controller.watch(namespaces, (namespace) => [namespace.metadata.name]);
  controller.watch(serviceAccounts, ({ metadata }) =>
    metadata.name === defaultServiceAccountName ? [metadata.namespace ?? ''] : [],
  );
  return controller;
}
