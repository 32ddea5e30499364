/** One object with its owners, as a server keeps it: for tests of who owns what. */
import { parse } from 'yaml';
import { applyConfiguration } from '../apply/apply-configuration.ts';
import { ownedTypeOf } from '../apply/owned-type.ts';
import { trackUpdate } from '../apply/track-update.ts';
import { convertObject } from '../decode.ts';
import type { FieldsV1 } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';

export interface OwnedObject<T extends KubernetesObject> {
  readonly object: T;
  /** `time` goes on by a second with each write. */
  apply(manager: string, config: unknown, options?: ApplyOptions): void;
  update(manager: string, change: (object: T) => void, subresource?: string): void;
  /** The fields of a manager; undefined when it owns none. */
  fields(manager: string, subresource?: string): FieldsV1 | undefined;
  /** Names of managers, in their order. */
  readonly managers: string[];
}

export interface ApplyOptions {
  readonly force?: boolean;
  readonly subresource?: string;
}

/** @param config an object, or YAML without apiVersion and kind */
export function ownedObject<T extends KubernetesObject>(kind: KindDefinition<T>): OwnedObject<T> {
  const definition = kind as unknown as KindDefinition;
  const owned = ownedTypeOf(definition);
  let live: T | undefined;
  let wallTime = Date.UTC(2026, 0, 1);
  const finish = (value: unknown): T => {
    const { object } = convertObject({ value, duplicates: [] }, kind, 'Strict');
    kind.setDefaults(object);
    return object;
  };
  const store = (object: T) => {
    live = structuredClone(object);
    live.metadata.uid ??= 'uid';
    wallTime += 1_000;
  };
  return {
    get object() {
      return live!;
    },
    apply(manager, config, { force = false, subresource = '' } = {}) {
      const body = typeof config === 'string' ? (parse(config) as object) : (config as object);
      const typed = { apiVersion: owned.apiVersion, kind: owned.kind, ...body };
      const request = { live, config: typed, manager, force, subresource, wallTime };
      store(applyConfiguration(owned, request, finish));
    },
    update(manager, change, subresource = '') {
      const changed = structuredClone(live) ?? finish({});
      change(changed);
      const object = finish(changed);
      const entries = trackUpdate(owned, { live, object, manager, subresource, wallTime });
      delete object.metadata.managedFields;
      if (entries !== undefined) object.metadata.managedFields = entries;
      store(object);
    },
    fields: (manager, subresource = '') =>
      live?.metadata.managedFields?.find(
        (entry) => entry.manager === manager && (entry.subresource ?? '') === subresource,
      )?.fieldsV1,
    get managers() {
      return (live?.metadata.managedFields ?? []).map(({ manager = '' }) => manager);
    },
  };
}
