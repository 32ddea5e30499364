/**
 * The pods that wait for a node.
 *
 * 1. A pod waits in one place: active (by priority, then by age), backing off after a failure, or
 *    unschedulable until something happens that may help it.
 * 2. Back-off is 1 s after the first attempt and doubles to 10 s. What happens meanwhile does not cut
 *    it short, but is not forgotten: the pod goes on to active when its back-off ends.
 * 3. An unschedulable pod is tried again when an event comes that helps one of the plugins that
 *    rejected it, and after five minutes in any case.
 * 4. A pod that is taken out keeps its number of attempts when it comes back.
 *
 * Pure: instants are given by the caller. Upstream's scheduling queue with its default numbers.
 */
import type { Millis } from '@drydock/ports';
import type { ClusterEvent } from '../framework/plugin.ts';
import type { PodInfo } from '../model/pod-info.ts';
import { createHeap } from './heap.ts';

export interface QueuedPod {
  readonly info: PodInfo;
  /** How often scheduling was tried, this time included once it was popped. */
  readonly attempts: number;
  /** When the pod was first seen. */
  readonly since: Millis;
}

export interface QueueLengths {
  readonly active: number;
  readonly backOff: number;
  readonly unschedulable: number;
}

export interface SchedulingQueue {
  /** A pod that is new or has changed in what scheduling depends on: it is worth an attempt. */
  update(info: PodInfo, now: Millis): void;
  /** Another state of a pod that makes no difference to scheduling. */
  refresh(info: PodInfo): void;
  remove(uid: string): void;
  has(uid: string): boolean;
  /** The next pod to schedule. */
  pop(now: Millis): QueuedPod | undefined;
  /** Returns a popped pod that no node takes. `rejectors` empty: any event may help it. */
  reject(pod: QueuedPod, rejectors: ReadonlySet<string>, now: Millis): void;
  /** Returns a popped pod whose attempt failed for a reason that has nothing to do with nodes. */
  retry(pod: QueuedPod, now: Millis): void;
  /** Something happened; `helps` tells whether it may help pods that a plugin rejected. */
  happened(event: ClusterEvent, now: Millis): void;
  /** When `pop` may have a pod that it has not now; undefined when only an event can change that. */
  nextDue(): Millis | undefined;
  readonly lengths: QueueLengths;
}

type Place = 'active' | 'backOff' | 'unschedulable';

interface Entry {
  info: PodInfo;
  readonly attempts: number;
  readonly since: Millis;
  /** When it entered its place: older ones go first. */
  readonly enteredAt: Millis;
  readonly sequence: number;
  readonly backOffUntil: Millis;
  readonly rejectors: ReadonlySet<string>;
  readonly place: Place;
}

const backOffMillis: Millis = 1_000;
const backOffMillisMax: Millis = 10_000;
export const unschedulableMillisMax: Millis = 300_000;

const backOffAfter = (attempts: number): Millis =>
  Math.min(backOffMillisMax, backOffMillis * 2 ** (Math.min(attempts, 30) - 1));

const nobody: ReadonlySet<string> = new Set();

export function createSchedulingQueue(
  helps: (plugin: string, event: ClusterEvent) => boolean,
): SchedulingQueue {
  const entries = new Map<string, Entry>();
  // An entry that was moved or removed stays in its heap and is passed over when it comes up.
  const active = createHeap<Entry>((left, right) =>
    left.info.priority !== right.info.priority
      ? left.info.priority > right.info.priority
      : left.enteredAt !== right.enteredAt
        ? left.enteredAt < right.enteredAt
        : left.sequence < right.sequence,
  );
  const backingOff = createHeap<Entry>((left, right) => left.backOffUntil < right.backOffUntil);
  const unschedulable = new Map<string, Entry>();
  const lengths = { active: 0, backOff: 0, unschedulable: 0 };
  let sequence = 0;

  const leave = (uid: string): Entry | undefined => {
    const entry = entries.get(uid);
    if (entry === undefined) return undefined;
    entries.delete(uid);
    unschedulable.delete(uid);
    lengths[entry.place]--;
    return entry;
  };
  const enter = (entry: Omit<Entry, 'sequence'>) => {
    const { uid } = entry.info;
    leave(uid);
    const whole: Entry = { ...entry, sequence: sequence++ };
    entries.set(uid, whole);
    lengths[whole.place]++;
    if (whole.place === 'active') active.push(whole);
    else if (whole.place === 'backOff') backingOff.push(whole);
    else unschedulable.set(uid, whole);
  };
  /** To active, or first to the rest of its back-off. */
  const wake = (entry: Entry, now: Millis) => {
    const place = entry.backOffUntil > now ? 'backOff' : 'active';
    enter({ ...entry, place, enteredAt: now });
  };
  const isCurrent = (entry: Entry) => entries.get(entry.info.uid) === entry;
  const advance = (now: Millis) => {
    for (let first = backingOff.peek(); first !== undefined; first = backingOff.peek()) {
      if (isCurrent(first) && first.backOffUntil > now) break;
      backingOff.pop();
      if (isCurrent(first)) enter({ ...first, place: 'active', enteredAt: now });
    }
    // In the order in which they came, so the first that is not due ends the search.
    for (const entry of unschedulable.values()) {
      if (entry.enteredAt + unschedulableMillisMax > now) break;
      wake(entry, now);
    }
  };

  return {
    update: (info, now) => {
      const known = entries.get(info.uid);
      if (known === undefined) {
        enter({
          info,
          attempts: 0,
          since: now,
          enteredAt: now,
          backOffUntil: now,
          rejectors: nobody,
          place: 'active',
        });
        return;
      }
      known.info = info;
      if (known.place === 'unschedulable') wake(known, now);
    },
    refresh: (info) => {
      const known = entries.get(info.uid);
      if (known !== undefined) known.info = info;
    },
    remove: (uid) => void leave(uid),
    has: (uid) => entries.has(uid),
    pop: (now) => {
      advance(now);
      for (let first = active.pop(); first !== undefined; first = active.pop()) {
        if (!isCurrent(first)) continue;
        leave(first.info.uid);
        return { info: first.info, attempts: first.attempts + 1, since: first.since };
      }
      return undefined;
    },
    reject: (pod, rejectors, now) => {
      const backOffUntil = now + backOffAfter(pod.attempts);
      enter({ ...pod, rejectors, enteredAt: now, backOffUntil, place: 'unschedulable' });
    },
    retry: (pod, now) => {
      const backOffUntil = now + backOffAfter(pod.attempts);
      enter({ ...pod, rejectors: nobody, enteredAt: now, backOffUntil, place: 'backOff' });
    },
    happened: (event, now) => {
      for (const entry of unschedulable.values()) {
        const { rejectors } = entry;
        const isHelped = rejectors.size === 0 || [...rejectors].some((name) => helps(name, event));
        if (isHelped) wake(entry, now);
      }
    },
    nextDue: () => {
      for (let first = backingOff.peek(); first !== undefined; first = backingOff.peek()) {
        if (isCurrent(first)) break;
        backingOff.pop();
      }
      const [oldest] = unschedulable.values();
      const instants = [
        backingOff.peek()?.backOffUntil,
        oldest === undefined ? undefined : oldest.enteredAt + unschedulableMillisMax,
      ].filter((instant) => instant !== undefined);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
    lengths,
  };
}
