/**
 * Writes Event objects for people to read.
 *
 * 1. Recording never blocks and never fails: events wait in a bounded queue, and what does not fit or
 *    cannot be written is dropped with a line in the log.
 * 2. Repetitions count up one object, floods are combined and limited (event-correlator.ts).
 */
import {
  formatTime,
  referenceTo,
  type Event,
  type KubernetesObject,
  type ObjectReference,
} from '@drydock/api';
import type { Clock, Logger, Millis, Random } from '@drydock/ports';
import type { ApiClient } from './api.ts';
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from './errors.ts';
import { createEventCorrelator, type EventInput, type WriteDecision } from './event-correlator.ts';
import { resources } from './resources.ts';

export type { EventInput } from './event-correlator.ts';

export interface EventRecorder extends AsyncDisposable {
  /** Tells of something that happened to an object. */
  record(about: KubernetesObject | ObjectReference, event: EventInput): void;
  /** Resolves when everything recorded so far is written or dropped. */
  flushed(): Promise<void>;
}

export interface EventRecorderOptions {
  /** The source, as `kubectl describe` shows it: 'default-scheduler'. */
  readonly component: string;
  /** The node, for components that run on one. */
  readonly host?: string;
}

interface EventRecorderPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface Waiting {
  readonly about: ObjectReference;
  readonly event: EventInput;
  readonly wallTime: number;
}

const waitingMax = 1000;
/** Writes under way at the same time; events of one kind stay in order because they share a key. */
const writersMax = 8;
const attemptsMax = 3;
const retryMillis: Millis = 1_000;

export function createEventRecorder(
  options: EventRecorderOptions,
  { api, clock, random, log }: EventRecorderPowers,
): EventRecorder {
  const correlator = createEventCorrelator();
  const waiting: Waiting[] = [];
  const stop = new AbortController();
  const flushing = new Set<() => void>();
  /** The last write of each key, so that those of one key stay in order. */
  const tails = new Map<string, Promise<void>>();
  let writers = 0;
  let dropped = 0;

  const create = ({ about, event, wallTime }: Waiting, { name, count, message }: WriteDecision) => {
    const time = formatTime(wallTime);
    const fresh: Omit<Event, 'apiVersion' | 'kind'> = {
      metadata: { name, namespace: about.namespace ?? 'default' },
      involvedObject: about,
      reason: event.reason,
      message,
      type: event.type,
      count,
      firstTimestamp: time,
      lastTimestamp: time,
      source: {
        component: options.component,
        ...(options.host === undefined ? {} : { host: options.host }),
      },
      reportingComponent: options.component,
      reportingInstance: options.host ?? '',
    };
    return api.create(resources.events, fresh, { signal: stop.signal });
  };

  const countUp = ({ about, wallTime }: Waiting, { name, count, message }: WriteDecision) => {
    const value = { count, lastTimestamp: formatTime(wallTime), message };
    const object = { namespace: about.namespace ?? 'default', name };
    return api.patch(resources.events, object, { type: 'merge', value }, { signal: stop.signal });
  };

  const writeOnce = async (one: Waiting, decision: WriteDecision) => {
    if (decision.kind === 'create') await create(one, decision);
    else {
      await countUp(one, decision).catch((error: unknown) => {
        // Events expire after an hour.
        if (!isNotFound(error)) throw error;
        return create(one, decision);
      });
    }
  };

  const write = async (one: Waiting, decision: WriteDecision) => {
    for (let attempt = 1; !stop.signal.aborted; attempt++) {
      try {
        return await writeOnce(one, decision);
      } catch (error) {
        if (isAlreadyExists(error)) return undefined;
        const isHopeless = isNamespaceTerminating(error) || isNotFound(error);
        if (isHopeless || attempt >= attemptsMax) {
          correlator.forget(decision.key);
          if (!isHopeless) log.warn({ err: error, event: one.event }, 'event not written');
          return undefined;
        }
        await clock.sleep(retryMillis * attempt, stop).catch(() => undefined);
      }
    }
    return undefined;
  };

  const newName = ({ about, wallTime }: Waiting) => {
    const suffix = Math.trunc(wallTime * 16).toString(16) + hex(random.uint32());
    return `${about.name ?? 'unknown'}.${suffix.slice(-16)}`;
  };

  const pump = () => {
    while (writers < writersMax && waiting.length > 0) {
      const one = waiting.shift()!;
      const decision = correlator.decide(one.about, one.event, {
        now: clock.now(),
        newName: newName(one),
      });
      if (decision.kind === 'drop') continue;
      writers++;
      const { key } = decision;
      const tail = (tails.get(key) ?? Promise.resolve())
        .then(() => write(one, decision))
        .finally(() => {
          if (tails.get(key) === tail) tails.delete(key);
          writers--;
          pump();
        });
      tails.set(key, tail);
    }
    if (writers === 0 && waiting.length === 0) {
      for (const resolve of flushing) resolve();
      flushing.clear();
    }
  };

  return {
    record: (about, event) => {
      if (waiting.length >= waitingMax) {
        if (dropped++ % waitingMax === 0) log.warn({ dropped }, 'too many events; dropping some');
        return;
      }
      const reference = 'metadata' in about ? referenceTo(about) : about;
      waiting.push({ about: reference, event, wallTime: clock.wallTime() });
      pump();
    },
    flushed: () =>
      new Promise((resolve) => {
        flushing.add(resolve);
        pump();
      }),
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the recorder was stopped'));
      waiting.length = 0;
    },
  };
}

const hex = (number: number) => number.toString(16).padStart(8, '0');
