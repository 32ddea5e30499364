import { describe, expect, test } from 'vitest';
import type { Container, Pod, PodSpec } from './generated/types.ts';
import { isPodActive, isPodReady, podQosClass, podRequests } from './pod.ts';

const container = (
  requests: Record<string, string> = {},
  limits: Record<string, string> = {},
  more: Partial<Container> = {},
): Container => ({ name: 'c', image: 'i', resources: { requests, limits }, ...more });

const spec = (...containers: Container[]): PodSpec => ({ containers });

describe('quality of service', () => {
  const full = { cpu: '1', memory: '1Gi' };
  test.each([
    ['no resources at all', spec(container()), 'BestEffort'],
    ['zero counts as nothing', spec(container({ cpu: '0' })), 'BestEffort'],
    ['a request', spec(container({ cpu: '1' })), 'Burstable'],
    [
      'limits equal to requests',
      spec(container(full, { cpu: '1000m', memory: '1Gi' })),
      'Guaranteed',
    ],
    ['only one container is limited', spec(container(full, full), container()), 'Burstable'],
    ['requests below limits', spec(container({ cpu: '1', memory: '1Mi' }, full)), 'Burstable'],
    ['other resources do not count', spec(container({ 'example.com/gpu': '1' })), 'BestEffort'],
  ])('%s', (_what, podSpec, expected) => {
    expect(podQosClass(podSpec)).toBe(expected);
  });
});

describe('requests of a pod', () => {
  test('containers add up; CPU in thousandths, memory in bytes', () => {
    const pod = { spec: spec(container({ cpu: '100m', memory: '1Ki' }), container({ cpu: '1' })) };
    expect(podRequests(pod)).toEqual({ cpu: 1100, memory: 1024 });
  });

  test('init containers run one after another: the largest counts', () => {
    const pod = {
      spec: {
        ...spec(container({ cpu: '1' })),
        initContainers: [container({ cpu: '3' }), container({ cpu: '2' })],
      },
    };
    expect(podRequests(pod)).toEqual({ cpu: 3000 });
  });

  test('a sidecar counts beside the containers and beside the init containers after it', () => {
    const sidecar = { restartPolicy: 'Always' } as const;
    const pod = {
      spec: {
        ...spec(container({ cpu: '1' })),
        initContainers: [
          container({ cpu: '3' }),
          container({ cpu: '2' }, {}, sidecar),
          container({ cpu: '2' }),
        ],
      },
    };
    expect(podRequests(pod)).toEqual({ cpu: 4000 });
  });

  test('overhead is added on top', () => {
    const pod = { spec: { ...spec(container({ cpu: '1' })), overhead: { cpu: '250m' } } };
    expect(podRequests(pod)).toEqual({ cpu: 1250 });
  });
});

describe('state', () => {
  const pod = (status: Pod['status'], deletionTimestamp?: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    spec: spec(container()),
    status,
  });
  const ready = pod({
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-21T08:00:00Z' }],
  });
  test('a pod is ready when its condition says so', () => {
    expect(isPodReady(ready)).toBe(true);
    expect(isPodReady(pod({}))).toBe(false);
  });

  test('a pod that ends or has ended is not active', () => {
    expect(isPodActive(ready)).toBe(true);
    expect(isPodActive(pod({ phase: 'Failed' }))).toBe(false);
    expect(isPodActive(pod({ phase: 'Running' }, '2026-11-21T08:00:00Z'))).toBe(false);
  });
});
