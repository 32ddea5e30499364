/** The controllers through their caches and queues, over API servers in memory and a clock moved by hand. */
import {
  forbiddenError,
  isPodReady,
  type Deployment,
  type Node,
  type OwnerReference,
  type Pod,
} from '@drydock/api';
import { resources, type ApiClient } from '@drydock/client';
import { createMemoryCluster, type MemoryCluster } from '@drydock/client/testing';
import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, onTestFinished, test } from 'vitest';
import { newReplicaSet } from './deployment/replica-sets.plan.ts';
import { createManager, type Manager } from './manager.ts';
import { deploymentOf, meta, nodeOf, podOf, replicaSetOf, withImage } from './testing/builders.ts';
import { defaultOptions } from './testing/options.ts';

const timers = {
  leaseDurationMillis: 15_000,
  renewDeadlineMillis: 10_000,
  retryPeriodMillis: 2_000,
};

function startManager(cluster: MemoryCluster, identity: string, api: ApiClient = cluster.api) {
  const stop = new AbortController();
  const manager = createManager(
    {
      controllerOptions: defaultOptions,
      controllers: ['*'],
      election: { ...timers, identity },
    },
    { ...cluster, api },
  );
  const running = manager.run(stop.signal);
  onTestFinished(() => stop.abort());
  return { manager, stop, running };
}

function startCluster() {
  const clock = createManualClock({ wallTimeStart: Date.parse('2026-01-01T00:00:00Z') });
  return createMemoryCluster(clock);
}

const podList = async (cluster: MemoryCluster) => (await cluster.api.list(resources.pods)).items;

/** Every pod gets a node and becomes ready. */
async function runKubelets(cluster: MemoryCluster, nodeName = 'node-1') {
  for (const pod of await podList(cluster)) {
    if (isPodReady(pod)) continue;
    const status: Pod['status'] = {
      phase: 'Running',
      podIP: `10.244.0.${pod.metadata.uid!.replaceAll(/\D/g, '')}`,
      conditions: [{ type: 'Ready', status: 'True' }],
    };
    if (pod.spec.nodeName === undefined) await cluster.api.bind(pod, nodeName);
    const bound = await cluster.api.get(resources.pods, pod.metadata);
    await cluster.api.updateStatus(resources.pods, { ...bound, status });
  }
}

async function settle(cluster: MemoryCluster, rounds = 6) {
  for (let round = 0; round < rounds; round++) {
    await runKubelets(cluster);
    await cluster.clock.advance(1_000);
  }
}

function bare<T extends Deployment | Node>(object: T): T {
  const { uid: _, resourceVersion: __, creationTimestamp: ___, ...metadata } = object.metadata;
  return { ...object, metadata };
}

async function getDeployment(cluster: MemoryCluster): Promise<Deployment> {
  return cluster.api.get(resources.deployments, { namespace: 'default', name: 'web' });
}

test('a Deployment becomes pods, is scaled, and rolls to a new image', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  cluster.store.put('nodes', nodeOf('node-1'));
  await cluster.api.create(resources.deployments, bare(deploymentOf('web', { replicas: 3 })));
  await settle(cluster);
  expect(await podList(cluster)).toHaveLength(3);
  const first = await getDeployment(cluster);
  expect(first.status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  expect(first.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });

  await cluster.api.update(resources.deployments, {
    ...first,
    spec: { ...first.spec, replicas: 5 },
  });
  await settle(cluster);
  expect(await podList(cluster)).toHaveLength(5);

  await cluster.api.update(resources.deployments, withImage(await getDeployment(cluster), 'app:2'));
  await settle(cluster, 20);
  const images = (await podList(cluster)).map((pod) => pod.spec.containers[0]?.image);
  expect(images).toEqual(Array.from({ length: 5 }, () => 'app:2'));
  const last = await getDeployment(cluster);
  expect(last.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '2' });
  expect(last.status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Progressing', reason: 'NewReplicaSetAvailable' }),
  );
  const { items } = await cluster.api.list(resources.events);
  const messages = items
    .filter((one) => one.reason === 'ScalingReplicaSet')
    .map((one) => one.message);
  expect(messages[0]).toMatch(/^Scaled up replica set web-\w+ from 0 to 3$/);
  expect(messages[1]).toMatch(/^Scaled up replica set web-\w+ from 3 to 5$/);
});

test('an orphan that matches is adopted, and a pod that no longer does is let go and replaced', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  await cluster.clock.advance(5_000);
  await cluster.api.create(resources.deployments, bare(deploymentOf('web', { replicas: 2 })));
  await settle(cluster);
  const [pod] = await podList(cluster);
  await cluster.api.update(resources.pods, {
    ...pod!,
    metadata: { ...pod!.metadata, labels: { app: 'debug' } },
  });
  await settle(cluster);
  const pods = await podList(cluster);
  expect(pods).toHaveLength(3);
});

test('the garbage collector takes what a deleted Deployment owned', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  await cluster.clock.advance(5_000);
  await cluster.api.create(resources.deployments, bare(deploymentOf('web')));
  await settle(cluster);
  await cluster.api.delete(resources.deployments, { namespace: 'default', name: 'web' });
  await cluster.clock.advance(5_000);
  expect((await cluster.api.list(resources.replicaSets)).items).toEqual([]);
  expect(await podList(cluster)).toEqual([]);
});

test('a silent node is tainted, and its pods run elsewhere after their toleration', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  for (const name of ['node-1', 'node-2', 'node-3']) cluster.store.put('nodes', nodeOf(name));
  await cluster.clock.advance(5_000);
  const nodeKeys = ['node.kubernetes.io/unreachable', 'node.kubernetes.io/not-ready'];
  const tolerations = nodeKeys.map((key) => ({
    key,
    operator: 'Exists' as const,
    effect: 'NoExecute' as const,
    tolerationSeconds: 300,
  }));
  const deployment = deploymentOf('web', { replicas: 2 });
  const { template } = deployment.spec;
  const spec = {
    ...deployment.spec,
    template: { ...template, spec: { ...template.spec, tolerations } },
  };
  await cluster.api.create(resources.deployments, bare({ ...deployment, spec }));
  await cluster.clock.advance(1_000);
  await runKubelets(cluster, 'node-1');
  const beat = async (seconds: number) => {
    for (let past = 0; past < seconds; past += 10) {
      for (const name of ['node-2', 'node-3']) {
        const renewTime = new Date(cluster.clock.wallTime()).toISOString().replace('Z', '000Z');
        const lease = { metadata: { namespace: 'kube-node-lease', name }, spec: { renewTime } };
        const found = await cluster.api
          .get(resources.leases, lease.metadata)
          .catch(() => cluster.api.create(resources.leases, lease));
        await cluster.api.update(resources.leases, { ...found, spec: { renewTime } });
      }
      await cluster.clock.advance(10_000);
      await runKubelets(cluster, 'node-2');
    }
  };
  const where = async () => (await podList(cluster)).map((pod) => pod.spec.nodeName);

  await beat(40);
  const node = () => cluster.api.get(resources.nodes, { name: 'node-1' });
  expect((await node()).spec.taints ?? []).toEqual([]);
  await beat(30);
  const effects = (await node()).spec.taints?.map((taint) => `${taint.key}:${taint.effect}`);
  expect(effects?.sort((a, b) => a.localeCompare(b))).toEqual([
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/unreachable:NoSchedule',
  ]);
  expect(await where()).toEqual(['node-1', 'node-1']);
  await beat(270);
  expect(await where()).toEqual(['node-1', 'node-1']);
  await beat(40);
  expect(await where()).toEqual(['node-2', 'node-2']);
  const cidrs = (await cluster.api.list(resources.nodes)).items.map((one) => one.spec.podCIDR);
  expect(new Set(cidrs)).toEqual(new Set(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']));
});

test('of two managers one acts; when it stops, the other does at once', async () => {
  const cluster = startCluster();
  const first = startManager(cluster, 'a');
  await cluster.clock.advance(5_000);
  const second = startManager(cluster, 'b', cluster.connect());
  await cluster.clock.advance(5_000);
  const leaders = (...managers: Manager[]) => managers.map((one) => one.elector!.isLeader());
  expect(leaders(first.manager, second.manager)).toEqual([true, false]);
  expect(second.manager.notReady()).toBeUndefined();

  first.stop.abort();
  await first.running;
  await cluster.clock.advance(5_000);
  expect(leaders(first.manager, second.manager)).toEqual([false, true]);
  await cluster.api.create(resources.deployments, bare(deploymentOf('web')));
  await settle(cluster);
  expect(await podList(cluster)).toHaveLength(3);
});

test('a manager that loses its lease stops acting, and acts again when it is leader again', async () => {
  const cluster = startCluster();
  const { manager } = startManager(cluster, 'a');
  await cluster.clock.advance(5_000);
  expect(manager.elector!.isLeader()).toBe(true);
  for (const server of cluster.servers) server.stop();
  await cluster.clock.advance(20_000);
  expect(manager.elector!.isLeader()).toBe(false);
  for (const server of cluster.servers) server.start();
  await cluster.clock.advance(30_000);
  expect(manager.elector!.isLeader()).toBe(true);
  await cluster.api.create(resources.deployments, bare(deploymentOf('web')));
  await settle(cluster);
  expect(await podList(cluster)).toHaveLength(3);
});

test('a namespace that allows no pods shows in the ReplicaSet, and few creations are tried', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  await cluster.clock.advance(5_000);
  const quota = { isFull: true };
  for (const server of cluster.servers) {
    server.intercept = (method, { resource }) => {
      if (quota.isFull && method === 'Create' && resource === 'pods') {
        throw forbiddenError({ group: '', resource: 'pods' }, '', 'exceeded quota: q');
      }
    };
  }
  await cluster.api.create(resources.deployments, bare(deploymentOf('web', { replicas: 50 })));
  await cluster.clock.advance(20);
  const tried = cluster.servers
    .flatMap((one) => one.calls)
    .filter((call) => call === 'Create pods');
  expect(tried.length).toBeLessThan(10);
  const [set] = (await cluster.api.list(resources.replicaSets)).items;
  expect(set?.status.conditions).toEqual([
    expect.objectContaining({
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'pods is forbidden: exceeded quota: q',
    }),
  ]);
  await cluster.clock.advance(1_000);
  expect((await getDeployment(cluster)).status.conditions).toContainEqual(
    expect.objectContaining({ type: 'ReplicaFailure', reason: 'FailedCreate' }),
  );
  const { items } = await cluster.api.list(resources.events);
  expect(items.map((event) => `${event.reason}: ${event.message}`)).toContain(
    'FailedCreate: Error creating: pods is forbidden: exceeded quota: q',
  );
  quota.isFull = false;
  await cluster.clock.advance(60_000);
  expect(await podList(cluster)).toHaveLength(50);
  const [mended] = (await cluster.api.list(resources.replicaSets)).items;
  expect(mended?.status.conditions ?? []).toEqual([]);
});

test.each(['web', 'other'])(
  'a name that another ReplicaSet of app %s has is counted as a collision and avoided',
  async (app) => {
    const cluster = startCluster();
    const deployment = deploymentOf('web', { replicas: 2 });
    const taken = newReplicaSet(deployment, { replicas: 0, revision: 1 });
    const { ownerReferences: _, ...metadata } = taken.metadata;
    const foreign = { ...taken, metadata: { ...metadata, labels: { app } } };
    const { spec } = replicaSetOf('x', { replicas: 0 });
    await cluster.api.create(resources.replicaSets, { ...foreign, spec });
    startManager(cluster, 'a');
    await cluster.clock.advance(5_000);
    await cluster.api.create(resources.deployments, bare(deployment));
    await settle(cluster);
    expect((await getDeployment(cluster)).status).toMatchObject({
      collisionCount: 1,
      availableReplicas: 2,
    });
  },
);

test('pods of a node that is removed are failed and deleted after the quarantine', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  for (const name of ['node-1', 'node-2']) cluster.store.put('nodes', nodeOf(name));
  cluster.store.put('pods', podOf('lost', { node: 'node-2', ready: true }));
  await cluster.clock.advance(60_000);
  expect(await podList(cluster)).toHaveLength(1);
  await cluster.api.delete(resources.nodes, { name: 'node-2' });
  await cluster.clock.advance(40_000);
  expect(await podList(cluster)).toHaveLength(1);
  await cluster.clock.advance(40_000);
  expect(await podList(cluster)).toEqual([]);
});

test('an eviction is called off when the taint goes in time', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  const timeAdded = '2026-01-01T00:00:00Z';
  const taint = { key: 'maintenance', effect: 'NoExecute', timeAdded } as const;
  cluster.store.put('nodes', nodeOf('node-1', { taints: [taint] }));
  const tolerations = [{ key: 'maintenance', tolerationSeconds: 60 }];
  const toleration = tolerations.map((one) => ({ ...one, operator: 'Exists' as const }));
  cluster.store.put('pods', podOf('spared', { node: 'node-1', tolerations: toleration }));
  cluster.store.put('pods', podOf('evicted', { node: 'node-1' }));
  await cluster.clock.advance(30_000);
  expect((await podList(cluster)).map((pod) => pod.metadata.name)).toEqual(['spared']);
  const node = await cluster.api.get(resources.nodes, { name: 'node-1' });
  await cluster.api.update(resources.nodes, { ...node, spec: { ...node.spec, taints: [] } });
  await cluster.clock.advance(120_000);
  expect((await podList(cluster)).map((pod) => pod.metadata.name)).toEqual(['spared']);
  const { items } = await cluster.api.list(resources.events);
  const told = items.filter((event) => event.reason === 'TaintManagerEviction');
  expect(told.map((event) => event.message)).toEqual([
    'Marking for deletion Pod default/evicted',
    'Cancelling deletion of Pod default/spared',
  ]);
});

test('the garbage collector spares what a kind unknown here owns, and takes what names its owner wrongly', async () => {
  const cluster = startCluster();
  const owned = (name: string, owner: Partial<OwnerReference>) => {
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'uid-owner' };
    const metadata = { ...meta(name), ownerReferences: [{ ...reference, ...owner }] };
    cluster.store.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  };
  const owner = { ...meta('owner'), uid: 'uid-owner' };
  cluster.store.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: owner });
  owned('rightly', {});
  owned('of-a-stranger', { apiVersion: 'example.com/v1', kind: 'Widget', uid: 'uid-widget' });
  owned('wrong-uid', { uid: 'uid-of-long-ago' });
  owned('wrong-kind', { kind: 'Secret' });
  startManager(cluster, 'a');
  await cluster.clock.advance(10_000);
  const names = async () =>
    (await cluster.api.list(resources.configMaps)).items
      .map((one) => one.metadata.name)
      .filter((name) => name !== 'kube-root-ca.crt');
  expect(new Set(await names())).toEqual(new Set(['owner', 'rightly', 'of-a-stranger']));
  await cluster.api.delete(resources.configMaps, { namespace: 'default', name: 'owner' });
  await cluster.clock.advance(5_000);
  expect(await names()).toEqual(['of-a-stranger']);
});

test('a range that does not fit is refused at the start', () => {
  const cluster = startCluster();
  const controllerOptions = { ...defaultOptions, 'cluster-cidr': '10.244.7.0/28' };
  const options = { controllerOptions, controllers: ['*'], election: undefined };
  expect(() => createManager(options, cluster)).toThrow(/ranges of \/24 for nodes do not fit/);
});

test('--controllers that do not exist are refused by name', () => {
  const cluster = startCluster();
  const options = { controllerOptions: defaultOptions, election: undefined };
  expect(() => createManager({ ...options, controllers: ['*', '-nonsense'] }, cluster)).toThrow(
    /--controllers names nonsense; there are clusterrole-aggregation-controller, deployment-controller/,
  );
});

test('a claim gets a volume, which is released when the claim has gone', async () => {
  const cluster = startCluster();
  startManager(cluster, 'a');
  const named = <T extends object>(kind: string, name: string, rest: T) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, ...(kind === 'PersistentVolume' ? {} : { namespace: 'default' }) },
    ...rest,
  });
  const volume = named('PersistentVolume', 'disk', {
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce' as const],
      storageClassName: 'local',
      hostPath: { path: '/data' },
    },
    status: {},
  });
  const claim = named('PersistentVolumeClaim', 'data', {
    spec: {
      accessModes: ['ReadWriteOnce' as const],
      resources: { requests: { storage: '5Gi' } },
      storageClassName: 'local',
    },
    status: {},
  });
  await cluster.api.create(resources.persistentVolumeClaims, claim);
  await cluster.clock.advance(2_000);
  await cluster.api.create(resources.persistentVolumes, volume);
  await cluster.clock.advance(2_000);
  const data = { namespace: 'default', name: 'data' };
  const readVolume = () => cluster.api.get(resources.persistentVolumes, { name: 'disk' });
  const bound = await cluster.api.get(resources.persistentVolumeClaims, data);
  expect(bound).toMatchObject({ spec: { volumeName: 'disk' }, status: { phase: 'Bound' } });
  expect((await readVolume()).status.phase).toBe('Bound');
  await cluster.api.delete(resources.persistentVolumeClaims, data);
  await cluster.clock.advance(2_000);
  expect((await readVolume()).status.phase).toBe('Released');
  const { items } = await cluster.api.list(resources.events);
  expect(items.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
    'ProvisioningFailed: storageclass.storage.k8s.io "local" not found',
  );
});
