import { expect, test } from 'vitest';
import { firstState, nextState, type Outcome, type ReflectorState } from './reflector.ts';

const failed: Outcome = { kind: 'failed', resourceVersion: 0, livedMillis: 0, reason: 'other' };

/** The states that lists are made in, when each fails. */
function listings(state: ReflectorState, count: number): unknown[] {
  const seen: unknown[] = [];
  for (let index = 0; index < count; index++) {
    if (state.kind === 'listing') seen.push(state.freshness);
    const next = nextState(state, failed, 0);
    state = next.kind === 'backingOff' ? next.next : next;
  }
  return seen;
}

test('the first list asks the store, and takes a cache only when the store does not answer', () => {
  expect(listings(firstState, 4)).toEqual(['consistent', 'any', 'consistent', 'any']);
});

test('a list after a gap is never older than what was seen', () => {
  const watching: ReflectorState = { kind: 'watching', resourceVersion: 7, failures: 0 };
  const tooOld: Outcome = { ...failed, resourceVersion: 9, reason: 'too-old' };
  const state = nextState(watching, tooOld, 0);
  expect(state).toMatchObject({ kind: 'listing', freshness: 9 });
  expect(listings(state, 3)).toEqual([9, 'consistent', 'consistent']);
});

test('a watch goes on where the last one ended', () => {
  const watching: ReflectorState = { kind: 'watching', resourceVersion: 7, failures: 0 };
  const ended: Outcome = { kind: 'ended', resourceVersion: 12, livedMillis: 60_000 };
  expect(nextState(watching, ended, 0)).toEqual({ ...watching, resourceVersion: 12 });
});
