import { expect, test } from 'vitest';
import { podInfoOf } from '../model/pod-info.ts';
import { nodeNamed, podNamed } from '../testing/objects.ts';
import { assumptionMillis, createCache } from './cache.ts';

const pod = (cpu = '1') => podInfoOf(podNamed('p', { requests: { cpu }, owner: 'rs' }));

function cacheWithNode() {
  const cache = createCache();
  cache.setNode(nodeNamed('n'));
  const used = () => cache.nodes[0]!.requested.milliCpu;
  return { cache, used };
}

test('an assumed pod takes resources at once, and the word of the informer replaces it', () => {
  const { cache, used } = cacheWithNode();
  const one = pod();
  cache.assume(one, 'n');
  expect([used(), cache.assumedCount, cache.nodes[0]!.spreadCount('rs')]).toEqual([1000, 1, 1]);
  cache.setPod(one, 'n');
  expect([used(), cache.assumedCount]).toEqual([1000, 0]);
  cache.forget(one.uid);
  expect(used()).toBe(1000);
  expect(cache.removePod(one.uid)).toBe(true);
  expect([used(), cache.nodes[0]!.podCount, cache.nodes[0]!.spreadCount('rs')]).toEqual([0, 0, 0]);
});

test('a binding that fails gives everything back', () => {
  const { cache, used } = cacheWithNode();
  const one = pod();
  cache.assume(one, 'n');
  cache.forget(one.uid);
  expect([used(), cache.isKnown(one.uid)]).toEqual([0, false]);
});

test('an assumption expires only after its binding succeeded', () => {
  const { cache, used } = cacheWithNode();
  const [one, two] = [pod(), pod()];
  cache.assume(one, 'n');
  cache.assume(two, 'n');
  cache.bound(one.uid, 5);
  expect(cache.expire(4 + assumptionMillis)).toEqual([]);
  expect(cache.expire(5 + assumptionMillis)).toEqual([one]);
  expect(used()).toBe(1000);
});

test('pods are counted on a node that comes after them, or comes back', () => {
  const cache = createCache();
  const one = pod();
  cache.setPod(one, 'n');
  expect(cache.nodes).toHaveLength(0);
  cache.setNode(nodeNamed('n'));
  expect(cache.nodes[0]!.requested.milliCpu).toBe(1000);
  cache.removeNode('n');
  cache.setNode(nodeNamed('n'));
  expect(cache.nodes[0]!.requested.milliCpu).toBe(1000);
});

test('a heartbeat changes nothing, a label does', () => {
  const { cache } = cacheWithNode();
  const node = nodeNamed('n');
  const beat = { ...node, status: { ...node.status, conditions: [] } };
  expect(cache.setNode(beat)).toBe(false);
  expect(cache.setNode(nodeNamed('n', { labels: { a: 'b' } }))).toBe(true);
});
