/** Two real controller managers over a real API server and etcd; nodes are played by the test. */
import { isPodReady, type Deployment, type Pod, type Toleration } from '@drydock/api';
import { isNotFound, resources, type Resource } from '@drydock/client';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRealCluster, type ManagerProcess, type RealCluster } from './testing/real-cluster.ts';
import { ToyKubelets } from './testing/toy-kubelets.ts';

const nodeNames = ['node-1', 'node-2', 'node-3'];
const started = new AsyncDisposableStack();
let cluster: RealCluster;
let kubelets: ToyKubelets;
let managers: ManagerProcess[] = [];

beforeAll(async () => {
  cluster = started.use(await startRealCluster());
  kubelets = started.use(new ToyKubelets(cluster.api, nodeNames));
  managers = await Promise.all(['first', 'second'].map((name) => cluster.startManager(name)));
});

afterAll(() => started.disposeAsync());

async function createDeployment(
  name: string,
  options: { namespace?: string; replicas?: number; tolerations?: Toleration[] } = {},
): Promise<Deployment> {
  const { namespace = 'default', replicas = 3, tolerations } = options;
  return cluster.api.create(resources.deployments, {
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            { name: 'app', image: 'app:1', ports: [{ name: 'web', containerPort: 80 }] },
          ],
          ...(tolerations === undefined ? {} : { tolerations }),
        },
      },
    },
    status: {},
  });
}

async function podsOf(app: string): Promise<Pod[]> {
  const { items } = await cluster.api.list(resources.pods, { labelSelector: `app=${app}` });
  return items;
}

const readyPods = async (app: string) =>
  (await podsOf(app)).filter(
    (pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined,
  );

const hasReady = (app: string, count: number) =>
  eventually(`${app} has ${count} ready pods`, async () => {
    const [ready, all] = [await readyPods(app), await podsOf(app)];
    return ready.length === count && all.length === count;
  });

async function scale(name: string, replicas: number): Promise<void> {
  const value = { spec: { replicas } };
  const place = { namespace: 'default', name };
  await cluster.api.patch(resources.deployments, place, { type: 'merge', value });
}

const isGone = (resource: Resource<Deployment>, namespace: string, name: string) =>
  eventually(`${name} is gone`, () =>
    cluster.api.get(resource, { namespace, name }).then(
      () => false,
      (error: unknown) => isNotFound(error),
    ),
  );

async function leader(): Promise<string> {
  const place = { namespace: 'kube-system', name: 'kube-controller-manager' };
  const lease = await cluster.api.get(resources.leases, place);
  return lease.spec.holderIdentity ?? '';
}

test('every node gets a range of its own', async () => {
  await eventually('all nodes have ranges', async () => {
    const { items } = await cluster.api.list(resources.nodes);
    const ranges = new Set(
      items.map((node) => node.spec.podCIDR).filter((one) => one !== undefined),
    );
    return ranges.size === nodeNames.length;
  });
});

test('a Deployment becomes ready pods behind its Service, and is scaled up and down', async () => {
  await createDeployment('web');
  await cluster.api.create(resources.services, {
    metadata: { namespace: 'default', name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'web' }] },
    status: {},
  });
  const readyEndpoints = async () => {
    const labelSelector = 'kubernetes.io/service-name=web';
    const { items } = await cluster.api.list(resources.endpointSlices, { labelSelector });
    expect(items.every((slice) => slice.ports?.[0]?.port === 80)).toBe(true);
    return items.flatMap((slice) => slice.endpoints).filter((one) => one.conditions?.ready).length;
  };
  for (const replicas of [3, 6, 2]) {
    await scale('web', replicas);
    await hasReady('web', replicas);
    await eventually(`${replicas} endpoints`, async () => (await readyEndpoints()) === replicas);
  }
  const deployment = await eventually('the status is complete', async () => {
    const found = await cluster.api.get(resources.deployments, {
      namespace: 'default',
      name: 'web',
    });
    return found.status.availableReplicas === 2 ? found : undefined;
  });
  expect(deployment.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
});

test('kill -9 of the leader: the other one goes on with the rollout', async () => {
  await createDeployment('rolling', { replicas: 4 });
  await hasReady('rolling', 4);
  const before = await leader();
  const [killed] = managers.filter((one) => one.identity === before);
  expect(await killed!.kill('SIGKILL')).toBeNull();
  const value = {
    spec: { template: { spec: { containers: [{ name: 'app', image: 'app:2' }] } } },
  };
  const place = { namespace: 'default', name: 'rolling' };
  await cluster.api.patch(resources.deployments, place, { type: 'strategic', value });
  await eventually('the new image is everywhere', async () => {
    const pods = await podsOf('rolling');
    return pods.length === 4 && pods.every((pod) => pod.spec.containers[0]?.image === 'app:2');
  });
  expect(await leader()).not.toBe(before);
  managers = managers.filter((one) => one !== killed);
  managers.push(await cluster.startManager('third'));
});

describe('a deleted Deployment', () => {
  test.each(['Background', 'Foreground'] as const)('takes its pods along (%s)', async (policy) => {
    const name = `gone-${policy.toLowerCase()}`;
    await createDeployment(name);
    await hasReady(name, 3);
    const place = { namespace: 'default', name };
    await cluster.api.delete(resources.deployments, place, { propagationPolicy: policy });
    await isGone(resources.deployments, 'default', name);
    await eventually('no pod is left', async () => (await podsOf(name)).length === 0);
    const { items } = await cluster.api.list(resources.replicaSets, {
      labelSelector: `app=${name}`,
    });
    expect(items).toEqual([]);
  });

  test('leaves its ReplicaSet as an orphan when asked to', async () => {
    await createDeployment('orphaned');
    await hasReady('orphaned', 3);
    const place = { namespace: 'default', name: 'orphaned' };
    await cluster.api.delete(resources.deployments, place, { propagationPolicy: 'Orphan' });
    await isGone(resources.deployments, 'default', 'orphaned');
    const { items } = await cluster.api.list(resources.replicaSets, {
      labelSelector: 'app=orphaned',
    });
    expect(items).toHaveLength(1);
    expect(items[0]!.metadata.ownerReferences ?? []).toEqual([]);
    expect(await podsOf('orphaned')).toHaveLength(3);
    await createDeployment('orphaned');
    await eventually('it is adopted again', async () => {
      const again = await cluster.api.list(resources.replicaSets, {
        labelSelector: 'app=orphaned',
      });
      return again.items.length === 1 && again.items[0]!.metadata.ownerReferences?.length === 1;
    });
  });
});

test('a namespace starts with its defaults, and is emptied before it goes', async () => {
  await cluster.api.create(resources.namespaces, {
    metadata: { name: 'shop' },
    spec: {},
    status: {},
  });
  await eventually('the defaults are there', async () => {
    await cluster.api.get(resources.serviceAccounts, { namespace: 'shop', name: 'default' });
    const ca = { namespace: 'shop', name: 'kube-root-ca.crt' };
    const { data } = await cluster.api.get(resources.configMaps, ca);
    return data?.['ca.crt']?.includes('BEGIN CERTIFICATE');
  });
  await createDeployment('shop', { namespace: 'shop' });
  await hasReady('shop', 3);
  await cluster.api.delete(resources.namespaces, { name: 'shop' });
  await eventually('the namespace is gone', () =>
    cluster.api.get(resources.namespaces, { name: 'shop' }).then(() => false, isNotFound),
  );
  expect(await podsOf('shop')).toEqual([]);
  const { items } = await cluster.api.list(resources.configMaps, { namespace: 'shop' });
  expect(items).toEqual([]);
});

test('pods of a node that stops run elsewhere after their toleration, and the node cleans up on return', async () => {
  const tolerations: Toleration[] = ['unreachable', 'not-ready'].map((what) => ({
    key: `node.kubernetes.io/${what}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 10,
  }));
  await createDeployment('moving', { replicas: 6, tolerations });
  await hasReady('moving', 6);
  kubelets.stop('node-1');
  await eventually('node-1 is Unknown and tainted', async () => {
    const { spec, status } = await cluster.api.get(resources.nodes, { name: 'node-1' });
    const isUnknown = status.conditions?.some(
      (one) => one.type === 'Ready' && one.status === 'Unknown',
    );
    const effects = (spec.taints ?? []).map((taint) => `${taint.key} ${taint.effect}`);
    return (
      isUnknown === true &&
      effects.includes('node.kubernetes.io/unreachable NoExecute') &&
      effects.includes('node.kubernetes.io/unreachable NoSchedule')
    );
  });
  await eventually('six pods are ready on the other nodes', async () => {
    const ready = await readyPods('moving');
    return ready.length === 6 && ready.every((pod) => pod.spec.nodeName !== 'node-1');
  });
  const stuck = (await podsOf('moving')).filter((pod) => pod.spec.nodeName === 'node-1');
  expect(stuck.length).toBeGreaterThan(0);
  for (const pod of stuck) {
    expect(pod.metadata.deletionTimestamp).toBeDefined();
    expect(pod.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'DeletionByTaintManager' }),
    );
  }
  kubelets.restart('node-1');
  await hasReady('moving', 6);
  await eventually('node-1 has no taints any more', async () => {
    const { spec } = await cluster.api.get(resources.nodes, { name: 'node-1' });
    return (spec.taints ?? []).length === 0;
  });
});

test('a leader that is paused and wakes up finds another in its place, and stands by', async () => {
  const before = await leader();
  const [paused] = managers.filter((one) => one.identity === before);
  paused!.send('SIGSTOP');
  const after = await eventually('another one leads', async () => {
    const now = await leader();
    return now === before ? undefined : now;
  });
  paused!.send('SIGCONT');
  await createDeployment('after-pause', { replicas: 5 });
  await hasReady('after-pause', 5);
  const { items } = await cluster.api.list(resources.replicaSets, {
    labelSelector: 'app=after-pause',
  });
  expect(items).toHaveLength(1);
  expect(await leader()).toBe(after);
  await eventually('the one that was paused is ready', async () => {
    const answer = await fetch(`http://127.0.0.1:${paused!.healthPort}/readyz`);
    return answer.ok;
  });
});

test('SIGTERM gives the lease up: the other one leads at once', async () => {
  const before = await leader();
  const [stopped] = managers.filter((one) => one.identity === before);
  expect(await stopped!.kill('SIGTERM')).toBe(0);
  await eventually('another one leads', async () => {
    const now = await leader();
    return now !== '' && now !== before;
  });
});
