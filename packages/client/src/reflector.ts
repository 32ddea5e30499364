/**
 * The states of keeping a copy of a resource, and the pure rules that lead from one to the next. The
 * informer does what the state says and reports how it went.
 *
 * 1. A list is followed by a watch from its resource version; a watch that ends is followed by
 *    another one from the last version seen, on whichever server answers.
 * 2. A version that is too old leads to a list; so does nothing else.
 * 3. Failures back off, 0.8 s doubling to 30 s, jittered; a watch that lived a while starts over.
 * 4. A list never goes back in time: the first one is consistent, later ones are at least as fresh as
 *    what was seen, and if a server cannot tell, the store is asked. Otherwise a process that restarts
 *    could act on an older state than its predecessor did, from a server whose cache lags.
 * 5. Only a first list that failed takes what a cache has: without a quorum in the store an old state
 *    is better than none.
 */
import type { Millis } from '@drydock/ports';

type Freshness = 'any' | 'consistent' | number;

export type ReflectorState =
  | {
      readonly kind: 'listing';
      readonly freshness: Freshness;
      /** Nothing has been seen yet. */
      readonly isFirst: boolean;
      readonly failures: number;
    }
  | { readonly kind: 'watching'; readonly resourceVersion: number; readonly failures: number }
  | {
      readonly kind: 'backingOff';
      readonly delayMillis: Millis;
      readonly next: Exclude<ReflectorState, { kind: 'backingOff' }>;
    };

export type Outcome =
  | { readonly kind: 'listed'; readonly resourceVersion: number }
  /** The watch ended without failure. */
  | { readonly kind: 'ended'; readonly resourceVersion: number; readonly livedMillis: Millis }
  | {
      readonly kind: 'failed';
      /** The last version seen; 0 when nothing was seen yet. */
      readonly resourceVersion: number;
      readonly livedMillis: Millis;
      readonly reason: 'too-old' | 'other';
    }
  | { readonly kind: 'waited' };

export const firstState: ReflectorState = {
  kind: 'listing',
  freshness: 'consistent',
  isFirst: true,
  failures: 0,
};

const backOffMillis: Millis = 800;
const backOffMillisMax: Millis = 30_000;
/** A watch that lived this long was healthy: what ended it is not the same trouble again. */
const healthyMillis: Millis = 5_000;

/** @param jitter in [0, 1) */
export function nextState(state: ReflectorState, outcome: Outcome, jitter: number): ReflectorState {
  if (state.kind === 'backingOff') return state.next;
  switch (outcome.kind) {
    case 'waited':
      return state;
    case 'listed':
      return { kind: 'watching', resourceVersion: outcome.resourceVersion, failures: 0 };
    case 'ended': {
      const { resourceVersion, livedMillis } = outcome;
      if (livedMillis >= healthyMillis) return { kind: 'watching', resourceVersion, failures: 0 };
      // A server that ends watches at once must not be asked in a tight loop.
      return backOff({ kind: 'watching', resourceVersion, failures: state.failures + 1 }, jitter);
    }
    case 'failed':
      return afterFailure(state, outcome, jitter);
    default:
      return outcome satisfies never;
  }
}

function afterFailure(
  state: Exclude<ReflectorState, { kind: 'backingOff' }>,
  { resourceVersion, livedMillis, reason }: Extract<Outcome, { kind: 'failed' }>,
  jitter: number,
): ReflectorState {
  const failures = livedMillis >= healthyMillis ? 1 : state.failures + 1;
  if (state.kind === 'watching') {
    return reason === 'too-old'
      ? { kind: 'listing', freshness: resourceVersion, isFirst: false, failures }
      : backOff({ kind: 'watching', resourceVersion, failures }, jitter);
  }
  const { isFirst } = state;
  const freshness = isFirst && state.freshness === 'consistent' ? 'any' : 'consistent';
  return backOff({ kind: 'listing', freshness, isFirst, failures }, jitter);
}

function backOff(
  next: Exclude<ReflectorState, { kind: 'backingOff' }>,
  jitter: number,
): ReflectorState {
  // The first failure costs a moment only: most often one server of several has died.
  const base = next.failures <= 1 ? 20 : backOffMillis * 2 ** Math.min(next.failures - 2, 10);
  return { kind: 'backingOff', delayMillis: Math.min(backOffMillisMax, base) * (1 + jitter), next };
}
