/** Keeps the cluster's CA in every namespace. */
import {
  createController,
  isAlreadyExists,
  isNamespaceTerminating,
  isNotFound,
  resources,
} from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { plan, rootCaName } from './plan.ts';

export function createRootCaCertPublisher(context: ControllerContext): Runnable {
  const { api, options } = context;
  const namespaces = context.informers.of(resources.namespaces);
  const configMaps = context.informers.of(resources.configMaps);

  const controller = createController(
    {
      name: 'root-ca-cert-publisher',
      sync: async (name, { signal }) => {
        const namespace = namespaces.store.get(name);
        if (namespace === undefined) return;
        const configMap = configMaps.store.get(`${name}/${rootCaName}`);
        const action = plan({ namespace, configMap, rootCa: options.rootCa });
        if (action === undefined) return;
        await api[action.kind](resources.configMaps, action.configMap, { signal }).catch(
          (error: unknown) => {
            const isMoot =
              isAlreadyExists(error) || isNamespaceTerminating(error) || isNotFound(error);
            if (!isMoot) throw error;
          },
        );
      },
    },
    context,
  );

  controller.watch(namespaces, (namespace) => [namespace.metadata.name]);
  controller.watch(configMaps, ({ metadata }) =>
    metadata.name === rootCaName ? [metadata.namespace ?? ''] : [],
  );
  return controller;
}
