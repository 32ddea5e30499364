import type {
  NodeSelectorOperator,
  NodeSelectorTerm,
  TopologySpreadConstraint,
} from '@drydock/api';
import { createSeededRandom } from '@drydock/ports';
import { describe, expect, test } from 'vitest';
import { createCache } from '../cache/cache.ts';
import { podInfoOf } from '../model/pod-info.ts';
import { defaultPlugins } from '../plugins/registry.ts';
import { nodeNamed, podNamed, type NodeShape, type PodShape } from '../testing/objects.ts';
import { describeFailure } from './diagnosis.ts';
import { createFramework, feasibleNodesWanted } from './framework.ts';

/** Pods are scheduled one after the other on the nodes given. */
function clusterOf(nodes: Record<string, NodeShape>, seed = 1) {
  const cache = createCache();
  for (const [name, shape] of Object.entries(nodes)) cache.setNode(nodeNamed(name, shape));
  const framework = createFramework(defaultPlugins, createSeededRandom(seed));
  const schedule = (shape: PodShape = {}, name = 'pod'): string => {
    const pod = podInfoOf(podNamed(name, shape));
    const decision = framework.decide(pod, cache);
    if (decision.kind === 'rejected') return describeFailure(decision.diagnosis);
    cache.assume(pod, decision.nodeName);
    return decision.nodeName;
  };
  return { cache, schedule };
}

const taint = (
  effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule',
  key = 'k',
  value = 'v',
) => ({
  spec: { taints: [{ key, value, effect }] },
});
const unhelpful = (count: number) => `${count} Preemption is not helpful for scheduling`;
const noVictims = (count: number) => `${count} No preemption victims found for incoming pod`;

describe('a pod that fits nowhere is told why, in the words of kube-scheduler', () => {
  test('without nodes', () => {
    expect(clusterOf({}).schedule()).toBe('no nodes available to schedule pods');
  });

  test('counting the nodes for each reason, sorted as text', () => {
    const { schedule } = clusterOf({
      small: { allocatable: { cpu: '500m' } },
      t1: taint('NoSchedule'),
      t2: taint('NoExecute'),
    });
    expect(schedule({ requests: { cpu: '1' } })).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {k: v}. ' +
        `preemption: 0/3 nodes are available: ${noVictims(1)}, ${unhelpful(2)}.`,
    );
  });

  test('counting every shortage of a node', () => {
    const allocatable = { cpu: '1', memory: '1Gi', pods: '0' };
    const { schedule } = clusterOf({ n: { allocatable } });
    const requests = {
      cpu: '1100m',
      memory: '2Gi',
      'ephemeral-storage': '1Gi',
      'example.com/gpu': '1',
    };
    expect(schedule({ requests })).toBe(
      '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient ephemeral-storage, ' +
        '1 Insufficient example.com/gpu, 1 Insufficient memory, 1 Too many pods. ' +
        `preemption: 0/1 nodes are available: ${noVictims(1)}.`,
    );
  });

  test('for each of the other filters', () => {
    const reasonFor = (node: NodeShape, pod: PodShape) =>
      clusterOf({ n: node }).schedule(pod).split(': ')[1]!.split('. ')[0];
    expect(reasonFor({ spec: { unschedulable: true } }, {})).toBe('1 node(s) were unschedulable');
    expect(reasonFor({}, { spec: { nodeSelector: { disk: 'ssd' } } })).toBe(
      "1 node(s) didn't match Pod's node affinity/selector",
    );
    expect(reasonFor({}, { spec: { nodeName: 'other' } })).toBe(
      "1 node(s) didn't match the requested node name",
    );
    const { schedule } = clusterOf({ n: {} });
    const ports = [{ containerPort: 80, hostPort: 8080 }];
    const withPort = { spec: { containers: [{ name: 'c', ports }] } };
    expect(schedule(withPort)).toBe('n');
    expect(schedule(withPort)).toContain(
      "1 node(s) didn't have free ports for the requested pod ports",
    );
  });
});

describe('filters', () => {
  test('a toleration opens a tainted node, an unschedulable one too', () => {
    const { schedule } = clusterOf({
      n: {
        spec: { unschedulable: true, taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] },
      },
    });
    const cordoned = { key: 'node.kubernetes.io/unschedulable', operator: 'Exists' as const };
    expect(schedule({ spec: { tolerations: [cordoned] } })).toContain('untolerated taint {k: v}');
    const exact = {
      key: 'k',
      operator: 'Equal' as const,
      value: 'v',
      effect: 'NoSchedule' as const,
    };
    expect(schedule({ spec: { tolerations: [cordoned, exact] } })).toBe('n');
    expect(schedule({ spec: { tolerations: [cordoned, { ...exact, value: 'w' }] } })).toContain(
      'taint',
    );
    expect(schedule({ spec: { tolerations: [{ operator: 'Exists' }] } })).toBe('n');
  });

  test('required node affinity: terms are alternatives, their requirements all hold', () => {
    const { schedule } = clusterOf({ a: { labels: { disk: 'ssd', cores: '8' } }, b: {} });
    const requiring = (...nodeSelectorTerms: NodeSelectorTerm[]): PodShape => ({
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
          },
        },
      },
    });
    const is = (key: string, operator: NodeSelectorOperator, ...values: string[]) => ({
      key,
      operator,
      values,
    });
    expect(
      schedule(
        requiring({ matchExpressions: [is('disk', 'In', 'ssd', 'nvme'), is('cores', 'Gt', '4')] }),
      ),
    ).toBe('a');
    expect(
      schedule(requiring({ matchExpressions: [is('disk', 'Exists'), is('cores', 'Lt', '4')] })),
    ).toContain('affinity');
    expect(schedule(requiring({ matchExpressions: [is('disk', 'DoesNotExist')] }))).toBe('b');
    expect(schedule(requiring({ matchExpressions: [is('disk', 'NotIn', 'ssd')] }))).toBe('b');
    expect(schedule(requiring({}, { matchFields: [is('metadata.name', 'In', 'b')] }))).toBe('b');
    expect(schedule(requiring({}))).toContain('affinity');
  });

  test('resources add up: init containers at their peak, sidecars and overhead on top', () => {
    const { schedule } = clusterOf({ n: { allocatable: { cpu: '1' } } });
    const needs = (cpu: string) => ({ resources: { requests: { cpu } } });
    const spec = {
      initContainers: [
        { name: 'sidecar', restartPolicy: 'Always' as const, ...needs('100m') },
        { name: 'init', ...needs('700m') },
      ],
      containers: [{ name: 'main', ...needs('300m') }],
      overhead: { cpu: '150m' },
    };
    expect(schedule({ spec })).toBe('n');
    expect(schedule({ requests: { cpu: '51m' } })).toContain('Insufficient cpu');
    expect(schedule({ requests: { cpu: '50m' } })).toBe('n');
  });

  test('a pod that asks for nothing fits on a node that is full', () => {
    const { schedule } = clusterOf({ n: { allocatable: { cpu: '1' } } });
    expect(schedule({ requests: { cpu: '1' } })).toBe('n');
    expect(schedule()).toBe('n');
  });

  test('host ports on different addresses do not meet, unless one is any address', () => {
    const { schedule } = clusterOf({ n: {} });
    const port = (hostIP?: string, protocol?: 'UDP') => ({
      spec: {
        containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 53, hostIP, protocol }] }],
      } as never,
    });
    expect(schedule(port('10.0.0.1'))).toBe('n');
    expect(schedule(port('10.0.0.2'))).toBe('n');
    expect(schedule(port(undefined, 'UDP'))).toBe('n');
    expect(schedule(port())).toContain('free ports');
  });
});

describe('topology spread constraints', () => {
  const zones = {
    a1: { labels: { zone: 'a' } },
    a2: { labels: { zone: 'a' } },
    b1: { labels: { zone: 'b' } },
    nowhere: {},
  };
  const labels = { app: 'web' };
  const spreading = (more: Partial<TopologySpreadConstraint> = {}): PodShape => ({
    labels,
    spec: {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: labels },
          ...more,
        },
      ],
    },
  });

  test('DoNotSchedule keeps domains even', () => {
    const { schedule } = clusterOf(zones);
    const zonesOf = Array.from({ length: 6 }, () => schedule(spreading()).slice(0, 1)).sort();
    expect(zonesOf).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  });

  test('a pod that finds no even place is told so', () => {
    const full = { allocatable: { pods: '1' } };
    const { schedule } = clusterOf({ ...zones, b1: { ...zones.b1, ...full } });
    for (let count = 0; count < 3; count++) schedule(spreading());
    expect(schedule(spreading())).toBe(
      '0/4 nodes are available: 1 Too many pods, ' +
        "1 node(s) didn't match pod topology spread constraints (missing required label), " +
        "2 node(s) didn't match pod topology spread constraints. " +
        `preemption: 0/4 nodes are available: ${unhelpful(1)}, ${noVictims(3)}.`,
    );
  });

  test('nodes that the pod cannot use do not count, unless it says so', () => {
    const { schedule } = clusterOf(zones);
    const inZoneA = (more: Partial<TopologySpreadConstraint> = {}): PodShape => {
      const shape = spreading(more);
      return { ...shape, spec: { ...shape.spec, nodeSelector: { zone: 'a' } } };
    };
    for (let count = 0; count < 3; count++) expect(schedule(inZoneA())).toMatch(/^a/);
    expect(schedule(inZoneA({ nodeAffinityPolicy: 'Ignore' }))).toContain('topology spread');
  });

  test('fewer domains than minDomains count as one that is empty', () => {
    const { schedule } = clusterOf(zones);
    for (let count = 0; count < 2; count++) {
      expect(schedule(spreading({ minDomains: 3 }))).not.toContain('available');
    }
    expect(schedule(spreading({ minDomains: 3 }))).toContain('topology spread');
  });

  test('ScheduleAnyway prefers the emptier domain, and a node outside of all last', () => {
    const { schedule } = clusterOf(zones);
    const placed = Array.from({ length: 4 }, () =>
      schedule(spreading({ whenUnsatisfiable: 'ScheduleAnyway' })).slice(0, 1),
    );
    expect(placed.sort()).toEqual(['a', 'a', 'b', 'b']);
  });
});

describe('scores', () => {
  test('the emptier node wins (LeastAllocated)', () => {
    const { schedule } = clusterOf({ a: {}, b: { allocatable: { cpu: '16', memory: '32Gi' } } });
    expect(schedule({ requests: { cpu: '2', memory: '4Gi' } })).toBe('b');
  });

  test('cpu and memory stay in balance', () => {
    const cpuHeavy = { requests: { cpu: '3', memory: '1Gi' } };
    const { cache, schedule } = clusterOf({ a: {}, b: {} });
    const preload = (nodeName: string, requests: Record<string, string>) =>
      cache.setPod(podInfoOf(podNamed(`on-${nodeName}`, { requests })), nodeName);
    preload('a', { cpu: '1', memory: '2Gi' });
    preload('b', { cpu: '500m', memory: '3Gi' });
    expect(schedule(cpuHeavy)).toBe('b');
  });

  test('a node with a PreferNoSchedule taint is second choice', () => {
    const { schedule } = clusterOf({ tainted: taint('PreferNoSchedule'), clean: {} });
    for (let count = 0; count < 4; count++)
      expect(schedule({ requests: { cpu: '500m' } })).toBe('clean');
  });

  test('preferred node affinity goes by weight', () => {
    const prefer = (weight: number, key: string) => ({
      weight,
      preference: { matchExpressions: [{ key, operator: 'Exists' as const }] },
    });
    const { schedule } = clusterOf({ a: { labels: { x: '' } }, b: { labels: { y: '' } }, c: {} });
    const preferred = [prefer(10, 'x'), prefer(80, 'y')];
    const affinity = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred },
    };
    expect(schedule({ spec: { affinity } })).toBe('b');
  });

  test('the replicas of a controller are spread over the nodes', () => {
    const { schedule } = clusterOf({ a: {}, b: {}, c: {} });
    const placed = Array.from({ length: 6 }, () => schedule({ owner: 'web' })).sort();
    expect(placed).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  test('a node that has the image is preferred when all else is equal', () => {
    const images = [{ name: 'demo:1', sizeBytes: 900 * 1024 * 1024 }];
    const { schedule } = clusterOf({ a: {}, b: { images }, c: {} });
    expect(schedule()).toBe('b');
  });
});

describe('the search', () => {
  test('the same seed makes the same choices among equal nodes, another one others', () => {
    const names = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}`, {}]));
    const choices = (seed: number) => {
      const { schedule } = clusterOf(names, seed);
      return Array.from({ length: 10 }, () => schedule());
    };
    expect(choices(7)).toEqual(choices(7));
    expect(choices(7)).not.toEqual(choices(8));
  });

  test('looks for as many feasible nodes as kube-scheduler (percentageOfNodesToScore)', () => {
    expect([10, 99, 100, 200, 1000, 5000, 10_000].map(feasibleNodesWanted)).toEqual([
      10, 99, 100, 100, 420, 500, 500,
    ]);
  });

  test('gives every node its turn in a cluster larger than one search', () => {
    const names = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`n${index}`, {}]));
    const { schedule } = clusterOf(names);
    const placed = new Set(Array.from({ length: 400 }, () => schedule({ requests: { cpu: '1' } })));
    expect(placed.size).toBeGreaterThan(390);
  });
});
