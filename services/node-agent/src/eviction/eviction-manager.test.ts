/** What the manager does with the ports that it is given; the whole agent is in node/upkeep.test.ts. */
import type { Pod } from '@drydock/api';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { createEvictionManager, type EvictionPowers } from './eviction-manager.ts';
import type { PodUsage } from './ranking.ts';
import type { Observation } from './signals.ts';
import { parseThresholds } from './thresholds.ts';

const clock = createSystemClock(0.001);
const none = { soft: [], softGracePeriod: [], minimumReclaim: [] };
const thresholds = parseThresholds({ ...none, hard: ['memory.available<10'] });

let stop: AbortController;
let looks: number;
let memory: Observation | Error;
let pods: Map<string, Pod>;
let told: string[];
/** Pods that do not end when they are told to. */
let deaf: Set<string>;

const named = (name: string, priority: number): Pod =>
  pod({ priority, containers: [container('main')] }, { metadata: { name, uid: name } });

function start(more: Partial<EvictionPowers> = {}) {
  const usage: PodUsage = { memoryBytes: 50, containers: [], volumes: new Map() };
  const manager = createEvictionManager(
    { thresholds, transitionMillis: 300_000, maxPodGraceSeconds: 0 },
    {
      clock,
      log: silentLogger,
      observe: () => {
        looks++;
        return memory instanceof Error
          ? Promise.reject(memory)
          : Promise.resolve({ 'memory.available': memory });
      },
      measure: () => Promise.resolve(new Map([...pods.keys()].map((name) => [name, usage]))),
      pods: () => [...pods.values()],
      end: ({ metadata: { name } }) => {
        told.push(`end ${name}`);
        if (!deaf.has(name)) pods.delete(name);
      },
      reclaimDisk: () => Promise.resolve(),
      tellNode: (reason) => void told.push(reason),
      tellPod: ({ metadata: { name } }, reason) => void told.push(`${reason} ${name}`),
      onChange: () => void told.push('condition'),
      ...more,
    },
  );
  void manager.run(stop.signal);
  return manager;
}

const afterLooks = async (count: number) => {
  const until = looks + count;
  await vi.waitFor(() => expect(looks).toBeGreaterThanOrEqual(until), 10_000);
};
const evicted = () => told.filter((one) => one.startsWith('end '));

beforeEach(() => {
  stop = new AbortController();
  looks = 0;
  told = [];
  deaf = new Set();
  memory = { available: 5, capacity: 100 };
  pods = new Map(['low', 'high'].map((name, priority) => [name, named(name, priority)]));
});
afterEach(() => stop.abort());

it('evicts one pod after the other while too little is left', async () => {
  start();
  await vi.waitFor(() => expect(evicted()).toEqual(['end low', 'end high']), 10_000);
  expect(told.slice(0, 4)).toEqual(['condition', 'EvictionThresholdMet', 'Evicted low', 'end low']);
});

it('does not evict for what was measured before the last evicted pod had gone', async () => {
  memory = { available: 5, capacity: 100, measuredAt: clock.wallTime() };
  start();
  await vi.waitFor(() => expect(evicted()).toEqual(['end low']), 10_000);
  await afterLooks(3);
  expect(evicted()).toEqual(['end low']);
  // Clocks tell milliseconds: the next one is surely later.
  memory = { available: 5, capacity: 100, measuredAt: clock.wallTime() + 1 };
  await vi.waitFor(() => expect(evicted()).toEqual(['end low', 'end high']), 10_000);
});

it('goes on to the next when an evicted pod does not end in time, and tells it once', async () => {
  deaf.add('low');
  start();
  await vi.waitFor(() => expect(evicted()).toEqual(['end low', 'end high']), 10_000);
  await afterLooks(2);
  expect(told.filter((one) => one === 'Evicted low')).toHaveLength(1);
});

it('evicts nobody when the figures cannot be had, and goes on looking', async () => {
  memory = new Error('the engine does not answer');
  const manager = start();
  await afterLooks(3);
  expect([told, manager.pressures()]).toEqual([[], []]);
  memory = { available: 5, capacity: 100 };
  await vi.waitFor(() => expect(manager.pressures()).toEqual(['MemoryPressure']), 10_000);
});
