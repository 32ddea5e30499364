/** The distribution's etcd behind our client of it: another HTTP/2 server than the one we test with. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@drydock/ports';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import type { Event, KeyValue } from '@drydock/proto/etcd';
import { createChannelSet } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { expect, test } from 'vitest';
import { createEtcdClient, prefixEnd } from './etcd-client.ts';
import { runFeed } from './feed.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** One member, whose clients show certificates. */
async function startOriginal() {
  const folder = mkdtempSync(join(tmpdir(), 'original-etcd-'));
  const authority = await createTestAuthority('etcd-ca');
  const { certFile, keyFile, caFile } = await authority.issueFiles(folder, 'server', {
    commonName: 'etcd',
  });
  const [port, peerPort] = [await freePort(), await freePort()];
  const client = `https://localhost:${port}`;
  const peer = `http://localhost:${peerPort}`;
  const child: ChildProcess = spawn(
    'etcd',
    [
      '--name=m0',
      `--data-dir=${join(folder, 'data')}`,
      `--listen-client-urls=https://127.0.0.1:${port}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=m0=${peer}`,
      '--client-cert-auth',
      `--cert-file=${certFile}`,
      `--key-file=${keyFile}`,
      `--trusted-ca-file=${caFile}`,
      '--log-level=error',
    ],
    { stdio: 'ignore' },
  );
  return {
    endpoint: `localhost:${port}`,
    tls: await authority.issue({ commonName: 'apiserver' }),
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test('the original etcd is written, read in large pages and watched', async () => {
  await using original = await startOriginal();
  const { endpoint, tls } = original;
  const clock = createSystemClock();
  using channels = createChannelSet({
    endpoints: [endpoint],
    tls,
    clock,
    random: createSystemRandom(),
    isLean: true,
  });
  const etcd = createEtcdClient({ channels, clock });
  await eventually('an answer', async () => (await etcd.currentRevision()) > 0);

  const watched: string[] = [];
  const stop = new AbortController();
  const sink = {
    reset: () => ({ take: () => undefined, finish: () => undefined }),
    apply: (events: readonly Event[]) => {
      watched.push(...events.map(({ kv }) => kv!.key.toString()));
    },
  };
  const feed = runFeed({ etcd, clock, log: silentLogger, sink }, stop.signal);

  // More than a window of 64 KiB at once, and answers larger than ours of 8 MiB.
  const value = Buffer.alloc(40_000, 'v');
  const keys = Array.from({ length: 400 }, (_, index) => `/registry/pods/${1_000 + index}`);
  const write = (key: string) =>
    etcd.write({ guards: [{ key, revision: 0 }], puts: [{ key, value }], deletes: [] });
  const outcomes = await Promise.all(keys.map(write));
  expect(outcomes.every(({ written }) => written)).toBe(true);
  const again = await write(keys[0]!);
  expect(again).toMatchObject({
    written: false,
    current: [{ modRevision: outcomes[0]!.revision }],
  });

  const prefix = '/registry/pods/';
  const all = await etcd.range({ key: Buffer.from(prefix), rangeEnd: prefixEnd(prefix) });
  expect(all.kvs.map(({ key }: KeyValue) => key.toString())).toEqual(keys);
  expect(all.kvs.every((one) => value.equals(one.value))).toBe(true);
  await eventually('all events', () => watched.length === keys.length);
  expect(watched.toSorted()).toEqual(keys);
  await expect(etcd.range({ key: Buffer.from('x'), revision: 9_999_999 })).rejects.toMatchObject({
    message: expect.stringContaining('future revision') as string,
  });
  stop.abort();
  await feed;
});
