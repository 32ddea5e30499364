/** One object in two versions of the API. */
import { describe, expect, test } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { useTestServer } from '../testing/use-server.ts';

const { admin } = useTestServer();

const stored = '/api/v1/namespaces/default/events';
const view = '/apis/events.k8s.io/v1/namespaces/default/events';

const older = (name: string, about: string) => ({
  metadata: { name },
  involvedObject: { kind: 'Pod', name: about, namespace: 'default' },
  message: `about ${about}`,
  reason: 'Seen',
});
const newer = (name: string, about: string) => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name },
  eventTime: '2026-12-01T08:00:00.000000Z',
  reportingController: 'example.com/robot',
  reportingInstance: 'robot-1',
  action: 'Moving',
  reason: 'Moved',
  type: 'Normal',
  regarding: { kind: 'Pod', name: about, namespace: 'default' },
  note: `about ${about}`,
});

test('what is written in one version is read in the other, at the same resourceVersion', async () => {
  expect(await admin.request('POST', stored, { body: older('e1', 'p1') })).toMatchObject({
    code: 201,
  });
  const shown = (await admin.request('GET', `${view}/e1`)).json();
  expect(shown).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    note: 'about p1',
    regarding: { name: 'p1' },
  });
  const created = await admin.request('POST', view, { body: newer('e2', 'p2') });
  expect(created.code).toBe(201);
  const { metadata } = created.json<{ metadata: { resourceVersion: string } }>();
  expect((await admin.request('GET', `${stored}/e2`)).json()).toMatchObject({
    apiVersion: 'v1',
    message: 'about p2',
    involvedObject: { name: 'p2' },
    metadata: { resourceVersion: metadata.resourceVersion },
  });
});

test('lists, pages and selectors speak of the fields of their version', async () => {
  const names = async (path: string) =>
    (await admin.request('GET', path))
      .json<{ items: { metadata: { name: string } }[] }>()
      .items.map((one) => one.metadata.name);
  expect(await names(`${view}?fieldSelector=regarding.name%3Dp1`)).toEqual(['e1']);
  expect(await names(`${stored}?fieldSelector=involvedObject.name%3Dp1`)).toEqual(['e1']);
  const refused = await admin.request('GET', `${view}?fieldSelector=involvedObject.name%3Dp1`);
  expect(refused.code).toBe(400);
  const first = (await admin.request('GET', `${view}?limit=1`)).json<{
    kind: string;
    apiVersion: string;
    metadata: { continue: string };
  }>();
  expect(first).toMatchObject({ kind: 'EventList', apiVersion: 'events.k8s.io/v1' });
  const next = await admin.request('GET', `${view}?limit=1&continue=${first.metadata.continue}`);
  expect(next.json()).toMatchObject({
    items: [{ apiVersion: 'events.k8s.io/v1', note: 'about p2' }],
  });
});

test('a table shows the same cells in both', async () => {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const rows = async (path: string) =>
    (await admin.request('GET', path, { headers }))
      .json<{ rows: { cells: string[] }[] }>()
      .rows.map(({ cells }) => cells.slice(1));
  expect(await rows(view)).toEqual(await rows(stored));
});

test('a watch tells of changes in its version, whoever made them', async () => {
  using watch = admin.watch(`${view}?watch=true&fieldSelector=regarding.name%3Dp1`);
  await eventually('the present event', () => watch.lines.length === 1);
  const patch = { headers: { 'content-type': 'application/merge-patch+json' } };
  await admin.request('PATCH', `${stored}/e1`, { ...patch, body: { message: 'changed' } });
  await admin.request('PATCH', `${stored}/e2`, { ...patch, body: { message: 'unseen' } });
  await admin.request('DELETE', `${stored}/e1`);
  await eventually('three lines', () => watch.lines.length === 3);
  expect(watch.lines).toMatchObject([
    { type: 'ADDED', object: { apiVersion: 'events.k8s.io/v1', note: 'about p1' } },
    { type: 'MODIFIED', object: { note: 'changed' } },
    { type: 'DELETED', object: { note: 'changed', regarding: { name: 'p1' } } },
  ]);
});

test('patches, deletions and refusals go through the view', async () => {
  const headers = { 'content-type': 'application/strategic-merge-patch+json' };
  const patched = await admin.request('PATCH', `${view}/e2`, { headers, body: { note: 'again' } });
  expect(patched.json()).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'again' });
  const odd = { ...newer('e3', 'p3'), type: 'Odd' };
  const refused = await admin.request('POST', view, { body: odd });
  expect(refused.code).toBe(422);
  expect(refused.json()).toMatchObject({
    message:
      'Event.events.k8s.io "e3" is invalid: type: Invalid value: "Odd": has invalid value: Odd',
  });
  const deleted = await admin.request('DELETE', view);
  expect(deleted.json()).toMatchObject({
    items: [{ apiVersion: 'events.k8s.io/v1', note: 'again' }],
  });
  expect((await admin.request('GET', `${stored}/e2`)).code).toBe(404);
});

test('an autoscaler is written in one version and read in the other', async () => {
  const path = (version: string) =>
    `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
  const body = {
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 5,
      targetCPUUtilizationPercentage: 60,
    },
  };
  expect(await admin.request('POST', path('v1'), { body })).toMatchObject({ code: 201 });
  expect((await admin.request('GET', `${path('v2')}/web`)).json()).toMatchObject({
    apiVersion: 'autoscaling/v2',
    spec: {
      metrics: [
        { resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
    },
  });
  expect((await admin.request('GET', `${path('v1')}/web`)).json()).toMatchObject({
    apiVersion: 'autoscaling/v1',
    spec: { targetCPUUtilizationPercentage: 60 },
  });
});

describe('server-side apply', () => {
  const scalers = (version: string) =>
    `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const apply = (version: string, manager: string, spec: object) =>
    admin.request('PATCH', `${scalers(version)}/scaled?fieldManager=${manager}`, {
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: {
        apiVersion: `autoscaling/${version}`,
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'scaled' },
        spec: { scaleTargetRef, maxReplicas: 5, ...spec },
      },
    });
  const owners = (answer: { json<T>(): T }) =>
    answer
      .json<{ metadata: { managedFields: Record<string, unknown>[] } }>()
      .metadata.managedFields.map(({ manager, operation, apiVersion }) => [
        manager,
        operation,
        apiVersion,
      ]);

  test('makes an object through a version, owned in it, whatever version is asked', async () => {
    const applied = await apply('v1', 'one', { targetCPUUtilizationPercentage: 50 });
    expect(applied.code).toBe(201);
    expect(applied.json()).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { targetCPUUtilizationPercentage: 50, minReplicas: 1 },
    });
    expect(owners(applied)).toEqual([['one', 'Apply', 'autoscaling/v1']]);
    const stored = await admin.request('GET', `${scalers('v2')}/scaled`);
    expect(owners(stored)).toEqual(owners(applied));
    const again = await apply('v1', 'one', { targetCPUUtilizationPercentage: 50 });
    expect(again.code).toBe(200);
    expect(again.text).toBe(applied.text);
  });

  test('conflicts across versions', async () => {
    const target = { type: 'Utilization', averageUtilization: 80 };
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
    const refused = await apply('v2', 'two', { metrics });
    expect(refused.code).toBe(409);
    expect(refused.json()).toMatchObject({
      message:
        'Apply failed with 1 conflict: conflict with "one": .spec.targetCPUUtilizationPercentage',
    });
  });

  test('a create and an update through a version are owned in it, too', async () => {
    const body = { metadata: { name: 'put' }, spec: { scaleTargetRef, maxReplicas: 5 } };
    const created = await admin.request('POST', `${scalers('v1')}?fieldManager=maker`, { body });
    expect(owners(created)).toEqual([['maker', 'Update', 'autoscaling/v1']]);
    const path = `${scalers('v1')}/put?fieldManager=editor`;
    const put = await admin.request('PUT', path, {
      body: { ...body, spec: { ...body.spec, targetCPUUtilizationPercentage: 10 } },
    });
    expect(owners(put)).toContainEqual(['editor', 'Update', 'autoscaling/v1']);
  });

  test('a PUT makes no object of a kind that has to be posted', async () => {
    const body = { metadata: { name: 'none' }, spec: { scaleTargetRef, maxReplicas: 5 } };
    const put = await admin.request('PUT', `${scalers('v1')}/none`, { body });
    expect(put.code).toBe(404);
  });

  test('of events in the newer group', async () => {
    const applied = await admin.request('PATCH', `${view}/applied?fieldManager=robot`, {
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: newer('applied', 'p3'),
    });
    expect(applied.code).toBe(201);
    expect(owners(applied)).toEqual([['robot', 'Apply', 'events.k8s.io/v1']]);
    const refused = await admin.request('PATCH', `${view}/bad?fieldManager=robot`, {
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: { ...newer('bad', 'p3'), type: 'Other' },
    });
    expect(refused.code).toBe(422);
  });
});
