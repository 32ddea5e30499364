/** What people see of the controllers through the real kubectl. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRealCluster, type RealCluster } from './testing/real-cluster.ts';
import { ToyKubelets } from './testing/toy-kubelets.ts';

const kubectlProgram = process.env['DRYDOCK_KUBECTL'] ?? 'kubectl';

const started = new AsyncDisposableStack();
let cluster: RealCluster;

beforeAll(async () => {
  cluster = started.use(await startRealCluster());
  started.use(new ToyKubelets(cluster.api, ['node-1', 'node-2']));
  await cluster.startManager('only');
});

afterAll(() => started.disposeAsync());

async function kubectl(...args: readonly string[]): Promise<string> {
  const environment = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  const { stdout } = await promisify(execFile)(kubectlProgram, args, { env: environment });
  return stdout.trim();
}

test('kubectl follows a rollout, shows its history, and rolls it back', async () => {
  await kubectl('create', 'deployment', 'web', '--image=app:1', '--replicas=3');
  expect(await kubectl('rollout', 'status', 'deployment/web')).toMatch(
    /deployment "web" successfully rolled out$/,
  );
  await kubectl('set', 'image', 'deployment/web', 'app=app:2');
  expect(await kubectl('rollout', 'status', 'deployment/web')).toMatch(
    /deployment "web" successfully rolled out$/,
  );
  expect(await kubectl('rollout', 'history', 'deployment/web')).toMatch(/^1 .*\n2 /m);

  await kubectl('rollout', 'undo', 'deployment/web');
  await kubectl('rollout', 'status', 'deployment/web');
  const images = 'jsonpath={.items[*].spec.containers[0].image}';
  await eventually('the first image is back', async () => {
    const found = await kubectl('get', 'pods', '-l', 'app=web', '-o', images);
    return found === 'app:1 app:1 app:1';
  });
  expect(await kubectl('rollout', 'history', 'deployment/web')).toMatch(/^2 .*\n3 /m);
  const sets = await kubectl('get', 'replicasets', '-l', 'app=web', '-o', 'name');
  expect(sets.split('\n')).toHaveLength(2);
});

test('kubectl describe shows what the controllers did and think', async () => {
  const text = await kubectl('describe', 'deployment', 'web');
  expect(text).toMatch(/Available\s+True\s+MinimumReplicasAvailable/);
  expect(text).toMatch(/Progressing\s+True\s+NewReplicaSetAvailable/);
  expect(text).toMatch(
    /ScalingReplicaSet.*deployment-controller.*Scaled up replica set web-\w+ from 0 to 3/,
  );
  expect(text).toMatch(
    /Replicas:\s+3 desired \| 3 updated \| 3 total \| 3 available \| 0 unavailable/,
  );
});

test('a paused Deployment collects changes and rolls out once it is resumed', async () => {
  await kubectl('rollout', 'pause', 'deployment/web');
  await kubectl('set', 'image', 'deployment/web', 'app=app:3');
  await kubectl('scale', 'deployment/web', '--replicas=5');
  const sizes = 'jsonpath={.items[*].status.readyReplicas}';
  await eventually('it is scaled, not rolled', async () => {
    const found = await kubectl('get', 'replicasets', '-l', 'app=web', '-o', sizes);
    return found.trim() === '5';
  });
  await kubectl('rollout', 'resume', 'deployment/web');
  expect(await kubectl('rollout', 'status', 'deployment/web')).toMatch(/successfully rolled out$/);
});

test('cordon taints the node, uncordon takes the taint away', async () => {
  const taints = 'jsonpath={.spec.taints[*].key}';
  const has = (wanted: string) =>
    eventually(`taints are '${wanted}'`, async () => {
      return (await kubectl('get', 'node', 'node-1', '-o', taints)) === wanted;
    });
  await kubectl('cordon', 'node-1');
  await has('node.kubernetes.io/unschedulable');
  await kubectl('uncordon', 'node-1');
  await has('');
});

test('kubectl delete waits for the end of everything, or leaves orphans', async () => {
  await kubectl('create', 'deployment', 'kept', '--image=app:1', '--replicas=2');
  await kubectl('rollout', 'status', 'deployment/kept');
  await kubectl('delete', 'deployment', 'kept', '--cascade=orphan');
  expect(await kubectl('get', 'pods', '-l', 'app=kept', '-o', 'name')).toMatch(/^pod\/.*\npod\//);
  await kubectl('delete', 'deployment', 'web', '--cascade=foreground');
  expect(await kubectl('get', 'pods,replicasets', '-l', 'app=web', '-o', 'name')).toBe('');
  await kubectl('create', 'namespace', 'shop');
  await kubectl('create', 'deployment', 'shop', '-n', 'shop', '--image=app:1');
  await kubectl('rollout', 'status', 'deployment/shop', '-n', 'shop');
  await kubectl('delete', 'namespace', 'shop');
  expect(await kubectl('get', 'namespaces', '-o', 'name')).not.toContain('shop');
});

test('a claim is deleted once no pod uses it any more', async () => {
  const objects = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'user' },
        spec: {
          nodeName: 'node-1',
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'app', image: 'app:1' }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        },
      },
    ],
  };
  const file = join(mkdtempSync(join(tmpdir(), 'drydock-claim-')), 'objects.json');
  writeFileSync(file, JSON.stringify(objects));
  await kubectl('apply', '-f', file);
  rmSync(dirname(file), { recursive: true });
  await kubectl('delete', 'pvc', 'data', '--wait=false');
  expect(await kubectl('get', 'pvc', 'data')).toMatch(/^data +Terminating/m);
  await kubectl('delete', 'pod', 'user', '--now');
  await eventually('the claim is gone', async () => {
    return (await kubectl('get', 'pvc', '-o', 'name')) === '';
  });
});

test('kubectl shows in an aggregated ClusterRole the rules of those that it selects', async () => {
  const rules = 'jsonpath={.rules[*].resources}';
  await eventually('admin has what edit and view have', async () => {
    const found = await kubectl('get', 'clusterrole', 'admin', '-o', rules);
    return ['rolebindings', 'pods/exec', 'pods/log'].every((one) => found.includes(`"${one}"`));
  });
  const label = 'rbac.authorization.k8s.io/aggregate-to-view=true';
  await kubectl('create', 'clusterrole', 'toys', '--verb=get', '--resource=pods/toys');
  await kubectl('label', 'clusterrole', 'toys', label);
  await eventually('what view gains goes on to edit and admin', async () => {
    return (await kubectl('get', 'clusterrole', 'admin', '-o', rules)).includes('"pods/toys"');
  });
  await kubectl('delete', 'clusterrole', 'toys');
  await eventually('what view loses goes too', async () => {
    return !(await kubectl('get', 'clusterrole', 'admin', '-o', rules)).includes('"pods/toys"');
  });
});

test('a quota bounds a namespace: what is full is refused, and what goes makes room', async () => {
  await kubectl('create', 'namespace', 'small');
  await kubectl('create', 'quota', 'few', '-n', 'small', '--hard=count/configmaps=3,pods=1');
  const used = (expected: string) =>
    eventually(`the quota counts ${expected}`, async () => {
      const found = await kubectl('get', 'quota', 'few', '-n', 'small', '-o', 'yaml');
      return found.includes(expected);
    });
  // The root CA is one of them.
  await used('count/configmaps: "1"');
  expect(await kubectl('get', 'quota', '-n', 'small')).toMatch(
    /^few +count\/configmaps: 1\/3, pods: 0\/1 /m,
  );
  const create = (name: string) => kubectl('create', 'configmap', name, '-n', 'small');
  await create('one');
  await create('two');
  await expect(create('three')).rejects.toThrow(
    'configmaps "three" is forbidden: exceeded quota: few, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3',
  );
  await kubectl('delete', 'configmap', 'one', '-n', 'small');
  await used('count/configmaps: "2"');
  await create('three');

  await kubectl('create', 'deployment', 'web', '-n', 'small', '--image=app:1', '--replicas=2');
  await used('pods: "1"');
  const events = () => kubectl('get', 'events', '-n', 'small');
  await eventually('the second pod is refused', async () => {
    return /FailedCreate .*exceeded quota: few, requested: pods=1/.test(await events());
  });
  await kubectl('delete', 'deployment', 'web', '-n', 'small', '--cascade=foreground');
  await used('pods: "0"');
});
