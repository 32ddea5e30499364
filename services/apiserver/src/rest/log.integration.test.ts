/** Logs, from kubectl's request to a node-agent over mTLS. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSystemClock } from '@drydock/process';
import { silentLogger } from '@drydock/ports';
import { nodeApi, type LogsRequest } from '@drydock/proto/node';
import { RpcError, StatusCode, createRpcServer, serverStream, type RpcServer } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import {
  podManifest,
  startTestServer,
  type TestClient,
  type TestServer,
} from '../testing/server.ts';

let etcd: TestEtcd;
let agent: RpcServer;
let server: TestServer;
let admin: TestClient;
const requests: LogsRequest[] = [];
const callers: string[] = [];

const pods = '/api/v1/namespaces/default/pods';

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  const authority = await createTestAuthority('kubernetes');
  const identity = {
    commonName: 'system:node:node-1',
    organizations: ['system:nodes'],
    dnsNames: ['node-1'],
  };
  const logs = serverStream(
    silentLogger,
    async (request: LogsRequest, send: (chunk: { data: Buffer }) => Promise<void>, context) => {
      requests.push(request);
      callers.push(context.identity?.user ?? '');
      if (request.previous) {
        const why = `previous terminated container "${request.container}" in pod "${request.pod}" not found`;
        throw new RpcError(StatusCode.INVALID_ARGUMENT, why);
      }
      await send({ data: Buffer.from('first\n') });
      await send({ data: Buffer.from('second\n') });
    },
  );
  agent = await createRpcServer(
    {
      host: '127.0.0.1',
      port: 0,
      tls: await authority.issue(identity),
      log: silentLogger,
      clock: createSystemClock(),
    },
    [{ definition: nodeApi, handlers: { Logs: logs } }],
  );
  server = await startTestServer(etcd, {
    authority,
    kubeletTls: await authority.issue({ commonName: 'kube-apiserver-kubelet-client' }),
  });
  admin = await server.admin();
  await admin.request('POST', '/api/v1/nodes', {
    body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } },
  });
  await admin.request('PATCH', '/api/v1/nodes/node-1/status', {
    body: {
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: agent.port } },
      },
    },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  const two = [
    { name: 'a', image: 'busybox' },
    { name: 'b', image: 'busybox' },
  ];
  await admin.request('POST', pods, { body: podManifest('one', { spec: { nodeName: 'node-1' } }) });
  await admin.request('POST', pods, {
    body: podManifest('two', { spec: { nodeName: 'node-1', containers: two } }),
  });
  await admin.request('POST', pods, { body: podManifest('lost', { spec: { nodeName: 'gone' } }) });
});
afterAll(async () => {
  admin[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await agent[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

interface StatusBody {
  message: string;
}

test('the output comes through, with what was asked, under the identity that agents know', async () => {
  const query = 'tailLines=5&timestamps=true&sinceSeconds=60&limitBytes=1000';
  const answer = await admin.request('GET', `${pods}/one/log?${query}`);
  expect(answer).toMatchObject({ code: 200, text: 'first\nsecond\n' });
  expect(answer.headers['content-type']).toBe('text/plain');
  expect(requests.at(-1)).toMatchObject({
    pod: 'one',
    container: 'main',
    tailLines: 5,
    timestamps: true,
    sinceSeconds: 60,
    limitBytes: 1_000,
    follow: false,
  });
  expect(callers.at(-1)).toBe('kube-apiserver-kubelet-client');
});

test('a refusal of the agent is a BadRequest with its words', async () => {
  const answer = await admin.request('GET', `${pods}/one/log?previous=true`);
  expect(answer.code).toBe(400);
  expect(answer.json<StatusBody>().message).toBe(
    'previous terminated container "main" in pod "one" not found',
  );
});

test('one of several containers must be named, and must be there', async () => {
  const unnamed = await admin.request('GET', `${pods}/two/log`);
  expect(unnamed.json<StatusBody>().message).toBe(
    'a container name must be specified for pod two, choose one of: [a b]',
  );
  const wrong = await admin.request('GET', `${pods}/two/log?container=c`);
  expect(wrong.json<StatusBody>().message).toBe('container c is not valid for pod two');
  expect((await admin.request('GET', `${pods}/two/log?container=b`)).code).toBe(200);
  expect((await admin.request('GET', `${pods}/two/log?container=b&tailLines=x`)).code).toBe(400);
});

test('a node that is gone is named', async () => {
  const answer = await admin.request('GET', `${pods}/lost/log`);
  expect(answer.code).toBe(404);
  expect(answer.json<StatusBody>().message).toBe('nodes "gone" not found');
});
