/**
 * What a delete does to an object: gone at once, marked and waiting for someone, or no change.
 *
 * 1. A pod that runs on a node is marked with a deadline; its node-agent stops it and deletes it with
 *    a grace period of 0.
 * 2. An object with finalizers is marked, and goes when the last of them is taken away.
 * 3. A second delete may shorten a grace period, never lengthen it.
 * Source: apiserver's registry/rest BeforeDelete and deletionFinalizersForGarbageCollection.
 */
import {
  formatTime,
  parseTime,
  type KubernetesObject,
  type Namespace,
  type Pod,
} from '@drydock/api';
import type { DeleteAsk } from './requests.ts';

export type DeletionPlan =
  | { readonly kind: 'remove' }
  /** The object with its marks, to be stored. */
  | { readonly kind: 'mark'; readonly object: KubernetesObject }
  | { readonly kind: 'unchanged' };

const orphan = 'orphan';
const foreground = 'foregroundDeletion';
const defaultPodGraceSeconds = 30;

/** May change `object`. @param wallTime milliseconds since the Unix epoch */
export function planDeletion(
  object: KubernetesObject,
  ask: DeleteAsk,
  wallTime: number,
): DeletionPlan {
  const { metadata } = object;
  const graceSeconds = gracePeriodOf(object, ask);
  const changedFinalizers = applyPolicy(object, ask.propagationPolicy);
  const waits = hasFinalizers(object);
  const isMarked = metadata.deletionTimestamp !== undefined;
  if (graceSeconds > 0) {
    if (isMarked) {
      const left = metadata.deletionGracePeriodSeconds ?? 0;
      if (graceSeconds >= left)
        return changedFinalizers ? { kind: 'mark', object } : { kind: 'unchanged' };
      // The mark says when the grace ends: an earlier end is counted from the first delete.
      const began = parseTime(metadata.deletionTimestamp!) - left * 1_000;
      metadata.deletionTimestamp = formatTime(Math.max(wallTime, began + graceSeconds * 1_000));
      metadata.deletionGracePeriodSeconds = graceSeconds;
      return { kind: 'mark', object };
    }
    mark(object, graceSeconds, wallTime);
    return { kind: 'mark', object };
  }
  if (!waits) return { kind: 'remove' };
  if (!isMarked) {
    mark(object, 0, wallTime);
    return { kind: 'mark', object };
  }
  if ((metadata.deletionGracePeriodSeconds ?? 0) > 0) {
    metadata.deletionTimestamp = formatTime(wallTime);
    metadata.deletionGracePeriodSeconds = 0;
    return { kind: 'mark', object };
  }
  return changedFinalizers ? { kind: 'mark', object } : { kind: 'unchanged' };
}

/** Whether an update has taken away the last thing that a marked object was waiting for. */
export function isRemovedBy(object: KubernetesObject): boolean {
  const { metadata } = object;
  if (metadata.deletionTimestamp === undefined) return false;
  return (metadata.deletionGracePeriodSeconds ?? 0) === 0 && !hasFinalizers(object);
}

function hasFinalizers(object: KubernetesObject): boolean {
  if ((object.metadata.finalizers ?? []).length > 0) return true;
  return object.kind === 'Namespace' && ((object as Namespace).spec?.finalizers ?? []).length > 0;
}

function mark(object: KubernetesObject, graceSeconds: number, wallTime: number): void {
  object.metadata.deletionTimestamp = formatTime(wallTime + graceSeconds * 1_000);
  object.metadata.deletionGracePeriodSeconds = graceSeconds;
  if (object.metadata.generation !== undefined) object.metadata.generation += 1;
  if (object.kind === 'Namespace') {
    const namespace = object as Namespace;
    namespace.status = { ...namespace.status, phase: 'Terminating' };
  }
}

/** Seconds that the object gets to end by itself; only pods on a node get any. */
function gracePeriodOf(object: KubernetesObject, ask: DeleteAsk): number {
  if (object.kind !== 'Pod') return 0;
  const pod = object as Pod;
  const phase = pod.status?.phase;
  const runs = (pod.spec?.nodeName ?? '') !== '' && phase !== 'Failed' && phase !== 'Succeeded';
  if (!runs) return 0;
  const asked =
    ask.gracePeriodSeconds ??
    pod.metadata.deletionGracePeriodSeconds ??
    pod.spec?.terminationGracePeriodSeconds ??
    defaultPodGraceSeconds;
  return asked < 0 ? 1 : asked;
}

/** Kinds that leave their pods behind unless they are told otherwise, as they did from the first. */
const orphaningKinds: readonly string[] = ['batch/v1 Job', 'v1 ReplicationController'];

function defaultPolicyOf({ apiVersion, kind, metadata }: KubernetesObject) {
  const isDecided = metadata.finalizers?.some((one) => one === orphan || one === foreground);
  const orphans = isDecided !== true && orphaningKinds.includes(`${apiVersion} ${kind}`);
  return orphans ? 'Orphan' : undefined;
}

/** Brings the garbage collector's finalizers in line with the policy; true when that changed them. */
function applyPolicy(object: KubernetesObject, asked: DeleteAsk['propagationPolicy']): boolean {
  const policy = asked ?? defaultPolicyOf(object);
  if (policy === undefined) return false;
  const old = object.metadata.finalizers ?? [];
  const wanted = policy === 'Orphan' ? orphan : policy === 'Foreground' ? foreground : undefined;
  const finalizers = old.filter((one) => one !== orphan && one !== foreground);
  if (wanted !== undefined) finalizers.push(wanted);
  const changed = finalizers.length !== old.length || finalizers.some((one) => !old.includes(one));
  if (finalizers.length === 0) delete object.metadata.finalizers;
  else object.metadata.finalizers = finalizers;
  return changed;
}
