import { expect, test } from 'vitest';
import type { ClusterState } from '../state.ts';
import { createDiagnosis } from './diagnosis.ts';
import type { Part } from './parts.ts';

const starting = '{"level":"info","config":{},"msg":"starting"}';
const failed = (message: string) =>
  JSON.stringify({ err: { message, stack: 'long' }, msg: 'cannot start etcd' });

const localPorts = { 'etcd-1/peer': 2380, 'etcd-1/health': 2381 };

/** A cluster of containers named `demo` in which etcd-1 has failed so often, with such a log. */
function diagnose(failures: number, log: readonly string[], now?: () => number) {
  const part: Part = { name: 'etcd-1', running: false, crashing: failures > 0, detail: '' };
  return createDiagnosis(
    {
      state: { name: 'demo', mode: 'docker', localPorts } as Partial<ClusterState> as ClusterState,
      parts: async () => [part],
      failures: async () => [{ name: 'etcd-1', failures }],
      lastWords: async () => log.join('\n'),
    },
    now,
  );
}

test('a taken port ends the wait with the first failure, and is named', async () => {
  const log = [starting, failed('listen EADDRINUSE: address already in use 127.0.0.1:2379'), ''];
  const failure = await diagnose(1, log).hopeless();
  expect(failure?.message).toBe('etcd-1 cannot start: port 2379 is taken');
  expect(failure?.remedies[0]).toContain('2379');
  // The next run has begun already.
  expect((await diagnose(1, [...log, starting]).hopeless())?.message).toContain('2379');
});

test('another port is advised, but not for peers, who remember it', async () => {
  const adviceFor = async (port: number) => {
    const log = [failed(`listen EADDRINUSE: address already in use 127.0.0.1:${port}`)];
    return (await diagnose(1, log).hopeless())!.remedies.at(-1);
  };
  expect(await adviceFor(2381)).toBe(
    'or have another port chosen: ./drydock stop --name demo, then up again',
  );
  expect(await adviceFor(2380)).toContain('./drydock down --name demo');
});

test('a port that was taken some runs ago says nothing', async () => {
  const past = failed('listen EADDRINUSE: address already in use 127.0.0.1:2379');
  const log = [starting, past, starting, failed('no space'), starting, failed('no space')];
  expect(await diagnose(1, log).hopeless()).toBeUndefined();
});

test('two failures in a row may pass, the third ends the wait with the last words', async () => {
  const last = failed('data folder: no space left');
  const log = ['older', starting, 'plain', last, starting, last];
  expect(await diagnose(0, log).hopeless()).toBeUndefined();
  expect(await diagnose(2, log).hopeless()).toBeUndefined();
  const failure = await diagnose(3, log).hopeless();
  expect(failure?.message).toBe(
    'etcd-1 failed 3 times in a row; its last words:\n' +
      '    plain\n    cannot start etcd: data folder: no space left',
  );
  expect(failure?.remedies).toEqual([
    'read what it says: ./drydock logs etcd-1 --tail 30 --name demo',
  ]);
});

test('between two looks half a second passes', async () => {
  let time = 0;
  const diagnosis = diagnose(3, ['x'], () => time);
  expect(await diagnosis.hopeless()).toBeDefined();
  time = 499;
  expect(await diagnosis.hopeless()).toBeUndefined();
  time = 500;
  expect(await diagnosis.hopeless()).toBeDefined();
});

test('a wait that took too long points once to the log that tells most', async () => {
  const late = async (failures: number) =>
    diagnose(failures, []).late('Nodes: not within 120 s', 'node-1');
  const crashing = await late(1);
  expect(crashing.message).toBe('Nodes: not within 120 s; etcd-1 cannot start');
  expect(crashing.remedies).toEqual([
    'read what it says: ./drydock logs etcd-1 --tail 30 --name demo',
    'look at the whole: ./drydock status --name demo',
  ]);
  expect((await late(0)).remedies[0]).toContain('logs node-1 --tail 30 --name demo');
});
