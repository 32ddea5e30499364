/**
 * Shows static pods in the API (kubelet's mirror pods), and their status in these.
 *
 * 1. A mirror that is missing is made, one that is deleted or shows what its file said before is made anew.
 *    What is done to it does nothing to the pod.
 * 2. One without a static pod goes.
 * 3. Mirrors need the node's object, which owns them, and an API that answers; static pods need neither.
 */
import type { Pod, PodStatus } from '@drydock/api';
import {
  isAlreadyExists,
  isConflict,
  isNotFound,
  resources,
  type ApiClient,
} from '@drydock/client';
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { StatusWriter } from '../pod-worker/status-writer.ts';
import { isMirror, mirrorOf, mirrors } from './manifest.ts';

const retryMillis: Millis = 5_000;

export interface Mirrors {
  /** A static pod begins; it takes the place of one of the same name. */
  setStatic(pod: Pod): void;
  /** Nothing is left of a static pod. */
  removeStatic(pod: Pod): void;
  /** A mirror as the API has it. */
  setMirror(pod: Pod): void;
  removeMirror(pod: Pod): void;
  /** The API's object of this node. */
  setNode(node: { readonly name: string; readonly uid: string }): void;
  /** The API's mirrors are known: what is missing is missing. */
  allKnown(): void;
  /** Takes the status of static pods, by their own uids, and writes it to their mirrors. */
  readonly statuses: StatusWriter;
}

interface Entry {
  pod: Pod | undefined;
  mirror: Pod | undefined;
  status: PodStatus | undefined;
  isBusy: boolean;
}

export function createMirrors({
  api,
  statuses,
  clock,
  log,
  signal,
}: {
  readonly api: ApiClient;
  readonly statuses: StatusWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): Mirrors {
  /** By namespace and name, which a static pod and its mirror have in common. */
  const entries = new Map<string, Entry>();
  let node: { readonly name: string; readonly uid: string } | undefined;
  let isKnown = false;

  const keyOf = ({ metadata }: Pod) => `${metadata.namespace ?? ''}/${metadata.name}`;
  const entryOf = (pod: Pod): Entry => {
    const key = keyOf(pod);
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = { pod: undefined, mirror: undefined, status: undefined, isBusy: false };
      entries.set(key, entry);
    }
    return entry;
  };
  const staticEntry = (uid: string): Entry | undefined => {
    for (const entry of entries.values()) if (entry.pod?.metadata.uid === uid) return entry;
    return undefined;
  };
  const isCurrent = ({ pod, mirror }: Entry): boolean =>
    pod !== undefined &&
    mirror !== undefined &&
    mirror.metadata.deletionTimestamp === undefined &&
    mirrors(mirror, pod);

  const show = (entry: Entry) => {
    if (entry.status === undefined || !isCurrent(entry)) return;
    const { mirror } = entry;
    statuses.set(mirror!, continued(mirror!.status, entry.status));
  };

  /** One step towards what should be; false when there is none. */
  const step = async (entry: Entry): Promise<boolean> => {
    const { pod, mirror } = entry;
    if (mirror !== undefined && !isCurrent(entry)) {
      const { uid = '' } = mirror.metadata;
      statuses.forget(uid);
      try {
        await api.delete(resources.pods, mirror.metadata, { gracePeriodSeconds: 0, uid });
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
      if (entry.mirror === mirror) entry.mirror = undefined;
      return true;
    }
    if (pod === undefined || mirror !== undefined || node === undefined || !isKnown) return false;
    const made = await api
      .create(resources.pods, mirrorOf(pod, node))
      .catch(async (error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
        const found = await api.get(resources.pods, pod.metadata);
        if (isMirror(found)) return found;
        throw new Error(`pod ${keyOf(pod)} is there and mirrors nothing`, { cause: error });
      });
    entry.mirror ??= made;
    show(entry);
    return true;
  };

  const reconcile = async (entry: Entry): Promise<void> => {
    if (entry.isBusy) return;
    entry.isBusy = true;
    while (!signal.aborted) {
      try {
        if (!(await step(entry))) break;
      } catch (error) {
        if (signal.aborted) break;
        log.warn({ err: error }, 'cannot bring a mirror pod to what it shows; will try again');
        await clock.sleep(retryMillis, { signal }).catch(() => undefined);
      }
    }
    entry.isBusy = false;
    for (const [key, one] of entries) {
      if (one === entry && one.pod === undefined && one.mirror === undefined) entries.delete(key);
    }
  };
  const reconcileAll = () => {
    for (const entry of entries.values()) void reconcile(entry);
  };

  return {
    setStatic: (pod) => {
      const entry = entryOf(pod);
      entry.pod = pod;
      entry.status = undefined;
      void reconcile(entry);
    },
    removeStatic: (pod) => {
      const entry = entryOf(pod);
      if (entry.pod?.metadata.uid !== pod.metadata.uid) return;
      entry.pod = undefined;
      entry.status = undefined;
      void reconcile(entry);
    },
    setMirror: (mirror) => {
      const entry = entryOf(mirror);
      entry.mirror = mirror;
      statuses.observe(mirror);
      show(entry);
      void reconcile(entry);
    },
    removeMirror: (mirror) => {
      const entry = entryOf(mirror);
      statuses.forget(mirror.metadata.uid ?? '');
      if (entry.mirror?.metadata.uid === mirror.metadata.uid) entry.mirror = undefined;
      void reconcile(entry);
    },
    setNode: (next) => {
      if (node?.uid === next.uid) return;
      node = next;
      reconcileAll();
    },
    allKnown: () => {
      isKnown = true;
      reconcileAll();
    },
    statuses: {
      set: (pod, status) => {
        const entry = staticEntry(pod.metadata.uid ?? '');
        if (entry === undefined) return;
        entry.status = status;
        show(entry);
      },
      // What the API says of a mirror is heard by `setMirror`.
      observe: () => undefined,
      flushed: async (uid) => {
        const mirrorUid = staticEntry(uid)?.mirror?.metadata.uid;
        if (mirrorUid !== undefined) await statuses.flushed(mirrorUid);
      },
      forget: (uid) => {
        const entry = staticEntry(uid);
        if (entry !== undefined) entry.status = undefined;
      },
    },
  };
}

/** An agent that starts anew knows less of its static pods than the API does: since when they are as they are. */
function continued(former: PodStatus, status: PodStatus): PodStatus {
  const isOver = former.phase === 'Failed' || former.phase === 'Succeeded';
  if (isOver || former.startTime === undefined) return status;
  const conditions = (status.conditions ?? []).map((condition) => {
    const before = former.conditions?.find((one) => one.type === condition.type);
    return before?.status === condition.status && before.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: before.lastTransitionTime }
      : condition;
  });
  return { ...status, startTime: former.startTime, conditions };
}
