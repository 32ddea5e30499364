/** Members that join, leave, and come back with other addresses, as etcdctl asks for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster } from '../testing/cluster.ts';
import { freePorts, run } from '../testing/commands.ts';
import { keysAt, startWriters } from '../testing/writers.ts';

describe('a member that joins', () => {
  it('catches up while writes go on, survives SIGKILL, never leads alone, and stops when removed', async () => {
    await using cluster = await startTestCluster();
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 4, valueBytes: 64 });
    await eventually('some writes', () => writers.acknowledged.length > 100);
    const [clientPort, peerPort] = (await freePorts(2)) as [number, number];
    const peerUrl = `http://127.0.0.1:${peerPort}`;
    const endpoint = `http://127.0.0.1:${clientPort}`;
    const added = await cluster.etcdctl(['member', 'add', 'm4', `--peer-urls=${peerUrl}`]);
    expect(added).toMatchObject({ code: 0 });
    const initial = /ETCD_INITIAL_CLUSTER="([^"]+)"/.exec(added.stdout)![1]!;

    const logFile = join(cluster.members[0]!.folder, 'm4.log');
    const start = () => {
      const log = openSync(logFile, 'a');
      const child = spawn(
        process.execPath,
        [
          join(import.meta.dirname, '../main.ts'),
          '--name=m4',
          `--data-dir=${join(cluster.members[0]!.folder, 'm4')}`,
          `--initial-cluster=${initial}`,
          '--initial-cluster-state=existing',
          `--initial-advertise-peer-urls=${peerUrl}`,
          `--listen-peer-urls=${peerUrl}`,
          `--listen-client-urls=${endpoint}`,
          `--advertise-client-urls=${endpoint}`,
        ],
        { stdio: ['ignore', log, log] },
      );
      closeSync(log);
      return child;
    };
    let child = start();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => void child.kill('SIGKILL'));
    const hasAll = () =>
      eventually('the new member has every acknowledged write', async () => {
        const found = await keysAt(endpoint);
        return writers.acknowledged.slice(0, 100).every((key) => found.has(key));
      });
    await hasAll();
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = start();
    await hasAll();
    const { stdout } = await cluster.etcdctl(['member', 'list']);
    const id = stdout
      .split('\n')
      .find((line) => line.includes(', m4, '))!
      .split(',')[0]!;
    expect(await cluster.etcdctl(['member', 'remove', id])).toMatchObject({ code: 0 });
    const before = writers.acknowledged.length;
    await eventually('writes go on', () => writers.acknowledged.length > before + 50);
    expect(readFileSync(logFile, 'utf8')).not.toContain('"role":"leader"');
    const status = await run('etcdctl', [
      `--endpoints=${endpoint}`,
      '--command-timeout=1s',
      'put',
      'alone',
      '1',
    ]);
    expect(status.code).not.toBe(0);
  });
});

describe('a member that comes back under another address', () => {
  it('is reached there after `member update`, and has all that was written meanwhile', async () => {
    await using cluster = await startTestCluster();
    const endpoints = cluster.members.map((one) => one.endpoint);
    await using writers = startWriters(endpoints, { count: 4, valueBytes: 64 });
    await eventually('some writes', () => writers.acknowledged.length > 100);
    const moved = ((await cluster.leader()) + 1) % 3;
    await cluster.kill(moved);
    const [port] = (await freePorts(1)) as [number];
    const { stdout } = await cluster.etcdctl(['member', 'list']);
    const name = cluster.members[moved]!.name;
    const line = stdout.split('\n').find((one) => one.includes(`, ${name}, `))!;
    const peerUrl = `http://127.0.0.1:${port}`;
    const id = line.split(',')[0]!;
    const updated = await cluster.etcdctl(['member', 'update', id, `--peer-urls=${peerUrl}`]);
    expect(updated).toMatchObject({ code: 0 });
    const before = writers.acknowledged.length;
    await eventually('writes go on', () => writers.acknowledged.length > before + 100);
    // Its --initial-cluster still has the old address: who it is stands in its folder.
    cluster.start(moved, [
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
    ]);
    await writers.stop();
    await eventually('it has every acknowledged write', async () => {
      const found = await keysAt(endpoints[moved]!);
      return writers.acknowledged.every((key) => found.has(key));
    });
    const after = await cluster.etcdctl(['member', 'list']);
    expect(after.stdout).toContain(`${name}, ${peerUrl}`);
  });
});
