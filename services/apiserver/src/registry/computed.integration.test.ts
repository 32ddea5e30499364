/** ComponentStatuses over REST and with kubectl's table. */
import { expect, test } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { useTestServer } from '../testing/use-server.ts';

const { etcd, admin } = useTestServer({ members: 3 });

const path = '/api/v1/componentstatuses';
const asTable = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const deprecated = '299 - "v1 ComponentStatus is deprecated in v1.19+"';

interface Table {
  columnDefinitions: { name: string }[];
  rows: { cells: string[] }[];
}
const rows = async () =>
  (await admin.request('GET', path, { headers: asTable }))
    .json<Table>()
    .rows.map(({ cells }) => cells);

const renewed = {
  metadata: { name: 'kube-scheduler' },
  spec: {
    holderIdentity: 'one',
    leaseDurationSeconds: 3_600,
    renewTime: new Date().toISOString().replace('Z', '000Z'),
  },
};

test('a list tells of the leaders and of each member of etcd, and is deprecated', async () => {
  await admin.request('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', {
    body: renewed,
  });
  const answer = await admin.request('GET', path, { headers: asTable });
  expect(answer.headers['warning']).toBe(deprecated);
  const { columnDefinitions, rows: found } = answer.json<Table>();
  expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Status', 'Message', 'Error']);
  expect(found.map(({ cells }) => cells)).toEqual([
    ['scheduler', 'Healthy', 'ok', ''],
    [
      'controller-manager',
      'Unhealthy',
      'nobody leads: there is no lease kube-system/kube-controller-manager',
      '',
    ],
    ['etcd-0', 'Healthy', 'ok', ''],
    ['etcd-1', 'Healthy', 'ok', ''],
    ['etcd-2', 'Healthy', 'ok', ''],
  ]);
});

test('one is read by its name; one that is not there is an error as upstream has it', async () => {
  const one = await admin.request('GET', `${path}/etcd-0`);
  expect(one.headers['warning']).toBe(deprecated);
  expect(one.json()).toEqual({
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name: 'etcd-0' },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  });
  const none = await admin.request('GET', `${path}/etcd-9`);
  expect(none.code).toBe(500);
  expect(none.json()).toMatchObject({ message: 'Component not found: etcd-9' });
});

test('fields select; nothing is written or watched', async () => {
  const list = await admin.request('GET', `${path}?fieldSelector=metadata.name%3Detcd-1`);
  expect(list.json()).toMatchObject({
    kind: 'ComponentStatusList',
    metadata: { resourceVersion: '' },
    items: [{ metadata: { name: 'etcd-1' } }],
  });
  const refusals = await Promise.all([
    admin.request('GET', `${path}?watch=true`),
    admin.request('POST', path, { body: { metadata: { name: 'x' } } }),
    admin.request('DELETE', `${path}/etcd-0`),
    admin.request('DELETE', path),
  ]);
  expect(refusals.map(({ code }) => code)).toEqual([405, 405, 405, 405]);
});

test('a leader that stopped and a member that died are told', async () => {
  const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler';
  const patched = await admin.request('PATCH', lease, {
    body: { spec: { leaseDurationSeconds: 1, renewTime: '2020-01-01T00:00:00.000000Z' } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  expect(patched.code).toBe(200);
  await etcd.kill(1);
  const healthOf = (found: string[][]) => found.map(([name, status]) => `${name} ${status}`);
  // Until the two others have elected, nobody of them knows what a majority knows.
  const found = await eventually('the others are healthy', async () => {
    const now = await rows();
    const isSettled = ['etcd-0 Healthy', 'etcd-2 Healthy'].every((one) =>
      healthOf(now).includes(one),
    );
    return isSettled ? now : undefined;
  });
  const [scheduler, , , dead] = found;
  expect(scheduler).toEqual([
    'scheduler',
    'Unhealthy',
    expect.stringMatching(/^nobody leads: one renewed the lease .* \d+s ago, and it lasts 1s$/),
    '',
  ]);
  expect(dead?.slice(0, 3)).toEqual(['etcd-1', 'Unhealthy', '']);
  expect(dead?.[3]).toMatch(/^\S+:\d+: /);
});
