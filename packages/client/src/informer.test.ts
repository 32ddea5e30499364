import type { ConfigMap } from '@drydock/api';
import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, onTestFinished, test } from 'vitest';
import { createInformer, createInformerSet, type InformerOptions } from './informer.ts';
import { resources } from './resources.ts';
import { createMemoryCluster } from './testing/mod.ts';

const configMap = (name: string, data: Record<string, string> = {}, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, uid: `uid-of-${name}` },
  data,
});

async function start(options: Partial<InformerOptions<ConfigMap>> = {}) {
  const cluster = createMemoryCluster(createManualClock());
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const informer = createInformer({ resource: resources.configMaps, ...options }, cluster);
  const seen: string[] = [];
  informer.addHandler({
    onAdd: (object) => seen.push(`+${object.metadata.name}`),
    onUpdate: (object, old) =>
      seen.push(`~${object.metadata.name} ${old.data?.['v']}>${object.data?.['v']}`),
    onDelete: (object) => seen.push(`-${object.metadata.name}`),
  });
  const drain = () => seen.splice(0);
  return { ...cluster, informer, stop, drain, running: informer.run(stop.signal) };
}

const names = (objects: readonly ConfigMap[]) => objects.map((one) => one.metadata.name);

test('lists, then follows changes, and tells handlers each of them in order', async () => {
  const { store, informer, clock, drain } = await start();
  store.put('configmaps', configMap('a', { v: '1' }));
  expect(informer.hasSynced()).toBe(false);
  await clock.settle();
  expect([informer.hasSynced(), informer.state.kind]).toEqual([true, 'watching']);
  store.put('configmaps', configMap('b'));
  store.put('configmaps', configMap('a', { v: '2' }));
  await clock.settle();
  const reference = { group: '', version: 'v1', resource: 'configmaps', subresource: '' };
  store.delete({ ...reference, namespace: 'default', name: 'b' }, {});
  await clock.settle();
  expect(drain()).toEqual(['+a', '+b', '~a 1>2', '-b']);
  expect(names(informer.store.list())).toEqual(['a']);
});

test('a handler that is added late gets the present objects first', async () => {
  const { store, informer, clock } = await start();
  store.put('configmaps', configMap('a'));
  await clock.settle();
  const late: string[] = [];
  const handle = informer.addHandler({ onAdd: (object) => late.push(object.metadata.name) });
  expect(late).toEqual(['a']);
  handle[Symbol.dispose]();
  store.put('configmaps', configMap('b'));
  await clock.settle();
  expect(late).toEqual(['a']);
});

test('when its server dies it goes on at the other from the last version, without a list', async () => {
  const { store, servers, informer, clock, drain } = await start();
  store.put('configmaps', configMap('a'));
  await clock.settle();
  store.put('configmaps', configMap('b'));
  servers[0].stop();
  store.put('configmaps', configMap('c'));
  await clock.advance(100);
  expect(drain()).toEqual(['+a', '+b', '+c']);
  expect(servers[1].calls).toEqual(['Watch configmaps']);
  expect(informer.state.kind).toBe('watching');
});

test('a version that is too old leads to a new list, whose differences are told', async () => {
  const { store, servers, clock, drain, informer } = await start();
  store.put('configmaps', configMap('gone'));
  store.put('configmaps', configMap('stays', { v: '1' }));
  await clock.settle();
  drain();
  servers[0].stop();
  servers[1].stop();
  const reference = { group: '', version: 'v1', resource: 'configmaps', subresource: '' };
  store.delete({ ...reference, namespace: 'default', name: 'gone' }, {});
  store.put('configmaps', configMap('stays', { v: '2' }));
  store.put('configmaps', configMap('new'));
  store.compact();
  await clock.advance(1_000);
  expect(informer.state.kind).toBe('backingOff');
  servers[1].start();
  await clock.advance(60_000);
  expect(drain()).toEqual(['-gone', '~stays 1>2', '+new']);
  expect(servers[1].calls.slice(-3)).toEqual([
    'Watch configmaps',
    'List configmaps',
    'Watch configmaps',
  ]);
});

test('backs off from servers that are down, at most half a minute and jitter', async () => {
  const { servers, clock } = await start();
  for (const server of servers) server.stop();
  await clock.advance(3_600_000);
  servers[0].start();
  servers[1].start();
  await clock.advance(60_000);
  expect(servers[0].openWatches + servers[1].openWatches).toBe(1);
});

test('another object under the same name is a deletion and an addition', async () => {
  const { store, clock, drain } = await start();
  store.put('configmaps', configMap('a', { v: '1' }));
  await clock.settle();
  const successor = configMap('a', { v: '2' });
  successor.metadata.uid = 'another';
  store.put('configmaps', successor);
  await clock.settle();
  expect(drain()).toEqual(['+a', '-a', '+a']);
});

test('the store finds objects by namespace and by the indexes it is given', async () => {
  const { store, informer, clock } = await start({
    indexers: { colour: (object) => [object.data?.['colour'] ?? 'none'] },
  });
  store.put('configmaps', configMap('a', { colour: 'red' }));
  store.put('configmaps', configMap('b', { colour: 'blue' }, 'other'));
  await clock.settle();
  store.put('configmaps', configMap('a', { colour: 'blue' }));
  await clock.settle();
  expect(names(informer.store.byIndex('colour', 'blue')).sort()).toEqual(['a', 'b']);
  expect(names(informer.store.byIndex('colour', 'red'))).toEqual([]);
  expect(names(informer.store.list('other'))).toEqual(['b']);
  expect(() => informer.store.byIndex('shape', 'round')).toThrow("no index 'shape'");
});

test('a resync repeats every object, and a watch is renewed without a list', async () => {
  const { store, servers, clock, drain } = await start({ resyncMillis: 60_000 });
  store.put('configmaps', configMap('a', { v: '1' }));
  await clock.settle();
  drain();
  await clock.advance(601_000);
  expect(drain()).toEqual(Array.from({ length: 10 }, () => '~a 1>1'));
  expect(servers[0].calls.filter((call) => call.startsWith('List'))).toHaveLength(1);
  expect(servers[0].calls.filter((call) => call.startsWith('Watch')).length).toBeGreaterThan(1);
});

test('a handler that throws ends the informer: a bug must be seen', async () => {
  const { store, informer, clock, running } = await start();
  await clock.settle();
  informer.addHandler({
    onAdd: () => {
      throw new Error('a bug');
    },
  });
  const ended = expect(running).rejects.toThrow('a bug');
  store.put('configmaps', configMap('a'));
  await ended;
});

test('stops when told, and a set shares one informer for a resource', async () => {
  const cluster = createMemoryCluster(createManualClock());
  const informers = createInformerSet(cluster);
  const stop = new AbortController();
  const first = informers.of(resources.configMaps);
  const running = informers.run(stop.signal);
  expect(informers.of(resources.configMaps)).toBe(first);
  const later = informers.of(resources.pods);
  expect(informers.notSynced()).toEqual(['configmaps', 'pods']);
  await informers.synced(stop.signal);
  stop.abort();
  await running;
  expect([first.state.kind, later.state.kind]).toEqual(['stopped', 'stopped']);
});
