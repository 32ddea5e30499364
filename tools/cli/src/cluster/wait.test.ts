import { expect, test } from 'vitest';
import { CommandFailure } from '../terminal/failure.ts';
import { waitFor } from './wait.ts';

const step = { note: () => {} };
const late = async (sentence: string) => new CommandFailure(sentence);
const never = async () => ({ missing: 'no answer' });

test('a wait for what has become hopeless ends long before its deadline', async () => {
  let looks = 0;
  const hopeless = async () => (++looks < 3 ? undefined : new CommandFailure('etcd-1 has no port'));
  const pauses = { pauseMillis: 1, hopelessPauseMillis: 0 };
  const options = { what: 'etcd', deadlineMillis: 60_000, ...pauses, hopeless, late };
  await expect(waitFor(step, options, never)).rejects.toThrow('etcd-1 has no port');
  expect(looks).toBe(3);
});

test('a wait ends at its deadline with what is missing', async () => {
  const options = { what: 'etcd', deadlineMillis: 10, pauseMillis: 1, late };
  await expect(waitFor(step, options, never)).rejects.toThrow('etcd: not within 0 s (no answer)');
});
