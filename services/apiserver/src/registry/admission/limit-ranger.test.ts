import { describe, expect, test } from 'vitest';
import {
  decodeObject,
  findResource,
  type LimitRange,
  type LimitRangeItem,
  type Pod,
} from '@drydock/api';
import { limitProblem, setContainerDefaults } from './limit-ranger.ts';

const pods = findResource('', 'pods')!;

function range(...limits: LimitRangeItem[]): LimitRange {
  return { kind: 'LimitRange', apiVersion: 'v1', metadata: { name: 'r' }, spec: { limits } };
}

function pod(resources: object, more: object = {}): Pod {
  const spec = { containers: [{ name: 'c', image: 'i', resources }], ...more };
  const { object } = decodeObject(JSON.stringify({ metadata: { name: 'p' }, spec }), pods);
  return object as Pod;
}

describe('defaults', () => {
  test('fill what a container leaves out, and say so', () => {
    const one = pod(
      { requests: { cpu: '50m' } },
      { initContainers: [{ name: 'i', image: 'i', resources: {} }] },
    );
    const item = {
      type: 'Container',
      default: { cpu: '1', memory: '1Gi' },
      defaultRequest: { cpu: '100m' },
    };
    setContainerDefaults(one, [range(item, { type: 'Pod', max: { cpu: '9' } })]);
    expect(one.spec.containers[0]!.resources).toEqual({
      requests: { cpu: '50m' },
      limits: { cpu: '1', memory: '1Gi' },
    });
    expect(one.spec.initContainers![0]!.resources).toEqual({
      requests: { cpu: '100m' },
      limits: { cpu: '1', memory: '1Gi' },
    });
    expect(one.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory limit for container c; cpu request for init container i; cpu, memory limit for init container i',
    });
  });

  test('leave alone what says everything', () => {
    const one = pod({ requests: { cpu: '1' }, limits: { cpu: '1' } });
    const before = structuredClone(one);
    const item = { type: 'Container', default: { cpu: '2' }, defaultRequest: { cpu: '2' } };
    setContainerDefaults(one, [range(item)]);
    expect(one).toEqual(before);
  });
});

const item = (type: string, bounds: Partial<LimitRangeItem>) => range({ type, ...bounds });
const asks = (requests: object, limits: object = {}) => pod({ requests, limits });
const claim = (requests: object) => ({
  kind: 'PersistentVolumeClaim',
  spec: { resources: { requests } },
});

test.each<[string, string | undefined, string | undefined]>([
  [
    'within all bounds',
    limitProblem(
      [
        item('Container', {
          min: { cpu: '100m' },
          max: { cpu: '1' },
          maxLimitRequestRatio: { cpu: '10' },
        }),
      ],
      asks({ cpu: '100m' }, { cpu: '1' }),
    ),
    undefined,
  ],
  [
    'no request',
    limitProblem([item('Container', { min: { cpu: '100m' } })], asks({})),
    'minimum cpu usage per Container is 100m.  No request is specified',
  ],
  [
    'too small a request',
    limitProblem([item('Container', { min: { cpu: '100m' } })], asks({ cpu: '10m' })),
    'minimum cpu usage per Container is 100m, but request is 10m',
  ],
  [
    'too small a limit',
    limitProblem([item('Container', { min: { cpu: '100m' } })], asks({ cpu: '1' }, { cpu: '10m' })),
    'minimum cpu usage per Container is 100m, but limit is 10m',
  ],
  [
    'no limit',
    limitProblem([item('Container', { max: { memory: '1Gi' } })], asks({ memory: '1Gi' })),
    'maximum memory usage per Container is 1Gi.  No limit is specified',
  ],
  [
    'too large a limit',
    limitProblem([item('Container', { max: { cpu: '1' } })], asks({}, { cpu: '1500m' })),
    'maximum cpu usage per Container is 1, but limit is 1500m',
  ],
  [
    'too large a request',
    limitProblem([item('Container', { max: { cpu: '1' } })], asks({ cpu: '2' }, { cpu: '1' })),
    'maximum cpu usage per Container is 1, but request is 2',
  ],
  [
    'a ratio without a request',
    limitProblem([item('Container', { maxLimitRequestRatio: { cpu: '2' } })], asks({ cpu: '0' })),
    'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0',
  ],
  [
    'a ratio without a limit',
    limitProblem([item('Container', { maxLimitRequestRatio: { cpu: '2' } })], asks({ cpu: '1' })),
    'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
  ],
  [
    'too large a ratio',
    limitProblem(
      [item('Container', { maxLimitRequestRatio: { cpu: '1500m' } })],
      asks({ cpu: '300m' }, { cpu: '500m' }),
    ),
    'cpu max limit to request ratio per Container is 1500m, but provided ratio is 1.666667',
  ],
  [
    'several at once',
    limitProblem(
      [item('Container', { min: { cpu: '1' }, max: { memory: '1Gi' } })],
      asks({ cpu: '10m' }, { memory: '2Gi' }),
    ),
    '[minimum cpu usage per Container is 1, but request is 10m, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
  ],
  [
    'a pod whose initialisation needs more than its containers',
    limitProblem(
      [item('Pod', { max: { cpu: '1' } })],
      pod(
        { limits: { cpu: '1' } },
        { initContainers: [{ name: 'i', image: 'i', resources: { limits: { cpu: '1200m' } } }] },
      ),
    ),
    'maximum cpu usage per Pod is 1, but limit is 1200m',
  ],
  [
    'a claim within bounds',
    limitProblem(
      [item('PersistentVolumeClaim', { min: { storage: '1Gi' }, max: { storage: '2Gi' } })],
      claim({ storage: '1Gi' }),
    ),
    undefined,
  ],
  [
    'too large a claim',
    limitProblem(
      [item('PersistentVolumeClaim', { max: { storage: '2Gi' } })],
      claim({ storage: '3Gi' }),
    ),
    'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
  ],
  [
    'a claim of nothing',
    limitProblem([item('PersistentVolumeClaim', { max: { storage: '2Gi' } })], claim({})),
    'maximum storage usage per PersistentVolumeClaim is 2Gi.  No request is specified',
  ],
  [
    'a claim where only pods are bounded',
    limitProblem([item('Pod', { min: { cpu: '1' } })], claim({})),
    undefined,
  ],
])('%s', (_what, problem, expected) => {
  expect(problem).toBe(expected);
});
