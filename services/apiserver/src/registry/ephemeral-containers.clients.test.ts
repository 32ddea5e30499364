/** `kubectl debug`, as far as the API server goes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { skipOldKubectl, startKubectl, type Kubectl } from '../testing/kubectl.ts';
import { podManifest, startTestServer, type TestServer } from '../testing/server.ts';

let etcd: TestEtcd;
let server: TestServer;
let client: Kubectl;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd);
  client = await startKubectl(server);
  await client.succeed('apply -f -', JSON.stringify(podManifest('web')));
});
afterAll(async () => {
  client[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

test('kubectl debug adds a container to a pod that runs', async (context) => {
  skipOldKubectl(context);
  const flags = '--image=busybox --profile=general --attach=false';
  await client.succeed(`debug web -c look ${flags} -- sleep 5`);
  await client.succeed(`debug pod/web -c more --target=main ${flags}`);
  const path = '{range .spec.ephemeralContainers[*]}{.name}={.targetContainerName}{"\\n"}{end}';
  const { out } = await client.run(['get', 'pod', 'web', '-o', `jsonpath=${path}`]);
  expect(out).toBe('look=\nmore=main\n');
  expect(await client.succeed('describe pod web')).toMatch(/Ephemeral Containers:\n +look:/);
});

test('kubectl debug tells why a container is refused', async (context) => {
  skipOldKubectl(context);
  const said = await client.refused('debug web -c main --image=busybox --attach=false');
  expect(said).toContain('spec.ephemeralContainers[2].name: Duplicate value: "main"');
});

test('kubectl debug makes a copy of a pod, and a pod on a node', async (context) => {
  skipOldKubectl(context);
  const flags = '--image=busybox --profile=general --attach=false';
  await client.succeed(`debug web --copy-to=copy -c look ${flags}`);
  expect(await client.succeed('get pod copy -o jsonpath={.spec.containers[*].name}')).toBe(
    'main look',
  );
  await client.succeed('create -f -', '{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"}}');
  await client.succeed(`debug node/n1 ${flags}`);
  expect(await client.succeed('get pods --field-selector spec.nodeName=n1 -o name')).toMatch(
    /^pod\/node-debugger-n1-\w+\n$/,
  );
});
