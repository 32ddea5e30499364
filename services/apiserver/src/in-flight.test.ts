import { expect, test } from 'vitest';
import { createInFlight } from './in-flight.ts';

test('reads and writes have room of their own, given back once', () => {
  const inFlight = createInFlight({ read: 1, write: 1 });
  const leave = inFlight.enter('read')!;
  expect(inFlight.enter('read')).toBeUndefined();
  expect(inFlight.enter('write')).toBeDefined();
  leave();
  leave();
  expect(inFlight.count('read')).toBe(0);
  expect(inFlight.enter('read')).toBeDefined();
});
