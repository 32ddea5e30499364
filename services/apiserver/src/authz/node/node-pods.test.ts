import { pods } from '@drydock/api';
import { expect, test } from 'vitest';
import { keyOf } from '../../storage/keys.ts';
import { StoredObject, encodeForStorage } from '../../storage/stored-object.ts';
import { NodePods } from './node-pods.ts';

function podOn(node: string, name: string): StoredObject {
  const object = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: node, containers: [] },
  };
  return StoredObject.fromStorage(keyOf(pods, 'default', name), encodeForStorage(object), 1)!;
}

const namesOn = (nodePods: NodePods, node: string) =>
  Array.from(nodePods.on(node), ({ name }) => name);

test('an answer knows of all pods that were told, however many are still to be read', () => {
  const nodePods = new NodePods();
  const told = Array.from({ length: 500 }, (_, index) => podOn(`n-${index % 2}`, `p-${index}`));
  for (const pod of told) nodePods.tell(pod, undefined);
  nodePods.tell(undefined, told[499]);
  expect(nodePods.has('n-1', 'default', 'p-497')).toBe(true);
  expect(nodePods.has('n-1', 'default', 'p-499')).toBe(false);
  expect(namesOn(nodePods, 'n-0')).toHaveLength(250);
});

test('pods are read in slices, in the order in which they were told, and what comes meanwhile too', async () => {
  const nodePods = new NodePods();
  const told = Array.from({ length: 450 }, (_, index) => podOn('n', `p-${index}`));
  for (const pod of told) nodePods.tell(pod, undefined);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  nodePods.tell(undefined, told[0]);
  for (let left = 4; left > 0; left -= 1) await turn();
  expect(nodePods.backlog).toBe(0);
  expect(namesOn(nodePods, 'n')).toEqual(told.slice(1).map(({ name }) => name));
});
