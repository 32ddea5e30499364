/** Files into containers and out of them, by a real tar: kubectl's cp and the JavaScript client's. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Cp, type KubeConfig } from '@kubernetes/client-node';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { kubectlProgram, startKubectl, type Kubectl } from '../testing/kubectl.ts';
import { officialConfig } from '../testing/official-client.ts';
import { startPlayedCluster, type PlayedCluster } from '../testing/played-agent.ts';

let etcd: TestEtcd;
let cluster: PlayedCluster;
let client: Kubectl;
let config: KubeConfig;
/** On this side; the other side is the folder of the cluster. */
let here: string;

/** Larger than what any part of the way holds at once. */
const bytes = randomBytes(6 * 1024 * 1024);

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startPlayedCluster(etcd);
  client = await startKubectl(cluster.server);
  config = await officialConfig(cluster.server);
  await cluster.runPod('web');
  here = mkdtempSync(join(tmpdir(), 'drydock-copy-'));
});
afterAll(async () => {
  rmSync(here, { recursive: true, force: true });
  client[Symbol.dispose]();
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});
afterEach(async () => {
  await eventually('every stream is closed', async () => {
    const metrics = await cluster.server.metrics.metrics();
    return !/^apiserver_streams\{.*\} [1-9]/m.test(metrics);
  });
});

const transports = [
  { name: 'WebSocket', more: {} },
  { name: 'SPDY', more: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' } },
];

describe.each(transports)('kubectl over $name', ({ name, more }) => {
  const start = (...words: readonly string[]) =>
    spawn(kubectlProgram, words, { env: { ...client.environment, ...more } });
  const outcome = async (child: ReturnType<typeof start>) => {
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number]>,
    ]);
    return { code, out, err };
  };
  const run = (...words: readonly string[]) => outcome(start(...words));
  const there = (path: string) => join(cluster.folder, name, path);

  beforeAll(() => {
    mkdirSync(join(here, name));
    mkdirSync(there('.'));
  });

  test('cp brings a file there and back', async () => {
    const file = join(here, name, 'file');
    writeFileSync(file, bytes);
    expect(await run('cp', file, `web:${there('file')}`)).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(there('file')).equals(bytes)).toBe(true);
    const back = await run('cp', `default/web:${there('file')}`, join(here, name, 'back'));
    expect(back.code, back.err).toBe(0);
    expect(readFileSync(join(here, name, 'back')).equals(bytes)).toBe(true);
  });
  test('cp brings folders', async () => {
    const folder = join(here, name, 'folder');
    mkdirSync(join(folder, 'inner'), { recursive: true });
    writeFileSync(join(folder, 'one'), 'first');
    writeFileSync(join(folder, 'inner', 'two'), 'second');
    expect((await run('cp', folder, `web:${there('copied')}`, '-c', 'main')).code).toBe(0);
    expect(readFileSync(there('copied/inner/two'), 'utf8')).toBe('second');
    const back = await run('cp', `web:${there('copied')}`, join(here, name, 'folder-back'));
    expect(back.code, back.err).toBe(0);
    expect(readFileSync(join(here, name, 'folder-back', 'one'), 'utf8')).toBe('first');
  });
  // What kubectl says of it, and its exit code, is a race in kubectl: it leaves when the archive ends.
  test('cp of what is not there brings nothing', async () => {
    await run('cp', `web:${there('nothing')}`, join(here, name, 'nothing'));
    expect(existsSync(join(here, name, 'nothing'))).toBe(false);
  });
  test('exec runs a real command with stdin, without a terminal, and tells its code', async () => {
    const child = start('exec', '-i', 'web', '--', 'sh', '-c', 'sort -r; echo done >&2; exit 3');
    child.stdin.end('a\nb\n');
    expect(await outcome(child)).toEqual({
      code: 3,
      out: 'b\na\n',
      err: 'done\ncommand terminated with exit code 3\n',
    });
  });
  test('exec of a program that is not there fails', async () => {
    const { code, err } = await run('exec', 'web', '--', '/no/such/program');
    expect(code).toBe(1);
    expect(err).toContain('error executing command in container: spawn /no/such/program ENOENT');
  });
});

describe('the JavaScript client', () => {
  test('copies a folder there, though it ends its connection with its input', async () => {
    const folder = join(cluster.folder, 'js');
    mkdirSync(folder);
    writeFileSync(join(here, 'sent'), bytes);
    await new Cp(config).cpToPod('default', 'web', 'main', join(here, 'sent'), folder);
    const arrived = join(folder, here, 'sent');
    await eventually('all of it has arrived', () => {
      try {
        return readFileSync(arrived).equals(bytes);
      } catch {
        return false;
      }
    });
  });
  test('copies a file back', async () => {
    writeFileSync(join(cluster.folder, 'taken'), 'from the pod');
    const target = mkdtempSync(join(here, 'taken-'));
    await new Cp(config).cpFromPod('default', 'web', 'main', 'taken', target);
    await eventually('it has arrived', () => {
      try {
        return readFileSync(join(target, 'taken'), 'utf8') === 'from the pod';
      } catch {
        return false;
      }
    });
  });
});
