/** The supervisor with real processes. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@drydock/ports';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { createSystemClock } from './clock.ts';
import { createSupervisor, nextBackoff, type ChildSpec } from './supervisor.ts';

const clock = createSystemClock(0.1);
const folder = mkdtempSync(join(tmpdir(), 'drydock-supervisor-'));
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sleeper = (name: string): ChildSpec => ({ name, command: 'sleep', args: ['1000'] });
const supervise = (children: readonly ChildSpec[], stopGrace = 10_000) =>
  stack.use(
    createSupervisor({ children, backoffMin: 100, stopGrace }, { clock, log: silentLogger }),
  );
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a child that dies is started again alone', async () => {
  const supervisor = supervise([sleeper('agent'), sleeper('proxy')]);
  const [agent, proxy] = supervisor.status();
  process.kill(agent!.pid!, 'SIGKILL');
  await vi.waitFor(() =>
    expect(supervisor.status()[0]).toMatchObject({ state: 'running', restarts: 1 }),
  );
  expect(supervisor.status()[0]!.pid).not.toBe(agent!.pid);
  expect(supervisor.status()[0]!.lastEnd).toBe('SIGKILL');
  expect(supervisor.status()[1]).toEqual(proxy);
});

test('a child that cannot be started is tried again, and the others live', async () => {
  const supervisor = supervise([
    { name: 'broken', command: '/nowhere/to/be/found', args: [] },
    sleeper('proxy'),
  ]);
  await vi.waitFor(() => expect(supervisor.status()[0]!.restarts).toBeGreaterThan(1));
  expect(supervisor.status()[0]!.lastEnd).toContain('ENOENT');
  expect(supervisor.status()[1]).toMatchObject({ state: 'running', restarts: 0 });
});

test('failures are counted while they follow each other, and begin anew with a start on purpose', async () => {
  const gate = join(folder, 'gate');
  const script = `[ -e ${gate} ] && exec sleep 1000; exit 2`;
  const supervisor = supervise([{ name: 'agent', command: 'bash', args: ['-c', script] }]);
  await vi.waitFor(() => expect(supervisor.status()[0]!.failures).toBeGreaterThan(2), 5_000);
  expect(supervisor.status()[0]!.lastEnd).toBe('exit code 2');
  writeFileSync(gate, '');
  supervisor.startChild('agent');
  expect(supervisor.status()[0]!.failures).toBe(0);
});

test('a child that is killed has not failed', async () => {
  const supervisor = supervise([sleeper('agent')]);
  process.kill(supervisor.status()[0]!.pid!, 'SIGKILL');
  await vi.waitFor(() => expect(supervisor.status()[0]!.restarts).toBe(1));
  expect(supervisor.status()[0]!.failures).toBe(0);
});

test('a child stopped on purpose stays stopped until it is started', async () => {
  const supervisor = supervise([sleeper('agent')]);
  const { pid } = supervisor.status()[0]!;
  expect(await supervisor.stopChild('agent')).toBe(true);
  expect(isAlive(pid!)).toBe(false);
  expect(supervisor.status()[0]).toMatchObject({ state: 'stopped', restarts: 0 });
  expect(supervisor.startChild('agent')).toBe(true);
  expect(supervisor.status()[0]!.state).toBe('running');
  expect(supervisor.startChild('nobody')).toBe(false);
});

test('what ignores SIGTERM is killed after the grace period', async () => {
  const script = "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1e6)";
  const logFile = join(folder, 'deaf.log');
  const supervisor = supervise(
    [{ name: 'deaf', command: process.execPath, args: ['-e', script], logFile }],
    1_000,
  );
  await vi.waitFor(() => expect(readFileSync(logFile, 'utf8')).toBe('deaf\n'), 5_000);
  const { pid } = supervisor.status()[0]!;
  await supervisor.stop();
  expect(isAlive(pid!)).toBe(false);
  expect(supervisor.status()[0]!.lastEnd).toBe('SIGKILL');
});

test('later stages start later, and are stopped before earlier ones', async () => {
  const journal = join(folder, 'journal');
  const child = (name: string, stage: number): ChildSpec => ({
    name,
    stage,
    command: 'bash',
    args: [
      '-c',
      `trap 'echo ${name} ends >> ${journal}; exit' TERM; echo ${name} starts >> ${journal}
       while :; do sleep 0.02; done`,
    ],
  });
  const children = [child('client', 2), child('server', 1), child('store', 0)];
  const supervisor = stack.use(
    createSupervisor({ children, stageDelay: 5_000 }, { clock, log: silentLogger }),
  );
  const lines = () => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []);
  await vi.waitFor(() => expect(lines()).toHaveLength(3), 10_000);
  await supervisor.stop();
  const starts = ['store starts', 'server starts', 'client starts'];
  expect(lines()).toEqual([...starts, 'client ends', 'server ends', 'store ends']);
  expect(supervisor.status().map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
});

test('the back-off doubles up to its bound and starts over after a stable run', () => {
  const limits = { backoffMin: 100, backoffMax: 350, stableAfter: 1_000 };
  const waits = [0];
  for (let run = 0; run < 4; run++) waits.push(nextBackoff(waits.at(-1)!, 10, limits));
  expect(waits).toEqual([0, 100, 200, 350, 350]);
  expect(nextBackoff(350, 1_000, limits)).toBe(100);
});
