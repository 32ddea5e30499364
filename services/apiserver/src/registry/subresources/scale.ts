/** The scale subresource: one way to count and to set replicas, whatever the kind. */
import {
  applyConfiguration,
  applyJsonPatch,
  applyMergePatch,
  convertBody,
  groupVersion,
  invalidError,
  ownedType,
  ownersAfterScale,
  parsePatch,
  scaleOwners,
  trackUpdate,
  type KindDefinition,
  type KubernetesObject,
  type Scale,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import type { StoredObject } from '../../storage/stored-object.ts';
import { setOwners } from '../owners.ts';
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

const owned = ownedType(scaleType.schema, scaleType.apiVersion, scaleType.schema);

export interface ScaleAsk {
  /** Makes the wanted Scale out of the current one; called again when that changes. */
  readonly make: (current: Scale) => Scale;
  /** The maker has decided who owns the replicas. */
  readonly decidesOwners?: boolean;
}

/** @throws ApiError */
export async function updateScale(
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
  target: Target,
  ask: ScaleAsk,
  write: WriteOptions,
): Promise<Scale> {
  const { kind, name } = target;
  const make = (current: StoredObject) => {
    const object = current.parse();
    const { managedFields } = object.metadata;
    const live = scaleOf(kind, object);
    setOwners(live, scaleOwners(managedFields, scaleType.apiVersion));
    const wanted = ask.make(structuredClone(live));
    const replicas = wanted.spec.replicas ?? 0;
    if (replicas < 0) {
      const detail = 'must be greater than or equal to 0';
      throw invalidError({ group: 'autoscaling', kind: 'Scale' }, name, [
        { type: 'Invalid', field: 'spec.replicas', badValue: replicas, detail },
      ]);
    }
    const { manager } = write;
    const update = { live, object: wanted, manager, subresource: 'scale' };
    const owners =
      ask.decidesOwners === true
        ? wanted.metadata.managedFields
        : trackUpdate(owned, { ...update, wallTime: clock.wallTime() });
    setOwners(object, ownersAfterScale(managedFields, owners, groupVersion(kind)));
    kind.scale!.setReplicas(object, replicas);
    const { resourceVersion } = wanted.metadata;
    if (resourceVersion !== undefined && resourceVersion !== '') {
      object.metadata.resourceVersion = resourceVersion;
    }
    return object;
  };
  const { object } = await registry.update(
    target,
    { part: 'all', make, decidesOwners: true },
    write,
  );
  return scaleOf(kind, object.parse());
}

/** A Scale with an applied configuration laid over it. @throws ApiError */
export function applyScale(
  live: Scale,
  { config, force }: { readonly config: unknown; readonly force: boolean },
  { manager, wallTime }: { readonly manager: string; readonly wallTime: number },
): Scale {
  const request = { live, config, manager, force, subresource: 'scale', wallTime };
  return applyConfiguration(owned, request, (value) => {
    const type = { kind: 'Scale', ...scaleType };
    const { object } = convertBody({ value, duplicates: [] }, type, 'Ignore');
    return object as unknown as Scale;
  });
}

/** A Scale has no lists, so a strategic merge patch of it is a merge patch. */
export function patchScale(
  current: Scale,
  patch: { readonly mediaType: string; readonly body: string },
  write: WriteOptions,
): Scale {
  const parsed = parsePatch(patch.body, patch.mediaType, write.fieldValidation);
  const isJsonPatch = parsed.media === 'application/json-patch+json';
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
