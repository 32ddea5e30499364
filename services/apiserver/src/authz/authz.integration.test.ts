/** Who may do what on a real server: by roles, as a node, as someone else; over REST and gRPC. */
import { describe, expect, test } from 'vitest';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { objectApi } from '@drydock/proto/api';
import { StatusCode, createChannelSet, type RpcError } from '@drydock/rpc';
import { eventually } from '@drydock/testing/eventually';
import { defaultPolicy } from '../bootstrap/policy/policy.ts';
import { podManifest, startTestServer, type Answer, type TestClient } from '../testing/server.ts';
import { useTestServer } from '../testing/use-server.ts';

const { etcd, server, admin } = useTestServer();

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const inDefault = `${rbac}/namespaces/default`;
const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';
const secrets = '/api/v1/namespaces/default/secrets';

const messageOf = (answer: Answer) => answer.json<{ message: string }>().message;
const roleNamed = (name: string, ...rules: object[]) => ({
  apiVersion,
  kind: 'Role',
  metadata: { name },
  rules,
});
const bindingTo = (name: string, kind: string, role: string, user: string) => ({
  apiVersion,
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { apiGroup, kind, name: role },
  subjects: [{ kind: 'User', name: user }],
});
const created = async (path: string, body: object) => {
  const answer = await admin.request('POST', path, { body });
  expect(answer.code, answer.text).toBe(201);
};
/** What is written is decided by as soon as the server has heard of it from etcd. */
const allowed = (client: TestClient, path: string, headers: Record<string, string> = {}) =>
  eventually(`GET ${path} is allowed`, async () => {
    const { code } = await client.request('GET', path, { headers });
    return code === 200;
  });

describe('the default roles', () => {
  test('are stored with what they allow, and bound', async () => {
    const roles = await admin.request('GET', `${rbac}/clusterroles`);
    const names = roles.json<{ items: { metadata: { name: string } }[] }>().items;
    const expected = defaultPolicy.roles.filter(({ kind }) => kind === 'ClusterRole');
    expect(names.map(({ metadata }) => metadata.name)).toEqual(
      expected.map(({ metadata }) => metadata.name).sort(),
    );
    const path = `${rbac}/namespaces/kube-system/rolebindings/system::leader-locking-kube-scheduler`;
    expect((await admin.request('GET', path)).json()).toMatchObject({
      roleRef: { kind: 'Role', name: 'system::leader-locking-kube-scheduler' },
    });
  });

  test('are mended by the next server that starts, but for those that are protected', async () => {
    const versions = async () => {
      const { items } = (await admin.request('GET', `${rbac}/clusterroles`)).json<{
        items: { metadata: { name: string; resourceVersion: string } }[];
      }>();
      return new Map(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
    };
    const edit = `${rbac}/clusterroles/system:discovery`;
    const own = `${rbac}/clusterroles/system:monitoring`;
    const headers = { 'content-type': 'application/merge-patch+json' };
    await admin.request('PATCH', edit, {
      headers,
      body: { rules: [], metadata: { labels: null } },
    });
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
    const protect = { rules: [], metadata: { annotations } };
    await admin.request('PATCH', own, { headers, body: protect });
    const before = await versions();
    await using second = await startTestServer(etcd);
    using reader = await second.admin();
    expect((await reader.request('GET', edit)).json()).toMatchObject({
      metadata: { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
      rules: expect.arrayContaining([{ verbs: ['get'], nonResourceURLs: ['/api'] }]),
    });
    expect((await reader.request('GET', own)).json()).toMatchObject({ rules: [] });
    const after = await versions();
    const changed = [...after].filter(([name, version]) => before.get(name) !== version);
    expect(changed.map(([name]) => name)).toEqual(['system:discovery']);
  });
});

describe('roles', () => {
  test('allow what they say, where they are bound, until they are taken away', async () => {
    using jane = await server.client('jane');
    const pods = '/api/v1/namespaces/default/pods';
    expect(messageOf(await jane.request('GET', pods))).toBe(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    const reader = { verbs: ['list', 'watch'], apiGroups: [''], resources: ['pods'] };
    await created(`${inDefault}/roles`, roleNamed('pod-reader', reader));
    await created(`${inDefault}/rolebindings`, bindingTo('janes', 'Role', 'pod-reader', 'jane'));
    await allowed(jane, pods);
    expect((await jane.request('GET', '/api/v1/namespaces/kube-system/pods')).code).toBe(403);
    expect(messageOf(await jane.request('GET', `${pods}/x`))).toBe(
      'pods "x" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"',
    );
    await admin.request('DELETE', `${inDefault}/roles/pod-reader`);
    await eventually('the role is gone', async () => {
      const answer = await jane.request('GET', pods);
      return (
        answer.code === 403 &&
        messageOf(answer).endsWith(
          'in the namespace "default": RBAC: role.rbac.authorization.k8s.io "pod-reader" not found',
        )
      );
    });
  });

  test('for a name allow a list of that name', async () => {
    using joe = await server.client('joe');
    const maps = '/api/v1/namespaces/default/configmaps';
    const one = {
      verbs: ['list'],
      apiGroups: [''],
      resources: ['configmaps'],
      resourceNames: ['a'],
    };
    await created(`${inDefault}/roles`, roleNamed('one', one));
    await created(`${inDefault}/rolebindings`, bindingTo('joes', 'Role', 'one', 'joe'));
    await allowed(joe, `${maps}?fieldSelector=metadata.name%3Da`);
    expect((await joe.request('GET', maps)).code).toBe(403);
    expect((await joe.request('GET', `${maps}?fieldSelector=metadata.name%3Db`)).code).toBe(403);
  });

  test('a namespace is read by who reads in it', async () => {
    using nick = await server.client('nick');
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['namespaces'] };
    await created(`${inDefault}/roles`, roleNamed('home', rule));
    await created(`${inDefault}/rolebindings`, bindingTo('nicks', 'Role', 'home', 'nick'));
    await allowed(nick, '/api/v1/namespaces/default');
    expect(messageOf(await nick.request('GET', '/api/v1/namespaces/kube-system'))).toBe(
      'namespaces "kube-system" is forbidden: User "nick" cannot get resource "namespaces" in API group "" in the namespace "kube-system"',
    );
  });

  test('nobody gives away more than he has, by POST, PUT or PATCH', async () => {
    using eve = await server.client('eve');
    const rules = [
      { verbs: ['create', 'update', 'patch', 'get'], apiGroups: [apiGroup], resources: ['*'] },
    ];
    await created(`${inDefault}/roles`, roleNamed('granter', ...rules));
    await created(`${inDefault}/rolebindings`, bindingTo('eves', 'Role', 'granter', 'eve'));
    await allowed(eve, `${inDefault}/roles/granter`);
    const more = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
    const refusal =
      'is forbidden: user "eve" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}';
    const roles = `${inDefault}/roles`;
    const posted = await eve.request('POST', roles, { body: roleNamed('more', more) });
    expect(posted.code).toBe(403);
    expect(messageOf(posted)).toBe(`roles.${apiGroup} "more" ${refusal}`);
    const put = await eve.request('PUT', `${roles}/more`, { body: roleNamed('more', more) });
    expect(messageOf(put)).toBe(`roles.${apiGroup} "more" ${refusal}`);
    const headers = { 'content-type': 'application/merge-patch+json' };
    const patched = await eve.request('PATCH', `${roles}/granter`, {
      headers,
      body: { rules: [...rules, more] },
    });
    expect(messageOf(patched)).toBe(`roles.${apiGroup} "granter" ${refusal}`);
    const same = await eve.request('POST', roles, { body: roleNamed('same', ...rules) });
    expect(same.code).toBe(201);
    const bind = bindingTo('up', 'ClusterRole', 'cluster-admin', 'eve');
    const bound = await eve.request('POST', `${inDefault}/rolebindings`, { body: bind });
    expect(messageOf(bound)).toContain('{APIGroups:["*"], Resources:["*"], Verbs:["*"]}');
    const nothing = bindingTo('up', 'ClusterRole', 'none', 'eve');
    const missing = await eve.request('POST', `${inDefault}/rolebindings`, { body: nothing });
    expect(missing.code).toBe(404);
  });

  test('a PUT that would make an object needs the right to create it', async () => {
    using ulf = await server.client('ulf');
    const rule = { verbs: ['update', 'get'], apiGroups: [apiGroup], resources: ['roles'] };
    await created(`${inDefault}/roles`, roleNamed('updater', rule));
    await created(`${inDefault}/rolebindings`, bindingTo('ulfs', 'Role', 'updater', 'ulf'));
    await allowed(ulf, `${inDefault}/roles/updater`);
    const put = await ulf.request('PUT', `${inDefault}/roles/new`, { body: roleNamed('new') });
    expect(messageOf(put)).toBe(
      `roles.${apiGroup} "new" is forbidden: User "ulf" cannot create resource "roles" in API group "${apiGroup}" in the namespace "default"`,
    );
  });
});

describe('a node', () => {
  test('reads the secrets of its pods, from the moment that they are bound to it', async () => {
    using agent = await server.client('system:node:node-1', 'system:nodes');
    for (const name of ['wanted', 'other']) {
      await created(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name } });
    }
    const pods = '/api/v1/namespaces/default/pods';
    const volumes = [{ name: 'v', secret: { secretName: 'wanted' } }];
    await created(pods, podManifest('on-node', { spec: { volumes } }));
    const refusal = (name: string) =>
      `secrets "${name}" is forbidden: User "system:node:node-1" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'node-1' and this object`;
    expect(messageOf(await agent.request('GET', `${secrets}/wanted`))).toBe(refusal('wanted'));
    await created(`${pods}/on-node/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'on-node' },
      target: { kind: 'Node', name: 'node-1' },
    });
    await allowed(agent, `${secrets}/wanted`);
    expect(messageOf(await agent.request('GET', `${secrets}/other`))).toBe(refusal('other'));
    await allowed(agent, '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1');
    expect(messageOf(await agent.request('GET', '/api/v1/pods'))).toBe(
      'pods is forbidden: User "system:node:node-1" cannot list resource "pods" in API group "" at the cluster scope: can only list/watch pods with spec.nodeName field selector',
    );
    expect((await agent.request('GET', '/api/v1/nodes')).code).toBe(200);
    await admin.request('DELETE', `${pods}/on-node?gracePeriodSeconds=0`);
    await eventually('the secret is out of reach', async () => {
      return (await agent.request('GET', `${secrets}/wanted`)).code === 403;
    });
  });
});

describe('the component API', () => {
  const connect = async (commonName: string, ...organizations: string[]) =>
    createChannelSet({
      endpoints: [`localhost:${server.server.grpcPort}`],
      tls: await server.certificate(commonName, ...organizations),
      clock: createSystemClock(),
      random: createSystemRandom(),
    });
  const core = { group: '', version: 'v1', subresource: '', name: '' };
  const failure = (call: Promise<unknown>): Promise<RpcError> =>
    call.then(
      () => Promise.reject(new Error('the call succeeded')),
      (error: unknown) => error as RpcError,
    );

  test('is judged by the same roles and the same node authorizer', async () => {
    using proxy = await connect('system:kube-proxy');
    const services = { ...core, resource: 'services', namespace: '' };
    const listed = await proxy.unary(objectApi.List, { reference: services });
    expect(listed.items.length).toBeGreaterThan(0);
    const read = await failure(
      proxy.unary(objectApi.Get, {
        reference: { ...services, resource: 'secrets', namespace: 'default', name: 'x' },
      }),
    );
    expect(read.code).toBe(StatusCode.PERMISSION_DENIED);
    using agent = await connect('system:node:node-9', 'system:nodes');
    const pods = { ...core, resource: 'pods', namespace: '' };
    const fieldSelector = 'spec.nodeName=node-9';
    await agent.unary(objectApi.List, { reference: pods, fieldSelector });
    const all = await failure(agent.unary(objectApi.List, { reference: pods }));
    expect(all.message).toContain('can only list/watch pods with spec.nodeName field selector');
  });

  test('lets the controllers gather rules that they do not hold', async () => {
    using controllers = await connect('system:kube-controller-manager');
    const reference = { ...core, group: apiGroup, resource: 'clusterroles', namespace: '' };
    const name = 'gathered';
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
    const role = { apiVersion, kind: 'ClusterRole', metadata: { name }, rules: [] };
    await created(`${rbac}/clusterroles`, { ...role, aggregationRule });
    const rules = [{ verbs: ['*'], apiGroups: ['example.com'], resources: ['*'] }];
    const json = Buffer.from(JSON.stringify({ ...role, aggregationRule, rules }));
    await controllers.unary(objectApi.Update, { reference: { ...reference, name }, json });
    const create = failure(controllers.unary(objectApi.Create, { reference, json }));
    expect((await create).code).toBe(StatusCode.PERMISSION_DENIED);
  });
});

describe('reviews', () => {
  const post = (client: TestClient, kind: string, spec: object, metadata: object = {}) =>
    client.request('POST', `/apis/authorization.k8s.io/v1/${kind}`, { body: { spec, metadata } });
  const listPods = { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } };

  test('say whether the caller may, and why', async () => {
    const answer = await post(admin, 'selfsubjectaccessreviews', listPods);
    expect(answer.code).toBe(201);
    expect(answer.json()).toEqual({
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: listPods,
      status: { allowed: true },
    });
    using proxy = await server.client('system:kube-proxy');
    const nodes = { resourceAttributes: { verb: 'watch', resource: 'nodes' } };
    const own = await post(proxy, 'selfsubjectaccessreviews', nodes);
    expect(own.json<{ status: object }>().status).toEqual({
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:node-proxier" of ClusterRole "system:node-proxier" to User "system:kube-proxy"',
    });
    const path = { nonResourceAttributes: { verb: 'get', path: '/metrics' } };
    const no = await post(proxy, 'selfsubjectaccessreviews', path);
    expect(no.json<{ status: object }>().status).toEqual({ allowed: false });
  });

  test('of others are for those who may ask', async () => {
    const spec = { ...listPods, user: 'system:kube-scheduler' };
    const answer = await post(admin, 'subjectaccessreviews', spec);
    expect(answer.json<{ status: { allowed: boolean } }>().status.allowed).toBe(true);
    const local = await post(admin, 'namespaces/default/localsubjectaccessreviews', spec);
    expect(local.json()).toMatchObject({
      metadata: { namespace: 'default' },
      status: { allowed: true },
    });
    using proxy = await server.client('system:kube-proxy');
    expect((await post(proxy, 'subjectaccessreviews', spec)).code).toBe(403);
  });

  test('that ask for nothing, or for two things, are Invalid', async () => {
    expect(messageOf(await post(admin, 'selfsubjectaccessreviews', {}))).toBe(
      'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
    const both = { ...listPods, nonResourceAttributes: { verb: 'get', path: '/x' } };
    expect(messageOf(await post(admin, 'subjectaccessreviews', both))).toBe(
      'SubjectAccessReview.authorization.k8s.io "" is invalid: [spec.nonResourceAttributes: Invalid value: authorization.NonResourceAttributes{Path:"/x", Verb:"get"}: cannot be specified in combination with resourceAttributes, spec.user: Invalid value: "": at least one of user or group must be specified]',
    );
    const elsewhere = { ...listPods, user: 'jane' };
    const path = 'namespaces/kube-system/localsubjectaccessreviews';
    expect(messageOf(await post(admin, path, elsewhere))).toContain(
      'spec.resourceAttributes.namespace: Invalid value: "default": must match metadata.namespace',
    );
    const rules = await post(admin, 'selfsubjectrulesreviews', {});
    expect(messageOf(rules)).toBe('no namespace on request');
  });

  test('are posted, and nothing else', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect((await admin.request('GET', path)).code).toBe(405);
    expect((await admin.request('POST', `${path}/x`, { body: {} })).code).toBe(405);
    const local = '/apis/authorization.k8s.io/v1/localsubjectaccessreviews';
    expect((await admin.request('POST', local, { body: {} })).code).toBe(400);
  });

  test('name the rules of a node as incomplete', async () => {
    using agent = await server.client('system:node:node-1', 'system:nodes');
    const answer = await post(agent, 'selfsubjectrulesreviews', { namespace: 'default' });
    expect(answer.json<{ status: object }>().status).toMatchObject({
      incomplete: true,
      evaluationError: 'node authorizer does not support user rule resolution',
      resourceRules: expect.arrayContaining([
        { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['nodes'] },
      ]),
      nonResourceRules: expect.arrayContaining([
        { verbs: ['get'], nonResourceURLs: expect.arrayContaining(['/api']) },
      ]),
    });
  });
});

describe('impersonation', () => {
  const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const userOf = (answer: Answer) =>
    answer.json<{ status: { userInfo: Record<string, unknown> } }>().status.userInfo;

  test('everyone is who his certificate says, and knows by which', async () => {
    using jane = await server.client('jane', 'ops');
    expect(userOf(await jane.request('POST', whoami, { body: {} }))).toEqual({
      username: 'jane',
      groups: ['ops', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [
          expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/),
        ],
      },
    });
  });

  test('whoever may be someone else is him in all that follows', async () => {
    const headers = {
      'impersonate-user': 'jim',
      'impersonate-uid': '7',
      'impersonate-extra-scopes': 'view',
    };
    expect(userOf(await admin.request('POST', whoami, { headers, body: {} }))).toEqual({
      username: 'jim',
      uid: '7',
      groups: ['system:authenticated'],
      extra: { scopes: ['view'] },
    });
    const nodes = await admin.request('GET', '/api/v1/nodes', { headers });
    expect(messageOf(nodes)).toBe(
      'nodes is forbidden: User "jim" cannot list resource "nodes" in API group "" at the cluster scope',
    );
  });

  test('needs the verb, for each of the names', async () => {
    using bob = await server.client('bob');
    const headers = { 'impersonate-user': 'jim' };
    expect(messageOf(await bob.request('GET', '/api', { headers }))).toBe(
      'users "jim" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    const alone = await bob.request('GET', '/api', { headers: { 'impersonate-group': 'x' } });
    expect(alone.code).toBe(400);
  });
});

test('a server that has never reached etcd answers for its health, and asks others to wait', async () => {
  const nowhere = { endpoints: ['localhost:1'], tls: etcd.tls };
  await using lonely = await startTestServer({ ...etcd, ...nowhere }, { awaitsReady: false });
  using jane = await lonely.client('jane');
  expect((await jane.request('GET', '/livez')).code).toBe(200);
  const refused = await jane.request('GET', '/api/v1/namespaces/default/pods');
  expect(refused.code).toBe(503);
  expect(messageOf(refused)).toBe('the roles of the cluster are not stored yet');
  expect((await jane.request('GET', '/metrics')).code).toBe(403);
  const ready = await jane.request('GET', '/readyz');
  expect(ready.text).toContain(
    '[-]poststarthook/rbac/bootstrap-roles failed: the default roles are not stored yet',
  );
});
