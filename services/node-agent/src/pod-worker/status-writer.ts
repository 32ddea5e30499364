/**
 * Sends pod statuses to the API, a pod at a time, the latest only.
 *
 * 1. What the API already has is not sent; what somebody else overwrote is sent again.
 * 2. A status that could not be sent is tried again until it is replaced or its pod is gone.
 * 3. The patch names the pod's uid, so that it never reaches a successor of the same name.
 */
import type { Pod, PodStatus } from '@drydock/api';
import { isConflict, isNotFound, resources, type ApiClient } from '@drydock/client';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { ownedFields, statusPatch } from './status-patch.ts';

const retryMillis: Millis = 1_000;

export interface StatusWriter {
  set(pod: Pod, status: PodStatus): void;
  /** The API's copy of a pod has changed. */
  observe(pod: Pod): void;
  /** Resolves when the latest status of a pod has been sent, or its pod is gone. */
  flushed(uid: string): Promise<void>;
  forget(uid: string): void;
}

interface Entry {
  pod: Pod;
  wanted: PodStatus;
  /** As the API has it, as far as is known. */
  sent: string;
  sentVersion: number;
  sending: Promise<void> | undefined;
}

export function createStatusWriter({
  api,
  clock,
  log,
  signal,
}: {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): StatusWriter {
  const entries = new Map<string, Entry>();

  const send = async (uid: string, entry: Entry): Promise<void> => {
    while (!signal.aborted && entries.get(uid) === entry) {
      const { pod, wanted } = entry;
      const text = fingerprint(wanted);
      if (text === entry.sent) {
        // In the same step as the look: a status that is set from here on starts a new sending.
        entry.sending = undefined;
        return;
      }
      const { namespace, name } = pod.metadata;
      const value = { metadata: { uid }, status: statusPatch(pod.status, wanted) };
      try {
        const written = await api.patch(
          resources.pods,
          { namespace, name },
          { type: 'strategic', value },
          { subresource: 'status', signal },
        );
        entry.sent = text;
        entry.sentVersion = Number(written.metadata.resourceVersion ?? 0);
      } catch (error) {
        if (signal.aborted) return;
        if (isNotFound(error) || isConflict(error)) {
          log.debug({ err: error, pod: `${namespace}/${name}` }, 'the pod of a status is gone');
          entries.delete(uid);
          return;
        }
        log.warn(
          { err: error, pod: `${namespace}/${name}` },
          'cannot send a pod status; will retry',
        );
        await clock.sleep(retryMillis, { signal }).catch(() => undefined);
      }
    }
  };
  const kick = (uid: string, entry: Entry) => {
    if (entry.sending !== undefined || fingerprint(entry.wanted) === entry.sent) return;
    entry.sending = send(uid, entry);
  };

  return {
    set: (pod, status) => {
      const { uid = '' } = pod.metadata;
      let entry = entries.get(uid);
      if (entry === undefined) {
        entry = { pod, wanted: status, sent: '', sentVersion: 0, sending: undefined };
        entry.sent = fingerprint(pickOwned(pod.status, status));
        entry.sentVersion = Number(pod.metadata.resourceVersion ?? 0);
        entries.set(uid, entry);
      }
      entry.pod = pod;
      entry.wanted = status;
      kick(uid, entry);
    },
    observe: (pod) => {
      const entry = entries.get(pod.metadata.uid ?? '');
      if (entry === undefined || entry.sending !== undefined) return;
      // News from before our own last write tells nothing.
      if (Number(pod.metadata.resourceVersion ?? 0) < entry.sentVersion) return;
      entry.pod = pod;
      entry.sent = fingerprint(pickOwned(pod.status, entry.wanted));
      kick(pod.metadata.uid ?? '', entry);
    },
    flushed: async (uid) => {
      while (!signal.aborted) {
        const sending = entries.get(uid)?.sending;
        if (sending === undefined) return;
        await sending;
      }
    },
    forget: (uid) => void entries.delete(uid),
  };
}

/** Of the API's status what the agent writes; of the conditions those that it writes. */
function pickOwned(status: PodStatus, like: PodStatus): PodStatus {
  const picked = Object.fromEntries(
    ownedFields.flatMap((key) => (status[key] === undefined ? [] : [[key, status[key]]])),
  ) as PodStatus;
  const types = (like.conditions ?? []).map((one) => one.type);
  picked.conditions = types.flatMap(
    (type) => status.conditions?.find((one) => one.type === type) ?? [],
  );
  return picked;
}

/** Equal for equal statuses, in whatever order their fields stand. */
function fingerprint(status: PodStatus): string {
  const owned = Object.fromEntries(ownedFields.map((key) => [key, status[key]]));
  return JSON.stringify(owned, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).filter(([name, field]) => {
      return name !== 'lastProbeTime' && field !== undefined && !isEmptyObject(field);
    });
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const isEmptyObject = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length === 0;
