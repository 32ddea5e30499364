/**
 * A million keys: what a member then takes of memory, and how long one that was killed takes from its
 * start to its first answer (a linearizable Range), while the other two go on.
 */
import { RangeRequest, RangeResponse } from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { GrpcConnection } from '../client/connection.ts';
import { fill } from '../client/fill.ts';
import type { BenchCluster, Contender } from '../etcd-cluster.ts';
import { contenders, median, type BenchContext, type Measurement, type RowResult } from '../row.ts';

const value = Buffer.alloc(256, 'x');
const keyOf = (index: number) => `/registry/pods/default/bench-${String(index).padStart(8, '0')}`;
const mebibyte = 1024 * 1024;
/** Commits of both are at most this late; after it nothing is on its way. */
const settleMillis = 3_000;

const getOf = (key: string) => RangeRequest.encode(RangeRequest.from({ key: Buffer.from(key) }));

/** Undefined while the member does not answer. @throws when it answers without the key */
async function askOnce(url: string, key: string): Promise<true | undefined> {
  using connection = await GrpcConnection.open(url);
  const bytes = await connection.unary('/etcdserverpb.KV/Range', getOf(key));
  if (bytes === undefined) return undefined;
  if (RangeResponse.decode(bytes).kvs.length !== 1) throw new Error(`${key} is lost`);
  return true;
}

async function restartMillis(cluster: BenchCluster, lastKey: string): Promise<number> {
  const leader = await cluster.leader();
  const follower = (leader + 1) % cluster.urls.length;
  await cluster.kill(follower);
  const start = performance.now();
  cluster.start(follower);
  await eventually(
    `the first answer of a restarted member of ${cluster.contender}`,
    () => askOnce(cluster.urls[follower]!, lastKey),
    { intervalMillis: 5, timeoutMillis: 300_000 },
  );
  return performance.now() - start;
}

interface SizeResult {
  readonly memory: number;
  readonly restarts: readonly number[];
}

async function measureOne(
  context: BenchContext,
  contender: Contender,
  wanted: ReadonlySet<string>,
): Promise<SizeResult> {
  await using cluster = await context.one(contender);
  const count = context.quick ? 50_000 : 1_000_000;
  const before = await cluster.revision();
  await fill(cluster.urls[await cluster.leader()]!, { count, keyOf, value });
  const written = (await cluster.revision()) - before;
  if (written !== count) throw new Error(`${contender}: ${count} puts made ${written} revisions`);
  await new Promise((resolve) => {
    setTimeout(resolve, settleMillis);
  });
  const memory = Math.max(...(await cluster.memoryBytes())) / mebibyte;
  const restarts: number[] = [];
  for (let round = 0; wanted.has('restart') && round < context.rounds; round++) {
    restarts.push(await restartMillis(cluster, keyOf(count - 1)));
  }
  return { memory, restarts };
}

async function measure(context: BenchContext, wanted: ReadonlySet<string>): Promise<RowResult[]> {
  const results = new Map<Contender, SizeResult>();
  for (const contender of contenders) {
    results.set(contender, await measureOne(context, contender, wanted));
  }
  const [ours, theirs] = [results.get('drydock')!, results.get('etcd')!];
  const keys = context.quick ? '50,000 keys' : '1 million keys';
  const rows: RowResult[] = [];
  if (wanted.has('memory')) {
    const title = `Memory of the largest member, ${keys}`;
    rows.push({ title, unit: 'MiB', ours: ours.memory, theirs: theirs.memory });
  }
  if (wanted.has('restart')) {
    rows.push({
      title: `Restart of a member, ${keys}`,
      unit: 'ms',
      ours: median(ours.restarts),
      theirs: median(theirs.restarts),
    });
  }
  for (const row of rows) context.report(row);
  return rows;
}

export const size: Measurement = { rows: ['memory', 'restart'], measure };
