/**
 * What a snapshot takes, and what other requests notice of it, ours beside the distribution's etcd, one
 * member each:
 *
 *     node services/etcd/bench/snapshot.ts [keys] [value bytes] [contender]
 *
 * A client puts one key after another, before the snapshot and while it is saved; the other one reads
 * the stream to its end.
 */
import type { Client } from '@grpc/grpc-js';
import { MaintenanceService, type SnapshotResponse } from '@drydock/proto/etcd';
import { startTestCluster } from '../src/testing/cluster.ts';
import { connect, put } from '../src/testing/writers.ts';
import { putKeys } from './load.ts';

const keyCount = Number(process.argv[2] ?? 1_000_000);
const valueBytes = Number(process.argv[3] ?? 256);
const contenders = process.argv[4] === undefined ? ['etcd', 'drydock'] : [process.argv[4]];
const quietMillis = 5_000;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Milliseconds of puts, one after another, until the work is done. */
async function latenciesDuring(client: Client, work: Promise<unknown>): Promise<number[]> {
  const state = { isDone: false };
  const end = () => {
    state.isDone = true;
  };
  work.then(end, end);
  const millis: number[] = [];
  const value = Buffer.alloc(valueBytes, 'p');
  while (!state.isDone) {
    const begin = performance.now();
    await put(client, { key: Buffer.from('probe'), value });
    millis.push(performance.now() - begin);
  }
  await work;
  return millis.sort((a, b) => a - b);
}

function describe(millis: readonly number[]): string {
  const at = (share: number) => millis[Math.floor((millis.length - 1) * share)]!.toFixed(1);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} ms of ${millis.length} puts`;
}

async function readSnapshot(
  client: Client,
): Promise<{ first: number; all: number; bytes: number }> {
  const { path, requestSerialize, responseDeserialize } = MaintenanceService.snapshot;
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1_000;
  let first = 0;
  let bytes = 0;
  const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
  for await (const part of stream as AsyncIterable<SnapshotResponse>) {
    if (bytes === 0) first = seconds();
    bytes += part.blob.length;
  }
  return { first, all: seconds(), bytes };
}

async function measure(program: 'drydock' | 'etcd'): Promise<void> {
  await using cluster = await startTestCluster({
    program,
    size: 1,
    flags: ['--quota-backend-bytes=8589934592'],
  });
  const { endpoint } = cluster.members[0]!;
  const loader = connect(endpoint);
  await putKeys(loader, { from: 0, to: keyCount, valueBytes });
  loader.close();
  const prober = connect(endpoint);
  const reader = connect(endpoint);
  const quiet = new Promise((resolve) => void setTimeout(resolve, quietMillis));
  const before = await latenciesDuring(prober, quiet);
  const reading = readSnapshot(reader);
  const during = await latenciesDuring(prober, reading);
  const { first, all, bytes } = await reading;
  prober.close();
  reader.close();
  print(
    [
      `${program}: ${keyCount} keys of ${valueBytes} bytes, a snapshot of ${Math.round(bytes / 1e6)} MB`,
      `  first byte after ${first.toFixed(2)} s, all after ${all.toFixed(2)} s`,
      `  before it     ${describe(before)}`,
      `  meanwhile     ${describe(during)}`,
    ].join('\n'),
  );
}

for (const program of contenders) await measure(program as 'drydock' | 'etcd');
