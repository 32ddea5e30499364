/** The real kubectl and server-side apply: what people type, and what they read back. */
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
  client = await startKubectl(server);
});
beforeEach((context) => skipOldKubectl(context));
afterAll(async () => {
  client[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const run = (line: string, stdin?: string) => client.run(line.split(' '), stdin);
const kubectl: Kubectl['succeed'] = (line, stdin) => client.succeed(line, stdin);

const deployment = (name: string, { replicas = 3, image = 'nginx:1' } = {}) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: web, image: "${image}", ports: [{containerPort: 80}]}
`;
const managers = (name: string) =>
  kubectl(
    `get deploy ${name} --show-managed-fields -o jsonpath={range.metadata.managedFields[*]}{.manager}:{.operation}:{.subresource},{end}`,
  );

describe('kubectl apply --server-side', () => {
  test('creates, and says the same when nothing changes', async () => {
    const line = 'apply --server-side -f -';
    expect(await kubectl(line, deployment('web'))).toBe('deployment.apps/web serverside-applied\n');
    const resourceVersion = 'get deploy web -o jsonpath={.metadata.resourceVersion}';
    const before = await kubectl(resourceVersion);
    expect(await kubectl(line, deployment('web'))).toBe('deployment.apps/web serverside-applied\n');
    expect(await kubectl(resourceVersion)).toBe(before);
    expect(await managers('web')).toBe('kubectl:Apply:,');
  });

  test('get shows owners only when asked', async () => {
    expect(await kubectl('get deploy web -o yaml')).not.toContain('managedFields');
    const yaml = await kubectl('get deploy web -o yaml --show-managed-fields');
    expect(yaml).toContain('  managedFields:\n  - apiVersion: apps/v1\n    fieldsType: FieldsV1');
    expect(yaml).toContain('                k:{"containerPort":80,"protocol":"TCP"}:');
  });

  test('a conflict is told with what may be done about it, and force does it', async () => {
    const changed = deployment('web', { replicas: 5, image: 'nginx:2' });
    const { code, err } = await run('apply --server-side --field-manager=ci -f -', changed);
    expect(code).toBe(1);
    expect(err).toContain('error: Apply failed with 2 conflicts: conflicts with "kubectl":\n');
    expect(err).toContain('- .spec.replicas\n');
    expect(err).toContain('- .spec.template.spec.containers[name="web"].image\n');
    expect(err).toContain('Please review the fields above--they currently have other managers.');
    expect(
      await kubectl('apply --server-side --field-manager=ci --force-conflicts -f -', changed),
    ).toBe('deployment.apps/web serverside-applied\n');
    expect(await managers('web')).toMatch(
      /^(ci:Apply:,kubectl:Apply:,|kubectl:Apply:,ci:Apply:,)$/,
    );
    const one = await run('apply --server-side -f -', deployment('web', { image: 'nginx:2' }));
    expect(one.err).toContain(
      'error: Apply failed with 1 conflict: conflict with "ci": .spec.replicas\n',
    );
  });

  test('scale owns the replicas, so that a later apply of them conflicts', async () => {
    await kubectl('apply --server-side -f -', deployment('scaled'));
    await kubectl('scale deploy/scaled --replicas 7');
    expect(await managers('scaled')).toBe('kubectl:Apply:,kubectl:Update:scale,');
    const { code, err } = await run('apply --server-side -f -', deployment('scaled'));
    expect(code).toBe(1);
    expect(err).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  test('takes over what client-side apply made, and lets it come back', async () => {
    await kubectl('apply -f -', deployment('moved'));
    expect(await managers('moved')).toBe('kubectl-client-side-apply:Update:,');
    const line = 'apply --server-side -f -';
    expect(await kubectl(line, deployment('moved', { image: 'nginx:2' }))).toBe(
      'deployment.apps/moved serverside-applied\n',
    );
    // kubectl itself gives the annotation an owner, which server-side apply will leave alone.
    expect(await managers('moved')).toBe('kubectl-last-applied:Apply:,kubectl:Apply:,');
    // What the configuration no longer has goes, as it went with client-side apply.
    const bare = deployment('moved', { image: 'nginx:2' }).replace('  replicas: 3\n', '');
    await kubectl(line, bare);
    expect(await kubectl('get deploy moved -o jsonpath={.spec.replicas}')).toBe('1');
    expect(await kubectl('apply -f -', deployment('moved', { image: 'nginx:3' }))).toContain(
      'deployment.apps/moved configured\n',
    );
  });

  test('diff shows what an apply would change, and changes nothing', async () => {
    await kubectl('apply --server-side -f -', deployment('compared'));
    const line = 'diff --server-side -f -';
    expect(await run(line, deployment('compared'))).toMatchObject({ code: 0, out: '' });
    const { code, out } = await run(line, deployment('compared', { image: 'nginx:9' }));
    expect(code).toBe(1);
    expect(out).toMatch(/^-.*nginx:1\n\+.*nginx:9$/m);
    const image = 'get deploy compared -o jsonpath={.spec.template.spec.containers[0].image}';
    expect(await kubectl(image)).toBe('nginx:1');
  });

  test('a mistake in the configuration is named by its path', async () => {
    const bad = deployment('bad').replace('replicas: 3', 'replica: 3');
    const { code, err } = await run('apply --server-side -f -', bad);
    expect(code).toBe(1);
    expect(err).toBe(
      'Error from server: failed to create typed patch object (default/bad; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema\n',
    );
  });

  test('other commands are owners too', async () => {
    await kubectl('create configmap owned --from-literal=a=1');
    await kubectl('label configmap owned x=y');
    await kubectl('patch configmap owned -p {"data":{"b":"2"}}');
    const owners =
      'get configmap owned --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}';
    expect((await kubectl(owners)).split(' ').sort()).toEqual([
      'kubectl-create',
      'kubectl-label',
      'kubectl-patch',
    ]);
  });
});
