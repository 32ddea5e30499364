import { describe, expect, test } from 'vitest';
import { configMaps, pods, type KubernetesObject } from '@drydock/api';
import { keyOf } from '../storage/keys.ts';
import { StoredObject, encodeForStorage } from '../storage/stored-object.ts';
import { Change } from './change.ts';
import { History } from './history.ts';
import { ResourceCache } from './resource-cache.ts';
import { createSelection } from './selection.ts';
import { WakeQueue } from './wake-queue.ts';

const stored = (name: string, revision: number, labels: Record<string, string> = {}) => {
  const object: KubernetesObject = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name, namespace: 'default', labels },
  };
  return StoredObject.fromStorage(
    keyOf(configMaps, 'default', name),
    encodeForStorage(object),
    revision,
  )!;
};
const everything = createSelection(configMaps, { namespace: '' });

describe('StoredObject', () => {
  test('shows its version to clients, and none to etcd', () => {
    const object = stored('a', 7);
    expect(object.json.toString()).toBe(
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"7","name":"a","namespace":"default","labels":{}}}',
    );
    expect(encodeForStorage(object.parse()).toString()).not.toContain('resourceVersion');
    expect(object.holds(encodeForStorage(object.parse()))).toBe(true);
    expect(object.holds(encodeForStorage(stored('b', 7).parse()))).toBe(false);
    expect(object.at(900).parse().metadata.resourceVersion).toBe('900');
  });

  test('the same fields in another order change nothing', () => {
    const object = stored('a', 7, { x: '1', y: '2' });
    const turned = JSON.parse(
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"labels":{"y":"2","x":"1"},"namespace":"default","name":"a"}}',
    ) as KubernetesObject;
    expect(object.holds(encodeForStorage(turned))).toBe(true);
    turned.metadata.labels = { y: '1', x: '2' };
    expect(object.holds(encodeForStorage(turned))).toBe(false);
  });

  test('reads what another program wrote in its own order', () => {
    const foreign = Buffer.from(
      '{"metadata":{"namespace":"default","name":"a"},"data":{"k":"v"},"kind":"ConfigMap","apiVersion":"v1"}',
    );
    const object = StoredObject.fromStorage(keyOf(configMaps, 'default', 'a'), foreign, 3)!;
    expect(object.parse()).toMatchObject({ metadata: { resourceVersion: '3' }, data: { k: 'v' } });
  });

  test('what is no JSON is no object', () => {
    const key = keyOf(configMaps, 'default', 'a');
    expect(StoredObject.fromStorage(key, Buffer.from('k8s\0binary'), 3)).toBeUndefined();
  });
});

describe('History', () => {
  test('answers from a version on, and says when it is too old', () => {
    const history = new History(10, { changesMax: 3, bytesMax: 1_000_000 });
    for (const revision of [11, 12, 13, 14]) {
      history.push(new Change(revision, stored('a', revision), undefined));
    }
    expect(history.floor).toBe(11);
    expect(history.after(10)).toBeUndefined();
    expect(history.after(12)?.map(({ revision }) => revision)).toEqual([13, 14]);
    expect(history.after(99)).toEqual([]);
  });

  test('is bounded in bytes', () => {
    const history = new History(0, { changesMax: 1_000, bytesMax: 1_000 });
    for (let revision = 1; revision <= 100; revision += 1) {
      history.push(new Change(revision, stored('a', revision), undefined));
    }
    expect(history.floor).toBeGreaterThan(90);
  });
});

describe('ResourceCache', () => {
  const fill = () => {
    const cache = new ResourceCache(configMaps, new WakeQueue());
    cache.reset([stored('a', 1), stored('b', 2)], 2);
    return cache;
  };

  test('a watch begins with what was there at its start, whatever changes while it is read', async () => {
    const cache = fill();
    const start = {
      selection: everything,
      after: undefined,
      bookmarks: false,
      marksInitialEnd: true,
    };
    const watcher = cache.watch(start, 2)!;
    cache.apply(keyOf(configMaps, 'default', 'a').key, undefined, 3);
    const initial = (await watcher.next())!;
    expect(initial.map(({ kind }) => kind)).toEqual(['object', 'object', 'bookmark']);
    expect(await watcher.next()).toMatchObject([{ kind: 'change', type: 'DELETED' }]);
    watcher.end();
    expect(await watcher.next()).toBeUndefined();
    expect(cache.watcherCount).toBe(0);
  });

  test('a watcher that does not keep up is ended, and others are not', async () => {
    const cache = fill();
    const start = { selection: everything, after: 2, bookmarks: false, marksInitialEnd: false };
    const slow = cache.watch(start, 2)!;
    const quick = cache.watch(start, 2)!;
    for (let revision = 3; revision < 5_000; revision += 1) {
      cache.apply(keyOf(configMaps, 'default', 'a').key, stored('a', revision), revision);
      if (revision % 100 === 0) await quick.next();
    }
    expect(await slow.next()).toBeUndefined();
    expect(await quick.next()).toBeDefined();
    expect(cache.watcherCount).toBe(1);
  });

  test('a reset ends all watches: what they missed is unknown', async () => {
    const cache = fill();
    const start = { selection: everything, after: 2, bookmarks: false, marksInitialEnd: false };
    const watcher = cache.watch(start, 2)!;
    cache.reset([], 9);
    expect(await watcher.next()).toBeUndefined();
    expect(cache.watch({ ...start, after: 5 }, 9)).toBeUndefined();
  });

  test('lists are in the order of their keys, of one namespace or of all', () => {
    const cache = fill();
    const names = [...cache.select(everything)].map(({ name }) => name);
    expect(names).toEqual(['a', 'b']);
    const other = createSelection(configMaps, { namespace: 'def' });
    expect([...cache.select(other)]).toEqual([]);
  });
});

describe('observers of a ResourceCache', () => {
  const told = (cache: ResourceCache) => {
    const heard: string[] = [];
    cache.observe((object, previous) => {
      heard.push(
        `${previous?.name ?? '-'}@${previous?.revision ?? 0} ${object?.revision ?? 'gone'}`,
      );
    });
    return heard;
  };

  test('hear of what is there, of each change, and of what a reset took away', () => {
    const cache = new ResourceCache(configMaps, new WakeQueue());
    cache.reset([stored('a', 1), stored('b', 2)], 2);
    const heard = told(cache);
    expect(heard.splice(0)).toEqual(['-@0 1', '-@0 2']);
    const { key } = keyOf(configMaps, 'default', 'a');
    cache.apply(key, stored('a', 3), 3);
    cache.apply(key, undefined, 4);
    cache.apply(key, undefined, 5);
    expect(heard.splice(0)).toEqual(['a@1 3', 'a@3 gone']);
    cache.reset([stored('c', 6)], 6);
    expect(heard).toEqual(['b@2 gone', '-@0 6']);
  });
});

describe('selections', () => {
  test('by name is a lookup, by labels and fields a test', () => {
    const labelled = stored('a', 1, { app: 'x' });
    const by = (labelSelector?: string, fieldSelector?: string) =>
      createSelection(configMaps, { namespace: '', labelSelector, fieldSelector });
    expect(by('app=x').matches(labelled)).toBe(true);
    expect(by('app!=x').matches(labelled)).toBe(false);
    expect(by(undefined, 'metadata.name=a').name).toBe('a');
    expect(by(undefined, 'metadata.name!=a').matches(labelled)).toBe(false);
    expect(by(undefined, 'metadata.namespace=other').matches(labelled)).toBe(false);
    expect(() => by(undefined, 'spec.nope=1')).toThrow('field label not supported: spec.nope');
  });

  test('the node of a pod is a field', () => {
    const pod = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'p', namespace: 'default' },
      spec: { nodeName: 'n1', containers: [] },
      status: {},
    };
    const one = StoredObject.fromStorage(keyOf(pods, 'default', 'p'), encodeForStorage(pod), 1)!;
    const on = (node: string) =>
      createSelection(pods, { namespace: '', fieldSelector: `spec.nodeName=${node}` });
    expect(on('n1').matches(one)).toBe(true);
    expect(on('n2').matches(one)).toBe(false);
  });
});
