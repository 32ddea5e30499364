import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, onTestFinished, test } from 'vitest';
import { createController } from './controller.ts';
import { createExpectations, expectationsExpiryMillis } from './expectations.ts';
import { createInformerSet } from './informer.ts';
import { resources } from './resources.ts';
import { createMemoryCluster } from './testing/mod.ts';

const pod = (name: string, app: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app } },
});

test('syncs what an object belongs to and belonged to, once all informers have synced', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const { clock, store } = cluster;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const informers = createInformerSet(cluster);
  const pods = informers.of(resources.pods);
  const synced: string[] = [];
  const controller = createController(
    {
      name: 'by-app',
      concurrency: 1,
      sync: async (key) => {
        expect(informers.hasSynced()).toBe(true);
        synced.push(`${key}:${pods.store.size}`);
      },
    },
    cluster,
  );
  controller.watch(pods, (object) => [object.metadata.labels!['app']!]);
  store.put('pods', pod('p1', 'web'));
  store.put('pods', pod('p2', 'web'));
  void controller.run(stop.signal);
  await clock.settle();
  expect(synced).toEqual([]);
  void informers.run(stop.signal);
  await clock.settle();
  expect(synced.splice(0)).toEqual(['web:2']);
  store.put('pods', pod('p1', 'db'));
  await clock.settle();
  expect(synced.sort()).toEqual(['db:2', 'web:2']);
});

test('every run begins with all present objects, and between runs nothing piles up', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const { clock, store } = cluster;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const informers = createInformerSet(cluster);
  const synced: string[] = [];
  const sync = async (key: string) => void synced.push(key);
  const controller = createController({ name: 'pods', sync }, cluster);
  controller.watch(informers.of(resources.pods), (object) => [object.metadata.name]);
  void informers.run(stop.signal);
  store.put('pods', pod('p1', 'web'));
  for (const expected of [['p1'], ['p1', 'p2']]) {
    const term = new AbortController();
    const running = controller.run(term.signal);
    await clock.settle();
    expect(synced.splice(0)).toEqual(expected);
    term.abort();
    await running;
    store.put('pods', pod('p2', 'web'));
    await clock.settle();
  }
});

test('expectations hold until they are met, by identity for deletions, or expire', async () => {
  const clock = createManualClock();
  const expectations = createExpectations(clock);
  expect(expectations.satisfied('a')).toBe(true);
  expectations.expectCreations('a', 2);
  expectations.creationObserved('a');
  expect(expectations.satisfied('a')).toBe(false);
  expectations.creationObserved('a');
  expect(expectations.satisfied('a')).toBe(true);

  expectations.expectDeletions('a', ['u1', 'u2']);
  expectations.deletionObserved('a', 'u1');
  expectations.deletionObserved('a', 'u1');
  expect(expectations.satisfied('a')).toBe(false);
  await clock.advance(expectationsExpiryMillis + 1);
  expect(expectations.satisfied('a')).toBe(true);
});

test('an update is looked at only where it is relevant', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const { clock, store } = cluster;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const informers = createInformerSet(cluster);
  const synced: string[] = [];
  const sync = async (key: string) => void synced.push(key);
  const controller = createController({ name: 'moves', sync }, cluster);
  const appOf = (object: { metadata: { labels?: Record<string, string> } }) =>
    object.metadata.labels!['app']!;
  controller.watch(informers.of(resources.pods), (object) => [appOf(object)], {
    isRelevant: (now, before) => appOf(now) !== appOf(before),
  });
  store.put('pods', pod('p1', 'web'));
  void informers.run(stop.signal);
  void controller.run(stop.signal);
  await clock.settle();
  expect(synced.splice(0)).toEqual(['web']);
  const moved = pod('p1', 'web');
  store.put('pods', { ...moved, metadata: { ...moved.metadata, annotations: { note: 'x' } } });
  await clock.settle();
  expect(synced).toEqual([]);
  store.put('pods', pod('p1', 'db'));
  await clock.settle();
  expect(synced.sort()).toEqual(['db', 'web']);
});
