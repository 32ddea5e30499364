import type { Lease, Node, Pod } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { momentAt, nodeOf, podOf, timeAt } from '../testing/builders.ts';
import { NodeMonitor, type NodeAction } from './plan.ts';
import { planNoScheduleTaints } from './taints.plan.ts';
import { EvictionLimiter, zoneState } from './zones.plan.ts';

const rates = {
  evictionRate: 0.1,
  secondaryEvictionRate: 0.01,
  largeClusterSizeThreshold: 50,
  unhealthyZoneThreshold: 0.55,
};
const graces = { monitorMillis: 50_000, startupMillis: 60_000 };

/** Nodes that beat by lease, and a monitor that passes every 5 s and whose writes always succeed. */
class Fleet {
  readonly nodes = new Map<string, Node>();
  readonly leases = new Map<string, Lease>();
  readonly pods: Pod[] = [];
  readonly dead = new Set<string>();
  readonly log: { readonly seconds: number; readonly action: NodeAction }[] = [];
  monitor = new NodeMonitor({ graces, rates, periodMillis: 5000 });
  seconds = 0;

  constructor(nodes: readonly Node[]) {
    for (const node of nodes) this.nodes.set(node.metadata.name, node);
  }

  run(seconds: number): this {
    for (const end = this.seconds + seconds; this.seconds < end; this.seconds += 5) {
      for (const name of this.nodes.keys()) if (!this.dead.has(name)) this.#beat(name);
      this.pass();
    }
    return this;
  }

  pass(): void {
    const moment = momentAt(this.seconds);
    const actions = this.monitor.step({
      nodes: [...this.nodes.values()],
      lease: (name) => this.leases.get(name),
      podsOf: (name) => this.pods.filter((pod) => pod.spec.nodeName === name),
      now: this.seconds * 1000,
      moment,
    });
    for (const action of actions) {
      this.log.push({ seconds: this.seconds, action });
      if (action.kind === 'updateStatus' || action.kind === 'setTaints') {
        const { name } = action.node.metadata;
        const node = this.nodes.get(name)!;
        if (action.kind === 'updateStatus')
          this.nodes.set(name, { ...node, status: action.status });
        else this.nodes.set(name, { ...node, spec: { ...node.spec, taints: [...action.taints] } });
      }
    }
  }

  #beat(name: string): void {
    this.leases.set(name, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name },
      spec: { renewTime: timeAt(this.seconds).replace('Z', '.000000Z') },
    });
    const node = this.nodes.get(name)!;
    const ready = node.status.conditions?.find((condition) => condition.type === 'Ready');
    if (ready?.status === 'True') return;
    const alive = nodeOf(name, { heartbeat: this.seconds });
    this.nodes.set(name, { ...node, status: alive.status });
  }

  ready(name: string): string | undefined {
    return this.nodes.get(name)!.status.conditions?.find((one) => one.type === 'Ready')?.status;
  }

  taints(name: string): string[] {
    return (this.nodes.get(name)!.spec.taints ?? []).map((taint) => `${taint.key}:${taint.effect}`);
  }

  actions(kind: NodeAction['kind'], since = 0): NodeAction[] {
    return this.log
      .filter((one) => one.seconds >= since && one.action.kind === kind)
      .map((one) => one.action);
  }
}

const fleetOf = (count: number) =>
  new Fleet(Array.from({ length: count }, (_, index) => nodeOf(`node-${index}`)));

describe('a node that stops beating', () => {
  test('becomes Unknown after the grace period, is reported once, and is tainted', () => {
    const fleet = fleetOf(3).run(60);
    expect(fleet.ready('node-0')).toBe('True');
    fleet.dead.add('node-0');
    fleet.run(50);
    expect(fleet.ready('node-0')).toBe('True');
    fleet.run(10);
    expect(fleet.ready('node-0')).toBe('Unknown');
    expect(fleet.nodes.get('node-0')!.status.conditions).toEqual([
      expect.objectContaining({
        type: 'Ready',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      }),
      ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map(
        (type) =>
          expect.objectContaining({
            type,
            status: 'Unknown',
            reason: 'NodeStatusNeverUpdated',
          }) as object,
      ),
    ]);
    expect(fleet.taints('node-0')).toEqual(['node.kubernetes.io/unreachable:NoExecute']);
    fleet.run(60);
    const events = fleet.actions('event', 60);
    expect(events).toEqual([
      expect.objectContaining({
        reason: 'NodeNotReady',
        message: 'Node node-0 status is now: NodeNotReady',
      }),
    ]);
  });

  test('has its ready pods marked not ready until none is', () => {
    const fleet = fleetOf(2);
    fleet.pods.push(podOf('a', { node: 'node-0', ready: true }), podOf('b', { node: 'node-0' }));
    fleet.run(60).dead.add('node-0');
    fleet.run(60);
    const marked = fleet.actions('markPodNotReady');
    expect(marked.length).toBeGreaterThan(0);
    expect(
      new Set(marked.map((one) => one.kind === 'markPodNotReady' && one.pod.metadata.name)),
    ).toEqual(new Set(['a']));
  });

  test('loses its taint in the pass that sees it again', () => {
    const fleet = fleetOf(3).run(60);
    fleet.dead.add('node-0');
    fleet.run(60);
    expect(fleet.taints('node-0')).toHaveLength(1);
    fleet.dead.clear();
    fleet.run(5);
    expect(fleet.taints('node-0')).toEqual([]);
    expect(fleet.ready('node-0')).toBe('True');
  });

  test('that never posted a status has the start-up grace period', () => {
    const fleet = new Fleet([nodeOf('node-0'), nodeOf('new', { ready: 'absent', created: 0 })]);
    fleet.dead.add('new');
    fleet.run(60);
    expect(fleet.ready('new')).toBeUndefined();
    fleet.run(10);
    expect(fleet.ready('new')).toBe('Unknown');
    expect(fleet.nodes.get('new')!.status.conditions?.[0]).toMatchObject({
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
    });
  });
});

describe('evictions', () => {
  test('go at a node in ten seconds, the first at once', () => {
    const fleet = fleetOf(20).run(60);
    for (let index = 0; index < 5; index++) fleet.dead.add(`node-${index}`);
    fleet.run(60);
    const first = fleet.log.find((one) => one.action.kind === 'setTaints')!.seconds;
    fleet.run(60);
    const times = fleet.log
      .filter((one) => one.action.kind === 'setTaints')
      .map((one) => one.seconds);
    expect(times.map((time) => time - first)).toEqual([0, 10, 20, 30, 40]);
  });

  test('stop in a small zone that is more than half down', () => {
    const fleet = fleetOf(5).run(60);
    for (const name of ['node-0', 'node-1', 'node-2']) fleet.dead.add(name);
    fleet.run(120);
    expect(fleet.ready('node-0')).toBe('Unknown');
    expect(fleet.actions('setTaints')).toEqual([]);
  });

  test('are taken back when every node is gone, and time begins anew with the first that returns', () => {
    const fleet = fleetOf(3).run(60);
    fleet.dead.add('node-0');
    fleet.run(60);
    expect(fleet.taints('node-0')).toHaveLength(1);
    fleet.dead.add('node-1').add('node-2');
    fleet.run(120);
    for (const name of fleet.nodes.keys()) expect(fleet.taints(name)).toEqual([]);
    fleet.dead.clear();
    fleet.dead.add('node-0').add('node-2');
    fleet.run(30);
    expect(fleet.ready('node-1')).toBe('True');
  });

  test('another condition replaces the taint at once', () => {
    const fleet = fleetOf(3).run(60);
    fleet.dead.add('node-0');
    fleet.run(60);
    const node = fleet.nodes.get('node-0')!;
    const status = nodeOf('x', { ready: 'False', heartbeat: fleet.seconds }).status;
    fleet.nodes.set('node-0', { ...node, status });
    fleet.run(5);
    expect(fleet.taints('node-0')).toEqual(['node.kubernetes.io/not-ready:NoExecute']);
  });
});

test('time without passes is no silence of the nodes', () => {
  const fleet = fleetOf(3).run(60);
  fleet.seconds += 300;
  fleet.pass();
  for (const name of fleet.nodes.keys()) expect(fleet.ready(name)).toBe('True');
});

test('nodes that come and go are told of', () => {
  const fleet = fleetOf(1).run(5);
  fleet.nodes.clear();
  fleet.run(5);
  expect(fleet.actions('event').map((one) => one.kind === 'event' && one.message)).toEqual([
    'Node node-0 event: Registered Node node-0 in Controller',
    'Node node-0 event: Removing Node node-0 from Controller',
  ]);
});

describe('NoSchedule taints', () => {
  const condition = (type: string, status: 'True' | 'False' | 'Unknown') => ({ type, status });
  test.each([
    ['Ready', 'False', 'node.kubernetes.io/not-ready'],
    ['Ready', 'Unknown', 'node.kubernetes.io/unreachable'],
    ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
    ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
    ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
    ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ] as const)('%s %s is %s', (type, status, key) => {
    const node = { ...nodeOf('n'), status: { conditions: [condition(type, status)] } };
    const taints = planNoScheduleTaints(node, momentAt(7));
    expect(taints).toEqual([{ key, effect: 'NoSchedule', timeAdded: timeAt(7) }]);
    const tainted = { ...node, spec: { taints: taints! } };
    expect(planNoScheduleTaints(tainted, momentAt(9))).toBeUndefined();
    expect(planNoScheduleTaints({ ...tainted, status: {} }, momentAt(9))).toEqual([]);
  });

  test('cordoning taints, and the taints of others stay', () => {
    const own = { key: 'team', value: 'a', effect: 'NoSchedule' as const };
    const node = nodeOf('n', { unschedulable: true, taints: [own] });
    expect(planNoScheduleTaints(node, momentAt(0))).toEqual([
      own,
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: timeAt(0) },
    ]);
  });
});

test.each([
  [[true, true, true], 'Normal'],
  [[true, false, false], 'Normal'],
  [[false, false, false], 'FullDisruption'],
  [[true, true, false, false, false], 'PartialDisruption'],
  [[true, true, true, false, false, false], 'Normal'],
  [[], 'Normal'],
] as const)('a zone with nodes ready %j is %s', (ready, state) => {
  expect(zoneState(ready, rates)).toBe(state);
});

test('the limiter saves up no more than one eviction', () => {
  const limiter = new EvictionLimiter(0.1, 0);
  expect([limiter.tryAccept(0), limiter.tryAccept(5000), limiter.tryAccept(10_000)]).toEqual([
    true,
    false,
    true,
  ]);
  expect([limiter.tryAccept(1e6), limiter.tryAccept(1e6)]).toEqual([true, false]);
});
