/** Keeps in every aggregated ClusterRole the rules of those that it selects. */
import { createController, isNotFound, resources } from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { plan } from './plan.ts';

export function createClusterRoleAggregationController(context: ControllerContext): Runnable {
  const { api } = context;
  const clusterRoles = context.informers.of(resources.clusterRoles);

  const controller = createController(
    {
      name: 'clusterrole_aggregation',
      sync: async (name, { signal }) => {
        const clusterRole = clusterRoles.store.get(name);
        if (clusterRole === undefined) return;
        const action = plan({ clusterRole, clusterRoles: clusterRoles.store.list() });
        if (action === undefined) return;
        const updated = { ...clusterRole, rules: [...action.rules] };
        await api.update(resources.clusterRoles, updated, { signal }).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      },
    },
    context,
  );

  // Who gathers from whom is known by looking: there are few roles, so all that gather look again.
  controller.watch(clusterRoles, () =>
    clusterRoles.store
      .list()
      .filter(({ aggregationRule }) => aggregationRule !== undefined)
      .map(({ metadata }) => metadata.name),
  );
  return controller;
}
