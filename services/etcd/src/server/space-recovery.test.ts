import { createManualClock } from '@drydock/testing/manual-clock';
import { silentLogger } from '@drydock/ports';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { DatabaseSize } from './peer-calls.ts';
import { startSpaceRecovery, type SpaceSituation } from './space-recovery.ts';

const quotaBytes = 1_000_000;

/** Three members, of which the second leads; `sizes` are what defragmentation brings them to. */
function start(more: {
  sizes?: Record<number, number | Failure>;
  situation?: Partial<SpaceSituation>;
}) {
  const clock = createManualClock();
  const metrics = new Registry();
  const steps: string[] = [];
  const sizes: Record<number, number | Failure> = { 1: 10, 2: 20, 3: 30, ...more.sizes };
  let alarmed: readonly number[] = [1];
  let busy = 0;
  const state = { isLeader: true };
  startSpaceRecovery({
    clock,
    log: silentLogger,
    metrics,
    quotaBytes,
    situation: () =>
      state.isLeader
        ? {
            alarmed,
            members: [1, 2, 3],
            leader: 2,
            revision: 5_000,
            compactRevision: 10,
            ...more.situation,
          }
        : undefined,
    compact: (revision) => {
      steps.push(`compact to ${revision}`);
      return Promise.resolve(undefined);
    },
    defragment: async (member): Promise<DatabaseSize | Failure> => {
      expect(busy++).toBe(0);
      await clock.sleep(50);
      busy--;
      steps.push(`defragment ${member}`);
      const size = sizes[member]!;
      return typeof size === 'number' ? { bytes: size, bytesInUse: size } : size;
    },
    disarm: (member) => {
      steps.push(`disarm ${member}`);
      alarmed = alarmed.filter((one) => one !== member);
      return Promise.resolve(undefined);
    },
  });
  return { clock, metrics, steps, state, raise: (members: number[]) => (alarmed = members) };
}

describe('recovery from NOSPACE', () => {
  it('compacts, defragments one member after another, the leader last, and disarms', async () => {
    const { clock, metrics, steps } = start({});
    await clock.advance(5_000);
    expect(steps).toEqual([
      'compact to 4000',
      'defragment 1',
      'disarm 1',
      'defragment 3',
      'defragment 2',
    ]);
    expect(await metrics.metrics()).toContain(
      'drydock_space_recoveries_total{outcome="recovered"} 1',
    );
  });

  it('leaves the alarm of a member that is still full, and tries again later', async () => {
    const { clock, steps } = start({ sizes: { 1: quotaBytes } });
    await clock.advance(5_000);
    expect(steps).toEqual(['compact to 4000', 'defragment 1', 'defragment 3', 'defragment 2']);
    await clock.advance(60_000);
    expect(steps).toHaveLength(8);
  });

  it('does not wait for a member that does not answer', async () => {
    const { clock, steps, raise } = start({ sizes: { 1: failures.timeout } });
    raise([1, 3]);
    await clock.advance(5_000);
    expect(steps).toEqual([
      'compact to 4000',
      'defragment 1',
      'defragment 3',
      'disarm 3',
      'defragment 2',
    ]);
  });

  it('compacts nothing when there is hardly any history', async () => {
    const { clock, steps } = start({ situation: { revision: 1_005 } });
    await clock.advance(5_000);
    expect(steps[0]).toBe('defragment 1');
  });

  it('is the work of the leader, and of nobody while there is no alarm', async () => {
    const { clock, steps, state, raise } = start({});
    state.isLeader = false;
    await clock.advance(10_000);
    state.isLeader = true;
    raise([]);
    await clock.advance(10_000);
    expect(steps).toEqual([]);
  });
});
