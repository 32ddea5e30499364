/** Warnings as clients get them: a header each. */
import { expect, test } from 'vitest';
import { podManifest } from '../testing/server.ts';
import { useTestServer } from '../testing/use-server.ts';

const { admin } = useTestServer();

const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const twice = [
  { name: 'A', value: '1' },
  { name: 'A', value: '2' },
];
const podSpec = { containers: [{ name: 'c', image: 'i', env: twice }] };
const hides = (field: string) =>
  `299 - "${field}.containers[0].env[1]: hides previous definition of \\"A\\", which may be dropped when using apply"`;

test('a pod is created, and its writer is warned, of the body first', async () => {
  const body = podManifest('warned', { spec: { ...podSpec, foo: 1 } });
  const answer = await admin.request('POST', pods, { body });
  expect(answer.code).toBe(201);
  expect(answer.headers['warning']).toBe(`299 - "unknown field \\"spec.foo\\"", ${hides('spec')}`);
});

test('a pod that is refused is not warned of', async () => {
  const body = podManifest('warned', { spec: podSpec });
  body.metadata.name = 'Not a name';
  const answer = await admin.request('POST', pods, { body });
  expect(answer.code).toBe(422);
  expect(answer.headers['warning']).toBeUndefined();
});

test('a dry run warns, too', async () => {
  const body = podManifest('dry', { spec: podSpec });
  const answer = await admin.request('POST', `${pods}?dryRun=All`, { body });
  expect(answer.headers['warning']).toBe(hides('spec'));
});

test('updates, patches and applies of a template warn when they change the spec', async () => {
  const labels = { app: 'web' };
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
  };
  const warned = hides('spec.template.spec');
  const patch = (changes: object, type = 'merge-patch+json', query = '') =>
    admin.request('PATCH', `${deployments}/web${query}`, {
      body: changes,
      headers: { 'content-type': `application/${type}` },
    });
  const created = await admin.request('POST', deployments, { body });
  expect(created.headers['warning']).toBe(warned);
  const labelled = await patch({ metadata: { labels } });
  expect(labelled.code).toBe(200);
  expect(labelled.headers['warning']).toBeUndefined();
  expect((await patch({ spec: { replicas: 2 } })).headers['warning']).toBe(warned);
  const put = { ...body, spec: { ...body.spec, replicas: 3 } };
  const replaced = await admin.request('PUT', `${deployments}/web`, { body: put });
  expect(replaced.headers['warning']).toBe(warned);
  const { apiVersion, kind, metadata } = body;
  const applied = await patch(
    { apiVersion, kind, metadata, spec: { replicas: 4 } },
    'apply-patch+yaml',
    '?fieldManager=test&force=true',
  );
  expect(applied.code).toBe(200);
  expect(applied.headers['warning']).toBe(warned);
});

test('a Secret whose certificate is none is kept, with a warning', async () => {
  const body = {
    metadata: { name: 'tls' },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': 'x', 'tls.key': 'y' },
  };
  const answer = await admin.request('POST', '/api/v1/namespaces/default/secrets', { body });
  expect(answer.code).toBe(201);
  expect(answer.headers['warning']).toBe(
    '299 - "tls: failed to find any PEM data in certificate input"',
  );
});
