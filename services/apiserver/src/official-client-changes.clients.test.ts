/** Kubernetes' own JavaScript client: every kind of patch, watches, and an informer that loses its server. */
import {
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  ListWatch,
  PatchStrategy,
  Watch,
  type KubeConfig,
  type V1ConfigMap,
  type V1Container,
  type V1Deployment,
} from '@kubernetes/client-node';
import { createTestAuthority, type TestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from './testing/etcd.ts';
import { officialConfig } from './testing/official-client.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

const namespace = 'default';
let etcd: TestEtcd;
let authority: TestAuthority;
let server: TestServer;
let config: KubeConfig;
let core: CoreV1Api;
let objects: KubernetesObjectApi;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  authority = await createTestAuthority('kubernetes');
  server = await startTestServer(etcd, { authority });
  config = await officialConfig(server);
  core = config.makeApiClient(CoreV1Api);
  objects = KubernetesObjectApi.makeApiClient(config);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const configMap = (name: string, data: Record<string, string>): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

describe('a patch', () => {
  const deployment = (containers: V1Container[]): V1Deployment => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  });
  const patch = (body: object, strategy: PatchStrategy, more: { force?: boolean } = {}) =>
    objects.patch<V1Deployment>(
      body,
      undefined,
      undefined,
      strategy === PatchStrategy.ServerSideApply ? 'tests' : undefined,
      more.force,
      strategy,
    );
  const shape = ({ spec }: V1Deployment) =>
    spec!.template.spec!.containers.map(({ name, image }) => `${name}=${image}`);
  const identity = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
  };
  const withContainers = (containers: readonly object[]) => ({
    ...identity,
    spec: { template: { spec: { containers } } },
  });

  beforeAll(async () => {
    const containers = [
      { name: 'web', image: 'web:1' },
      { name: 'log', image: 'log:1' },
    ];
    await objects.create(deployment(containers));
  });

  test('strategic merges lists by their keys', async () => {
    const body = withContainers([{ name: 'log', image: 'log:2' }]);
    const patched = await patch(body, PatchStrategy.StrategicMergePatch);
    expect(shape(patched).sort()).toEqual(['log=log:2', 'web=web:1']);
  });
  test('merge replaces lists', async () => {
    const body = withContainers([{ name: 'web', image: 'web:2' }]);
    expect(shape(await patch(body, PatchStrategy.MergePatch))).toEqual(['web=web:2']);
  });
  test('json edits where it points', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const patched = await apps.patchNamespacedDeployment({
      name: 'web',
      namespace,
      body: [
        { op: 'test', path: '/spec/replicas', value: 1 },
        { op: 'replace', path: '/spec/replicas', value: 3 },
      ],
    });
    expect(patched.spec!.replicas).toBe(3);
    const refused = apps.patchNamespacedDeployment({
      name: 'web',
      namespace,
      body: [{ op: 'test', path: '/spec/replicas', value: 7 }],
    });
    await expect(refused).rejects.toMatchObject({ code: 422 });
  });
  test('apply owns what it says, conflicts with others, and may be forced', async () => {
    const body = withContainers([{ name: 'web', image: 'web:3' }]);
    await expect(patch(body, PatchStrategy.ServerSideApply)).rejects.toMatchObject({ code: 409 });
    const applied = await patch(body, PatchStrategy.ServerSideApply, { force: true });
    expect(shape(applied)).toEqual(['web=web:3']);
    const owner = applied.metadata!.managedFields!.find(({ manager }) => manager === 'tests');
    expect(owner).toMatchObject({ operation: 'Apply', fieldsType: 'FieldsV1' });
    const created = await objects.patch<V1ConfigMap>(
      configMap('applied', { a: '1' }),
      undefined,
      undefined,
      'tests',
      false,
      PatchStrategy.ServerSideApply,
    );
    expect(created.data).toEqual({ a: '1' });
  });
});

test('a watch begins where a list ended, by label, with bookmarks', async () => {
  const list = await core.listNamespacedConfigMap({ namespace });
  const seen: string[] = [];
  const ended = Promise.withResolvers<void>();
  const query = {
    resourceVersion: list.metadata!.resourceVersion!,
    labelSelector: 'watched=yes',
    allowWatchBookmarks: true,
  };
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const controller = await new Watch(config).watch(
    path,
    query,
    (phase, object: V1ConfigMap) => seen.push(`${phase} ${object.metadata!.name ?? ''}`),
    () => ended.resolve(),
  );
  const labelled = (name: string, watched: string): V1ConfigMap => ({
    metadata: { name, namespace, labels: { watched } },
  });
  await core.createNamespacedConfigMap({ namespace, body: labelled('not', 'no') });
  await core.createNamespacedConfigMap({ namespace, body: labelled('seen', 'yes') });
  await core.patchNamespacedConfigMap({
    namespace,
    name: 'seen',
    body: [{ op: 'replace', path: '/metadata/labels/watched', value: 'no' }],
  });
  const changes = () => seen.filter((line) => !line.startsWith('BOOKMARK'));
  await eventually('it came, and left the selection', () => changes().length === 2);
  expect(changes()).toEqual(['ADDED seen', 'DELETED seen']);
  controller.abort();
  await ended.promise;
});

test('an informer whose server is gone goes on with the next, and misses nothing', async () => {
  const port = server.server.securePort;
  for (const name of ['stays', 'goes']) {
    await core.createNamespacedConfigMap({ namespace, body: configMap(name, {}) });
  }
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const informer = new ListWatch(
    path,
    new Watch(config),
    () => core.listNamespacedConfigMap({ namespace }),
    false,
  );
  const events: string[] = [];
  informer.on('add', ({ metadata }) => events.push(`add ${metadata!.name}`));
  informer.on('delete', ({ metadata }) => events.push(`delete ${metadata!.name}`));
  let isDown = false;
  informer.on('error', () => {
    isDown = true;
  });
  await informer.start();
  try {
    expect(events).toEqual(expect.arrayContaining(['add stays', 'add goes']));
    await server[Symbol.asyncDispose]();
    // An end in order makes it connect again by itself, which fails where nobody listens.
    await eventually('it notices', () => isDown);
    server = await startTestServer(etcd, { authority, securePort: port });
    await core.deleteNamespacedConfigMap({ namespace, name: 'goes' });
    await core.createNamespacedConfigMap({ namespace, body: configMap('comes', {}) });
    await eventually('it is started again', async () => {
      await informer.start();
      return true;
    });
    await eventually('what has happened meanwhile', () => {
      return events.includes('delete goes') && events.includes('add comes');
    });
    expect(informer.get('goes', namespace)).toBeUndefined();
    await core.deleteNamespacedConfigMap({ namespace, name: 'stays' });
    await eventually('what happens now', () => events.includes('delete stays'));
  } finally {
    await informer.stop();
  }
});
