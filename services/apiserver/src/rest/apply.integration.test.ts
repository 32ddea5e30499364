/** Server-side apply and owners of fields over real sockets on a real etcd. */
import { describe, expect, test } from 'vitest';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { objectApi } from '@drydock/proto/api';
import { createChannelSet } from '@drydock/rpc';
import { podManifest, type Answer } from '../testing/server.ts';
import { useTestServer } from '../testing/use-server.ts';

const { server, admin } = useTestServer();

interface Owner {
  manager: string;
  operation: string;
  apiVersion: string;
  time?: string;
  subresource?: string;
  fieldsV1: object;
}
interface ObjectBody {
  metadata: {
    uid: string;
    creationTimestamp: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    managedFields?: Owner[];
  };
  spec: { replicas?: number };
  data?: Record<string, string>;
  status: { phase?: string };
}
interface Refusal {
  message: string;
  reason?: string;
  details?: { causes: { reason: string; message: string; field: string }[] };
}

const configMaps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const applyType = { 'content-type': 'application/apply-patch+yaml' };
const mergePatch = { 'content-type': 'application/merge-patch+json' };

const configMap = (name: string, data?: Record<string, string>, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...(data === undefined ? {} : { data }),
});
const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'nginx:1' }] },
    },
    ...spec,
  },
});

const apply = (path: string, body: unknown, query: string): Promise<Answer> =>
  admin.request('PATCH', `${path}?${query}`, { body, headers: applyType });
const read = async (path: string) => (await admin.request('GET', path)).json<ObjectBody>();
const ownersOf = (object: ObjectBody) => object.metadata.managedFields ?? [];

describe('apply', () => {
  test('creates what is not there, and changes nothing the second time', async () => {
    const path = `${configMaps}/first`;
    const body = configMap('first', { a: '1' });
    const created = await apply(path, body, 'fieldManager=me');
    expect(created.code).toBe(201);
    expect(ownersOf(created.json())).toMatchObject([
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'v1',
        fieldsV1: { 'f:data': { 'f:a': {} } },
      },
    ]);
    const again = await apply(path, body, 'fieldManager=me');
    expect(again.code).toBe(200);
    expect(again.json()).toEqual(created.json());
    expect(await read(path)).toEqual(created.json());
  });

  test('what tools leave empty in their manifests takes nothing from the object', async () => {
    const empty = { creationTimestamp: null };
    const { spec, ...rest } = deployment('empty', { replicas: 2, strategy: {} });
    const template = { ...spec.template, metadata: { ...empty, ...spec.template.metadata } };
    const metadata = { ...rest.metadata, ...empty };
    const body = { ...rest, metadata, spec: { ...spec, template }, status: {} };
    const path = `${deployments}/empty`;
    const created = (await apply(path, body, 'fieldManager=me')).json<ObjectBody>();
    const query = 'fieldManager=me';
    expect((await apply(path, body, query)).json()).toEqual(created);
    const scaled = { ...body, spec: { ...body.spec, replicas: 3 } };
    const next = (await apply(path, scaled, query)).json<ObjectBody>();
    const { creationTimestamp, uid } = created.metadata;
    expect(next.metadata).toMatchObject({ creationTimestamp, uid });
    expect(next.spec.replicas).toBe(3);
  });

  test('takes YAML, whose keys may be written twice only where nobody minds', async () => {
    const yaml =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata:\n  a: one\n  a: two\n';
    const path = `${configMaps}/yaml`;
    const strict = await apply(path, yaml, 'fieldManager=me&fieldValidation=Strict');
    expect(strict.code).toBe(400);
    expect(strict.json<Refusal>().message).toContain('error strict decoding YAML');
    expect(strict.json<Refusal>().message).toContain('key "a" already set in map');
    const warned = await apply(path, yaml, 'fieldManager=me');
    expect(warned.code).toBe(201);
    expect(warned.headers['warning']).toContain('already set in map');
    expect(warned.json<ObjectBody>().data).toEqual({ a: 'two' });
  });

  test('tells of conflicts, and takes the field with force', async () => {
    const path = `${deployments}/web`;
    await apply(path, deployment('web', { replicas: 3 }), 'fieldManager=one');
    const conflict = await apply(path, deployment('web', { replicas: 5 }), 'fieldManager=two');
    expect(conflict.code).toBe(409);
    expect(conflict.json()).toMatchObject({
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "one"',
            field: '.spec.replicas',
          },
        ],
      },
    });
    const query = 'fieldManager=two&force=true';
    const forced = await apply(path, deployment('web', { replicas: 5 }), query);
    expect(forced.json<ObjectBody>().spec.replicas).toBe(5);
  });

  test('a dry run tells what would be, and does nothing', async () => {
    const path = `${configMaps}/dry`;
    const query = 'fieldManager=me&dryRun=All';
    expect((await apply(path, configMap('dry', {}), query)).code).toBe(201);
    expect((await admin.request('GET', path)).code).toBe(404);
  });

  test('of a version that has gone by is a conflict; so is a uid without its object', async () => {
    const path = `${configMaps}/versioned`;
    const made = (
      await apply(path, configMap('versioned', { a: '1' }), 'fieldManager=me')
    ).json<ObjectBody>();
    const old = configMap('versioned', { a: '2' }, { resourceVersion: '1' });
    const stale = await apply(path, old, 'fieldManager=me');
    expect(stale.code).toBe(409);
    expect(stale.json<Refusal>().message).toContain('the object has been modified');
    const { resourceVersion } = made.metadata;
    const current = configMap('versioned', { a: '2' }, { resourceVersion });
    expect((await apply(path, current, 'fieldManager=me')).code).toBe(200);
    const gone = await apply(
      `${configMaps}/gone`,
      configMap('gone', {}, { uid: 'u' }),
      'fieldManager=me',
    );
    expect(gone.code).toBe(409);
    expect(gone.json<Refusal>().message).toBe(
      'Operation cannot be fulfilled on configmaps "gone": uid mismatch: the provided object specified uid u, and no existing object was found',
    );
  });

  test('many at once leave an object that all have applied to', async () => {
    const path = `${configMaps}/contended`;
    const managers = Array.from({ length: 12 }, (_, index) => `m-${index}`);
    const answers = await Promise.all(
      managers.map((manager) =>
        apply(path, configMap('contended', { [manager]: 'x' }), `fieldManager=${manager}`),
      ),
    );
    expect(answers.every(({ code }) => code === 200 || code === 201)).toBe(true);
    const object = await read(path);
    expect(Object.keys(object.data!).sort()).toEqual([...managers].sort());
    expect(ownersOf(object)).toHaveLength(managers.length);
  });
});

describe('refusals', () => {
  const path = `${configMaps}/refused`;
  test.each([
    [
      'no manager',
      '',
      configMap('refused'),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'a name that is too long',
      `fieldManager=${'x'.repeat(129)}`,
      configMap('refused'),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    ],
    [
      'a name that cannot be printed',
      'fieldManager=a%07',
      configMap('refused'),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\a": invalid character U+0007 (at position 1)',
    ],
    [
      'managedFields',
      'fieldManager=me',
      configMap('refused', {}, { managedFields: [{}] }),
      400,
      'metadata.managedFields must be nil',
    ],
    [
      'an unknown field',
      'fieldManager=me',
      { ...configMap('refused'), dat: {} },
      500,
      'failed to create typed patch object (/refused; /v1, Kind=ConfigMap): .dat: field not declared in schema',
    ],
    [
      'another kind',
      'fieldManager=me',
      { ...configMap('refused'), kind: 'Secret' },
      400,
      'invalid object type: /v1, Kind=Secret',
    ],
  ])('%s', async (_what, query, body, code, message) => {
    const answer = await apply(path, body, query);
    expect(answer.code).toBe(code);
    expect(answer.json<Refusal>().message).toBe(message);
  });

  test('force in any other patch, and a bad name in any other write', async () => {
    const patch = await admin.request('PATCH', `${path}?force=true`, {
      body: {},
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(patch.json<Refusal>().message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
    const post = await admin.request('POST', `${configMaps}?fieldManager=%00`, {
      body: configMap('refused'),
    });
    expect(post.json<Refusal>().message).toContain('CreateOptions.meta.k8s.io "" is invalid');
  });
});

describe('owners', () => {
  test('of other writes go by fieldManager, or by the User-Agent up to its slash', async () => {
    const body = configMap('owned', { a: '1' });
    const headers = { 'user-agent': 'tool/v1.0 (linux)' };
    await admin.request('POST', configMaps, { body, headers });
    const path = `${configMaps}/owned`;
    const patch = { body: { data: { b: '2' } }, headers: mergePatch };
    await admin.request('PATCH', `${path}?fieldManager=patcher`, patch);
    const live = await read(path);
    const put = { body: { ...live, data: { a: '1', b: '3' } } };
    await admin.request('PUT', `${path}?fieldManager=putter`, put);
    const owners = ownersOf(await read(path)).map(({ manager, fieldsV1 }) => [manager, fieldsV1]);
    expect(Object.fromEntries(owners)).toEqual({
      tool: { 'f:data': { '.': {}, 'f:a': {} } },
      putter: { 'f:data': { 'f:b': {} } },
    });
  });

  test('of the status are another manager, who owns the status only', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    await admin.request('POST', `${pods}?fieldManager=maker`, { body: podManifest('phased') });
    const status = { metadata: { labels: { x: 'y' } }, status: { phase: 'Running' } };
    const patch = { body: status, headers: mergePatch };
    await admin.request('PATCH', `${pods}/phased/status?fieldManager=maker`, patch);
    const applied = { apiVersion: 'v1', kind: 'Pod', ...status };
    const query = 'fieldManager=applier';
    expect((await apply(`${pods}/phased/status`, applied, query)).code).toBe(200);
    const object = await read(`${pods}/phased`);
    expect(object.status.phase).toBe('Running');
    expect(object.metadata.labels).toBeUndefined();
    const owned = { 'f:status': { 'f:phase': {} } };
    expect(ownersOf(object)).toMatchObject([
      { manager: 'applier', operation: 'Apply', subresource: 'status', fieldsV1: owned },
      { manager: 'maker', operation: 'Update' },
      { manager: 'maker', operation: 'Update', subresource: 'status', fieldsV1: owned },
    ]);
    expect((await apply(`${pods}/nosuch/status`, applied, query)).code).toBe(404);
  });

  test('of replicas change through scale', async () => {
    const path = `${deployments}/scaled`;
    await apply(path, deployment('scaled', { replicas: 2 }), 'fieldManager=one');
    const scale = { body: { spec: { replicas: 4 } }, headers: mergePatch };
    await admin.request('PATCH', `${path}/scale?fieldManager=scaler`, scale);
    const replicas = { 'f:spec': { 'f:replicas': {} } };
    const [one, scaler] = ownersOf(await read(path));
    expect(one!.fieldsV1).not.toMatchObject(replicas);
    expect(scaler).toEqual({
      manager: 'scaler',
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: replicas,
      subresource: 'scale',
    });
    const wanted = {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'scaled' },
      spec: { replicas: 6 },
    };
    const conflict = await apply(`${path}/scale`, wanted, 'fieldManager=other');
    expect(conflict.json<Refusal>().message).toBe(
      'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using autoscaling/v1: .spec.replicas',
    );
    const query = 'fieldManager=other&force=true';
    expect((await apply(`${path}/scale`, wanted, query)).code).toBe(200);
    const after = await read(path);
    expect(after.spec.replicas).toBe(6);
    expect(ownersOf(after).map(({ manager, operation }) => [manager, operation])).toEqual([
      ['other', 'Apply'],
      ['one', 'Apply'],
    ]);
  });

  test('a write that changes nothing is not written', async () => {
    const path = `${configMaps}/still`;
    const made = (
      await admin.request('POST', `${configMaps}?fieldManager=a`, {
        body: configMap('still', { a: '1' }),
      })
    ).json<ObjectBody>();
    const { managedFields: _owners, ...metadata } = made.metadata;
    const bodies: [string, string, object][] = [
      ['PUT', 'b', made],
      ['PUT', 'b', { ...made, metadata }],
      ['PATCH', 'c', { data: { a: '1' } }],
    ];
    for (const [method, manager, body] of bodies) {
      const headers = method === 'PATCH' ? mergePatch : {};
      const answer = await admin.request(method, `${path}?fieldManager=${manager}`, {
        body,
        headers,
      });
      expect(answer.json()).toEqual(made);
    }
  });

  test('one empty entry clears them', async () => {
    const path = `${configMaps}/cleared`;
    await apply(path, configMap('cleared', { a: '1' }), 'fieldManager=me');
    const patch = { body: { metadata: { managedFields: [{}] } }, headers: mergePatch };
    await admin.request('PATCH', `${path}?fieldManager=you`, patch);
    expect((await read(path)).metadata).not.toHaveProperty('managedFields');
    await apply(path, configMap('cleared', { b: '2' }), 'fieldManager=me');
    expect(ownersOf(await read(path)).map(({ manager }) => manager)).toEqual([
      'me',
      'before-first-apply',
    ]);
  });

  test('of components go by who they are', async () => {
    const credentials = await server.certificate('system:kube-controller-manager');
    using channels = createChannelSet({
      endpoints: [`localhost:${server.server.grpcPort}`],
      tls: credentials,
      clock: createSystemClock(),
      random: createSystemRandom(),
    });
    const reference = {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      namespace: 'default',
      name: 'by-component',
      subresource: 'status',
    };
    await apply(`${deployments}/by-component`, deployment('by-component'), 'fieldManager=me');
    const patch = Buffer.from(JSON.stringify({ status: { observedGeneration: 1 } }));
    await channels.unary(objectApi.Patch, { reference, type: 'MERGE_PATCH', patch, dryRun: false });
    expect(ownersOf(await read(`${deployments}/by-component`))).toMatchObject([
      { manager: 'me' },
      {
        manager: 'kube-controller-manager',
        operation: 'Update',
        subresource: 'status',
        fieldsV1: { 'f:status': { 'f:observedGeneration': {} } },
      },
    ]);
  });

  test("a binding is nobody's", async () => {
    const pods = '/api/v1/namespaces/default/pods';
    await admin.request('POST', `${pods}?fieldManager=maker`, { body: podManifest('bound') });
    const before = ownersOf(await read(`${pods}/bound`));
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'bound' },
      target: { kind: 'Node', name: 'n' },
    };
    await admin.request('POST', `${pods}/bound/binding`, { body: binding });
    expect(ownersOf(await read(`${pods}/bound`))).toEqual(before);
  });
});
