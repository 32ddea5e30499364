/** pods/ephemeralcontainers over REST: who may, and what comes of it. */
import { beforeAll, expect, test } from 'vitest';
import { podManifest, type TestClient } from '../testing/server.ts';
import { useTestServer } from '../testing/use-server.ts';

const { server, admin } = useTestServer();

const pods = '/api/v1/namespaces/default/pods';
const debug = { name: 'debug', image: 'busybox', targetContainerName: 'main' };
const adds = (...ephemeralContainers: object[]) => ({ spec: { ephemeralContainers } });
const strategic = { 'content-type': 'application/strategic-merge-patch+json' };

interface PodBody {
  metadata: { resourceVersion: string; managedFields: { subresource?: string; manager: string }[] };
  spec: { nodeName?: string; ephemeralContainers?: { name: string; image: string }[] };
  message: string;
}

beforeAll(async () => {
  const spec = { nodeName: 'n1', containers: [{ name: 'main', image: 'i' }] };
  const body = podManifest('web', { spec });
  await admin.request('POST', pods, { body });
});

const patch = (client: TestClient, body: object, query = '') =>
  client.request('PATCH', `${pods}/web/ephemeralcontainers${query}`, { body, headers: strategic });

test('a node may not add containers to its pod', async () => {
  using node = await server.client('system:node:n1', 'system:nodes');
  const answer = await patch(node, adds(debug));
  expect(answer.code).toBe(403);
});

test('who may patch pods may not patch these: the right is one of its own', async () => {
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }];
  const subjects = [{ kind: 'User', name: 'dev', apiGroup: 'rbac.authorization.k8s.io' }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'dev' };
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
  const metadata = { name: 'dev' };
  await admin.request('POST', `${rbac}/roles`, { body: { metadata, rules } });
  await admin.request('POST', `${rbac}/rolebindings`, { body: { metadata, subjects, roleRef } });
  using dev = await server.client('dev');
  const answer = await patch(dev, adds(debug));
  expect(answer.code).toBe(403);
  expect(answer.json<PodBody>().message).toBe(
    'pods "web" is forbidden: User "dev" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "default"',
  );
  rules.push({ apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] });
  await admin.request('PUT', `${rbac}/roles/dev`, { body: { metadata, rules } });
  expect((await patch(dev, adds(debug), '?dryRun=All')).code).toBe(200);
});

test('a patch adds one, and its manager owns it through the subresource', async () => {
  const answer = await patch(admin, adds(debug), '?fieldManager=kubectl-debug');
  expect(answer.code).toBe(200);
  const { spec, metadata } = answer.json<PodBody>();
  expect(spec.ephemeralContainers).toMatchObject([debug]);
  expect(metadata.managedFields).toContainEqual(
    expect.objectContaining({ manager: 'kubectl-debug', subresource: 'ephemeralcontainers' }),
  );
});

test('a read of the subresource is the pod', async () => {
  const [whole, part] = await Promise.all([
    admin.request('GET', `${pods}/web`),
    admin.request('GET', `${pods}/web/ephemeralcontainers`),
  ]);
  expect(part.text).toBe(whole.text);
});

test('an update replaces nothing but them, and cannot take one away', async () => {
  const pod = (await admin.request('GET', `${pods}/web`)).json<PodBody>();
  const second = { name: 'second', image: 'busybox' };
  const put = (containers: object[]) =>
    admin.request('PUT', `${pods}/web/ephemeralcontainers`, {
      body: { ...pod, spec: { ...pod.spec, nodeName: 'other', ephemeralContainers: containers } },
    });
  const removed = await put([second]);
  expect(removed.code).toBe(422);
  expect(removed.json<PodBody>().message).toBe(
    'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed\n',
  );
  const added = await put([...pod.spec.ephemeralContainers!, second]);
  expect(added.code).toBe(200);
  const { spec } = added.json<PodBody>();
  expect(spec.nodeName).toBe('n1');
  expect(spec.ephemeralContainers?.map(({ name }) => name)).toEqual(['debug', 'second']);
});

test('a pod that is not there is not made', async () => {
  const body = { ...podManifest('none'), ...adds(debug) };
  const answer = await admin.request('PUT', `${pods}/none/ephemeralcontainers`, { body });
  expect(answer.code).toBe(404);
});
