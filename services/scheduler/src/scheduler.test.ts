import {
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type StorageClass,
} from '@drydock/api';
import { createEventRecorder, createInformer, resources } from '@drydock/client';
import { createMemoryCluster } from '@drydock/client/testing';
import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, onTestFinished, test } from 'vitest';
import { defaultPlugins } from './plugins/registry.ts';
import { createScheduler } from './scheduler.ts';
import { nodeNamed, podNamed, type PodShape } from './testing/objects.ts';

/** A scheduler on an API server in memory, with a clock that stands still. */
async function start(nodeNames: readonly string[] = ['n1'], { lead = true } = {}) {
  const cluster = createMemoryCluster(createManualClock());
  const { clock, store, api } = cluster;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const addNode = (name: string, cpu = '4') =>
    store.put('nodes', nodeNamed(name, { allocatable: { cpu } }));
  for (const name of nodeNames) addNode(name);
  const addPod = (name: string, shape: PodShape = {}) => store.put('pods', podNamed(name, shape));

  const pods = createInformer({ resource: resources.pods }, cluster);
  const nodes = createInformer({ resource: resources.nodes }, cluster);
  const storage = {
    claims: createInformer({ resource: resources.persistentVolumeClaims }, cluster),
    volumes: createInformer({ resource: resources.persistentVolumes }, cluster),
    classes: createInformer({ resource: resources.storageClasses }, cluster),
  };
  const events = createEventRecorder({ component: 'default-scheduler' }, cluster);
  const scheduler = createScheduler(
    { schedulerName: 'default-scheduler', plugins: defaultPlugins },
    { ...cluster, pods, nodes, storage, events, breathe: () => Promise.resolve() },
  );
  for (const informer of [pods, nodes, storage.claims, storage.volumes, storage.classes]) {
    void informer.run(stop.signal);
  }
  const running = lead ? scheduler.run(stop.signal) : Promise.resolve();
  await clock.settle();

  const get = (name: string): Promise<Pod> =>
    api.get(resources.pods, { namespace: 'default', name });
  const placementOf = async (name: string) => (await get(name)).spec.nodeName;
  const eventsOf = async (name: string) =>
    (await api.list(resources.events)).items
      .filter((event) => event.involvedObject.name === name)
      .map((event) => `${event.type} ${event.reason}: ${event.message}`);
  return { ...cluster, scheduler, stop, running, addNode, addPod, get, placementOf, eventsOf };
}

test('binds a pod and says so', async () => {
  const { addPod, clock, placementOf, eventsOf } = await start();
  addPod('web');
  await clock.settle();
  expect(await placementOf('web')).toBe('n1');
  expect(await eventsOf('web')).toEqual([
    'Normal Scheduled: Successfully assigned default/web to n1',
  ]);
});

test('a pod without a place has the condition and an event that say why, once', async () => {
  const { addPod, clock, get, eventsOf, servers } = await start();
  addPod('big', { requests: { cpu: '8' } });
  await clock.advance(200_000);
  const message =
    '0/1 nodes are available: 1 Insufficient cpu. preemption: ' +
    '0/1 nodes are available: 1 No preemption victims found for incoming pod.';
  expect((await get('big')).status?.conditions).toMatchObject([
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
  ]);
  expect(await eventsOf('big')).toEqual([`Warning FailedScheduling: ${message}`]);
  expect(servers[0].calls.filter((call) => call === 'Patch pods/status')).toHaveLength(1);
});

test('what may help is tried: a new node, a deleted pod', async () => {
  const { addPod, addNode, clock, placementOf, api } = await start();
  addPod('first', { requests: { cpu: '3' } });
  await clock.settle();
  addPod('second', { requests: { cpu: '3' } });
  addPod('third', { requests: { cpu: '6' } });
  await clock.advance(10_000);
  expect(await placementOf('second')).toBeUndefined();
  await api.delete(resources.pods, { namespace: 'default', name: 'first' });
  await clock.advance(10_000);
  expect(await placementOf('second')).toBe('n1');
  addNode('large', '8');
  await clock.advance(10_000);
  expect(await placementOf('third')).toBe('large');
});

test('leaves alone what is not its own: other schedulers, gates, pods on their way out', async () => {
  const { addPod, clock, placementOf, get, store } = await start();
  addPod('other', { spec: { schedulerName: 'another' } });
  addPod('gated', { spec: { schedulingGates: [{ name: 'wait' }] } });
  const leaving = podNamed('leaving');
  leaving.metadata.deletionTimestamp = '2025-01-01T00:00:00Z';
  store.put('pods', leaving);
  await clock.advance(20_000);
  for (const name of ['other', 'gated', 'leaving']) {
    expect(await placementOf(name)).toBeUndefined();
  }
  const gated = await get('gated');
  store.put('pods', { ...gated, spec: { ...gated.spec, schedulingGates: [] } } as Pod);
  await clock.settle();
  expect(await placementOf('gated')).toBe('n1');
});

test('does not give the same room twice while bindings are under way', async () => {
  const { addPod, clock, servers, placementOf } = await start(['n1', 'n2']);
  for (const server of servers) {
    server.intercept = (method, { subresource }) =>
      method === 'Create' && subresource === 'binding' ? clock.sleep(1_000) : undefined;
  }
  for (const name of ['a', 'b', 'c']) addPod(name, { requests: { cpu: '3' } });
  await clock.advance(5_000);
  const placed = [await placementOf('a'), await placementOf('b'), await placementOf('c')];
  expect(placed.filter((one) => one !== undefined).sort()).toEqual(['n1', 'n2']);
});

test('a binding that fails is tried again after a back-off', async () => {
  const { addPod, clock, servers, placementOf } = await start();
  for (const server of servers) {
    server.intercept = (method, { subresource }) => {
      if (method === 'Create' && subresource === 'binding' && clock.now() < 900) {
        throw new Error('disk full');
      }
    };
  }
  addPod('a', { requests: { cpu: '3' } });
  await clock.advance(500);
  expect(await placementOf('a')).toBeUndefined();
  await clock.advance(600);
  expect(await placementOf('a')).toBe('n1');
});

test('a pod that has ended gives its room back', async () => {
  const { addPod, clock, get, store, placementOf } = await start();
  addPod('job', { requests: { cpu: '3' } });
  await clock.settle();
  addPod('next', { requests: { cpu: '3' } });
  await clock.advance(10_000);
  const job = await get('job');
  store.put('pods', { ...job, status: { ...job.status, phase: 'Succeeded' } } as Pod);
  await clock.advance(10_000);
  expect(await placementOf('next')).toBe('n1');
});

test('a volume is reserved with the node, and the pod bound when its claim is', async () => {
  const { addPod, clock, placementOf, eventsOf, store, api } = await start();
  store.put('storageclasses', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'late' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  } as StorageClass);
  const data = { namespace: 'default', name: 'data' };
  const spec = {
    accessModes: ['ReadWriteOnce' as const],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'late',
  };
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  addPod('web', { spec: { volumes } });
  await clock.settle();
  expect(await eventsOf('web')).toEqual([
    'Warning FailedScheduling: 0/1 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  ]);
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...data, uid: 'claim-1' },
    spec,
    status: { phase: 'Pending' },
  };
  store.put('persistentvolumeclaims', claim);
  store.put('persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'disk' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'late',
    },
    status: { phase: 'Available' },
  } as PersistentVolume);
  await clock.advance(10_000);
  const disk = await api.get(resources.persistentVolumes, { name: 'disk' });
  expect(disk.spec.claimRef).toMatchObject({ ...data, uid: 'claim-1' });
  expect(disk.metadata.annotations).toEqual({ [volumeAnnotations.boundByController]: 'yes' });
  expect(await placementOf('web')).toBeUndefined();
  const found = await api.get(resources.persistentVolumeClaims, data);
  const annotations = { [volumeAnnotations.bindCompleted]: 'yes' };
  await api.update(resources.persistentVolumeClaims, {
    ...found,
    metadata: { ...found.metadata, annotations },
    spec: { ...found.spec, volumeName: 'disk' },
  });
  await clock.settle();
  expect(await placementOf('web')).toBe('n1');
});

test('the next leader starts from what is there', async () => {
  const first = await start(['n1']);
  first.addPod('a', { requests: { cpu: '3' } });
  await first.clock.settle();
  first.stop.abort();
  await first.running;
  first.addPod('b', { requests: { cpu: '3' } });
  first.addPod('c', { requests: { cpu: '500m' } });
  await first.clock.settle();
  expect(await first.placementOf('c')).toBeUndefined();

  const { clock, random, log, api } = first;
  const again = new AbortController();
  onTestFinished(() => again.abort());
  const powers = { api, clock, random, log };
  const pods = createInformer({ resource: resources.pods }, powers);
  const nodes = createInformer({ resource: resources.nodes }, powers);
  const events = createEventRecorder({ component: 'default-scheduler' }, powers);
  const second = createScheduler(
    { schedulerName: 'default-scheduler', plugins: defaultPlugins },
    { ...powers, pods, nodes, events, breathe: () => Promise.resolve() },
  );
  void pods.run(again.signal);
  void nodes.run(again.signal);
  void second.run(again.signal);
  await clock.settle();
  expect([await first.placementOf('b'), await first.placementOf('c')]).toEqual([undefined, 'n1']);
});
