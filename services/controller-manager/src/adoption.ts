/** Carrying out a claim: adopting orphans and letting go of what no longer matches. */
import type { KubernetesObject } from '@drydock/api';
import { isInvalid, isNotFound, type ApiClient, type Resource } from '@drydock/client';
import { adoptionPatch, releasePatch, type Claim } from './owners.plan.ts';

export async function changeHands<T extends KubernetesObject, O extends KubernetesObject>(
  claim: Claim<T>,
  options: {
    readonly api: ApiClient;
    readonly owner: O;
    readonly ownerResource: Resource<O>;
    readonly resource: Resource<T>;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { api, owner, resource, signal } = options;
  const uid = owner.metadata.uid ?? '';
  const patch = (object: T, value: object) =>
    api.patch(resource, object.metadata, { type: 'strategic', value }, { signal });
  if (claim.adopt.length > 0) await checkMayAdopt(options);
  for (const object of claim.adopt) await patch(object, adoptionPatch(owner, object));
  for (const object of claim.release) {
    // Gone, or another object by now: then there is nothing left to let go of.
    await patch(object, releasePatch([uid], object)).catch((error: unknown) => {
      if (!isNotFound(error) && !isInvalid(error)) throw error;
    });
  }
}

/** The cache may not know yet that the owner is going, or is another object of that name. */
async function checkMayAdopt<O extends KubernetesObject>(options: {
  readonly api: ApiClient;
  readonly owner: O;
  readonly ownerResource: Resource<O>;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { api, owner, ownerResource, signal } = options;
  const { namespace, name, uid } = owner.metadata;
  const live = await api.get(ownerResource, owner.metadata, { signal });
  const what = `${ownerResource.kind} ${namespace}/${name}`;
  if (live.metadata.uid !== uid) {
    throw new Error(`cannot adopt for ${what}: it is now another object (${live.metadata.uid})`);
  }
  if (live.metadata.deletionTimestamp !== undefined) {
    throw new Error(`cannot adopt for ${what}: it is being deleted`);
  }
}
