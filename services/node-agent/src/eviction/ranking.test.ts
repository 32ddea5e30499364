import type { Pod } from '@drydock/api';
import { describe, expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { isCritical, rank, type PodUsage } from './ranking.ts';

function named(name: string, request: string | undefined, priority = 0): Pod {
  const resources = request === undefined ? {} : { requests: { memory: request } };
  return pod(
    { containers: [container('main', { resources })], priority },
    { metadata: { name, namespace: 'shop', uid: name } },
  );
}

const using = (memoryBytes: number, more: Partial<PodUsage> = {}): PodUsage => ({
  memoryBytes,
  containers: [],
  volumes: new Map(),
  ...more,
});

const order = (
  resource: Parameters<typeof rank>[0],
  pods: readonly Pod[],
  usages: Record<string, PodUsage>,
) => rank(resource, pods, new Map(Object.entries(usages))).map((one) => one.metadata.name);

describe('when memory is short', () => {
  it('those above their request go first, whatever their priority', () => {
    const pods = [named('within', '100'), named('above', '10', 1000)];
    expect(order('memory', pods, { within: using(90), above: using(11) })).toEqual([
      'above',
      'within',
    ]);
  });

  it('then the lower priority, then the most above its request', () => {
    const pods = [named('much', '10'), named('more', '10'), named('low', '10', -1)];
    const usages = { much: using(50), more: using(60), low: using(20) };
    expect(order('memory', pods, usages)).toEqual(['low', 'more', 'much']);
  });

  it('a pod of which nothing is known goes before all', () => {
    const pods = [named('known', undefined), named('unknown', '1Gi')];
    expect(order('memory', pods, { known: using(50) })).toEqual(['unknown', 'known']);
  });
});

describe('when disk is short', () => {
  it('what is written beyond the request counts', () => {
    const pods = [named('small', undefined), named('large', undefined)];
    const usages = { small: using(99, { diskBytes: 5 }), large: using(1, { diskBytes: 500 }) };
    expect(order('ephemeral-storage', pods, usages)).toEqual(['large', 'small']);
  });

  it('and files when it is inodes', () => {
    const pods = [named('few', undefined), named('many', undefined)];
    const usages = { few: using(1, { inodes: 3 }), many: using(1, { inodes: 30 }) };
    expect(order('inodes', pods, usages)).toEqual(['many', 'few']);
  });
});

it('when processes are short the lower priority goes, then who has the most', () => {
  const pods = [named('few', undefined), named('many', undefined), named('high', undefined, 9)];
  const usages = {
    few: using(1, { processes: 3 }),
    many: using(1, { processes: 30 }),
    high: using(1, { processes: 300 }),
  };
  expect(order('pids', pods, usages)).toEqual(['many', 'few', 'high']);
});

it('static pods, mirrors and those of system priority are critical', () => {
  const annotated = (annotations: Record<string, string>) =>
    isCritical({ ...pod(), metadata: { ...pod().metadata, annotations } });
  expect(annotated({ 'kubernetes.io/config.source': 'file' })).toBe(true);
  expect(annotated({ 'kubernetes.io/config.mirror': 'abc' })).toBe(true);
  expect(annotated({ 'kubernetes.io/config.source': 'api' })).toBe(false);
  expect(isCritical(pod({ priority: 2_000_000_000 }))).toBe(true);
  expect(isCritical(pod({ priority: 1_999_999_999 }))).toBe(false);
});
