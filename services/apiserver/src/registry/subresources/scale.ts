/** The scale subresource: one way to count and to set replicas, whatever the kind. */
import {
  applyJsonPatch,
  applyMergePatch,
  convertBody,
  invalidError,
  parseBody,
  type KindDefinition,
  type KubernetesObject,
  type Scale,
} from '@drydock/api';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { Registry } from '../registry.ts';
import type { Target, WriteOptions } from '../requests.ts';

export const scaleType = { apiVersion: 'autoscaling/v1', schema: 'Scale' } as const;

export function scaleOf(kind: KindDefinition, object: KubernetesObject): Scale {
  const scale = kind.scale!;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = scale.replicas(object);
  const selector = scale.selector(object);
  return {
    kind: 'Scale',
    apiVersion: scaleType.apiVersion,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: scale.statusReplicas(object),
      ...(selector === '' ? {} : { selector }),
    },
  };
}

/** @throws ApiError */
export async function updateScale(
  registry: Registry,
  target: Target,
  makeScale: (current: Scale) => Scale,
  write: WriteOptions,
): Promise<Scale> {
  const { kind, name } = target;
  const make = (current: StoredObject) => {
    const object = current.parse();
    const wanted = makeScale(scaleOf(kind, object));
    const replicas = wanted.spec.replicas ?? 0;
    if (replicas < 0) {
      const detail = 'must be greater than or equal to 0';
      throw invalidError({ group: 'autoscaling', kind: 'Scale' }, name, [
        { type: 'Invalid', field: 'spec.replicas', badValue: replicas, detail },
      ]);
    }
    kind.scale!.setReplicas(object, replicas);
    const { resourceVersion } = wanted.metadata;
    if (resourceVersion !== undefined && resourceVersion !== '') {
      object.metadata.resourceVersion = resourceVersion;
    }
    return object;
  };
  const { object } = await registry.update(target, { part: 'all', make }, write);
  return scaleOf(kind, object.parse());
}

/** A Scale has no lists, so a strategic merge patch of it is a merge patch. */
export function patchScale(
  current: Scale,
  patch: { readonly mediaType: string; readonly body: string },
  write: WriteOptions,
): Scale {
  const parsed = parseBody(patch.body, { fieldValidation: write.fieldValidation });
  const isJsonPatch = patch.mediaType === 'application/json-patch+json';
  const value = isJsonPatch
    ? applyJsonPatch(current, parsed.value)
    : applyMergePatch(current, parsed.value);
  const { object, warnings } = convertBody(
    { value, duplicates: parsed.duplicates },
    { kind: 'Scale', ...scaleType },
    write.fieldValidation,
  );
  write.warnings.splice(0, write.warnings.length, ...warnings);
  return object as unknown as Scale;
}
