/** Kubernetes' own JavaScript client against a server of ours. */
import {
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  ListWatch,
  Watch,
  type KubeConfig,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestEtcd, type TestEtcd } from './testing/etcd.ts';
import { officialConfig } from './testing/official-client.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

let etcd: TestEtcd;
let server: TestServer;
let config: KubeConfig;
let core: CoreV1Api;
let apps: AppsV1Api;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd);
  config = await officialConfig(server);
  core = config.makeApiClient(CoreV1Api);
  apps = config.makeApiClient(AppsV1Api);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const namespace = 'default';
const configMap = (name: string, value: string): V1ConfigMap => ({
  metadata: { name, labels: { test: 'client' } },
  data: { value },
});
const deployment: V1Deployment = {
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    },
  },
};

test('creates, reads, replaces and deletes, with dates as dates', async () => {
  const created = await core.createNamespacedConfigMap({ namespace, body: configMap('a', '1') });
  expect(created.metadata!.creationTimestamp).toBeInstanceOf(Date);
  const body = Object.assign(created, { data: { value: '2' } });
  await core.replaceNamespacedConfigMap({ namespace, name: 'a', body });
  expect((await core.readNamespacedConfigMap({ namespace, name: 'a' })).data).toEqual({
    value: '2',
  });
  await expect(
    core.replaceNamespacedConfigMap({ namespace, name: 'a', body }),
  ).rejects.toMatchObject({ code: 409 });
  await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
  await expect(core.readNamespacedConfigMap({ namespace, name: 'a' })).rejects.toMatchObject({
    code: 404,
  });
});

test('lists in pages and by label', async () => {
  for (const name of ['l1', 'l2', 'l3']) {
    await core.createNamespacedConfigMap({ namespace, body: configMap(name, name) });
  }
  const labelSelector = 'test=client';
  const first = await core.listNamespacedConfigMap({ namespace, labelSelector, limit: 2 });
  expect(first.items.map((one) => one.metadata!.name)).toEqual(['l1', 'l2']);
  const _continue = first.metadata!._continue!;
  const rest = await core.listNamespacedConfigMap({
    namespace,
    labelSelector,
    limit: 2,
    _continue,
  });
  expect(rest.items.map((one) => one.metadata!.name)).toEqual(['l3']);
});

test('patches in all of its ways, scale included', async () => {
  await apps.createNamespacedDeployment({ namespace, body: deployment });
  const objects = KubernetesObjectApi.makeApiClient(config);
  const patched = (await objects.patch({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace, labels: { tier: 'front' } },
  })) as V1Deployment;
  expect(patched.metadata!.labels).toEqual({ tier: 'front' });
  const replaced = await apps.patchNamespacedDeployment({
    namespace,
    name: 'web',
    body: [{ op: 'replace', path: '/spec/replicas', value: 4 }],
  });
  expect(replaced.spec!.replicas).toBe(4);
  const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'web' });
  expect(scale.spec!.replicas).toBe(4);
});

test('a watch brings changes until it is aborted', async () => {
  const seen: string[] = [];
  const controller = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    { fieldSelector: 'metadata.name=w' },
    (phase, object: V1ConfigMap) => seen.push(`${phase} ${object.data?.['value']}`),
    () => undefined,
  );
  await core.createNamespacedConfigMap({ namespace, body: configMap('w', '1') });
  await core.patchNamespacedConfigMap({
    namespace,
    name: 'w',
    body: [{ op: 'replace', path: '/data/value', value: '2' }],
  });
  await core.deleteNamespacedConfigMap({ namespace, name: 'w' });
  await eventually('three changes', () => seen.length >= 3);
  expect(seen).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2']);
  controller.abort();
});

test('an informer holds what there is, and hears of what comes', async () => {
  const informer = new ListWatch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    new Watch(config),
    () => core.listNamespacedConfigMap({ namespace }),
    false,
  );
  const added: string[] = [];
  const deleted: string[] = [];
  informer.on('add', (object) => added.push(object.metadata!.name!));
  informer.on('delete', (object) => deleted.push(object.metadata!.name!));
  await informer.start();
  try {
    await core.createNamespacedConfigMap({ namespace, body: configMap('i', '1') });
    await eventually('the new one', () => informer.get('i', namespace));
    expect(added).toEqual(expect.arrayContaining(['l1', 'l2', 'l3', 'i']));
    await core.deleteNamespacedConfigMap({ namespace, name: 'i' });
    await eventually('its end', () => deleted.includes('i'));
    expect(informer.list(namespace).map((one) => one.metadata!.name)).not.toContain('i');
  } finally {
    await informer.stop();
  }
});
