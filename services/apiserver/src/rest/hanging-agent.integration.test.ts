/**
 * A node-agent that hangs: its process is stopped, so that its connections stay and nobody answers. Whoever
 * asks for something of its node is told so within a bound, and it serves again once it goes on.
 */
import { once } from 'node:events';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { podsPath, startTestCluster, type TestCluster } from '../testing/agent.ts';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { connectWebSocket, type Conversation } from '../testing/websocket-client.ts';

let etcd: TestEtcd;
let cluster: TestCluster;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startTestCluster(etcd);
  await cluster.runPod('web');
});
afterAll(async () => {
  cluster.wakeAgent();
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const exec = (words: string): Promise<Conversation> =>
  connectWebSocket({
    port: cluster.server.server.securePort,
    certificate: cluster.certificate,
    path: `${podsPath}/web/exec?${words
      .split(' ')
      .map((word) => `command=${word}`)
      .join('&')}&stdout=1`,
    protocols: ['v5.channel.k8s.io'],
  });
const get = (path: string) => cluster.admin.request('GET', path);
const serverStreams = async () => {
  const metrics = await cluster.server.metrics.metrics();
  return metrics.split('\n').filter((line) => /^apiserver_streams\{.*\} [1-9]/.test(line));
};
const metricsOfNodes = '/apis/metrics.k8s.io/v1beta1/nodes';

test('whoever asks is told that the node does not answer', async () => {
  const running = await exec('sleep 1000');
  const following = cluster.admin.session.request({
    ':path': `${podsPath}/web/log?follow=true`,
  });
  let followed = '';
  following.on('data', (chunk: Buffer) => (followed += chunk.toString()));
  const followingEnded = once(following, 'end');
  await eventually('the log is followed', () => followed !== '');
  await eventually('the command runs', async () => (await cluster.openStreams()).agent >= 1);
  cluster.hangAgent();
  const [log, command, proxied, usage] = await Promise.all([
    get(`${podsPath}/web/log`),
    exec('ls').then(async (talk) => {
      await talk.closed;
      return talk.text(3);
    }),
    get('/api/v1/nodes/node-1/proxy/healthz'),
    get(metricsOfNodes),
  ]);
  expect(log.code).toBe(500);
  expect(log.json<{ message: string }>().message).toMatch(
    /^Internal error occurred: cannot read logs from the node-agent of node "node-1" at 127\.0\.0\.1:\d+: \S/,
  );
  expect(JSON.parse(command)).toMatchObject({
    status: 'Failure',
    reason: 'InternalError',
    message: expect.stringMatching(
      /^Internal error occurred: error dialing backend: node "node-1" at 127\.0\.0\.1:\d+: \S/,
    ) as string,
  });
  expect(proxied.code).toBe(503);
  expect(proxied.json<{ message: string }>().message).toMatch(
    /^error trying to reach service: dial tcp \S+: \S/,
  );
  // Nothing is known of it, and the others would still be told of.
  expect([usage.code, usage.json<{ items: unknown[] }>().items]).toEqual([200, []]);

  // What was under way hears of it, too.
  expect(await running.closed).toBe(1000);
  expect(JSON.parse(running.text(3))).toMatchObject({ status: 'Failure', reason: 'InternalError' });
  await followingEnded;
  expect(followed).toMatch(/\nfailed to read the log: \S/);
  await eventually('nothing is left', async () => (await serverStreams()).length === 0);
});

test('it serves again once it goes on', async () => {
  cluster.wakeAgent();
  const listed = await exec('echo again');
  await listed.closed;
  expect(listed.text(1)).toBe('again\n');
  expect((await get(`${podsPath}/web/log`)).code).toBe(200);
  await eventually('its use is known', async () => {
    const answer = await get(metricsOfNodes);
    return answer.json<{ items: unknown[] }>().items.length === 1;
  });
  await eventually('the agent has dropped what it was asked before', async () => {
    const { server, agent } = await cluster.openStreams();
    return server === 0 && agent === 0;
  });
});
