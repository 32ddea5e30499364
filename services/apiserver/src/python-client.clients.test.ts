/** The distribution's Python client against a server of ours, by a small program of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTestEtcd } from './testing/etcd.ts';
import { startKubectl } from './testing/kubectl.ts';
import { startTestServer } from './testing/server.ts';

/** Another Python on the PATH does not see the distribution's packages. */
const python = '/usr/bin/python3';
const program = join(import.meta.dirname, 'testing', 'smoke.py');

test('lists, creates, patches, watches, scales and deletes', async () => {
  await using etcd = await startTestEtcd(1);
  await using server = await startTestServer(etcd);
  using kubectl = await startKubectl(server);
  const { stdout } = await promisify(execFile)(python, [program, kubectl.config], {
    timeout: 60_000,
  });
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^version v1\.32\./),
    "namespaces ['default', 'kube-node-lease', 'kube-public', 'kube-system']",
    'event ADDED 1',
    'event MODIFIED 2',
    'event DELETED 2',
    'replicas 5',
    'refused 404 Not Found',
  ]);
});
