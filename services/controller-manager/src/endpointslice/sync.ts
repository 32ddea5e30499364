/** Runs the EndpointSlice plans: a Service is looked at when it, its pods or its slices change. */
import type { EndpointSlice, Pod, Service } from '@drydock/api';
import {
  createController,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
  resources,
  type ObjectKey,
} from '@drydock/client';
import type { ControllerContext, Runnable } from '../context.ts';
import { indexByNode } from '../indexes.ts';
import { createPacer } from '../pacer.ts';
import { compileLabels } from '../selectors.ts';
import { createWriteTracker } from '../write-tracker.ts';
import {
  managedByLabel,
  managerName,
  plan,
  serviceNameLabel,
  type EndpointSliceAction,
} from './plan.ts';

const byService = 'service';

export function createEndpointSliceController(context: ControllerContext): Runnable {
  const { api, clock } = context;
  const services = context.informers.of(resources.services);
  const pods = context.informers.of(resources.pods);
  const nodes = context.informers.of(resources.nodes);
  const slices = context.informers.of(resources.endpointSlices);
  slices.addIndex(byService, (slice) => keysOfService(slice));
  const podsOfNode = indexByNode(pods);
  const writes = createWriteTracker(clock);
  const pacer = createPacer(clock);

  const controller = createController(
    {
      name: 'endpoint_slice',
      concurrency: context.options['concurrent-service-endpoint-syncs'],
      sync: async (key, { signal }) => {
        const service = services.store.get(key);
        if (service === undefined) {
          writes.forget(key);
          return {};
        }
        const present = slices.store.byIndex(byService, key);
        // The event of the slice that is missing here brings the next look.
        if (writes.isBehind(key, present)) return { requeueAfterMillis: 1_000 };
        const rest = pacer.restLeft(key);
        if (rest !== undefined) return { requeueAfterMillis: rest };
        const selected = podsOf(service);
        pacer.looked(key, selected.length);
        const actions = plan({
          service,
          pods: selected,
          nodes: (name) => nodes.store.get(name),
          slices: present,
          endpointsPerSliceMax: context.options['max-endpoints-per-slice'],
        });
        for (const action of actions) await perform(key, action, signal);
        return {};
      },
    },
    context,
  );

  const perform = async (key: ObjectKey, action: EndpointSliceAction, signal: AbortSignal) => {
    const { kind, slice } = action;
    switch (kind) {
      case 'create':
        try {
          writes.wrote(key, await api.create(resources.endpointSlices, slice, { signal }));
        } catch (error) {
          if (!isNamespaceTerminating(error)) throw error;
        }
        break;
      case 'update':
        writes.wrote(key, await api.update(resources.endpointSlices, slice, { signal }));
        break;
      case 'delete': {
        const { uid } = slice.metadata;
        await api
          .delete(resources.endpointSlices, slice.metadata, { uid, signal })
          .catch((error: unknown) => {
            if (!isNotFound(error)) throw error;
          });
        writes.deleted(key, slice);
        break;
      }
      default:
        kind satisfies never;
    }
  };

  const podsOf = (service: Service): readonly Pod[] => {
    const selector = compileLabels(service.spec.selector ?? {});
    return pods.store
      .list(service.metadata.namespace)
      .filter((pod) => selector.matches(pod.metadata.labels));
  };
  const servicesOf = (pod: Pod): ObjectKey[] =>
    services.store
      .list(pod.metadata.namespace)
      .filter(
        ({ spec: { selector } }) =>
          selector !== undefined && compileLabels(selector).matches(pod.metadata.labels),
      )
      .map(keyOf);

  controller.watch(services, (service) => [keyOf(service)]);
  controller.watch(pods, servicesOf);
  controller.watch(slices, keysOfService);
  // Pods count only on nodes that are there, whichever of the two is seen first.
  controller.watch(nodes, (node, change) =>
    change === 'updated' ? [] : podsOfNode(node.metadata.name).flatMap(servicesOf),
  );
  return controller;
}

function keysOfService({ metadata }: EndpointSlice): ObjectKey[] {
  const name = metadata.labels?.[serviceNameLabel];
  const isOurs = metadata.labels?.[managedByLabel] === managerName;
  return name === undefined || !isOurs ? [] : [keyOf({ metadata: { ...metadata, name } })];
}
