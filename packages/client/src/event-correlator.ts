/**
 * Which events are written, and how: the rules that keep a failing loop from filling the store. Pure;
 * the recorder does the writing.
 *
 * 1. The same event again counts up the object that was written first.
 * 2. More than ten different messages of one reason about one object within ten minutes are combined
 *    into one event that counts up.
 * 3. One source may write 25 events about one object at once and one more every five minutes;
 *    what goes beyond is dropped.
 * 4. What is remembered is bounded: the least recently used entries go first.
 *
 * Upstream's correlator (client-go tools/record) with its default numbers.
 */
import type { ObjectReference } from '@drydock/api';
import type { Millis } from '@drydock/ports';

export interface EventInput {
  readonly type: 'Normal' | 'Warning';
  /** One word in CamelCase. */
  readonly reason: string;
  readonly message: string;
}

type EventDecision = { readonly kind: 'drop' } | WriteDecision;

export interface WriteDecision {
  /** Write a new event, or count up the one of this name. */
  readonly kind: 'create' | 'count';
  /** Writes of one key must happen in order. */
  readonly key: string;
  readonly message: string;
  readonly name: string;
  readonly count: number;
}

export interface EventCorrelator {
  /** `newName` names the event in case it is a new one. */
  decide(
    about: ObjectReference,
    event: EventInput,
    context: { readonly now: Millis; readonly newName: string },
  ): EventDecision;
  /** The event could not be written: the next one of its key is created anew. */
  forget(key: string): void;
}

const similarMax = 10;
const similarMillis: Millis = 600_000;
const burst = 25;
const refillMillis: Millis = 300_000;
const rememberedMax = 4096;

interface Similar {
  messages: Set<string>;
  last: Millis;
}

interface Bucket {
  tokens: number;
  last: Millis;
}

export function createEventCorrelator(): EventCorrelator {
  const buckets = createRecent<Bucket>();
  const similar = createRecent<Similar>();
  const written = createRecent<{ name: string; count: number }>();

  const mayWrite = (object: string, now: Millis): boolean => {
    const bucket = buckets.get(object) ?? { tokens: burst, last: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.last) / refillMillis);
    bucket.last = now;
    buckets.set(object, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };

  /** The message to write, and whether it stands for many. */
  const combine = (group: string, message: string, now: Millis) => {
    const found = similar.get(group);
    const entry =
      found === undefined || now - found.last > similarMillis
        ? { messages: new Set<string>(), last: now }
        : found;
    entry.last = now;
    entry.messages.add(message);
    similar.set(group, entry);
    if (entry.messages.size < similarMax) return { message, isCombined: false };
    // Enough are known to know that there are many; more need not be remembered.
    entry.messages = new Set([...entry.messages].slice(0, similarMax));
    return { message: `(combined from similar events): ${message}`, isCombined: true };
  };

  return {
    decide: (about, event, { now, newName }) => {
      const object = [about.kind, about.namespace, about.name, about.uid, about.fieldPath].join(
        '\0',
      );
      const group = [object, event.type, event.reason].join('\0');
      const { message, isCombined } = combine(group, event.message, now);
      if (!mayWrite(object, now)) return { kind: 'drop' };
      const key = isCombined ? group : `${group}\0${event.message}`;
      const before = written.get(key);
      const { name, count } = { name: before?.name ?? newName, count: (before?.count ?? 0) + 1 };
      written.set(key, { name, count });
      return { kind: before === undefined ? 'create' : 'count', key, message, name, count };
    },
    forget: (key) => written.delete(key),
  };
}

/** A map that forgets what was not used for longest. */
function createRecent<T>() {
  const entries = new Map<string, T>();
  return {
    get: (key: string): T | undefined => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key: string, value: T): void => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= rememberedMax) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        return;
      }
    },
    delete: (key: string): void => void entries.delete(key),
  };
}
