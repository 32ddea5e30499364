import { silentLogger } from '@drydock/ports';
import { createScheduler } from '@drydock/testing/simulation';
import { expect, test } from 'vitest';
import type { ClusterMember } from '../membership/members.ts';
import { isStillCounted, untilOthersKnow, type RemovalPowers } from './removal.ts';

const other: ClusterMember = {
  id: 2,
  name: 'b',
  peerUrls: ['http://b:2380'],
  clientUrls: [],
  isLearner: false,
};

/** Resolves with the time at which member 1 stops. */
async function stopsAt(
  idsAt: (now: number) => readonly number[] | undefined,
  others: readonly ClusterMember[] = [other],
): Promise<number> {
  const scheduler = createScheduler();
  const end: { at?: number } = {};
  void untilOthersKnow(1, {
    clock: scheduler.clock,
    log: silentLogger,
    others: () => others,
    idsAt: () => Promise.resolve(idsAt(scheduler.now)),
  }).then(() => (end.at = scheduler.now));
  while (end.at === undefined && (await scheduler.step(200_000)));
  return end.at!;
}

test('a removed member stops a second later when another one has applied its removal', async () => {
  expect(await stopsAt(() => [2])).toBe(1_000);
});

test('it goes on while those that stay still count it, or do not answer', async () => {
  expect(await stopsAt((now) => (now < 4_500 ? [1, 2] : [2]))).toBe(5_000);
  expect(await stopsAt((now) => (now < 4_500 ? undefined : [2]))).toBe(5_000);
});

test('it does not wait for ever, nor for nobody', async () => {
  expect(await stopsAt(() => undefined)).toBe(60_000);
  expect(await stopsAt(() => undefined, [])).toBe(1_000);
});

test('after a restart it is still counted only if all who answer say so', async () => {
  const isCounted = (...answers: (readonly number[] | undefined)[]) => {
    const powers: RemovalPowers = {
      clock: createScheduler().clock,
      log: silentLogger,
      others: () => answers.map((_, at) => ({ ...other, peerUrls: [`http://${at}`] })),
      idsAt: (url) => Promise.resolve(answers[Number(url.at(-1))]),
    };
    return isStillCounted(1, powers);
  };
  expect(await isCounted([1, 2], undefined)).toBe(true);
  expect(await isCounted([1, 2], [2])).toBe(false);
  expect(await isCounted(undefined, undefined)).toBe(false);
});
