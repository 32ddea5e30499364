import { gunzipSync } from 'node:zlib';
/** The REST API over real sockets on a real etcd. */
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { constants } from 'node:http2';
import { request as http1Request } from 'node:https';
import { describe, expect, test } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { connectClient, podManifest, startTestServer } from '../testing/server.ts';
import { useTestServer } from '../testing/use-server.ts';

const { etcd, server, admin } = useTestServer();

interface StatusBody {
  kind: string;
  message: string;
  reason: string;
  code: number;
  details?: { causes?: { field?: string; message: string; reason: string }[] };
}

interface ObjectBody {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    labels?: Record<string, string>;
    finalizers?: string[];
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
  };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  data?: Record<string, string>;
}

interface ListBody {
  kind: string;
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: ObjectBody[];
}

const pods = '/api/v1/namespaces/default/pods';
const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

describe('objects', () => {
  test('a created object is read back with what the server gives it', async () => {
    const created = await admin.request('POST', configMaps, { body: configMap('one', { a: '1' }) });
    expect(created.code).toBe(201);
    const { metadata } = created.json<ObjectBody>();
    expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(0);
    const read = await admin.request('GET', `${configMaps}/one`);
    expect(read.json()).toEqual(created.json());
  });

  test('a name that is taken is a conflict in upstream words', async () => {
    await admin.request('POST', configMaps, { body: configMap('twice') });
    const again = await admin.request('POST', configMaps, { body: configMap('twice') });
    expect(again.code).toBe(409);
    expect(again.json<StatusBody>()).toMatchObject({
      reason: 'AlreadyExists',
      message: 'configmaps "twice" already exists',
    });
  });

  test('generateName gives names that are free', async () => {
    const metadata = { name: undefined, generateName: 'gen-' };
    const make = () => admin.request('POST', configMaps, { body: configMap('', {}, metadata) });
    const answers = await Promise.all([make(), make(), make()]);
    const names = answers.map((answer) => answer.json<ObjectBody>().metadata.name);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('an update from an old version is refused, one without a version overwrites', async () => {
    const created = await admin.request('POST', configMaps, { body: configMap('lock') });
    const old = created.json<ObjectBody>().metadata.resourceVersion;
    const path = `${configMaps}/lock`;
    const first = await admin.request('PUT', path, { body: configMap('lock', { a: '1' }) });
    expect(first.code).toBe(200);
    const stale = await admin.request('PUT', path, {
      body: configMap('lock', { a: '2' }, { resourceVersion: old }),
    });
    expect(stale.code).toBe(409);
    expect(stale.json<StatusBody>().message).toBe(
      'Operation cannot be fulfilled on configmaps "lock": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  test('an update that changes nothing makes no new version', async () => {
    const body = configMap('same', { a: '1' });
    const created = await admin.request('POST', configMaps, { body });
    const updated = await admin.request('PUT', `${configMaps}/same`, { body });
    expect(updated.json()).toEqual(created.json());
  });

  test('concurrent patches of one object all take effect', async () => {
    await admin.request('POST', configMaps, { body: configMap('race') });
    const patch = (key: number) =>
      admin.request('PATCH', `${configMaps}/race`, {
        body: { data: { [`k${key}`]: 'v' } },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, key) => patch(key)));
    expect(answers.map(({ code }) => code)).toEqual(Array(20).fill(200));
    const { data } = (await admin.request('GET', `${configMaps}/race`)).json<ObjectBody>();
    expect(Object.keys(data ?? {})).toHaveLength(20);
  });

  test('dry run answers as if, and stores nothing', async () => {
    const created = await admin.request('POST', `${configMaps}?dryRun=All`, {
      body: configMap('dry'),
    });
    expect(created.code).toBe(201);
    expect(created.json<ObjectBody>().metadata.resourceVersion).toBeUndefined();
    expect((await admin.request('GET', `${configMaps}/dry`)).code).toBe(404);
  });

  test('a finalizer holds a deleted object until it is taken away', async () => {
    const body = configMap('held', {}, { finalizers: ['example.com/hold'] });
    await admin.request('POST', configMaps, { body });
    const path = `${configMaps}/held`;
    const deleted = await admin.request('DELETE', path);
    expect(deleted.json<ObjectBody>().metadata.deletionTimestamp).toBeDefined();
    expect((await admin.request('GET', path)).code).toBe(200);
    await admin.request('PATCH', path, {
      body: { metadata: { finalizers: null } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect((await admin.request('GET', path)).code).toBe(404);
  });

  test('the propagation policy leaves its finalizer for the garbage collector', async () => {
    for (const [policy, finalizer] of [
      ['Foreground', 'foregroundDeletion'],
      ['Orphan', 'orphan'],
    ]) {
      const name = `policy-${finalizer!.toLowerCase()}`;
      await admin.request('POST', configMaps, { body: configMap(name) });
      const deleted = await admin.request('DELETE', `${configMaps}/${name}`, {
        body: { propagationPolicy: policy },
      });
      expect(deleted.json<ObjectBody>().metadata.finalizers).toEqual([finalizer]);
    }
  });

  test('a delete with the uid of another object is refused', async () => {
    await admin.request('POST', configMaps, { body: configMap('uid') });
    const refused = await admin.request('DELETE', `${configMaps}/uid`, {
      body: { preconditions: { uid: 'other' } },
    });
    expect(refused.code).toBe(409);
    expect(refused.json<StatusBody>().message).toContain('UID in precondition: other');
  });

  test('a pod on a node is marked and waits for its agent, one without a node goes at once', async () => {
    await admin.request('POST', pods, { body: podManifest('waits') });
    await admin.request('POST', pods, { body: podManifest('goes') });
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'waits' },
      target: { kind: 'Node', name: 'node-1' },
    };
    const bound = await admin.request('POST', `${pods}/waits/binding`, { body: binding });
    expect(bound.code).toBe(201);
    const again = await admin.request('POST', `${pods}/waits/binding`, { body: binding });
    expect(again.json<StatusBody>().message).toBe(
      'Operation cannot be fulfilled on pods/binding "waits": pod waits is already assigned to node "node-1"',
    );
    const marked = (await admin.request('DELETE', `${pods}/waits`)).json<ObjectBody>();
    expect(marked.metadata.deletionGracePeriodSeconds).toBe(30);
    expect((await admin.request('DELETE', `${pods}/goes`)).code).toBe(200);
    expect((await admin.request('GET', `${pods}/goes`)).code).toBe(404);
    expect((await admin.request('GET', `${pods}/waits`)).code).toBe(200);
    await admin.request('DELETE', `${pods}/waits`, { body: { gracePeriodSeconds: 0 } });
    expect((await admin.request('GET', `${pods}/waits`)).code).toBe(404);
  });

  test('a new pod gets the tolerations, priority and account of its cluster', async () => {
    const created = await admin.request('POST', pods, { body: podManifest('admitted') });
    expect(created.json<ObjectBody>().spec).toMatchObject({
      priority: 0,
      serviceAccountName: 'default',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', tolerationSeconds: 300 },
      ],
    });
  });

  test('a namespace ends in two steps: marked, then finalized', async () => {
    const path = '/api/v1/namespaces/ending';
    await admin.request('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ending' } },
    });
    const marked = (await admin.request('DELETE', path)).json<ObjectBody>();
    expect(marked.status).toMatchObject({ phase: 'Terminating' });
    const refused = await admin.request('POST', `${path}/configmaps`, { body: configMap('late') });
    expect(refused.code).toBe(403);
    expect(refused.json<StatusBody>()).toMatchObject({
      message:
        'configmaps "late" is forbidden: unable to create new content in namespace ending because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    });
    const current = (await admin.request('GET', path)).json<ObjectBody>();
    const finalized = await admin.request('PUT', `${path}/finalize`, {
      body: { ...current, spec: { finalizers: [] } },
    });
    expect(finalized.code).toBe(200);
    expect((await admin.request('GET', path)).code).toBe(404);
  });

  test('a Service keeps its address while its type and its ports change', async () => {
    const services = '/api/v1/namespaces/default/services';
    interface ServiceBody {
      spec: {
        type: string;
        clusterIP?: string;
        clusterIPs?: string[];
        externalTrafficPolicy?: string;
        ports: { port: number; nodePort?: number }[];
      };
    }
    const made = await admin.request('POST', services, {
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'turns' },
        spec: { type: 'NodePort', ports: [{ port: 80, name: 'a' }] },
      },
    });
    const { clusterIP, ports } = made.json<ServiceBody>().spec;
    expect(clusterIP).toMatch(/^10\.96\./);
    const turn = async (spec: object) => {
      const answer = await admin.request('PATCH', `${services}/turns`, {
        body: { spec },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
      expect(answer.code, answer.text).toBe(200);
      return answer.json<ServiceBody>().spec;
    };
    const two = await turn({
      ports: [
        { port: 80, name: 'a' },
        { port: 81, name: 'b' },
      ],
    });
    expect(two.ports[0]!.nodePort).toBe(ports[0]!.nodePort);
    expect(two.ports[1]!.nodePort).toBeGreaterThanOrEqual(30_000);
    const inner = await turn({ type: 'ClusterIP' });
    expect(inner.clusterIP).toBe(clusterIP);
    expect(inner.externalTrafficPolicy).toBeUndefined();
    expect(inner.ports.map(({ nodePort }) => nodePort)).toEqual([undefined, undefined]);
    const outer = await turn({ type: 'ExternalName', externalName: 'example.com' });
    expect(outer.clusterIP).toBeUndefined();
    const taken = await admin.request('POST', services, {
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'takes' },
        spec: { clusterIP, ports: [{ port: 80 }] },
      },
    });
    expect(taken.code).toBe(201);
    const back = await turn({ type: 'ClusterIP', externalName: null });
    expect(back.clusterIPs).toEqual([back.clusterIP]);
    expect(back.clusterIP).not.toBe(clusterIP);
  });

  test('a Service with external addresses keeps its policy for them when its node ports go', async () => {
    const path = '/api/v1/namespaces/default/services';
    const spec = { type: 'NodePort', externalIPs: ['10.1.2.3'], ports: [{ port: 80 }] };
    await admin.request('POST', path, { body: { metadata: { name: 'outside' }, spec } });
    const changed = await admin.request('PATCH', `${path}/outside`, {
      body: { spec: { type: 'ClusterIP' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(changed.json()).toMatchObject({ spec: { externalTrafficPolicy: 'Cluster' } });
    await admin.request('DELETE', `${path}/outside`);
  });

  test('deletecollection takes what the selector names', async () => {
    for (const name of ['c1', 'c2', 'c3']) {
      const labels = { group: name === 'c3' ? 'stay' : 'go' };
      await admin.request('POST', configMaps, { body: configMap(name, {}, { labels }) });
    }
    await admin.request('DELETE', `${configMaps}?labelSelector=group%3Dgo`);
    const left = await admin.request('GET', `${configMaps}?labelSelector=group`);
    expect(left.json<ListBody>().items.map(({ metadata }) => metadata.name)).toEqual(['c3']);
  });
});

describe('lists', () => {
  test('pages show one state, whatever changes between them', async () => {
    const path = '/api/v1/namespaces/kube-public/configmaps';
    for (const name of ['a', 'b', 'c', 'd']) {
      await admin.request('POST', path, { body: configMap(name) });
    }
    const first = (await admin.request('GET', `${path}?limit=2`)).json<ListBody>();
    expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    await admin.request('DELETE', `${path}/c`);
    await admin.request('POST', path, { body: configMap('bb') });
    const token = encodeURIComponent(first.metadata.continue!);
    const second = (
      await admin.request('GET', `${path}?limit=2&continue=${token}`)
    ).json<ListBody>();
    expect(second.items.map(({ metadata }) => metadata.name)).toEqual(['c', 'd']);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(second.metadata.continue).toBeUndefined();
  });

  test('a list larger than a slice of it arrives whole, plain or compressed', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const labels = { size: 'large' };
    for (const name of ['slice-a', 'slice-b', 'slice-c']) {
      const body = { ...configMap(name, { a: name.repeat(100_000) }), metadata: { name, labels } };
      expect((await admin.request('POST', path, { body })).code).toBe(201);
    }
    const plain = await admin.request('GET', `${path}?labelSelector=size=large`);
    expect(Number(plain.headers['content-length'])).toBe(Buffer.byteLength(plain.text));
    expect(plain.text.length).toBeGreaterThan(2_000_000);
    const { items } = plain.json<{
      items: { metadata: { name: string }; data: { a: string } }[];
    }>();
    expect(items.map(({ data }) => data.a.length)).toEqual([700_000, 700_000, 700_000]);
    const stream = admin.session.request({
      ':path': `${path}?labelSelector=size=large`,
      'accept-encoding': 'gzip',
    });
    const compressed = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>));
    expect(JSON.parse(gunzipSync(compressed).toString())).toMatchObject({ items });
  });

  test('one connection carries many large lists at a time', async () => {
    const path = '/api/v1/namespaces/kube-system/configmaps';
    await admin.request('POST', path, { body: configMap('large', { a: 'x'.repeat(900_000) }) });
    const answers = await Promise.all(Array.from({ length: 40 }, () => admin.request('GET', path)));
    for (const { code, text } of answers) {
      expect(code).toBe(200);
      expect(text.length).toBeGreaterThan(900_000);
    }
  });

  test('a version that is not reached yet is a Timeout with both versions', async () => {
    const answer = await admin.request('GET', `${configMaps}?resourceVersion=999999`);
    expect(answer.code).toBe(504);
    expect(answer.json<StatusBody>().message).toMatch(
      /^Timeout: Too large resource version: 999999, current: \d+$/,
    );
  });

  test('tables, metadata only, yaml and gzip are the same objects in other forms', async () => {
    await admin.request('POST', pods, { body: podManifest('shown') });
    const accept = (value: string) =>
      admin.request('GET', `${pods}/shown`, { headers: { accept: value } });
    const table = (await accept('application/json;as=Table;v=v1;g=meta.k8s.io')).json<{
      kind: string;
      rows: { cells: unknown[]; object: { kind: string } }[];
    }>();
    expect(table.kind).toBe('Table');
    expect(table.rows[0]!.cells.slice(0, 3)).toEqual(['shown', '0/1', 'Pending']);
    expect(table.rows[0]!.object.kind).toBe('PartialObjectMetadata');
    const partial = await accept('application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io');
    expect(Object.keys(partial.json())).toEqual(['kind', 'apiVersion', 'metadata']);
    expect((await accept('application/yaml')).text).toContain('name: shown');
    expect((await accept('image/png')).code).toBe(406);
  });
});

describe('watches', () => {
  test('objects that enter and leave a selection are ADDED and DELETED', async () => {
    using watch = admin.watch(`${configMaps}?watch=true&labelSelector=on%3Dyes`);
    const path = `${configMaps}/flips`;
    const label = (value: string) =>
      admin.request('PATCH', path, {
        body: { metadata: { labels: { on: value } } },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    await admin.request('POST', configMaps, { body: configMap('flips') });
    await label('yes');
    await label('no');
    await label('yes');
    await admin.request('DELETE', path);
    const types = await eventually('four events', () =>
      watch.lines.length >= 4 ? watch.lines.map(({ type }) => type) : undefined,
    );
    expect(types).toEqual(['ADDED', 'DELETED', 'ADDED', 'DELETED']);
    const versions = watch.lines.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  test('a watch from a version misses nothing after it', async () => {
    const list = (await admin.request('GET', configMaps)).json<ListBody>();
    for (const name of ['w1', 'w2', 'w3']) {
      await admin.request('POST', configMaps, { body: configMap(name) });
    }
    const from = list.metadata.resourceVersion;
    using watch = admin.watch(`${configMaps}?watch=true&resourceVersion=${from}`);
    await eventually('three events', () => watch.lines.length >= 3);
    expect(watch.lines.map(({ object }) => object.metadata.name)).toEqual(['w1', 'w2', 'w3']);
  });

  test('a streamed list ends with a marked bookmark', async () => {
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    using watch = admin.watch(`/api/v1/namespaces?${query}&allowWatchBookmarks=true`);
    const last = await eventually('a bookmark', () =>
      watch.lines.find(({ type }) => type === 'BOOKMARK'),
    );
    expect(last.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(watch.lines.filter(({ type }) => type === 'ADDED').length).toBeGreaterThanOrEqual(4);
  });

  test('a version from before the history is an ERROR event with code 410', async () => {
    await using late = await startTestServer(etcd, { authority: server.authority });
    using client = await late.admin();
    using watch = client.watch(`${configMaps}?watch=true&resourceVersion=1`);
    const [line] = await eventually('an event', () =>
      watch.lines.length > 0 ? watch.lines : undefined,
    );
    expect(line).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  test('timeoutSeconds ends a watch in order', async () => {
    using watch = admin.watch(`${configMaps}?watch=true&timeoutSeconds=1&resourceVersion=0`);
    await eventually('the end', () => watch.ended);
  });
});

describe('who may do what', () => {
  test('a client without a certificate of the cluster is Unauthorized', async () => {
    using stranger = connectClient(server.server.securePort, { ca: server.authority.ca });
    const answer = await stranger.request('GET', '/api/v1/namespaces');
    expect(answer.code).toBe(401);
    expect(answer.json<StatusBody>()).toMatchObject({ kind: 'Status', message: 'Unauthorized' });
  });

  test('what no role allows is Forbidden in upstream words', async () => {
    using someone = await server.client('jane');
    const one = await someone.request('GET', `${pods}/x`);
    expect(one.code).toBe(403);
    expect(one.json<StatusBody>().message).toBe(
      'pods "x" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"',
    );
    const cluster = await someone.request('GET', '/api/v1/nodes');
    expect(cluster.json<StatusBody>().message).toBe(
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    );
    const metrics = await someone.request('GET', '/metrics');
    expect(metrics.json<StatusBody>().message).toBe(
      'forbidden: User "jane" cannot get path "/metrics"',
    );
    expect((await someone.request('GET', '/apis')).code).toBe(200);
  });

  test('a node writes its own node, and no other (NodeRestriction)', async () => {
    using agent = await server.client('system:node:node-7', 'system:nodes');
    const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    const own = await agent.request('POST', '/api/v1/nodes', { body: node('node-7') });
    expect(own.code).toBe(201);
    expect(own.json<ObjectBody>().spec).toMatchObject({
      taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
    });
    const other = await agent.request('POST', '/api/v1/nodes', { body: node('node-8') });
    expect(other.code).toBe(403);
    expect(other.json<StatusBody>().message).toContain(
      'node "node-7" is not allowed to modify node "node-8"',
    );
    const pod = await agent.request('POST', pods, { body: podManifest('mirror') });
    expect(pod.code).toBe(403);
  });
});

describe('bad input', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    admin.request('POST', pods, { body, headers });

  test('malformed JSON is a BadRequest, and so is a body of nothing', async () => {
    for (const body of ['{"kind":', '[]', 'null', '"text"', '']) {
      const answer = await post(body);
      expect(answer.code, body).toBe(400);
      expect(answer.json<StatusBody>().kind).toBe('Status');
    }
  });

  test('an unknown field is named, and refused, warned of or dropped as asked', async () => {
    const body = JSON.stringify(podManifest('unknown', { spec: { foo: 1 } }));
    const strict = await admin.request('POST', `${pods}?fieldValidation=Strict`, { body });
    expect(strict.code).toBe(400);
    expect(strict.json<StatusBody>().message).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo"',
    );
    const warned = await admin.request('POST', `${pods}?fieldValidation=Warn&dryRun=All`, { body });
    expect(warned.code).toBe(201);
    expect(warned.headers['warning']).toBe('299 - "unknown field \\"spec.foo\\""');
    const ignored = await admin.request('POST', `${pods}?fieldValidation=Ignore&dryRun=All`, {
      body,
    });
    expect(ignored.headers['warning']).toBeUndefined();
  });

  test('a wrong type and a missing field are told with their paths', async () => {
    const wrong = await post(JSON.stringify(podManifest('wrong', { spec: { containers: 'x' } })));
    expect(wrong.code).toBe(400);
    expect(wrong.json<StatusBody>().message).toContain('spec.containers');
    const missing = await post(JSON.stringify(podManifest('m', { spec: { containers: [] } })));
    expect(missing.code).toBe(422);
    expect(missing.json<StatusBody>().message).toBe(
      'Pod "m" is invalid: spec.containers: Required value',
    );
  });

  test('a body beyond 3 MiB is refused with the limit, over both versions of HTTP', async () => {
    const body = JSON.stringify(configMap('large', { a: 'x'.repeat(4_000_000) }));
    const answer = await admin.request('POST', configMaps, { body });
    expect(answer.code).toBe(413);
    expect(answer.json<StatusBody>().message).toBe('Request entity too large: limit is 3145728');
    const { cert, key, ca } = await server.certificate('admin', 'system:masters');
    const code = await new Promise((resolve, reject) => {
      const request = http1Request(
        `https://localhost:${server.server.securePort}${configMaps}`,
        { method: 'POST', cert, key, ca, headers: { 'content-length': body.length } },
        (response) => resolve(response.statusCode),
      );
      request.on('error', reject);
      request.write(body.slice(0, 1_000));
    });
    expect(code).toBe(413);
  });

  test('refusals before the body was read do not cost the connection', async () => {
    using someone = await server.client('jane');
    const body = JSON.stringify(podManifest('refused'));
    for (let round = 0; round < 30; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => someone.request('POST', pods, { body })),
      );
      expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([403]));
    }
  });

  test('deep nesting, keys of prototypes and odd escapes break nothing', async () => {
    const deep = `{"kind":"Pod","metadata":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
    expect((await post(deep)).code).toBe(400);
    const proto =
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"proto"},"data":{"__proto__":"x"}}';
    const made = await admin.request('POST', configMaps, { body: proto });
    expect([201, 422]).toContain(made.code);
    expect((await admin.request('GET', `${pods}/%zz`)).code).toBe(404);
    expect((await admin.request('GET', `${pods}/..%2f..%2fx`)).code).toBe(404);
    expect((await admin.request('GET', `${pods}?labelSelector=a%20b%20c`)).code).toBe(400);
    expect((await admin.request('GET', `${pods}?fieldSelector=spec.nope%3D1`)).code).toBe(400);
    expect((await admin.request('GET', `${pods}?continue=zzz`)).code).toBe(400);
    expect((await admin.request('GET', `${pods}?limit=-1`)).code).toBe(400);
    expect((await admin.request('BREW', pods)).code).toBe(405);
  });

  test('an unknown media type is named with those that are known', async () => {
    const answer = await post('x', { 'content-type': 'text/csv' });
    expect(answer.code).toBe(415);
    expect(answer.json<StatusBody>().message).toContain('application/json');
    const patch = await admin.request('PATCH', `${pods}/x`, {
      body: '{}',
      headers: { 'content-type': 'application/apply-patch+cbor' },
    });
    expect(patch.code).toBe(415);
    expect(patch.json<StatusBody>().message).toBe(
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
    );
  });

  test('what is not there is 404 as text', async () => {
    const answer = await admin.request('GET', '/apis/example.com/v1/widgets');
    expect(answer).toMatchObject({ code: 404, text: '404 page not found\n' });
  });

  test('a server without room says when to come back', async () => {
    await using full = await startTestServer(etcd, {
      authority: server.authority,
      writesInFlightMax: 0,
    });
    using client = await full.admin();
    const answer = await client.request('POST', configMaps, { body: configMap('full') });
    expect(answer.code).toBe(429);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json<StatusBody>().message).toBe('too many requests, please try again later');
  });

  test('half-open, garbled, reset and slow connections leave the server serving', async () => {
    const port = server.server.securePort;
    const half = connectTcp(port, '127.0.0.1').on('error', () => undefined);
    const garbled = connectTcp(port, '127.0.0.1').on('error', () => undefined);
    garbled.write('GET / HTTP/1.1\r\n\r\n');
    const { cert, key, ca } = await server.certificate('admin', 'system:masters');
    const options = { port, host: 'localhost', cert, key, ca };
    const slow = connectTls({ ...options, ALPNProtocols: ['http/1.1'] }).on(
      'error',
      () => undefined,
    );
    slow.write(`POST ${pods} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`);
    const notHttp2 = connectTls({ ...options, ALPNProtocols: ['h2'] }).on('error', () => undefined);
    notHttp2.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense'.repeat(100));
    {
      using flood = connectClient(port, { cert, key, ca });
      for (let count = 0; count < 200; count += 1) {
        const stream = flood.session.request({ ':method': 'GET', ':path': '/api/v1/pods' });
        stream.on('error', () => undefined);
        stream.close(constants.NGHTTP2_CANCEL);
      }
      using fresh = connectClient(port, { cert, key, ca });
      expect((await fresh.request('GET', '/readyz')).text).toBe('ok');
    }
    for (const socket of [half, garbled, slow, notHttp2]) socket.destroy();
    expect((await admin.request('GET', '/livez')).text).toBe('ok');
  });
});
