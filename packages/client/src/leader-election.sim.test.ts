/**
 * Candidates on one API server whose links hang, break and recover at random: at no instant do two of
 * them lead, and when the links are whole again one does. A failure prints its seed.
 */
import { createSeededRandom } from '@drydock/ports';
import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, test } from 'vitest';
import { createApiClient } from './api.ts';
import { createLeaderElector } from './leader-election.ts';
import { createMemoryChannels, createMemoryCluster, createMemoryServer } from './testing/mod.ts';

const lease = { namespace: 'kube-system', name: 'kube-scheduler' };
const seeds = Array.from({ length: 60 }, (_, seed) => seed + 1);

async function simulate(seed: number) {
  const random = createSeededRandom(seed);
  const clock = createManualClock();
  const cluster = createMemoryCluster(clock, seed);
  const stop = new AbortController();
  let changesOfLeader = 0;
  const candidates = ['a', 'b', 'c'].map((identity) => {
    const server = createMemoryServer(cluster.store);
    const link = { state: 'up' as 'up' | 'slow' | 'hanging' };
    server.intercept = async () => {
      if (link.state === 'hanging') await new Promise(() => undefined);
      if (link.state === 'slow') await clock.sleep(random.between(0, 8_000));
    };
    const channels = createMemoryChannels([server], clock);
    const api = createApiClient({ channels, clock, random });
    const elector = createLeaderElector({ ...lease, identity }, { ...cluster, api });
    let leads = false;
    const running = elector.run(stop.signal, async (signal) => {
      leads = true;
      changesOfLeader++;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      leads = false;
    });
    return { server, link, elector, running, leads: () => leads };
  });
  const check = () => {
    const leading = candidates.filter((one) => one.leads() || one.elector.isLeader()).length;
    expect(leading, `seed ${seed} at ${clock.now()} ms`).toBeLessThanOrEqual(1);
  };
  for (let step = 0; step < 150; step++) {
    const { server, link } = random.pick(candidates);
    switch (random.between(0, 4)) {
      case 0:
        link.state = 'hanging';
        break;
      case 1:
        link.state = 'slow';
        break;
      case 2:
        server.stop();
        break;
      default:
        link.state = 'up';
        server.start();
    }
    await clock.advance(random.between(100, 6_000));
    check();
  }
  for (const { server, link } of candidates) {
    link.state = 'up';
    server.start();
  }
  for (let step = 0; step < 60; step++) {
    await clock.advance(1_000);
    check();
  }
  expect(candidates.filter((one) => one.elector.isLeader())).toHaveLength(1);
  stop.abort();
  await clock.advance(20_000);
  await Promise.all(candidates.map((one) => one.running));
  return changesOfLeader;
}

test('never two leaders, and one in the end', async () => {
  let changes = 0;
  for (const seed of seeds) changes += await simulate(seed);
  // The faults must really unseat leaders, or the test shows nothing.
  expect(changes).toBeGreaterThan(5 * seeds.length);
});
