/** What a cluster of containers makes of the engine's answers, with a program that plays docker. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStateFolder, type ClusterState } from '../state.ts';
import { createDockerCluster } from './docker-cluster.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-played-'));
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Each line is name, restarts, status and exit code, as `docker inspect` tells them. */
function play(...containers: readonly string[]): void {
  const listed = containers.map((line) => {
    const [name = '', , status = ''] = line.split(' ');
    return `id-${name}\t${name}\t${status}\tsince long`;
  });
  const inspected = containers.map((line) => `/${line.split(' ').join('\t')}`);
  const print = (lines: readonly string[]) => `cat <<'END'\n${lines.join('\n')}\nEND`;
  const program = join(folder, 'docker');
  writeFileSync(
    program,
    `#!/bin/bash\nif [ "$1" = ps ]; then\n${print(listed)}\nelse\n${print(inspected)}\nfi\n`,
  );
  chmodSync(program, 0o755);
}

const openDemo = () =>
  createDockerCluster({ name: 'demo', mode: 'docker' } as ClusterState, openStateFolder('demo'));

test('a container that the engine restarts after code 1 or 2 has failed as often as that', async () => {
  play('demo-etcd-1 3 restarting 1', 'demo-etcd-2 0 running 0', 'demo-node-1 4 restarting 137');
  expect(await openDemo().failures()).toEqual([
    { name: 'etcd-1', failures: 3 },
    { name: 'etcd-2', failures: 0 },
    { name: 'node-1', failures: 0 },
  ]);
});

test('restarts of a container from before the first look do not count', async () => {
  const cluster = openDemo();
  play('demo-etcd-1 7 running 0');
  expect(await cluster.failures()).toEqual([{ name: 'etcd-1', failures: 0 }]);
  play('demo-etcd-1 8 restarting 2');
  expect(await cluster.failures()).toEqual([{ name: 'etcd-1', failures: 1 }]);
});
