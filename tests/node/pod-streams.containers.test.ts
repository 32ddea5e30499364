/** Logs, commands, copies and ports of real pods, with the real kubectl. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import { freePort } from '@drydock/testing/ports';
import { beforeAll, expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';
import { importTestImages } from './images.ts';
import { inPhase, podThat, shell, withPods } from './pods.ts';

beforeAll(importTestImages);

/** A kubectl that goes on until it is told to end. */
function follow(cluster: Cluster, args: readonly string[], input = '') {
  const child = spawn(process.env['DRYDOCK_KUBECTL'] ?? 'kubectl', args, {
    env: { ...process.env, ...cluster.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exited;
    },
  };
}

test('logs: all of them, some of them, those of before, and of the dead', async ({ cluster }) => {
  const specs = {
    teller: {
      containers: [
        shell('for n in 1 2 3 4 5; do echo line $n; done; echo oops >&2; sleep 1000'),
        shell('echo other; sleep 1000', { name: 'other' }),
      ],
    },
    returner: {
      volumes: [{ name: 'data', emptyDir: {} }],
      containers: [
        shell(
          'test -e /data/died && { echo second life; sleep 1000; }; touch /data/died; echo first life; exit 1',
          { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        ),
      ],
    },
    dead: { restartPolicy: 'Never', containers: [shell('echo last words; exit 9')] },
  };
  await withPods(cluster, specs, async () => {
    await inPhase(cluster, 'teller', 'Running');
    const logs = (...args: string[]) => cluster.kubectl('logs', ...args);
    await eventually('all is said', async () => (await logs('teller')).includes('oops'));
    // Both containers and both streams; which of the streams is first, nobody promises.
    expect((await logs('teller', '-c', 'main')).trim().split('\n').toSorted()).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => `line ${n}`),
      'oops',
    ]);
    expect(await logs('teller', '--all-containers', '--prefix', '--tail=1')).toContain(
      '[pod/teller/other] other\n',
    );
    expect((await logs('teller', '-c', 'main', '--tail=2')).trim().split('\n')).toHaveLength(2);
    expect(await logs('teller', '-c', 'main', '--limit-bytes=6')).toHaveLength(6);
    const [stamped] = (await logs('teller', '-c', 'other', '--timestamps')).split('\n');
    expect(stamped).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z other$/);
    const later = new Date(Date.parse(stamped!.split(' ')[0]!) + 1_000).toISOString();
    expect(await logs('teller', '-c', 'other', `--since-time=${later}`)).toBe('');
    await inPhase(cluster, 'dead', 'Failed');
    expect(await logs('dead')).toBe('last words\n');

    await podThat(cluster, 'returner', 'runs again', (pod) => {
      const [status] = pod.status.containerStatuses ?? [];
      return status?.restartCount === 1 && status.state?.running !== undefined;
    });
    expect(await logs('returner', '--previous')).toBe('first life\n');
    await eventually('it speaks', async () => (await logs('returner')) === 'second life\n');
  });
});

test('exec, cp, attach and port-forward', async ({ cluster }) => {
  const serves = 'mkdir /www; echo page > /www/index.html; httpd -p 127.0.0.1:8080 -h /www';
  const specs = {
    busy: {
      containers: [shell(`${serves}; while read line; do echo heard $line; done`, { stdin: true })],
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'drydock-kubectl-'));
  try {
    await withPods(cluster, specs, async () => {
      await inPhase(cluster, 'busy', 'Running');
      const exec = (...args: string[]) => cluster.tryKubectl(['exec', 'busy', ...args]);
      expect(await exec('--', 'sh', '-c', 'echo out; echo err >&2; exit 7')).toMatchObject({
        code: 7,
        stdout: 'out\n',
        stderr: expect.stringContaining('err\n') as string,
      });
      const input = 'typed\n'.repeat(50_000);
      const echoed = await cluster.tryKubectl(['exec', '-i', 'busy', '--', 'cat'], { input });
      expect(echoed).toMatchObject({ code: 0, stdout: input });
      expect((await exec('--', 'no-such-program')).code).toBe(126);

      const original = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7) % 256));
      await writeFile(join(folder, 'in'), original);
      await cluster.kubectl('cp', join(folder, 'in'), 'busy:/tmp/copy');
      await cluster.kubectl('cp', 'busy:/tmp/copy', join(folder, 'out'));
      expect(original.equals(await readFile(join(folder, 'out')))).toBe(true);

      await using attached = follow(cluster, ['attach', '-i', 'busy'], 'hello\n');
      await eventually('it is heard', () => attached.output() === 'heard hello\n');

      const port = await freePort();
      await using forward = follow(cluster, ['port-forward', 'pod/busy', `${port}:8080`]);
      await eventually('it listens', () => forward.output().includes('Forwarding from 127.0.0.1'));
      for (let round = 0; round < 5; round++) {
        expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page\n');
      }
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
