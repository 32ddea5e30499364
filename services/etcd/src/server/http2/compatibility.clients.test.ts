/**
 * Clients that we did not write, on our HTTP/2 server: grpc-js with large messages in both directions,
 * nghttp2's h2load, curl. (etcdctl, on grpc-go, has a file of its own.) What the original answers to
 * calls that nobody serves is asked of the original.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  PutRequest,
  WatchCreateRequest,
  WatchRequest,
  WatchService,
  type WatchResponse,
} from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../../testing/cluster.ts';
import { run } from '../../testing/commands.ts';
import { message } from '../../testing/http2-client.ts';
import { connect, put } from '../../testing/writers.ts';

let ours: TestCluster;
let theirs: TestCluster;

beforeAll(async () => {
  const installer = join(import.meta.dirname, '../../../../../scripts/install-tools');
  execFileSync(installer, ['etcdctl', 'etcd', 'h2load'], { stdio: 'inherit' });
  [ours, theirs] = await Promise.all([
    startTestCluster({ size: 1 }),
    startTestCluster({ size: 1, program: 'etcd' }),
  ]);
});

afterAll(async () => {
  await ours?.[Symbol.asyncDispose]();
  await theirs?.[Symbol.asyncDispose]();
});

describe('grpc-js', () => {
  it('puts and watches values of 1.4 MB, in order and whole, with several at once', async () => {
    const client = connect(ours.members[0]!.endpoint);
    const { path, requestSerialize, responseDeserialize } = WatchService.watch;
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const values: string[] = [];
    let isCreated = false;
    stream.on('error', () => undefined);
    stream.on('data', (response: WatchResponse) => {
      isCreated ||= response.created;
      for (const { kv } of response.events) {
        values.push(`${kv!.value.length}:${Buffer.from(kv!.value.subarray(0, 4)).toString()}`);
      }
    });
    const key = Buffer.from('large');
    stream.write(WatchRequest.from({ createRequest: WatchCreateRequest.from({ key }) }));
    await eventually('the watch stands', () => isCreated);
    const expected: string[] = [];
    for (let at = 0; at < 10; at++) {
      const name = String(at).padStart(4, '0');
      const value = Buffer.alloc(1_400_000, name);
      expected.push(`${value.length}:${name}`);
      await put(client, { key, value }, 20_000);
    }
    await eventually('all events', () => values.length === expected.length);
    expect(values).toEqual(expected);
    stream.cancel();
    client.close();
  });
});

describe('h2load', () => {
  it('gets every answer of 5,000 puts over 4 connections of 50 streams', async () => {
    const file = join(ours.members[0]!.folder, 'put.bin');
    writeFileSync(file, message(PutRequest.encode(PutRequest.from({ key: Buffer.from('h') }))));
    const { stdout, code } = await run('h2load', [
      '-c4',
      '-m50',
      '-n5000',
      `--data=${file}`,
      '--header=content-type: application/grpc',
      '--header=te: trailers',
      `${ours.members[0]!.endpoint}/etcdserverpb.KV/Put`,
    ]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('5000 succeeded, 0 failed, 0 errored') as string,
    });
    const { stdout: json } = await ours.etcdctl(['get', 'h', '-w', 'json']);
    const { kvs } = JSON.parse(json) as { kvs: { version: number }[] };
    expect(kvs[0]!.version).toBe(5_000);
  });
});

function statusOf(cluster: TestCluster, path: string): Promise<string> {
  const client = connect(cluster.members[0]!.endpoint);
  const bytes = (value: Buffer) => value;
  return new Promise((resolve) => {
    const deadline = Date.now() + 20_000;
    client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), { deadline }, (error) => {
      client.close();
      resolve(error === null ? 'served' : error.message);
    });
  });
}

describe('calls that nobody serves', () => {
  it.each(['/no.Such/Method', '/etcdserverpb.KV/Fly', '/x', '/'])(
    '%s: the status is the same as of the original',
    async (path) => {
      const statuses = await Promise.all([ours, theirs].map((cluster) => statusOf(cluster, path)));
      expect(statuses[0]).toMatch(/^(12 UNIMPLEMENTED: unknown|8 RESOURCE_EXHAUSTED: malformed)/);
      expect(statuses[0]).toEqual(statuses[1]);
    },
  );
});
