/**
 * The real kubectl against a server of ours, in scripts of what people type and read back: all of its
 * commands, with two releases of it. Nothing else acts on the cluster, so all that changes was changed by
 * the commands. With nodes and controllers: kubectl-cluster.clients.test.ts.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { qualifiedResource, servedResources } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EtcdClient } from './storage/etcd-client.ts';
import { startTestEtcd } from './testing/etcd.ts';
import { startKubectl, type Kubectl } from './testing/kubectl.ts';
import { takeSnapshot, type Snapshot } from './testing/kubectl-scripts/changes.ts';
import { describeKubectlScripts } from './testing/kubectl-scripts/describe.ts';
import { kubectlsToTry } from './testing/kubectl-scripts/kubectls.ts';
import { connectStore, restore } from './testing/kubectl-scripts/store.ts';
import { startTestServer, type TestServer } from './testing/server.ts';
import { testAuthentication } from './testing/tokens.ts';

const execute = promisify(execFile);
const parts = new AsyncDisposableStack();
let server: TestServer;
let etcd: EtcdClient;
let atStart: Snapshot;

beforeAll(async () => {
  const members = parts.use(await startTestEtcd(1, { server: 'ours' }));
  server = parts.use(
    await startTestServer(members, { authentication: testAuthentication('RS256') }),
  );
  etcd = parts.use(connectStore(members)).etcd;
  using admin = await server.admin();
  const own = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
  await eventually('the server has published itself', async () => {
    const { code } = await admin.request('GET', own);
    return code === 200;
  });
  atStart = await takeSnapshot(etcd);
});
afterAll(() => parts.disposeAsync());

const choices = kubectlsToTry();

describe.each(choices)('$title', ({ release, reason }) => {
  if (release === undefined) {
    test('scripts', (context) => context.skip(reason));
    return;
  }
  let client: Kubectl;
  beforeAll(async () => {
    client = await startKubectl(server, { users: { jane: ['jane', 'ops'], stranger: undefined } });
  });
  afterAll(() => client[Symbol.dispose]());

  test('api-resources names all that is served', async () => {
    const names = servedResources.map((one) => qualifiedResource(one));
    const settings = { env: client.environment };
    const { stdout } = await execute(release.program, ['api-resources', '-o', 'name'], settings);
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(names));
  });

  describeKubectlScripts({
    folder: 'api',
    release,
    mayUpdate: release === choices[0]!.release,
    place: () => ({
      environment: client.environment,
      etcd,
      replacements: [[String(server.server.securePort), '<port>']],
      reset: () => restore(etcd, atStart),
    }),
  });
});
