/**
 * What people do with streams, on real containers: copies by tar, a shell in a terminal, a server that
 * listens on its pod's loopback alone. What every runtime must do is in the conformance suite.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDockerRuntime, type RuntimeService } from '@drydock/node-agent';
import { createSystemClock } from '@drydock/process';
import { silentLogger } from '@drydock/ports';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker, importTestImages, removeLeftovers, testImage, testPauseImage } from './images.ts';

const run = promisify(execFile);
const cluster = `streams-${process.pid}`;
const runtime: RuntimeService = createDockerRuntime(
  {
    socketPath: '/var/run/docker.sock',
    node: { cluster, node: 'node-1', bootId: 'boot' },
    pauseImage: testPauseImage,
    nodeNetworkMode: 'none',
  },
  {
    clock: createSystemClock(),
    log: silentLogger,
    hostPath: (path) => path,
    network: { attach: () => Promise.resolve() },
  },
);
const serves =
  'mkdir /www; seq 1 200000 > /www/index.html; exec httpd -f -p 127.0.0.1:8080 -h /www';

let sandboxId: string;
let id: string;
let folder: string;

beforeAll(async () => {
  await importTestImages();
  folder = await mkdtemp(join(tmpdir(), 'drydock-streams-'));
  const sandbox = await runtime.runPodSandbox({
    pod: { namespace: 'default', name: 'web', uid: '00000000-0000-4000-8000-000000000001' },
    attempt: 0,
    hostname: 'web',
    labels: {},
    annotations: {},
    dns: undefined,
    hostAliases: [],
    hostNetwork: false,
    address: undefined,
    privileged: false,
    sysctls: {},
  });
  sandboxId = sandbox.id;
  id = await runtime.createContainer(sandbox, {
    name: 'main',
    attempt: 0,
    image: testImage,
    command: ['/bin/sh', '-c', serves],
    args: [],
    environment: [],
    workingDirectory: undefined,
    mounts: [],
    resources: {
      cpuShares: undefined,
      cpuQuotaMicros: undefined,
      memoryLimitBytes: undefined,
      oomScoreAdjustment: 0,
    },
    security: {
      user: undefined,
      supplementalGroups: [],
      privileged: false,
      readOnlyRootFilesystem: false,
      noNewPrivileges: false,
      capabilitiesAdded: [],
      capabilitiesDropped: [],
    },
    shareProcessNamespace: false,
    stdin: true,
    stdinOnce: false,
    tty: false,
    specHash: 'abc',
  });
  await runtime.startContainer(id);
});
afterAll(async () => {
  await removeLeftovers(cluster);
  await rm(folder, { recursive: true, force: true });
});

const exec = (command: readonly string[], more: { stdin?: boolean; tty?: boolean } = {}) =>
  runtime.exec(id, { command, stdin: false, tty: false, stdout: true, stderr: true, ...more });

async function outputOf(process: Awaited<ReturnType<typeof exec>>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const { stream, data } of process.output) {
    if (stream === 'stderr') throw new Error(Buffer.from(data).toString());
    pieces.push(data);
  }
  return Buffer.concat(pieces);
}

test('what is copied in by tar and out again is what it was', async () => {
  const original = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
  await writeFile(join(folder, 'file'), original);
  const { stdout: archive } = await run('tar', ['-C', folder, '-cf', '-', 'file'], {
    encoding: 'buffer',
    maxBuffer: 10_000_000,
  });
  const put = await exec(['tar', '-xf', '-', '-C', '/tmp'], { stdin: true });
  await put.write(archive);
  put.endInput();
  await outputOf(put);
  expect(await put.exitCode()).toBe(0);

  const back = await outputOf(await exec(['tar', '-cf', '-', '-C', '/tmp', 'file']));
  await writeFile(join(folder, 'back.tar'), back);
  await rm(join(folder, 'file'));
  await run('tar', ['-C', folder, '-xf', join(folder, 'back.tar')]);
  expect((await readFile(join(folder, 'file'))).equals(original)).toBe(true);
});

test('a shell in a terminal echoes, obeys, and knows its size', async () => {
  const shell = await exec(['/bin/sh'], { stdin: true, tty: true });
  let screen = '';
  const read = (async () => {
    for await (const { data } of shell.output) screen += Buffer.from(data).toString();
  })();
  await shell.resize({ width: 120, height: 40 });
  await shell.write(Buffer.from('stty size\n'));
  await eventually('the size is shown', () => screen.includes('40 120'));
  await shell.write(Buffer.from('exit 5\n'));
  await read;
  expect(await shell.exitCode()).toBe(5);
});

test('a server on the pod’s loopback is reached, by many connections at once', async () => {
  const fetchPage = async () => {
    const connection = await runtime.portForward(sandboxId, 8080);
    await connection.write(Buffer.from('GET / HTTP/1.0\r\n\r\n'));
    let size = 0;
    for await (const data of connection.input) size += data.length;
    connection.close();
    return size;
  };
  await eventually('the server listens', async () => (await fetchPage()) > 0);
  const sizes = await Promise.all(Array.from({ length: 5 }, fetchPage));
  expect(new Set(sizes).size).toBe(1);
  expect(sizes[0]).toBeGreaterThan(1_000_000);
});

test('a command whose client goes gets the end of its stdin, and ends by that', async () => {
  const cat = await exec(['cat'], { stdin: true });
  await cat.write(Buffer.from('x'));
  await eventually('it runs', async () => (await docker('top', id)).includes('cat'));
  cat.close();
  await eventually('it is gone', async () => !(await docker('top', id)).includes('cat'));
});
