import { expect, it } from 'vitest';
import { clockAt, exited, running, startWallTime } from '../testing/builders.ts';
import { deadContainers, keptByPlan, type ContainerPolicy } from './containers.ts';

const keepAll: ContainerPolicy = { ageMillisMin: 0, perContainerMax: -1, totalMax: -1 };
const instances = (name: string, count: number, uid = 'u-1') =>
  Array.from({ length: count }, (_, attempt) =>
    exited(name, 1, {
      attempt,
      id: `${uid}/${name}-${attempt}`,
      createdAt: startWallTime + attempt * 1000,
      pod: { namespace: 'shop', name: uid, uid },
    }),
  );

const ids = (
  containers: Parameters<typeof deadContainers>[0]['containers'],
  policy: Partial<ContainerPolicy>,
  more: { ended?: string[]; everything?: boolean } = {},
) =>
  deadContainers({
    containers,
    policy: { ...keepAll, ...policy },
    ended: new Set(more.ended),
    everything: more.everything ?? false,
    clock: clockAt(100),
  })
    .map(({ id }) => id)
    .toSorted();

it('each container keeps the last of its dead instances', () => {
  expect(ids(instances('a', 3), { perContainerMax: 1 })).toEqual(['u-1/a-0', 'u-1/a-1']);
  expect(ids(instances('a', 3), {})).toEqual([]);
});

it('what runs and what has just died stays', () => {
  expect(ids([running('a')], { perContainerMax: 0 })).toEqual([]);
  const young = { perContainerMax: 1, ageMillisMin: 99_500 };
  expect(ids(instances('a', 3), young)).toEqual([]);
});

it('the last instance of a pod that goes on stays, that of one that has ended may go', () => {
  expect(ids(instances('a', 2), { perContainerMax: 0 })).toEqual(['u-1/a-0']);
  expect(ids(instances('a', 2), { perContainerMax: 0 }, { ended: ['u-1'] })).toEqual([
    'u-1/a-0',
    'u-1/a-1',
  ]);
});

it('when there are too many, each container keeps its share, and then the oldest go', () => {
  const dead = [...instances('a', 4), ...instances('b', 2, 'u-2')];
  expect(ids(dead, { totalMax: 4 })).toEqual(['u-1/a-0', 'u-1/a-1']);
  const ended = ['u-1', 'u-2'];
  expect(ids(dead, { totalMax: 1 }, { ended })).toHaveLength(5);
});

it('on a short disk nothing stays of pods that have ended', () => {
  const dead = [...instances('a', 1), ...instances('b', 1, 'u-2')];
  expect(ids(dead, {}, { ended: ['u-2'], everything: true })).toEqual(['u-2/b-0']);
});

it('the plan of a pod removes no more than this would', () => {
  const kept = (policy: Partial<ContainerPolicy>) => keptByPlan({ ...keepAll, ...policy });
  expect(kept({ perContainerMax: 3 })).toBe(3);
  expect(kept({ perContainerMax: 0 })).toBe(1);
  expect(kept({})).toBe(Infinity);
  expect(kept({ perContainerMax: 1, ageMillisMin: 1000 })).toBe(Infinity);
});
