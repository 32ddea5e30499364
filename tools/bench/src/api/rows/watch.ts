/**
 * A thousand watchers of pods, in two processes, ten connections with a hundred watches each.
 *
 * - Of all pods, as controllers are: how many events a second, and how long after its write an event
 *   comes, at a pace of one write every 50 ms; and how long such a write takes with them and without.
 * - Of the pods of one node each, as node-agents are: how much slower creates become by them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concurrently } from '../../client/fill.ts';
import { nowMicros, stamp } from '../../client/tally.ts';
import { Watchers } from '../../client/watchers.ts';
import { median, quantile } from '../../row.ts';
import type { ApiContext, ApiMeasurement, ApiRow } from '../api-row.ts';
import { token, type ApiCluster } from '../api-cluster.ts';
import { createPods, podsPath } from '../load.ts';
import { stampAnnotation, type PodWatchOrder } from '../watch-client.ts';

const clientFile = join(import.meta.dirname, '../watch-client.ts');
const watcherCount = 1_000;
const processes = 2;
const amounts = { connections: 5, watchersEach: 100 };
const pauseMillis = 50;
const burstStreams = 16;
const many = watcherCount.toLocaleString('en-US');

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

const podsOf = (cluster: ApiCluster) => cluster.client.get<PodList>(`${podsPath}?limit=100`);

async function openWatchers(cluster: ApiCluster, isByNode: boolean) {
  const { metadata } = await podsOf(cluster);
  const order = {
    ...amounts,
    url: cluster.url,
    ca: readFileSync(cluster.caFile, 'utf8'),
    token,
    resourceVersion: metadata.resourceVersion,
  };
  const orders = Array.from({ length: processes }, (_, index): PodWatchOrder => ({
    ...order,
    ...(isByNode ? { firstNode: (index * watcherCount) / processes } : {}),
  }));
  const watchers = await Watchers.open(clientFile, orders);
  // Asked for is not yet open: the server says how many it has.
  await cluster.awaitWatchers(watcherCount);
  return watchers;
}

/** Changes one of some pods; all watchers of pods hear of it. */
async function write(cluster: ApiCluster, names: readonly string[], index: number): Promise<void> {
  const path = `${podsPath}/${names[index % names.length]}`;
  const body = { metadata: { annotations: { [stampAnnotation]: stamp() } } };
  const type = 'application/merge-patch+json';
  const { status, text } = await cluster.client.request('PATCH', path, body, type);
  if (status !== 200) throw new Error(`PATCH ${path} was answered with ${status}: ${text}`);
}

/** Milliseconds that each write took. */
async function writeAtPace(
  cluster: ApiCluster,
  names: readonly string[],
  count: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const pause = new Promise((resolve) => {
      setTimeout(resolve, pauseMillis);
    });
    const start = performance.now();
    await write(cluster, names, index);
    times.push(performance.now() - start);
    await pause;
  }
  return times;
}

async function measureAll(context: ApiContext): Promise<ApiRow[]> {
  const cluster = await context.start();
  await createPods(cluster, context.folder, { streams: 32, requests: 100 });
  const names = (await podsOf(cluster)).items.map(({ metadata }) => metadata.name);
  const counts = context.quick ? { paced: 20, burst: 20 } : { paced: 100, burst: 200 };
  await writeAtPace(cluster, names, counts.paced);
  const alone: number[] = [];
  const watched: number[] = [];
  const latencies: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < context.rounds; round++) {
    alone.push(...(await writeAtPace(cluster, names, counts.paced)));
    using watchers = await openWatchers(cluster, false);
    const paced = await watchers.see(counts.paced, async () => {
      watched.push(...(await writeAtPace(cluster, names, counts.paced)));
    });
    for (const micros of paced.latenciesMicros) latencies.push(micros / 1_000);
    const start = nowMicros();
    const burst = await watchers.see(counts.burst, () =>
      concurrently({ count: counts.burst, streams: burstStreams }, (index) =>
        write(cluster, names, index),
      ),
    );
    rates.push((counts.burst * watcherCount * 1e6) / (burst.lastMicros - start));
  }
  const ms = 'ms' as const;
  return [
    { title: `${many} watchers: events`, unit: 'a second', ours: median(rates) },
    { title: `${many} watchers: write to event, p50`, unit: ms, ours: median(latencies) },
    { title: `${many} watchers: write to event, p99`, unit: ms, ours: quantile(latencies, 0.99) },
    {
      title: `${many} watchers: a write every ${pauseMillis} ms, p50`,
      unit: ms,
      ours: median(watched),
      goal: 1.1 * median(alone),
      note: `${median(alone).toFixed(2)} ms without`,
    },
  ];
}

async function measureByNode(context: ApiContext): Promise<ApiRow> {
  const cluster = await context.start();
  const ask = { streams: 32, requests: context.quick ? 200 : 2_000 };
  const create = () => createPods(cluster, context.folder, ask);
  await create();
  const shares: number[] = [];
  const costs: number[] = [];
  for (let round = 0; round < context.rounds; round++) {
    const alone = await create();
    using _watchers = await openWatchers(cluster, true);
    const watched = await create();
    shares.push(watched.requestsPerSecond / alone.requestsPerSecond);
    costs.push(watched.cpuMillis - alone.cpuMillis);
  }
  return {
    title: `${many} watchers of a node each: pod creates, of those without`,
    unit: 'share',
    ours: median(shares),
    goal: 0.9,
    note: `${(median(costs) * 1_000).toFixed(0)} us of processor more`,
  };
}

async function measure(context: ApiContext, wanted: ReadonlySet<string>): Promise<ApiRow[]> {
  const rows: ApiRow[] = [];
  if (wanted.has('watch')) rows.push(...(await measureAll(context)));
  if (wanted.has('node-watch')) rows.push(await measureByNode(context));
  return rows;
}

export const watch: ApiMeasurement = { rows: ['watch', 'node-watch'], measure };
