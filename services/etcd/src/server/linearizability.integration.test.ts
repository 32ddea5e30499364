/** Three members as processes are killed and stopped under load; what clients saw is checked as a whole. */
import {
  checkLinearizable,
  checkWatch,
  createKvModel,
  RevisionHistory,
  type KeyChange,
  type WatchRecord,
} from '@drydock/testing/linearizability';
import { eventually } from '@drydock/testing/eventually';
import { expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { startRecordedClients } from '../testing/recorded-clients.ts';
import { startRecordedWatch, type RecordedWatch } from '../testing/recorded-watch.ts';

/** What a member tells from the first revision to the last. */
async function readHistory(endpoint: string, last: number): Promise<RevisionHistory> {
  using watch = startRecordedWatch('history', [endpoint], 1);
  await eventually('all of the history', () => watch.nextRevision > last);
  const changes = new Map<number, KeyChange[]>();
  for (const response of watch.records.flatMap(({ responses }) => responses)) {
    if (response.kind !== 'events') continue;
    for (const { key, modRevision, value } of response.events) {
      const list = changes.get(modRevision);
      if (list === undefined) changes.set(modRevision, [{ key, after: value }]);
      else list.push({ key, after: value });
    }
  }
  const history = new RevisionHistory();
  for (const [revision, list] of changes) {
    if (revision <= last) expect(history.add(revision, list)).toBeUndefined();
  }
  return history;
}

async function revisionOf(cluster: TestCluster): Promise<number> {
  const { stdout } = await cluster.etcdctl(['get', 'a', '--write-out=json']);
  return (JSON.parse(stdout) as { header: { revision: number } }).header.revision;
}

const stop = (cluster: TestCluster, index: number) =>
  cluster.members[index]!.process!.kill('SIGSTOP');
const goOn = (cluster: TestCluster, index: number) =>
  cluster.members[index]!.process!.kill('SIGCONT');

test('histories under SIGKILL and SIGSTOP are linearizable, and watchers get what they were promised', async () => {
  await using cluster = await startTestCluster({
    flags: ['--snapshot-count=200', '--experimental-snapshot-catchup-entries=50'],
  });
  const endpoints = cluster.members.map((one) => one.endpoint);
  await using clients = startRecordedClients(endpoints, { count: 6, seed: 1 });
  const watches: RecordedWatch[] = [0, 1, 2].map((at) =>
    startRecordedWatch(`w${at}`, [...endpoints.slice(at), ...endpoints.slice(0, at)], 1),
  );
  using stopping = new DisposableStack();
  for (const watch of watches) stopping.use(watch);
  const more = async (count: number) => {
    const before = clients.answered;
    await eventually('answers', () => clients.answered > before + count, { timeoutMillis: 30_000 });
  };

  await more(300);
  for (const fault of ['kill', 'pause', 'pause', 'kill'] as const) {
    const leader = await cluster.leader();
    const victim = fault === 'kill' ? leader : (leader + 1) % 3;
    if (fault === 'kill') await cluster.kill(leader);
    else stop(cluster, victim);
    await more(150);
    if (fault === 'kill') cluster.start(victim);
    else goOn(cluster, victim);
    await more(150);
  }
  // A leader that stands still for longer than an election goes on as if nothing had been.
  const paused = await cluster.leader();
  stop(cluster, paused);
  await more(100);
  goOn(cluster, paused);
  await more(200);
  await clients.stop();

  await cluster.leader();
  const last = await revisionOf(cluster);
  for (const watch of watches) {
    await eventually('the watcher has all', () => watch.nextRevision > last);
    watch.complete();
  }
  const history = await readHistory(endpoints[0]!, last);
  for (const endpoint of endpoints.slice(1)) {
    const other = await readHistory(endpoint, last);
    for (let revision = 2; revision <= last; revision++) {
      expect(other.changesAt(revision)).toEqual(history.changesAt(revision));
    }
  }
  const { operations } = clients;
  expect(operations.length).toBeGreaterThan(1_500);
  expect(checkLinearizable(operations, createKvModel(history))).toEqual({ kind: 'linearizable' });
  // Also without knowing what the store has kept: the clients' own answers are enough.
  const alone = checkLinearizable(operations, createKvModel(), { stepsMax: 500_000 });
  expect(alone.kind).not.toBe('violation');
  const records: WatchRecord[] = watches.flatMap((watch) => watch.records);
  const context = { history, compactRevision: 0 };
  expect(records.flatMap((record) => checkWatch(record, context))).toEqual([]);
});
