import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pods } from '@drydock/api';
import { keyOf } from '../storage/keys.ts';
import { StoredObject, encodeForStorage } from '../storage/stored-object.ts';
import { Change } from './change.ts';
import { createSelection } from './selection.ts';
import { WakeQueue } from './wake-queue.ts';
import { WatcherIndex } from './watcher-index.ts';
import { Watcher } from './watcher.ts';

interface Shape {
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string;
}

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const shape = fc.record({ namespace: few('a', 'b'), name: few('x', 'y') });
const node = few('', 'n1', 'n2');
const selector = few(
  '',
  'spec.nodeName=n1',
  'spec.nodeName=n2',
  'spec.nodeName!=n1',
  'spec.nodeName=n1,metadata.name=x',
  'metadata.namespace=b',
  'status.phase!=Failed,spec.nodeName=',
  'metadata.name=y',
);

function podAt({ namespace, name, nodeName }: Shape, revision: number): StoredObject {
  const pod = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace },
    spec: { nodeName, containers: [] },
    status: {},
  };
  return StoredObject.fromStorage(keyOf(pods, namespace, name), encodeForStorage(pod), revision)!;
}

const watcherOf = (namespace: string, fieldSelector: string, onEnd: (of: Watcher) => void) =>
  new Watcher({
    selection: createSelection(pods, { namespace, fieldSelector }),
    initial: undefined,
    initialEnd: undefined,
    bookmarks: false,
    after: 0,
    wakes: new WakeQueue(),
    onEnd,
  });

test('whom a change concerns is offered it, once; others are hardly looked at', () => {
  const change = fc.record({ place: shape, before: fc.option(node), now: fc.option(node) });
  const asks = fc.array(fc.tuple(few('', 'a', 'b'), selector), { maxLength: 12 });
  fc.assert(
    fc.property(asks, change, ([...given], { place, before, now }) => {
      const index = new WatcherIndex();
      const watchers = given.map(([namespace, fields]) =>
        watcherOf(namespace, fields, (ended) => index.delete(ended)),
      );
      for (const watcher of watchers) index.add(watcher);
      const at = (nodeName: string | null, revision: number) =>
        nodeName === null ? undefined : podAt({ ...place, nodeName }, revision);
      const one = new Change(2, at(now, 2), at(before, 1));
      const concerned = [...index.concerned(one)];
      expect(new Set(concerned).size).toBe(concerned.length);
      for (const watcher of watchers) {
        if (one.typeFor(watcher.selection) !== undefined) expect(concerned).toContain(watcher);
      }
      for (const watcher of watchers) watcher.end();
      expect(index.size).toBe(0);
      expect([...index.concerned(one)]).toEqual([]);
    }),
  );
});

test('a new pod concerns one of a thousand node-agents', () => {
  const index = new WatcherIndex();
  for (let number = 0; number < 1_000; number += 1) {
    index.add(watcherOf('', `spec.nodeName=n${number}`, () => undefined));
  }
  const place = { namespace: 'a', name: 'x' };
  const bound = new Change(
    2,
    podAt({ ...place, nodeName: 'n7' }, 2),
    podAt({ ...place, nodeName: 'n9' }, 1),
  );
  expect([...index.concerned(bound)]).toHaveLength(2);
});
