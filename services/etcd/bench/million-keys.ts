/**
 * Memory and restart with many keys, ours beside the distribution's etcd, one member each:
 *
 *     node services/etcd/bench/million-keys.ts [keys] [value bytes] [contender]
 *
 * Restart is the time from starting the process, after SIGKILL, to the first answered linearizable read.
 */
import type { Client } from '@grpc/grpc-js';
import { startTestCluster, type TestCluster } from '../src/testing/cluster.ts';
import { connect, range } from '../src/testing/writers.ts';
import { keyOf, putKeys } from './load.ts';
import { residentBytes } from './measure.ts';

const keyCount = Number(process.argv[2] ?? 1_000_000);
const valueBytes = Number(process.argv[3] ?? 256);
const contenders = process.argv[4] === undefined ? ['etcd', 'drydock'] : [process.argv[4]];
const restarts = 3;
/** Longer than it takes the garbage collectors to notice that nothing happens. */
const idleMillis = 15_000;

const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
const print = (line: string) => process.stdout.write(`${line}\n`);

/** @throws when the member does not answer with the whole of what was written */
async function expectAll(client: Client): Promise<void> {
  const all = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]), countOnly: true };
  const { count } = await range(client, all);
  if (count !== keyCount) throw new Error(`${count} keys of ${keyCount}`);
}

async function restart(cluster: TestCluster): Promise<number> {
  await cluster.kill(0);
  const started = performance.now();
  cluster.start(0);
  for (;;) {
    const client = connect(cluster.members[0]!.endpoint);
    try {
      await range(client, { key: keyOf(keyCount >> 1) });
      return performance.now() - started;
    } catch {
      await new Promise((resolve) => void setTimeout(resolve, 5));
    } finally {
      client.close();
    }
  }
}

async function measure(program: 'drydock' | 'etcd'): Promise<void> {
  await using cluster = await startTestCluster({
    program,
    size: 1,
    flags: ['--quota-backend-bytes=8589934592'],
  });
  const client = connect(cluster.members[0]!.endpoint);
  const begin = performance.now();
  await putKeys(client, { from: 0, to: keyCount, valueBytes });
  const seconds = (performance.now() - begin) / 1_000;
  await expectAll(client);
  const memory = () => residentBytes(cluster.members[0]!.process!.pid!);
  const afterLoad = memory();
  await new Promise((resolve) => void setTimeout(resolve, idleMillis));
  const idle = memory();
  const times: number[] = [];
  for (let round = 0; round < restarts; round++) times.push(await restart(cluster));
  await new Promise((resolve) => void setTimeout(resolve, idleMillis));
  const restarted = memory();
  await expectAll(client);
  client.close();
  print(
    [
      `${program}: ${keyCount} keys of ${valueBytes} bytes in ${seconds.toFixed(1)} s`,
      `  resident after load ${mebibytes(afterLoad.all)} (not of files: ${mebibytes(afterLoad.anonymous)}), peak ${mebibytes(afterLoad.peak)}`,
      `  idle                ${mebibytes(idle.all)} (${mebibytes(idle.anonymous)})`,
      `  after restart, idle ${mebibytes(restarted.all)} (${mebibytes(restarted.anonymous)}), peak ${mebibytes(restarted.peak)}`,
      `  restart             ${times.map((one) => Math.round(one)).join(', ')} ms`,
    ].join('\n'),
  );
}

for (const program of contenders) await measure(program as 'drydock' | 'etcd');
