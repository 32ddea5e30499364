/** Admission and evictions as clients meet them, against a real server on a real etcd. */
import { describe, expect, test } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { podManifest, startTestServer, type Answer } from '../../testing/server.ts';
import { useTestServer } from '../../testing/use-server.ts';

const { etcd, server, admin } = useTestServer();

interface Body {
  message: string;
  metadata: {
    name: string;
    resourceVersion: string;
    generation?: number;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec: Record<string, unknown> & { containers: { resources: object }[] };
  status: Record<string, unknown>;
  details?: { causes?: object[]; retryAfterSeconds?: number };
  rows?: { cells: unknown[] }[];
  value?: number;
}

async function must(code: number, asked: Promise<Answer>): Promise<Body> {
  const answer = await asked;
  if (answer.code !== code) throw new Error(`${answer.code} instead of ${code}: ${answer.text}`);
  return answer.json<Body>();
}

const post = (path: string, body: unknown) => admin.request('POST', path, { body });
const put = (path: string, body: unknown) => admin.request('PUT', path, { body });
const get = (path: string) => must(200, admin.request('GET', path));

/** A namespace of the test's own. A read that is current makes the server see what was just written. */
async function namespace(name: string): Promise<string> {
  await must(201, post('/api/v1/namespaces', { metadata: { name } }));
  return `/api/v1/namespaces/${name}`;
}

const withResources = (name: string, resources: object, more: object = {}) =>
  podManifest(name, { spec: { containers: [{ name: 'c', image: 'i', resources }], ...more } });

describe('LimitRanger', () => {
  test('gives a pod its defaults, and refuses what is too much', async () => {
    const at = await namespace('limits');
    const limits = [{ type: 'Container', max: { cpu: '1' }, defaultRequest: { cpu: '100m' } }];
    await must(201, post(`${at}/limitranges`, { metadata: { name: 'r' }, spec: { limits } }));
    await get(`${at}/limitranges/r`);
    const pod = await must(201, post(`${at}/pods`, podManifest('fits')));
    expect(pod.spec.containers[0]!.resources).toEqual({
      requests: { cpu: '100m' },
      limits: { cpu: '1' },
    });
    expect(pod.metadata.annotations!['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu request for container main; cpu limit for container main',
    );
    expect(pod.status['qosClass']).toBe('Burstable');
    const refused = await must(
      403,
      post(`${at}/pods`, withResources('large', { limits: { cpu: '2' } })),
    );
    expect(refused.message).toBe(
      'pods "large" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
    );
  });
});

describe('Priority', () => {
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';

  test('every cluster has the classes of the system', async () => {
    await eventually('the classes are there', async () => {
      const { code } = await admin.request('GET', `${classes}/system-cluster-critical`);
      return code === 200;
    });
    expect((await get(`${classes}/system-node-critical`)).value).toBe(2_000_001_000);
    expect((await get(`${classes}/system-cluster-critical`)).value).toBe(2_000_000_000);
  });

  test('a pod gets the number of its class, and cannot name one that is not there', async () => {
    const at = await namespace('priorities');
    const metadata = { name: 'high' };
    await must(201, post(classes, { metadata, value: 1000, preemptionPolicy: 'Never' }));
    await get(`${classes}/high`);
    const high = podManifest('high', { spec: { priorityClassName: 'high' } });
    const pod = await must(201, post(`${at}/pods`, high));
    expect(pod.spec).toMatchObject({ priority: 1000, preemptionPolicy: 'Never' });
    const none = podManifest('none', { spec: { priorityClassName: 'none' } });
    expect((await must(403, post(`${at}/pods`, none))).message).toBe(
      'pods "none" is forbidden: no PriorityClass with name none was found',
    );
    // An update that leaves the number out keeps it.
    const { priority: _number, preemptionPolicy: _policy, ...spec } = pod.spec;
    const again = await must(200, put(`${at}/pods/high`, { ...pod, spec }));
    expect(again.spec['priority']).toBe(1000);
  });

  test('one class is that of all others', async () => {
    await must(201, post(classes, { metadata: { name: 'usual' }, value: 5, globalDefault: true }));
    await get(`${classes}/usual`);
    const second = { metadata: { name: 'second' }, value: 6, globalDefault: true };
    expect((await must(403, post(classes, second))).message).toBe(
      'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
    );
    const at = await namespace('usual');
    const pod = await must(201, post(`${at}/pods`, podManifest('p')));
    expect(pod.spec).toMatchObject({ priorityClassName: 'usual', priority: 5 });
    await must(200, admin.request('DELETE', `${classes}/usual`));
  });
});

/** What the quota controller does at first: it says what is bounded, and that nothing is used. */
async function startQuota(at: string, name: string, hard: Record<string, string>, spec = {}) {
  const made = await must(
    201,
    post(`${at}/resourcequotas`, { metadata: { name }, spec: { hard, ...spec } }),
  );
  const used = Object.fromEntries(Object.keys(hard).map((key) => [key, '0']));
  const path = `${at}/resourcequotas/${name}`;
  await must(200, put(`${path}/status`, { ...made, status: { hard, used } }));
  await get(path);
  return path;
}

describe('PersistentVolumeClaimResize', () => {
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
  const patch = (path: string, body: object) =>
    admin.request('PATCH', path, {
      body,
      headers: { 'content-type': 'application/merge-patch+json' },
    });
  const grow = (storage: string) =>
    patch(`${claims}/grown`, { spec: { resources: { requests: { storage } } } });

  test('a claim grows when it is bound and its class allows it', async () => {
    const storage = '/apis/storage.k8s.io/v1/storageclasses';
    await must(201, post(storage, { metadata: { name: 'grows' }, provisioner: 'example.com/p' }));
    const resources = { requests: { storage: '1Gi' } };
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'grows', resources };
    await must(201, post(claims, { metadata: { name: 'grown' }, spec }));
    await must(200, patch(`${claims}/grown/status`, { status: { phase: 'Bound' } }));
    expect((await must(403, grow('2Gi'))).message).toBe(
      'persistentvolumeclaims "grown" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
    await must(200, patch(`${storage}/grows`, { allowVolumeExpansion: true }));
    await must(200, grow('2Gi'));
  });
});

describe('NodeRestriction', () => {
  test('a node labels itself as what it is, not as what it is for, and keeps its taints', async () => {
    using node = await server.client('system:node:own', 'system:nodes');
    const made = (labels: object) =>
      node.request('POST', '/api/v1/nodes', { body: { metadata: { name: 'own', labels } } });
    const role = { 'node-role.kubernetes.io/control-plane': '' };
    expect((await must(403, made(role))).message).toBe(
      'nodes "own" is forbidden: node "own" is not allowed to set the following labels: node-role.kubernetes.io/control-plane',
    );
    await must(201, made({ 'kubernetes.io/os': 'linux' }));
    const patch = (body: object) =>
      node.request('PATCH', '/api/v1/nodes/own', {
        body,
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    expect((await must(403, patch({ metadata: { labels: role } }))).message).toBe(
      'nodes "own" is forbidden: node "own" is not allowed to modify labels: node-role.kubernetes.io/control-plane',
    );
    expect((await must(403, patch({ spec: { taints: [] } }))).message).toBe(
      'nodes "own" is forbidden: node "own" is not allowed to modify taints',
    );
    await must(200, patch({ metadata: { labels: { 'example.com/rack': '7' } } }));
  });
});

describe('ResourceQuota', () => {
  test('charges what is created, and refuses what does not fit', async () => {
    const at = await namespace('quota');
    const hard = { pods: '2', 'requests.cpu': '1', 'count/configmaps': '1' };
    const path = await startQuota(at, 'q', hard);
    const half = { requests: { cpu: '500m' } };
    await must(201, post(`${at}/pods`, withResources('a', half)));
    expect((await get(path)).status['used']).toEqual({
      pods: '1',
      'requests.cpu': '500m',
      'count/configmaps': '0',
    });
    expect((await must(403, post(`${at}/pods`, podManifest('none')))).message).toBe(
      'pods "none" is forbidden: failed quota: q: must specify requests.cpu for: main',
    );
    const more = withResources('more', { requests: { cpu: '600m' } });
    expect((await must(403, post(`${at}/pods`, more))).message).toBe(
      'pods "more" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1',
    );
    await must(201, post(`${at}/configmaps`, { metadata: { name: 'a' } }));
    expect((await must(403, post(`${at}/configmaps`, { metadata: { name: 'b' } }))).message).toBe(
      'configmaps "b" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    );
    const table = await admin.request('GET', path, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    expect(table.json<Body>().rows![0]!.cells.slice(0, 3)).toEqual([
      'q',
      'count/configmaps: 1/1, pods: 1/2, requests.cpu: 500m/1',
      '',
    ]);
  });

  test('a dry run is judged and not charged', async () => {
    const at = await namespace('quota-dry');
    const path = await startQuota(at, 'q', { pods: '1' });
    await must(201, post(`${at}/pods?dryRun=All`, podManifest('a')));
    expect((await get(path)).status['used']).toEqual({ pods: '0' });
    await must(201, post(`${at}/pods`, podManifest('a')));
    await must(403, post(`${at}/pods?dryRun=All`, podManifest('b')));
  });

  test('what one of two quotas refuses is charged to neither', async () => {
    const at = await namespace('quota-two');
    const first = await startQuota(at, 'a', { pods: '5' });
    await startQuota(at, 'b', { 'count/pods': '0' });
    expect((await must(403, post(`${at}/pods`, podManifest('p')))).message).toBe(
      'pods "p" is forbidden: exceeded quota: b, requested: count/pods=1, used: count/pods=0, limited: count/pods=0',
    );
    expect((await get(first)).status['used']).toEqual({ pods: '0' });
  });

  test('many at once, on two servers, get no more than there is', async () => {
    const at = await namespace('quota-race');
    const path = await startQuota(at, 'q', { pods: '7' });
    await using other = await startTestServer(etcd, { authority: server.authority });
    using client = await other.admin();
    await must(200, client.request('GET', path));
    const codes = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const one = index % 2 === 0 ? admin : client;
        const body = podManifest(`p${index}`);
        return (await one.request('POST', `${at}/pods`, { body })).code;
      }),
    );
    expect(codes.filter((code) => code === 201)).toHaveLength(7);
    expect(codes.filter((code) => code === 403)).toHaveLength(33);
    expect((await get(path)).status['used']).toEqual({ pods: '7' });
  });

  test('a service that becomes a NodePort pays for its ports once', async () => {
    const at = await namespace('quota-services');
    const path = await startQuota(at, 'q', { services: '1', 'services.nodeports': '1' });
    const spec = { ports: [{ name: 'a', port: 80 }], selector: { app: 'a' } };
    const made = await must(201, post(`${at}/services`, { metadata: { name: 's' }, spec }));
    made.spec['type'] = 'NodePort';
    const changed = await must(200, put(`${at}/services/s`, made));
    expect((await get(path)).status['used']).toEqual({
      services: '1',
      'services.nodeports': '1',
    });
    changed.spec['ports'] = [...spec.ports, { name: 'b', port: 81 }];
    expect((await must(403, put(`${at}/services/s`, changed))).message).toBe(
      'services "s" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
    );
  });

  test('its scopes say of which pods it is', async () => {
    const at = await namespace('quota-scopes');
    await startQuota(at, 'q', { pods: '0' }, { scopes: ['Terminating'] });
    await must(201, post(`${at}/pods`, podManifest('stays')));
    const ends = podManifest('ends', { spec: { activeDeadlineSeconds: 60 } });
    expect((await must(403, post(`${at}/pods`, ends))).message).toContain('exceeded quota: q');
  });
});

/** A pod of `app` that runs, ready or not, on a node that does not exist. */
async function runningPod(at: string, name: string, ready: boolean): Promise<void> {
  const manifest = podManifest(name, {
    metadata: { labels: { app: 'web' } },
    spec: { nodeName: 'n' },
  });
  const pod = await must(201, post(`${at}/pods`, manifest));
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  pod.status = { ...pod.status, phase: 'Running', conditions };
  await must(200, put(`${at}/pods/${name}/status`, pod));
}

const budgetsOf = (at: string) =>
  `${at.replace('/api/v1', '/apis/policy/v1')}/poddisruptionbudgets`;

async function startBudget(at: string, name: string, status: object, spec = {}): Promise<string> {
  const body = {
    metadata: { name },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } }, ...spec },
  };
  const made = await must(201, post(budgetsOf(at), body));
  const counts = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 2, disruptionsAllowed: 0 };
  const path = `${budgetsOf(at)}/${name}`;
  const seen = { ...counts, observedGeneration: made.metadata.generation, ...status };
  await must(200, put(`${path}/status`, { ...made, status: seen }));
  return path;
}

const evict = (at: string, name: string, more = {}) =>
  post(`${at}/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name },
    ...more,
  });

describe('evictions', () => {
  test('spend the budget, and are refused when it is used up', async () => {
    const at = await namespace('evict');
    await runningPod(at, 'a', true);
    await runningPod(at, 'b', true);
    const path = await startBudget(at, 'web', { disruptionsAllowed: 1 });
    await must(201, evict(at, 'a', { deleteOptions: { dryRun: ['All'] } }));
    expect((await get(path)).status['disruptionsAllowed']).toBe(1);
    await must(201, evict(at, 'a'));
    const budget = await get(path);
    expect(budget.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { a: expect.any(String) as unknown },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    });
    const gone = await get(`${at}/pods/a`);
    expect(gone.metadata.deletionTimestamp).toBeDefined();
    expect(gone.status['conditions']).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
      }),
    );
    const refused = await must(429, evict(at, 'b'));
    expect(refused.message).toBe(
      "Cannot evict pod as it would violate the pod's disruption budget.",
    );
    expect(refused.details).toEqual({
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget web needs 1 healthy pods and has 1 currently',
        },
      ],
    });
    expect((await get(`${at}/pods/b`)).metadata.deletionTimestamp).toBeUndefined();
    // What ends already is not asked for again.
    await must(201, evict(at, 'a'));
  });

  test('of many at once, only as many as the budget allows', async () => {
    const at = await namespace('evict-race');
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => runningPod(at, name, true)));
    await startBudget(at, 'web', { disruptionsAllowed: 3 });
    const codes = await Promise.all(names.map(async (name) => (await evict(at, name)).code));
    expect(codes.filter((code) => code === 201)).toHaveLength(3);
    expect(codes.filter((code) => code === 429)).toHaveLength(5);
  });

  test('wait until the controller has seen the budget', async () => {
    const at = await namespace('evict-new');
    await runningPod(at, 'a', true);
    await startBudget(at, 'web', { observedGeneration: 0, disruptionsAllowed: 1 });
    const refused = await evict(at, 'a');
    expect(refused.headers['retry-after']).toBe('10');
    expect((await must(429, Promise.resolve(refused))).details!.causes).toEqual([
      {
        reason: 'DisruptionBudget',
        message: 'The disruption budget web is still being processed by the server.',
      },
    ]);
  });

  test('of pods that never ran need no budget; one that is not ready may need one', async () => {
    const at = await namespace('evict-unready');
    await must(
      201,
      post(`${at}/pods`, podManifest('pending', { metadata: { labels: { app: 'web' } } })),
    );
    await runningPod(at, 'unready', false);
    await runningPod(at, 'unready-too', false);
    const path = await startBudget(at, 'web', { currentHealthy: 0 });
    await must(201, evict(at, 'pending'));
    await must(429, evict(at, 'unready'));
    const budget = await get(path);
    budget.spec['unhealthyPodEvictionPolicy'] = 'AlwaysAllow';
    await must(200, put(path, budget));
    await must(201, evict(at, 'unready'));
    // Enough are healthy: those that are not may go, whatever the policy.
    const other = await get(path);
    delete other.spec['unhealthyPodEvictionPolicy'];
    const changed = await must(200, put(path, other));
    changed.status['currentHealthy'] = 1;
    await must(200, put(`${path}/status`, changed));
    await must(201, evict(at, 'unready-too'));
  });

  test('of a pod with two budgets are not served', async () => {
    const at = await namespace('evict-two');
    await runningPod(at, 'a', true);
    await startBudget(at, 'one', { disruptionsAllowed: 1 });
    await startBudget(at, 'two', { disruptionsAllowed: 1 });
    expect((await must(500, evict(at, 'a'))).message).toBe(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  });

  test('keep to the preconditions of the one who asks', async () => {
    const at = await namespace('evict-other');
    await runningPod(at, 'a', true);
    const deleteOptions = { preconditions: { uid: 'other' } };
    expect((await must(409, evict(at, 'a', { deleteOptions }))).message).toContain(
      'the UID in the precondition (other) does not match the UID in record',
    );
  });
});
