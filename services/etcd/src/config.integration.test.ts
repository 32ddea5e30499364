/** A member started as a container would: by ETCD_* variables, with an address for metrics alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { freePorts } from './testing/commands.ts';
import { connect, put } from './testing/writers.ts';

const mainFile = join(import.meta.dirname, 'main.ts');

async function startByEnvironment(variables: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'etcd-environment-'));
  const child = spawn(process.execPath, [mainFile], {
    env: { PATH: process.env['PATH'], ETCD_DATA_DIR: join(folder, 'data'), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (output += String(chunk)));
  return {
    child,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

it('takes its flags from ETCD_* and serves metrics, but no keys, on --listen-metrics-urls', async () => {
  const [clientPort, peerPort, metricsPort] = (await freePorts(3)) as [number, number, number];
  await using _member = await startByEnvironment({
    ETCD_NAME: 'lonely',
    ETCD_INITIAL_CLUSTER: `lonely=http://127.0.0.1:${peerPort}`,
    ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://127.0.0.1:${peerPort}`,
    ETCD_LISTEN_PEER_URLS: `http://127.0.0.1:${peerPort}`,
    ETCD_LISTEN_CLIENT_URLS: `http://127.0.0.1:${clientPort}`,
    ETCD_ADVERTISE_CLIENT_URLS: `http://127.0.0.1:${clientPort}`,
    ETCD_LISTEN_METRICS_URLS: `http://127.0.0.1:${metricsPort}`,
  });
  const text = await eventually('metrics of a member that leads', async () => {
    const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return page.includes('etcd_server_is_leader 1') ? page : undefined;
  });
  expect(text).toContain('etcd_mvcc_db_total_size_in_bytes');
  const health = await fetch(`http://127.0.0.1:${metricsPort}/health`);
  expect(await health.json()).toEqual({ health: 'true', reason: '' });
  const client = connect(`http://127.0.0.1:${clientPort}`);
  await put(client, { key: Buffer.from('a') }, 10_000);
  client.close();
  const wrong = connect(`http://127.0.0.1:${metricsPort}`);
  await expect(put(wrong, { key: Buffer.from('a') }, 10_000)).rejects.toThrow(
    '12 UNIMPLEMENTED: unknown service etcdserverpb.KV',
  );
  wrong.close();
});

it('refuses a variable that makes no sense, naming the flag', async () => {
  await using member = await startByEnvironment({ ETCD_LISTEN_CLIENT_URLS: 'nowhere' });
  await eventually('it stops', () => member.child.exitCode !== null);
  expect(member.child.exitCode).not.toBe(0);
  expect(member.output()).toMatch(/listen-client-urls/);
});
