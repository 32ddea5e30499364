/** What a member serves beside keys: to clients that know nothing, to probes, and to who waits in line. */
import { connect } from 'node:http2';
import { Client, credentials } from '@grpc/grpc-js';
import {
  HealthCheckRequest,
  HealthCheckResponse,
  LockRequest,
  LockResponse,
  ServingStatus,
} from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { getPage } from '../testing/member-process.ts';
import { reflect } from '../testing/reflected-client.ts';
import { range } from '../testing/writers.ts';

let cluster: TestCluster;
let address: string;
let client: Client;

beforeAll(async () => {
  cluster = await startTestCluster({
    flags: ['--election-timeout=500', '--heartbeat-interval=50'],
  });
  address = new URL(cluster.members[0]!.endpoint).host;
  client = new Client(address, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await cluster[Symbol.asyncDispose]();
});

describe('reflection', () => {
  it.each(['v1', 'v1alpha'] as const)('%s is enough to put and read a key', async (version) => {
    using reflected = await reflect(address, version);
    expect(reflected.services).toContain('v3electionpb.Election');
    const key = Buffer.from(`by/${version}`).toString('base64');
    const value = Buffer.from('hello').toString('base64');
    const put = await reflected.call('etcdserverpb.KV/Put', { key, value });
    const read = await reflected.call('etcdserverpb.KV/Range', { key, limit: 1 });
    expect(read).toMatchObject({ kvs: [{ key, value, version: 1 }], count: 1 });
    expect(put['header']).toMatchObject({ revision: expect.any(Number) as number });
    const txn = await reflected.call('etcdserverpb.KV/Txn', {
      compare: [{ key, target: 'VERSION', version: 1 }],
      success: [{ request_range: { key } }],
    });
    expect(txn['succeeded']).toBe(true);
  });
});

function grpcMessage(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

describe('locks over the wire', () => {
  const lock = (name: string, deadlineMillis = 10_000) => {
    const { promise, resolve, reject } = Promise.withResolvers<LockResponse>();
    const call = client.makeUnaryRequest(
      '/v3lockpb.Lock/Lock',
      LockRequest.encode,
      LockResponse.decode,
      LockRequest.from({ name: Buffer.from(name) }),
      { deadline: Date.now() + deadlineMillis },
      (error, response) => {
        if (error === null) resolve(response!);
        else reject(error);
      },
    );
    return { promise, cancel: () => call.cancel() };
  };
  const countOf = async (name: string) => {
    const request = { key: Buffer.from(`${name}/`), rangeEnd: Buffer.from(`${name}0`) };
    return (await range(client, request)).count;
  };
  const untilCount = (name: string, count: number) =>
    eventually(`${count} in line`, async () => (await countOf(name)) === count);

  it('a waiter that is cancelled, runs out of time, or loses its connection leaves the line', async () => {
    await lock('line').promise;
    const cancelled = lock('line');
    await untilCount('line', 2);
    cancelled.cancel();
    await expect(cancelled.promise).rejects.toThrow('CANCELLED');
    await untilCount('line', 1);
    await expect(lock('line', 300).promise).rejects.toThrow('DEADLINE_EXCEEDED');
    await untilCount('line', 1);
    const session = connect(`http://${address}`);
    const request = session.request({
      ':method': 'POST',
      ':path': '/v3lockpb.Lock/Lock',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    request.on('error', () => undefined);
    request.end(grpcMessage(LockRequest.encode({ name: Buffer.from('line'), lease: 0n })));
    await untilCount('line', 2);
    session.destroy();
    await untilCount('line', 1);
  });
});

describe('without a majority', () => {
  it('a member lives, is not ready, says so to all who ask, and recovers', async () => {
    const { clientPort } = cluster.members[0]!;
    const statuses: ServingStatus[] = [];
    const watch = client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      HealthCheckRequest.encode,
      HealthCheckResponse.decode,
      { service: 'etcdserverpb.KV' },
    );
    watch.on('data', ({ status }: HealthCheckResponse) => statuses.push(status));
    watch.on('error', () => undefined);
    await eventually('the watch stands', () => statuses.length === 1);
    await cluster.kill(1);
    await cluster.kill(2);
    await eventually('it is not ready', async () => {
      const { status } = await getPage(clientPort, '/readyz');
      return status === 503;
    });
    await eventually('there is no leader', async () => {
      const { text } = await getPage(clientPort, '/health');
      return text.includes('RAFT NO LEADER');
    });
    const health = await getPage(clientPort, '/health');
    expect(health).toMatchObject({
      status: 503,
      text: '{"health":"false","reason":"RAFT NO LEADER"}\n',
    });
    const ready = await getPage(clientPort, '/readyz');
    expect(ready.text).toMatch(
      /^\[\+\]data_corruption ok\n\[\+\]serializable_read ok\n\[-\]linearizable_read failed: etcdserver: .*\n\[\+\]non_learner ok\n\n$/,
    );
    const alone = await getPage(clientPort, '/health?serializable=true');
    expect(alone).toMatchObject({ status: 200, text: '{"health":"true","reason":""}' });
    const live = await getPage(clientPort, '/livez?verbose');
    expect(live).toMatchObject({ status: 200, text: '[+]serializable_read ok\nok\n' });
    const part = await getPage(clientPort, '/readyz?exclude=linearizable_read');
    expect(part).toMatchObject({ status: 200, text: 'ok\n' });
    await eventually('the watch tells', () => statuses.at(-1) === ServingStatus.notServing);
    cluster.start(1);
    cluster.start(2);
    await eventually('the watch tells', () => statuses.at(-1) === ServingStatus.serving);
    watch.cancel();
    expect(statuses).toEqual([
      ServingStatus.serving,
      ServingStatus.notServing,
      ServingStatus.serving,
    ]);
  });
});
