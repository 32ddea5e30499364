import { silentLogger } from '@drydock/ports';
import { createManualClock } from '@drydock/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { pod } from '../testing/builders.ts';
import { createShutdown, shutdownGroups } from './shutdown.ts';

const named = (name: string, spec: Parameters<typeof pod>[0] = {}, phase = 'Running' as const) =>
  pod(spec, { metadata: { name, namespace: 'shop', uid: name }, status: { phase } });
const critical = { priority: 2_000_000_000 };
const periods = { totalMillis: 30_000, criticalMillis: 10_000 };

describe('the groups of a shutdown', () => {
  it('are the regular pods, then the critical ones, each with its part of the time', () => {
    const all = [named('dns', critical), named('web'), named('job')];
    const over = { ...named('over'), status: { phase: 'Succeeded' as const } };
    const groups = shutdownGroups([...all, over], periods);
    expect(
      groups.map(({ pods, periodMillis }) => [pods.map((one) => one.metadata.name), periodMillis]),
    ).toEqual([
      [['web', 'job'], 20_000],
      [['dns'], 10_000],
    ]);
  });

  it('take no time when they are empty', () => {
    expect(shutdownGroups([named('dns', critical)], periods)).toHaveLength(1);
    expect(shutdownGroups([], periods)).toEqual([]);
  });
});

function start(pods: ReturnType<typeof pod>[]) {
  const clock = createManualClock();
  const told: string[] = [];
  const waiting = new Map<string, () => void>();
  const over = new Set<string>();
  const shutdown = createShutdown({
    nodeName: 'node-1',
    pods: () => pods,
    end: (uid, { gracePeriodSeconds }) => void told.push(`end ${uid} ${gracePeriodSeconds}s`),
    over: (uid) => {
      if (over.has(uid)) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.set(uid, () => {
          over.add(uid);
          resolve();
        });
      });
    },
    recorder: { record: (_node, { reason }) => void told.push(reason) },
    clock,
    log: silentLogger,
    onBegin: () => undefined,
  });
  let isDone = false;
  const run = () => void shutdown.run(periods).then(() => (isDone = true));
  return { clock, shutdown, waiting, run, take: () => told.splice(0), isDone: () => isDone };
}

describe('a shutdown', () => {
  it('ends critical pods when the others have ended, with graces cut to their periods', async () => {
    const quick = named('quick', { terminationGracePeriodSeconds: 5 });
    const slow = named('slow', { terminationGracePeriodSeconds: 600 });
    const node = start([quick, slow, named('dns', critical)]);
    expect(node.shutdown.refusal()).toBeUndefined();
    node.run();
    expect(node.shutdown.refusal()).toMatchObject({ reason: 'NodeShutdown' });
    expect(node.shutdown.problem()).toBe('node is shutting down');
    expect(node.take()).toEqual(['NodeShutdown', 'end quick 5s', 'end slow 20s']);
    node.waiting.get('quick')!();
    await node.clock.advance(3_000);
    expect(node.take()).toEqual([]);
    node.waiting.get('slow')!();
    await node.clock.settle();
    expect(node.take()).toEqual(['end dns 10s']);
    node.waiting.get('dns')!();
    await node.clock.settle();
    expect(node.isDone()).toBe(true);
    expect(node.clock.pendingTimers).toBe(0);
  });

  it('goes on when a pod does not end in its time', async () => {
    const node = start([named('slow'), named('dns', critical)]);
    node.run();
    await node.clock.advance(20_000);
    expect(node.take()).toEqual(['NodeShutdown', 'end slow 20s', 'end dns 10s']);
    await node.clock.advance(12_000);
    expect(node.isDone()).toBe(true);
  });
});
