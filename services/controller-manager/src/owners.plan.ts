/**
 * Who controls whom: controller references, adoption and release (upstream's
 * controller_ref_manager.go).
 *
 * 1. An object has at most one owner reference with `controller: true`, and only that controller may
 *    count the object as its own.
 * 2. Only orphans are adopted, never from another controller; nothing is adopted or released for an
 *    owner that is being deleted, and nothing that is itself being deleted is adopted.
 */
import { controllerOf, controllerReference, type KubernetesObject } from '@drydock/api';

export interface Claim<T> {
  /** The objects that the owner controls already, and those it will when `adopt` is carried out. */
  readonly claimed: readonly T[];
  readonly adopt: readonly T[];
  readonly release: readonly T[];
}

/** Sorts candidates of the owner's namespace into its own, those to adopt and those to let go. */
export function claim<T extends KubernetesObject>(
  owner: KubernetesObject,
  candidates: readonly T[],
  matches: (candidate: T) => boolean,
): Claim<T> {
  const claimed: T[] = [];
  const adopt: T[] = [];
  const release: T[] = [];
  const ownerIsLeaving = owner.metadata.deletionTimestamp !== undefined;
  for (const candidate of candidates) {
    const controller = controllerOf(candidate);
    if (controller === undefined) {
      const isLeaving = candidate.metadata.deletionTimestamp !== undefined;
      if (ownerIsLeaving || isLeaving || !matches(candidate)) continue;
      adopt.push(candidate);
      claimed.push(candidate);
    } else if (controller.uid === owner.metadata.uid) {
      if (matches(candidate)) claimed.push(candidate);
      else if (!ownerIsLeaving) release.push(candidate);
    }
  }
  return { claimed, adopt, release };
}

/** A strategic merge patch; the uid makes it fail on a namesake. */
export function adoptionPatch(owner: KubernetesObject, object: KubernetesObject): object {
  const { uid } = object.metadata;
  return { metadata: { uid, ownerReferences: [controllerReference(owner)] } };
}

/** A strategic merge patch that removes the references to the given owners. */
export function releasePatch(ownerUids: readonly string[], object: KubernetesObject): object {
  const ownerReferences = ownerUids.map((uid) => ({ $patch: 'delete', uid }));
  return { metadata: { uid: object.metadata.uid, ownerReferences } };
}
