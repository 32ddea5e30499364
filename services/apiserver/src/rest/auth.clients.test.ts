/** The real kubectl on who may do what: auth, create role, --as, and what is refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { skipOldKubectl, startKubectl, type Kubectl } from '../testing/kubectl.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';

let etcd: TestEtcd;
let server: TestServer;
let client: Kubectl;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd);
  client = await startKubectl(server, { users: { jane: ['jane', 'ops'] } });
});
beforeEach((context) => skipOldKubectl(context));
afterAll(async () => {
  client[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const run = async (line: string, stdin?: string) => {
  const { code, out, err } = await client.run(line.split(' '), stdin);
  return { code, out, err: err.trim() };
};
const kubectl = async (line: string, stdin?: string) => (await client.succeed(line, stdin)).trim();
const refused = (line: string) => client.refused(line);

describe('kubectl', () => {
  test('creates roles and bindings, and shows them', async () => {
    expect(await kubectl('create role reader --verb=get,list --resource=pods,pods/log')).toBe(
      'role.rbac.authorization.k8s.io/reader created',
    );
    expect(
      await kubectl(
        'create rolebinding janes --role=reader --user=jane --group=qa --serviceaccount=default:bot',
      ),
    ).toBe('rolebinding.rbac.authorization.k8s.io/janes created');
    expect(
      await kubectl(
        'create clusterrole scaler --verb=get,update --resource=deployments.apps/scale',
      ),
    ).toBe('clusterrole.rbac.authorization.k8s.io/scaler created');
    expect(await kubectl('create clusterrole health --verb=get --non-resource-url=/metrics')).toBe(
      'clusterrole.rbac.authorization.k8s.io/health created',
    );
    expect(await kubectl('create clusterrole sum --aggregation-rule=team=a')).toBe(
      'clusterrole.rbac.authorization.k8s.io/sum created',
    );
    expect(
      await kubectl('create clusterrolebinding scalers --clusterrole=scaler --group=ops'),
    ).toBe('clusterrolebinding.rbac.authorization.k8s.io/scalers created');
    await kubectl('create clusterrolebinding metrics --clusterrole=health --user=jane');

    expect(await kubectl('get role reader')).toMatch(
      /^NAME +CREATED AT\nreader +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    expect(await kubectl('get rolebindings -o wide')).toMatch(
      /^NAME +ROLE +AGE +USERS +GROUPS +SERVICEACCOUNTS\njanes +Role\/reader +\d+s +jane +qa +default\/bot$/,
    );
    const rules = await kubectl('get role reader -o jsonpath={.rules}');
    expect(JSON.parse(rules)).toEqual([
      { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] },
    ]);
    expect(await kubectl('describe clusterrole scaler')).toContain('deployments.apps/scale');
  });

  test('lists the default roles', async () => {
    const names = await kubectl('get clusterroles -o name -l kubernetes.io/bootstrapping');
    expect(names.split('\n')).toEqual(
      expect.arrayContaining([
        'clusterrole.rbac.authorization.k8s.io/admin',
        'clusterrole.rbac.authorization.k8s.io/cluster-admin',
        'clusterrole.rbac.authorization.k8s.io/system:controller:generic-garbage-collector',
        'clusterrole.rbac.authorization.k8s.io/system:node',
      ]),
    );
    expect(await kubectl('get clusterrolebinding cluster-admin -o wide')).toMatch(
      /cluster-admin +ClusterRole\/cluster-admin +\S+ +system:masters/,
    );
  });

  test('keeps the role of a binding', async () => {
    const patch = '{"roleRef":{"name":"other"}}';
    expect(await refused(`patch rolebinding janes -p ${patch}`)).toBe(
      'The RoleBinding "janes" is invalid: roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"other"}: cannot change roleRef',
    );
  });

  test.each<[string, 'yes' | 'no']>([
    ['auth can-i list pods', 'yes'],
    ['auth can-i get pods --subresource=log', 'yes'],
    ['auth can-i delete pods', 'no'],
    ['auth can-i list pods -n kube-system', 'no'],
    ['auth can-i list pods -A', 'no'],
    ['auth can-i update deployments.apps --subresource=scale -n kube-system', 'yes'],
    ['auth can-i update deployments.apps', 'no'],
    ['auth can-i get /metrics', 'yes'],
    ['auth can-i get /logs', 'no'],
    ['auth can-i get pods/x', 'yes'],
  ])('%s, asked by jane: %s', async (line, expected) => {
    const { code, out } = await run(`--context=jane ${line}`);
    expect(out.trim()).toBe(expected);
    expect(code).toBe(expected === 'yes' ? 0 : 1);
  });

  test('can-i of someone else, quietly or not', async () => {
    expect(await kubectl('auth can-i list pods --as=jane')).toBe('yes');
    expect((await run('auth can-i delete nodes --as=jane')).code).toBe(1);
    expect(await kubectl('auth can-i list pods --as=joe --as-group=qa')).toBe('yes');
    const account = 'system:serviceaccount:default:bot';
    expect(await kubectl(`auth can-i list pods --as=${account}`)).toBe('yes');
    expect(await run('auth can-i list pods --as=joe -q')).toMatchObject({ code: 1, out: '' });
  });

  test('can-i --list tells of all that there is', async () => {
    const list = await kubectl('--context=jane auth can-i --list --no-headers');
    const lines = list.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' '));
    expect(lines).toEqual(
      expect.arrayContaining([
        'selfsubjectreviews.authentication.k8s.io [] [] [create]',
        'pods [] [] [get list]',
        'pods/log [] [] [get list]',
        'deployments.apps/scale [] [] [get update]',
        '[/metrics] [] [get]',
        '[/healthz] [] [get]',
      ]),
    );
  });

  test('whoami', async () => {
    const text = await kubectl('--context=jane auth whoami');
    expect(text).toMatch(/^ATTRIBUTE +VALUE\nUsername +jane\nGroups +\[ops system:authenticated\]/);
    const json = await kubectl('auth whoami -o json --as=joe --as-group=qa');
    expect(JSON.parse(json)).toMatchObject({
      kind: 'SelfSubjectReview',
      status: { userInfo: { username: 'joe', groups: ['qa', 'system:authenticated'] } },
    });
  });

  test('is told what it may not do', async () => {
    expect(await refused('--context=jane get nodes')).toBe(
      'Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    );
    expect(await refused('--context=jane get pods --as=joe')).toBe(
      'Error from server (Forbidden): users "joe" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    expect(await refused('get pods --as=system:node:n1 --as-group=system:nodes')).toBe(
      'Error from server (Forbidden): pods is forbidden: User "system:node:n1" cannot list resource "pods" in API group "" in the namespace "default": can only list/watch pods with spec.nodeName field selector',
    );
    await kubectl(
      'create clusterrolebinding granter --clusterrole=system:aggregate-to-admin --user=jane',
    );
    expect(await refused('--context=jane create role more --verb=get --resource=secrets')).toBe(
      'Error from server (Forbidden): roles.rbac.authorization.k8s.io "more" is forbidden: user "jane" (groups=["ops" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    );
    await kubectl('--context=jane create role less --verb=list --resource=pods');
  });

  test('reconciles roles from a file', async () => {
    const manifest = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: scalers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: health}
subjects:
- {kind: User, name: ann, apiGroup: rbac.authorization.k8s.io}
`;
    const out = await kubectl('auth reconcile -f -', manifest);
    expect(out).toContain('role.rbac.authorization.k8s.io/reader reconciled');
    expect(out).toContain('clusterrolebinding.rbac.authorization.k8s.io/scalers reconciled');
    const verbs = await kubectl('get role reader -o jsonpath={.rules[*].verbs}');
    expect(verbs).toContain('"list"');
    expect(verbs).toContain('"watch"');
    expect(await kubectl('get clusterrolebinding scalers -o jsonpath={.roleRef.name}')).toBe(
      'health',
    );
  });

  test('lists reviews among what can be created', async () => {
    const names = await kubectl(
      'api-resources --verbs=create --api-group=authorization.k8s.io -o name',
    );
    expect(names.split('\n')).toEqual([
      'localsubjectaccessreviews.authorization.k8s.io',
      'selfsubjectaccessreviews.authorization.k8s.io',
      'selfsubjectrulesreviews.authorization.k8s.io',
      'subjectaccessreviews.authorization.k8s.io',
    ]);
    const review = `{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"jane","resourceAttributes":{"verb":"list","resource":"pods","namespace":"default"}}}`;
    expect(await kubectl('create -f - -o jsonpath={.status.allowed}', review)).toBe('true');
  });
});
