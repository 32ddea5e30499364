import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, onTestFinished, test } from 'vitest';
import { createApiClient, type ApiClient } from './api.ts';
import { createLeaderElector } from './leader-election.ts';
import { resources } from './resources.ts';
import {
  createMemoryChannels,
  createMemoryCluster,
  createMemoryServer,
  type MemoryCluster,
} from './testing/mod.ts';

const lease = { namespace: 'kube-system', name: 'kube-scheduler' };

/** A candidate whose led work ends as soon as it is told to. */
function campaign(
  cluster: MemoryCluster,
  identity: string,
  { onLead, api = cluster.connect() }: { onLead?: () => void; api?: ApiClient } = {},
) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const log: string[] = [];
  const elector = createLeaderElector({ ...lease, identity }, { ...cluster, api });
  const running = elector.run(stop.signal, async (signal) => {
    onLead?.();
    log.push(`leads@${cluster.clock.now()}`);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    log.push(`ends@${cluster.clock.now()}`);
  });
  return { elector, stop, log, running };
}

test('exactly one leads, and the lease says who', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const [a, b] = [campaign(cluster, 'a'), campaign(cluster, 'b')];
  await cluster.clock.advance(60_000);
  expect([a.log, b.log]).toEqual([['leads@0'], []]);
  expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
  expect(b.elector.leader).toBe('a');
  const held = await cluster.api.get(resources.leases, lease);
  expect(held.spec).toMatchObject({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
    acquireTime: '2025-01-01T00:00:00.000000Z',
  });
  expect(Date.parse(held.spec?.renewTime ?? '')).toBeGreaterThan(
    Date.parse('2025-01-01T00:00:57Z'),
  );
});

test('a leader that stops gives the lease up, and another leads within a retry', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const a = campaign(cluster, 'a');
  await cluster.clock.settle();
  const b = campaign(cluster, 'b');
  await cluster.clock.advance(20_000);
  a.stop.abort();
  await cluster.clock.advance(4_400);
  await a.running;
  expect(a.log).toEqual(['leads@0', 'ends@20000']);
  expect(b.elector.isLeader()).toBe(true);
  expect((await cluster.api.get(resources.leases, lease)).spec?.leaseTransitions).toBe(1);
});

test('a leader that dies is replaced when the lease has not changed for its duration', async () => {
  const cluster = createMemoryCluster(createManualClock());
  cluster.store.put('leases', {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease,
    // Far in the past by anyone's clock: only what is seen here counts.
    spec: {
      holderIdentity: 'dead',
      leaseDurationSeconds: 15,
      renewTime: '1999-01-01T00:00:00.000000Z',
    },
  } as never);
  const b = campaign(cluster, 'b');
  await cluster.clock.advance(14_999);
  expect(b.log).toEqual([]);
  await cluster.clock.advance(4_401);
  expect(b.log).toHaveLength(1);
});

test('a leader that cannot renew stops leading before another may start', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const { clock, random, store } = cluster;
  const own = createMemoryServer(store);
  const cutOff = createApiClient({ channels: createMemoryChannels([own], clock), clock, random });
  const a = campaign(cluster, 'a', { api: cutOff });
  await clock.settle();
  const b = campaign(cluster, 'b');
  await clock.advance(20_000);
  own.intercept = () => new Promise(() => undefined);
  const { spec } = await cluster.api.get(resources.leases, lease);
  const renewedAt = Date.parse(spec?.renewTime ?? '') - Date.parse('2025-01-01T00:00:00Z');
  await clock.advance(30_000);
  const instants = [...a.log, ...b.log].map((line) => Number(line.split('@')[1]));
  expect(instants[1]).toBe(renewedAt + 10_000);
  expect(instants[2]).toBeGreaterThanOrEqual(renewedAt + 15_000);
  expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([false, true]);
});

test('a leader survives the death of one API server', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const a = campaign(cluster, 'a');
  await cluster.clock.advance(10_000);
  cluster.servers[0].stop();
  await cluster.clock.advance(60_000);
  expect([a.log, a.elector.isLeader()]).toEqual([['leads@0'], true]);
});

test('a leader whose lease was taken stops at once', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const a = campaign(cluster, 'a');
  await cluster.clock.advance(5_000);
  const held = await cluster.api.get(resources.leases, lease);
  cluster.store.put('leases', {
    ...held,
    spec: { ...held.spec, holderIdentity: 'thief' },
  } as never);
  await cluster.clock.advance(4_000);
  expect(a.log).toHaveLength(2);
  expect(a.elector.leader).toBe('thief');
});

test('what the led work throws reaches the caller, and the lease is given up', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const a = campaign(cluster, 'a', {
    onLead: () => {
      throw new Error('a bug');
    },
  });
  await expect(a.running).rejects.toThrow('a bug');
  expect((await cluster.api.get(resources.leases, lease)).spec?.holderIdentity).toBe('');
});

test('timings that cannot be safe are refused', () => {
  const cluster = createMemoryCluster(createManualClock());
  expect(() =>
    createLeaderElector({ ...lease, identity: 'a', renewDeadlineMillis: 15_000 }, cluster),
  ).toThrow('retry period < renew deadline < lease duration');
});
