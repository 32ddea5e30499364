/**
 * A thousand watchers on one prefix, as the informers of a large cluster are: ten streams with a
 * hundred watchers each, in two processes. Latency is from the sending of a put to the arrival of its
 * event, at a pace that both keep up with; the rate is that of puts as fast as they go.
 */
import { join } from 'node:path';
import { PutRequest } from '@drydock/proto/etcd';
import { GrpcConnection } from '../client/connection.ts';
import { concurrently, putPath } from '../client/fill.ts';
import { nowMicros, stamp } from '../client/tally.ts';
import { valueBytes, type WatchOrder } from '../client/watch-client.ts';
import { Watchers } from '../client/watchers.ts';
import type { BenchCluster } from '../etcd-cluster.ts';
import {
  inTurns,
  median,
  quantile,
  type BenchContext,
  type Measurement,
  type RowResult,
} from '../row.ts';

const clientFile = join(import.meta.dirname, '../client/watch-client.ts');
const prefix = '/registry/pods/';
const watcherCount = 1_000;
const processes = 2;
const order = { connections: 5, watchersEach: 100, prefix };
const pauseMillis = 50;
const burstStreams = 16;

interface WatchResult {
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly eventsPerSecond: number;
}

function stamped(index: number): Buffer {
  const value = Buffer.alloc(valueBytes, 'x');
  value.write(stamp(), 'latin1');
  const key = Buffer.from(`${prefix}default/bench-${index % 100}`);
  return PutRequest.encode(PutRequest.from({ key, value }));
}

async function put(connection: GrpcConnection, index: number): Promise<void> {
  if ((await connection.unary(putPath, stamped(index))) === undefined) {
    throw new Error('a put failed');
  }
}

async function watch(
  cluster: BenchCluster,
  counts: { paced: number; burst: number },
): Promise<WatchResult> {
  const url = cluster.urls[await cluster.leader()]!;
  using connection = await GrpcConnection.open(url);
  const orders = Array.from({ length: processes }, (): WatchOrder => ({ ...order, url }));
  using watchers = await Watchers.open(clientFile, orders);
  const paced = await watchers.see(counts.paced, async () => {
    for (let index = 0; index < counts.paced; index++) {
      await Promise.all([
        put(connection, index),
        new Promise((resolve) => {
          setTimeout(resolve, pauseMillis);
        }),
      ]);
    }
  });
  const start = nowMicros();
  const burst = await watchers.see(counts.burst, () =>
    concurrently({ count: counts.burst, streams: burstStreams }, (index) => put(connection, index)),
  );
  return {
    p50Millis: median(paced.latenciesMicros) / 1_000,
    p99Millis: quantile(paced.latenciesMicros, 0.99) / 1_000,
    eventsPerSecond: (counts.burst * watcherCount * 1e6) / (burst.lastMicros - start),
  };
}

async function measure(context: BenchContext): Promise<RowResult[]> {
  const clusters = await context.both();
  const counts = context.quick ? { paced: 20, burst: 50 } : { paced: 100, burst: 500 };
  const results = await inTurns(context.rounds, (contender) => watch(clusters[contender], counts));
  const row = (title: string, field: keyof WatchResult, unit: RowResult['unit']): RowResult => ({
    title: `${watcherCount.toLocaleString('en-US')} watchers: ${title}`,
    unit,
    ours: median(results.drydock.map((one) => one[field])),
    theirs: median(results.etcd.map((one) => one[field])),
  });
  const rows = [
    row('events', 'eventsPerSecond', 'a second'),
    row('put to event, p50', 'p50Millis', 'ms'),
    row('put to event, p99', 'p99Millis', 'ms'),
  ];
  for (const one of rows) context.report(one);
  return rows;
}

export const watchRows: Measurement = { rows: ['watch'], measure };
