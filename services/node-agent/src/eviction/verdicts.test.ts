import { describe, expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import type { PodUsage } from './ranking.ts';
import { parseThresholds } from './thresholds.ts';
import { evictionOf, hasStorageLimits, overLimit, pressureRefusal } from './verdicts.ts';

const mebibyte = 2 ** 20;
const [hardMemory, hardPids, softMemory] = parseThresholds({
  hard: ['memory.available<100Mi', 'pid.available<1k'],
  soft: ['memory.available<10%'],
  softGracePeriod: ['memory.available=1m'],
  minimumReclaim: [],
});
const observations = {
  'memory.available': { available: 80_500 * 1024, capacity: 1000 * mebibyte },
  'pid.available': { available: 12, capacity: 4096 },
};
const usage = (more: Partial<PodUsage> = {}): PodUsage => ({
  containers: [],
  volumes: new Map(),
  ...more,
});

describe('the words of an eviction', () => {
  const web = pod({
    containers: [
      container('main', { resources: { requests: { memory: '50Mi' } } }),
      container('modest', { resources: { requests: { memory: '50Mi' } } }),
      container('side'),
    ],
    terminationGracePeriodSeconds: 20,
  });
  const used = usage({
    containers: [
      { name: 'main', memoryBytes: 60 * mebibyte },
      { name: 'modest', memoryBytes: 40 * mebibyte },
      { name: 'side', memoryBytes: 2_000 },
    ],
  });
  const facts = { observations, usage: used, maxPodGraceSeconds: 30 };

  it('tell the resource, the threshold and who used more than it asked for', () => {
    const message =
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80500Ki. ' +
      'Container main was using 60Mi, request is 50Mi, has larger consumption of memory. ' +
      'Container side was using 2000, request is 0, has larger consumption of memory. ';
    expect(evictionOf(web, { ...facts, threshold: hardMemory! })).toEqual({
      reason: 'Evicted',
      message,
      gracePeriodSeconds: 1,
      condition: { type: 'DisruptionTarget', reason: 'TerminationByKubelet', message },
    });
  });

  it('name no container for processes', () => {
    expect(evictionOf(web, { ...facts, threshold: hardPids! }).message).toBe(
      'The node was low on resource: pids. Threshold quantity: 1k, available: 12. ',
    );
  });

  it('of a soft threshold leave the pod its grace, up to the node’s maximum', () => {
    const of = (maxPodGraceSeconds: number) =>
      evictionOf(web, { ...facts, threshold: softMemory!, maxPodGraceSeconds }).gracePeriodSeconds;
    expect([of(0), of(10), of(60)]).toEqual([0, 10, 20]);
  });
});

describe('storage of a pod', () => {
  const limited = (limit: string) => ({ resources: { limits: { 'ephemeral-storage': limit } } });

  it('is measured only where it is bounded', () => {
    const cache = { name: 'cache', emptyDir: {} };
    expect(hasStorageLimits(pod({ volumes: [cache] }))).toBe(false);
    const bounded = { name: 'cache', emptyDir: { sizeLimit: '1Mi' } };
    expect(hasStorageLimits(pod({ volumes: [bounded] }))).toBe(true);
    expect(hasStorageLimits(pod({ containers: [container('main', limited('1Mi'))] }))).toBe(true);
  });

  it('beyond the limit of an emptyDir', () => {
    const web = pod({ volumes: [{ name: 'cache', emptyDir: { sizeLimit: '1Mi' } }] });
    const of = (bytes: number) => overLimit(web, usage({ volumes: new Map([['cache', bytes]]) }));
    expect(of(mebibyte)).toBeUndefined();
    expect(of(mebibyte + 1)).toEqual({
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ',
      gracePeriodSeconds: 1,
    });
  });

  it('beyond the limits of all containers together', () => {
    const containers = [container('a', limited('1Mi')), container('b', limited('512Ki'))];
    expect(overLimit(pod({ containers }), usage({ diskBytes: 2 * mebibyte }))!.message).toBe(
      'Pod ephemeral local storage usage exceeds the total limit of containers 1536Ki. ',
    );
  });

  it('beyond the limit of one container', () => {
    const containers = [container('a', limited('1Mi')), container('b', limited('9Mi'))];
    const diskBytes = 2 * mebibyte;
    const uses = usage({ diskBytes, containers: [{ name: 'a', diskBytes }] });
    expect(overLimit(pod({ containers }), uses)!.message).toBe(
      'Container a exceeded its local ephemeral storage limit "1Mi". ',
    );
  });
});

describe('a node under pressure', () => {
  const burstable = pod({
    containers: [container('main', { resources: { requests: { cpu: '1' } } })],
  });
  const tolerations = [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists' as const }];

  it('of memory lets in what asks for something, or tolerates it', () => {
    expect(pressureRefusal(burstable, ['MemoryPressure'])).toBeUndefined();
    expect(pressureRefusal(pod({ tolerations }), ['MemoryPressure'])).toBeUndefined();
    expect(pressureRefusal(pod(), ['MemoryPressure'])).toEqual({
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    });
  });

  it('of disk or processes lets in critical pods only', () => {
    expect(pressureRefusal(burstable, ['DiskPressure'])!.reason).toBe('Evicted');
    expect(pressureRefusal(pod({ tolerations }), ['MemoryPressure', 'PIDPressure'])!.message).toBe(
      'Pod was rejected: The node had condition: [MemoryPressure PIDPressure]. ',
    );
    expect(pressureRefusal(pod({ priority: 2_000_000_000 }), ['DiskPressure'])).toBeUndefined();
  });

  it('without pressure lets in all', () => {
    expect(pressureRefusal(pod(), [])).toBeUndefined();
  });
});
