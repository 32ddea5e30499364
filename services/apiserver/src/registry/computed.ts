/**
 * Kinds of which nothing is stored, in front of the registry: their objects are made when somebody asks.
 * All others pass untouched. What else than get and list is asked of them is refused before it comes here.
 */
import { ApiError, componentStatuses, groupVersion, type KindDefinition } from '@drydock/api';
import { encodeForStorage, StoredObject } from '../storage/stored-object.ts';
import type { Component } from './components/component.ts';
import type { Registry } from './registry.ts';

export function serveComputed(registry: Registry, components: readonly Component[]): Registry {
  const isComputed = (kind: KindDefinition) => kind === componentStatuses;
  return {
    ...registry,
    get: async (target, freshness) => {
      if (!isComputed(target.kind)) return registry.get(target, freshness);
      const component = components.find(({ name }) => name === target.name);
      if (component === undefined) throw noComponent(target.name);
      return statusOf(component);
    },
    list: async (kind, selection, freshness) => {
      if (!isComputed(kind)) return registry.list(kind, selection, freshness);
      const statuses = await Promise.all(components.map(statusOf));
      const objects = statuses.filter((status) => selection.matches(status));
      return { objects, revision: 0, count: objects.length };
    },
  };
}

async function statusOf(component: Component): Promise<StoredObject> {
  const kind = componentStatuses;
  const { name } = component;
  const status = {
    kind: kind.kind,
    apiVersion: groupVersion(kind),
    metadata: { name },
    conditions: [{ type: 'Healthy', ...(await component.check()) }],
  };
  // Version 0: it is of no state of the store.
  return StoredObject.fromStorage(
    { kind, key: '', namespace: '', name },
    encodeForStorage(status),
    0,
  )!;
}

/** Upstream has no reason and no better code for it. */
function noComponent(name: string): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Component not found: ${name}`,
    code: 500,
  });
}
