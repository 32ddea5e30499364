/**
 * The longest delay of small requests while a member is busy with something large, ours beside the
 * distribution's etcd, one member each:
 *
 *     node services/etcd/bench/stalls.ts [keys] [value bytes] [contender]
 *
 * Puts and linearizable gets leave at a steady rate, whether the ones before are answered or not, so a
 * member that stands still is seen by all requests that come meanwhile. The large ones are sent by
 * etcdctl, in a process of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Client } from '@grpc/grpc-js';
import { KVService, PutRequest, RangeRequest } from '@drydock/proto/etcd';
import { startTestCluster, type TestCluster } from '../src/testing/cluster.ts';
import { connect, range } from '../src/testing/writers.ts';
import { keyOf, putKeys } from './load.ts';
import { unary } from './measure.ts';

const keyCount = Number(process.argv[2] ?? 300_000);
const valueBytes = Number(process.argv[3] ?? 256);
const contenders = process.argv[4] === undefined ? ['etcd', 'drydock'] : [process.argv[4]];
/** Keys of the lease that is revoked, and of the range that is deleted. */
const portion = 100_000;
const probeInterval = 10;
const quietMillis = 3_000;

const print = (line: string) => process.stdout.write(`${line}\n`);

interface Delays {
  readonly put: number[];
  readonly get: number[];
  failed: number;
}

/** Sends probes until it is stopped, and waits for their answers then. */
function startProbes(client: Client): { stop(): Promise<Delays> } {
  const delays: Delays = { put: [], get: [], failed: 0 };
  const running = new Set<Promise<void>>();
  const probe = (into: number[], send: () => Promise<unknown>) => {
    const began = performance.now();
    const done = send().then(
      () => void into.push(performance.now() - began),
      () => void delays.failed++,
    );
    running.add(done);
    void done.finally(() => running.delete(done));
  };
  let turn = 0;
  const key = Buffer.from('probe');
  const timer = setInterval(() => {
    if (turn++ % 2 === 0) {
      const request = PutRequest.from({ key, value: Buffer.from(String(turn)) });
      probe(delays.put, () => unary(client, KVService.put, request, 60_000));
    } else {
      const request = RangeRequest.from({ key: keyOf((turn * 7_919) % keyCount) });
      probe(delays.get, () => unary(client, KVService.range, request, 60_000));
    }
  }, probeInterval);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(running);
      return delays;
    },
  };
}

function summary(delays: readonly number[]): string {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return `${(at(0.99) ?? 0).toFixed(0).padStart(6)} ${(at(1) ?? 0).toFixed(0).padStart(6)}`;
}

/** Runs etcdctl to its end and lets go of what it writes. @throws Error with its errors */
async function ctl(cluster: TestCluster, args: readonly string[]): Promise<void> {
  const child = spawn('etcdctl', [...cluster.clientFlags, '--command-timeout=300s', ...args], {
    env: { ...process.env, ETCDCTL_API: '3' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`etcdctl ${args.join(' ')}: ${stderr}`);
}

/** What etcdctl writes until it has written `lines` of it. */
async function readLines(
  cluster: TestCluster,
  args: readonly string[],
  lines: number,
): Promise<void> {
  const child = spawn('etcdctl', [...cluster.clientFlags, ...args], {
    env: { ...process.env, ETCDCTL_API: '3' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let seen = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte === 0x0a) seen++;
    if (seen >= lines) break;
  }
  child.kill('SIGKILL');
}

async function revisionOf(cluster: TestCluster): Promise<number> {
  const { stdout } = await cluster.etcdctl(['endpoint', 'status', '--write-out=json']);
  const [one] = JSON.parse(stdout) as { Status: { header: { revision: number } } }[];
  return one!.Status.header.revision;
}

async function measure(program: 'drydock' | 'etcd'): Promise<void> {
  await using cluster = await startTestCluster({
    program,
    size: 1,
    flags: ['--quota-backend-bytes=8589934592'],
  });
  const client = connect(cluster.members[0]!.endpoint);
  const prober = connect(cluster.members[0]!.endpoint);
  const all = { from: 0, to: keyCount, valueBytes };
  await putKeys(client, all);
  const middle = await revisionOf(cluster);
  await putKeys(client, all);
  const { stdout } = await cluster.etcdctl(['lease', 'grant', '3600']);
  const leaseText = /lease (\w+) granted/.exec(stdout)![1]!;
  const lease = BigInt(`0x${leaseText}`);
  await putKeys(client, { from: keyCount, to: keyCount + portion, valueBytes, lease });

  print(`${program}: ${keyCount} keys of ${valueBytes} bytes, each written twice`);
  print(`  ${'milliseconds'.padEnd(38)} put p99    max  get p99    max`);
  const during = async (title: string, run: () => Promise<void>) => {
    const probes = startProbes(prober);
    const began = performance.now();
    await run();
    const seconds = (performance.now() - began) / 1_000;
    const { put, get, failed } = await probes.stop();
    const label = `${title} (${seconds.toFixed(1)} s)`;
    const failures = failed === 0 ? '' : `   ${failed} failed`;
    print(`  ${label.padEnd(38)} ${summary(put)}   ${summary(get)}${failures}`);
  };
  const quiet = () => new Promise<void>((resolve) => void setTimeout(resolve, quietMillis));

  await during('nothing', quiet);
  await during('watch of all history', () =>
    readLines(cluster, ['watch', '', '--prefix', `--rev=${middle}`], 3 * keyCount),
  );
  await during('range of everything', () => ctl(cluster, ['get', '', '--prefix']));
  const everything = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]), countOnly: true };
  await during('count of everything', async () => void (await range(client, everything)));
  await during('hashkv', () => ctl(cluster, ['endpoint', 'hashkv']));
  await during('snapshot save', () =>
    ctl(cluster, ['snapshot', 'save', `${cluster.members[0]!.folder}.snapshot`]),
  );
  const revision = await revisionOf(cluster);
  await during('compaction, physical', () =>
    ctl(cluster, ['compact', '--physical', String(revision)]),
  );
  await during('defragmentation', () => ctl(cluster, ['defrag']));
  await during(`revoke of a lease, ${portion} keys`, () =>
    ctl(cluster, ['lease', 'revoke', leaseText]),
  );
  const deleted = [keyOf(0), keyOf(portion)].map(String);
  await during(`delete of ${portion} keys`, () => ctl(cluster, ['del', ...deleted]));
  await during('nothing', quiet);
  client.close();
  prober.close();
}

for (const program of contenders) await measure(program as 'drydock' | 'etcd');
