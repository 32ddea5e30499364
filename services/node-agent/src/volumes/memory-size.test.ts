import type { Container } from '@drydock/api';
import { expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { memoryVolumesOf } from './memory-size.ts';

const mebibyte = 2 ** 20;
const limited = (limit: string, name = 'main') =>
  container(name, { resources: { limits: { memory: limit } } });
const sizeOf = (sizeLimit: string | undefined, ...containers: Container[]) => {
  const emptyDir = { medium: 'Memory', ...(sizeLimit === undefined ? {} : { sizeLimit }) } as const;
  const volumes = [
    { name: 'fast', emptyDir },
    { name: 'disk', emptyDir: {} },
  ];
  const sizes = memoryVolumesOf(pod({ containers, volumes }), 1000 * mebibyte);
  expect(sizes.map(({ name }) => name)).toEqual(['fast']);
  return sizes[0]!.sizeBytes / mebibyte;
};

it('a volume in memory holds the least of its limit, its pod’s and the node’s', () => {
  expect(sizeOf(undefined, container('main'))).toBe(1000);
  expect(sizeOf('2Gi', container('main'))).toBe(1000);
  expect(sizeOf('5Mi', container('main'))).toBe(5);
  expect(sizeOf(undefined, limited('64Mi'), limited('32Mi', 'side'))).toBe(96);
  expect(sizeOf('5Mi', limited('64Mi'))).toBe(5);
  // One container without a limit, and the pod has none.
  expect(sizeOf(undefined, limited('64Mi'), container('side'))).toBe(1000);
});
