/** `kubeconfig --merge` and `down` as a user calls them, on a local cluster that is at rest. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClusterState } from '../state.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drydock-down-'));
  const state: ClusterState = {
    name: 'demo',
    mode: 'local',
    nodes: [],
    ports: { api: 1, etcd1: 2, etcd2: 3, etcd3: 4, demo: 5 },
    localPorts: {},
    timeScale: 1,
    logLevel: 'info',
    podSubnet: '',
    serviceSubnet: '',
  };
  mkdirSync(join(home, 'demo/pki'), { recursive: true });
  writeFileSync(join(home, 'demo/state.json'), JSON.stringify(state));
  for (const file of ['ca.crt', 'admin.crt', 'admin.key']) {
    writeFileSync(join(home, 'demo/pki', file), file);
  }
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function drydock(...args: readonly string[]): string {
  const main = join(import.meta.dirname, '../main.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: {
      ...process.env,
      DRYDOCK_HOME: home,
      DRYDOCK_NAME: 'demo',
      DOCKER_HOST: `unix://${join(home, 'no-engine.sock')}`,
      KUBECONFIG: join(home, 'mine'),
    },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

test('`down` takes out of a kubeconfig what `kubeconfig --merge` put in, through links', () => {
  const mine = 'apiVersion: v1\nkind: Config\nclusters:\n  - name: work\n    cluster: {}\n';
  const path = join(home, 'kept-elsewhere');
  writeFileSync(path, mine, { mode: 0o600 });
  symlinkSync(path, join(home, 'mine'));
  drydock('kubeconfig', '--merge');
  expect(readFileSync(path, 'utf8')).toContain('name: drydock-demo');

  expect(drydock('down', '--dry-run')).toContain(
    `context drydock-demo with its cluster and user in ${path}\n`,
  );
  expect(readFileSync(path, 'utf8')).toContain('name: drydock-demo');

  expect(drydock('down')).toContain(
    `the context, the cluster and the user drydock-demo are gone from ${path}\n`,
  );
  const left = readFileSync(path, 'utf8');
  expect(left).not.toContain('drydock-demo');
  expect(left).toContain('name: work');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(existsSync(join(home, 'demo'))).toBe(false);
});

test('`down` needs no engine, for a local cluster or for none', () => {
  expect(drydock('down')).toContain('1 folder');
  expect(drydock('down')).toBe(
    'nothing is known of a cluster demo, and no Docker engine answers\n',
  );
});
