/** POST /bindings: how schedulers assigned pods before there was a subresource for it. */
import { expect, test } from 'vitest';
import { startTestEtcd } from '../testing/etcd.ts';
import { podManifest, startTestServer } from '../testing/server.ts';

const namespace = '/api/v1/namespaces/default';

test('a Binding assigns the pod of its name, once', async () => {
  await using etcd = await startTestEtcd(1);
  await using server = await startTestServer(etcd);
  using admin = await server.admin();
  await admin.request('POST', `${namespace}/pods`, { body: podManifest('web') });
  const bind = (name: string, more: object = {}) =>
    admin.request('POST', `${namespace}/bindings`, {
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, ...more },
        target: { kind: 'Node', name: 'n1' },
      },
    });
  const bound = await bind('web');
  expect(bound.code).toBe(201);
  expect(bound.json()).toMatchObject({ kind: 'Status', status: 'Success' });
  expect((await admin.request('GET', `${namespace}/pods/web`)).json()).toMatchObject({
    spec: { nodeName: 'n1' },
  });
  expect((await bind('web')).code).toBe(409);
  expect((await bind('none')).code).toBe(404);
  expect((await bind('web', { namespace: 'other' })).code).toBe(400);
  const others = [
    await admin.request('GET', `${namespace}/bindings`),
    await admin.request('DELETE', `${namespace}/bindings/web`),
    await admin.request('POST', `${namespace}/bindings/web`, { body: {} }),
  ];
  expect(others.map(({ code }) => code)).toEqual([405, 405, 405]);
});
