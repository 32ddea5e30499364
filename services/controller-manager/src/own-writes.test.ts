import { expect, test } from 'vitest';
import { podOf } from './testing/builders.ts';
import { createOwnWrites } from './own-writes.ts';

const versions = (pod: ReturnType<typeof podOf>, resourceVersion: string) => ({
  ...pod,
  metadata: { ...pod.metadata, resourceVersion },
});

test('a read never goes back behind an own write, and follows the cache once that is ahead', () => {
  const writes = createOwnWrites<ReturnType<typeof podOf>>();
  const pod = podOf('a');
  const [cached, own, later] = ['9', '10', '11'].map((version) => versions(pod, version)) as [
    typeof pod,
    typeof pod,
    typeof pod,
  ];
  expect(writes.newest(cached)).toBe(cached);
  expect(writes.note(own)).toBe(own);
  expect(writes.newest(cached)).toBe(own);
  expect(writes.newest(later)).toBe(later);
  expect(writes.newest(cached)).toBe(cached);
  expect(writes.newest(undefined)).toBeUndefined();
});

test('another object of the same name is not mistaken for the written one', () => {
  const writes = createOwnWrites<ReturnType<typeof podOf>>();
  writes.note(versions(podOf('a'), '10'));
  const other = versions(podOf('a'), '5');
  expect(writes.newest(other)).toBe(other);
});
