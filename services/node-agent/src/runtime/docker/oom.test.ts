import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, it } from 'vitest';
import { inspectSettled } from './oom.ts';
import type { Inspected } from './status.ts';

function killed(wallTime: number, { oom = false, limit = 1 << 24 } = {}): Inspected {
  return {
    Id: 'c1',
    Created: '',
    Image: '',
    Config: { Labels: {}, Image: '' },
    HostConfig: { Memory: limit },
    State: {
      Status: 'exited',
      Running: false,
      ExitCode: 137,
      OOMKilled: oom,
      StartedAt: '',
      FinishedAt: new Date(wallTime).toISOString(),
    },
  };
}

it('waits for the news of the kernel’s kill, which comes after that of the death', async () => {
  const clock = createManualClock();
  const answers = [killed(clock.wallTime()), killed(clock.wallTime(), { oom: true })];
  const settled = inspectSettled(() => Promise.resolve(answers.shift()), clock);
  await clock.advance(50);
  expect((await settled)!.State.OOMKilled).toBe(true);
});

it('believes in another cause after a second', async () => {
  const clock = createManualClock();
  const death = clock.wallTime();
  let isSettled = false;
  const settled = inspectSettled(() => Promise.resolve(killed(death)), clock).then((found) => {
    isSettled = true;
    return found;
  });
  await clock.advance(900);
  expect(isSettled).toBe(false);
  await clock.advance(100);
  expect((await settled)!.State.OOMKilled).toBe(false);
});

it('does not wait where no limit could have been passed', async () => {
  const clock = createManualClock();
  const unlimited = killed(clock.wallTime(), { limit: 0 });
  expect(await inspectSettled(() => Promise.resolve(unlimited), clock)).toBe(unlimited);
});
