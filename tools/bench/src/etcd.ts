/**
 * etcd, ours beside the distribution's: three members each on loopback, the same load on either in
 * alternating rounds, the median of each.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutRequest, RangeRequest } from '@drydock/proto/etcd';
import { startBenchCluster, type BenchCluster } from './etcd-cluster.ts';
import { h2load, type LoadResult } from './h2load.ts';

interface Case {
  readonly title: string;
  readonly method: 'Put' | 'Range';
  readonly frame: Buffer;
  readonly streams: number;
  readonly requests: number;
}

export interface Row {
  readonly title: string;
  readonly ours: LoadResult;
  readonly theirs: LoadResult;
}

const key = Buffer.from('bench-key');
const value = Buffer.alloc(256, 'x');

function frameOf(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const put = frameOf(PutRequest.encode(PutRequest.from({ key, value })));
const linearizable = frameOf(RangeRequest.encode(RangeRequest.from({ key })));
const serializable = frameOf(RangeRequest.encode(RangeRequest.from({ key, serializable: true })));

const cases: readonly Case[] = [
  { title: 'Put 256 B, 1 stream', method: 'Put', frame: put, streams: 1, requests: 3_000 },
  { title: 'Put 256 B, 64 streams', method: 'Put', frame: put, streams: 64, requests: 40_000 },
  { title: 'Put 256 B, 256 streams', method: 'Put', frame: put, streams: 256, requests: 60_000 },
  {
    title: 'Range, linearizable, 64 streams',
    method: 'Range',
    frame: linearizable,
    streams: 64,
    requests: 60_000,
  },
  {
    title: 'Range, serializable, 64 streams',
    method: 'Range',
    frame: serializable,
    streams: 64,
    requests: 60_000,
  },
];

/** Runs one case and checks that every call did its work. */
async function measure(cluster: BenchCluster, one: Case, folder: string): Promise<LoadResult> {
  const frameFile = join(folder, 'frame');
  writeFileSync(frameFile, one.frame);
  const before = await cluster.revision();
  const url = await cluster.leaderUrl();
  const { streams, requests } = one;
  const path = `/etcdserverpb.KV/${one.method}`;
  const result = await h2load({ url, path, frameFile, streams, requests });
  const written = (await cluster.revision()) - before;
  if (written !== (one.method === 'Put' ? requests : 0)) {
    throw new Error(
      `${cluster.contender}: ${requests} calls of ${one.title} made ${written} revisions`,
    );
  }
  if (one.method === 'Range' && result.dataBytes < requests * value.length) {
    throw new Error(`${cluster.contender}: answers of ${one.title} lack the value`);
  }
  return result;
}

function median(results: readonly LoadResult[]): LoadResult {
  const sorted = results.toSorted((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export interface EtcdBenchmark {
  readonly rows: readonly Row[];
  /** The largest member of each, when all is done. */
  readonly memoryBytes: { readonly ours: number; readonly theirs: number };
}

export async function benchmarkEtcd(options: {
  rounds: number;
  report: (line: string) => void;
}): Promise<EtcdBenchmark> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  stack.defer(removeFolder);
  const theirs = stack.use(await startBenchCluster('etcd', 27_100));
  const ours = stack.use(await startBenchCluster('drydock', 27_200));
  const rows: Row[] = [];
  // The first round warms up both (a compiler is at work in ours) and is not counted.
  for (const one of cases) {
    const results = { ours: [] as LoadResult[], theirs: [] as LoadResult[] };
    for (let round = 0; round <= options.rounds; round++) {
      const order = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
      for (const cluster of order) {
        const result = await measure(cluster, one, folder);
        if (round > 0) results[cluster === ours ? 'ours' : 'theirs'].push(result);
      }
    }
    const row = { title: one.title, ours: median(results.ours), theirs: median(results.theirs) };
    options.report(
      `${row.title}: ${Math.round(row.ours.requestsPerSecond)} against ${Math.round(row.theirs.requestsPerSecond)} a second`,
    );
    rows.push(row);
  }
  const memoryBytes = {
    ours: Math.max(...(await ours.memoryBytes())),
    theirs: Math.max(...(await theirs.memoryBytes())),
  };
  return { rows, memoryBytes };
}
