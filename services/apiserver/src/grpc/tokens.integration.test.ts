/** Tokens through the component API, as node-agents ask for them. */
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { objectApi } from '@drydock/proto/api';
import { createChannelSet, type ChannelSet, type RpcError } from '@drydock/rpc';
import type { TokenRequest } from '@drydock/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { podManifest } from '../testing/server.ts';
import { claimsOf, testAuthentication } from '../testing/tokens.ts';
import { useTestServer } from '../testing/use-server.ts';

const { server } = useTestServer({
  server: { authentication: testAuthentication('ES256') },
});

let agent: ChannelSet;
let uid: string;

beforeAll(async () => {
  agent = createChannelSet({
    endpoints: [`localhost:${server.server.grpcPort}`],
    tls: await server.certificate('system:node:node-1', 'system:nodes'),
    clock: createSystemClock(),
    random: createSystemRandom(),
  });
  using admin = await server.admin();
  const post = (resource: string, body: object) =>
    admin.request('POST', `/api/v1/namespaces/default/${resource}`, { body });
  await post('serviceaccounts', { metadata: { name: 'robot' } });
  const volumes = [
    { name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
  ];
  const spec = { serviceAccountName: 'robot', nodeName: 'node-1', volumes };
  const made = await post('pods', podManifest('web', { spec }));
  ({ uid } = made.json<{ metadata: { uid: string } }>().metadata);
});
afterAll(async () => {
  agent[Symbol.dispose]();
});

const ask = async (spec: object): Promise<TokenRequest> => {
  const reference = {
    group: '',
    version: 'v1',
    resource: 'serviceaccounts',
    namespace: 'default',
    name: 'robot',
    subresource: 'token',
  };
  const json = Buffer.from(JSON.stringify({ spec }));
  const answer = await agent.unary(objectApi.Create, { reference, json });
  return JSON.parse(answer.json.toString()) as TokenRequest;
};

test('a node gets the token of a pod that is bound to it, and it tells of both', async () => {
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web', uid };
  const { status } = await ask({ audiences: [], expirationSeconds: 3_607, boundObjectRef });
  expect(claimsOf(status.token)['kubernetes.io']).toMatchObject({
    namespace: 'default',
    serviceaccount: { name: 'robot' },
    pod: { name: 'web', uid },
    node: { name: 'node-1' },
  });
});

test('and no other, with the words of upstream', async () => {
  const refused = await ask({ audiences: [] }).catch((error: unknown) => error as RpcError);
  expect(refused).toMatchObject({
    message: 'serviceaccounts "robot" is forbidden: node requested token not bound to a pod',
  });
});
