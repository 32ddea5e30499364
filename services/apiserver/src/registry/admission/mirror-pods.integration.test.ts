/** The pods that a node may create: pictures of what it runs itself (NodeRestriction). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../../testing/etcd.ts';
import { startTestServer, type TestClient, type TestServer } from '../../testing/server.ts';

const pods = '/api/v1/namespaces/default/pods';
let etcd: TestEtcd;
let server: TestServer;
let node: TestClient;
let uid: string;

interface Body {
  readonly message: string;
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly serviceAccountName?: string; readonly volumes?: unknown[] };
}

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd);
  node = await server.client('system:node:n1', 'system:nodes');
  const made = await node.request('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' } } });
  ({ uid } = made.json<Body>().metadata);
});
afterAll(async () => {
  node[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

interface Change {
  readonly annotations?: object;
  readonly owners?: readonly object[];
  readonly spec?: object;
}

const owner = () => ({ apiVersion: 'v1', kind: 'Node', name: 'n1', uid, controller: true });
const mirror = (name: string, { annotations, owners, spec }: Change = {}) => ({
  metadata: {
    name,
    annotations: annotations ?? { 'kubernetes.io/config.mirror': 'abc' },
    ownerReferences: owners ?? [owner()],
  },
  spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'web:1' }], ...spec },
});
const create = async (body: object) => {
  const { code, ...answer } = await node.request('POST', pods, { body });
  return { code, ...answer.json<Body>() };
};

test('a node shows its static pods, updates their status, and takes them away', async () => {
  const made = await create(mirror('etcd-n1'));
  expect(made.code).toBe(201);
  expect(made.spec.serviceAccountName).toBeUndefined();
  expect(made.spec.volumes).toBeUndefined();
  const status = await node.request('PATCH', `${pods}/etcd-n1/status`, {
    body: { status: { phase: 'Running' } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  expect(status.code).toBe(200);
  const gone = await node.request('DELETE', `${pods}/etcd-n1?gracePeriodSeconds=0`);
  expect(gone.code).toBe(200);
});

test.each<[string, Change, string]>([
  [
    'an ordinary pod',
    { annotations: {} },
    'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
  ],
  [
    'one on another node',
    { spec: { nodeName: 'n2' } },
    'node "n1" can only create pods with spec.nodeName set to itself',
  ],
  [
    'one without an owner',
    { owners: [] },
    'node "n1" can only create pods with an owner reference set to itself',
  ],
  [
    'one with an owner that does not control it',
    { owners: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'x' }] },
    'node "n1" can only create pods with a controller owner reference set to itself',
  ],
  [
    'one of an earlier node of its name',
    { owners: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'x', controller: true }] },
    'node n1 UID mismatch: expected x got ',
  ],
  [
    'one with a configmap',
    { spec: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } },
    'node "n1" can not create pods that reference configmaps',
  ],
  [
    'one with a claim',
    { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] } },
    'node "n1" can not create pods that reference persistentvolumeclaims',
  ],
  [
    'one with a secret',
    { spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } },
    'node "n1" can not create pods that reference secrets',
  ],
  [
    'one that runs as somebody',
    { spec: { serviceAccountName: 'default' } },
    'node "n1" can not create pods that reference a service account',
  ],
])('it may not create %s', async (_what, change, why) => {
  const { code, message } = await create(mirror('bad-n1', change));
  expect(code).toBe(403);
  expect(message).toContain(`pods "bad-n1" is forbidden: ${why}`);
});
