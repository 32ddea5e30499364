/**
 * 5,500 pods and 1,000 nodes: what a list of the pods takes, what memory they take, and how long the
 * apiserver takes from its start until it is ready, with them and in a new cluster.
 */
import { concurrently } from '../../client/fill.ts';
import { median } from '../../row.ts';
import type { ApiContext, ApiMeasurement, ApiRow } from '../api-row.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { createPods, readOften, type ApiLoad } from '../load.ts';
import { nodeOf } from '../pod.ts';

const mebibyte = 1024 * 1024;
const counts = (quick: boolean) =>
  quick ? { pods: 500, nodes: 100 } : { pods: 5_500, nodes: 1_000 };

async function fill(cluster: ApiCluster, { quick, folder }: ApiContext): Promise<void> {
  const { pods, nodes } = counts(quick);
  await createPods(cluster, folder, { streams: 32, requests: pods });
  await concurrently({ count: nodes, streams: 32 }, (index) =>
    cluster.client.create('/api/v1/nodes', nodeOf(index)),
  );
}

async function listRow(cluster: ApiCluster, { quick, rounds }: ApiContext): Promise<ApiRow> {
  const { pods } = counts(quick);
  const { text } = await cluster.client.request('GET', '/api/v1/pods');
  const { items } = JSON.parse(text) as { items: unknown[] };
  if (items.length !== pods) throw new Error(`a list of ${pods} pods has ${items.length}`);
  const bytes = Buffer.byteLength(text);
  const results: ApiLoad[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ask = { streams: 1, requests: quick ? 3 : 20, bytes };
    results.push(await readOften(cluster, `${cluster.url}/api/v1/pods`, ask));
  }
  const cpu = median(results.slice(1).map((one) => one.cpuMillis)).toFixed(0);
  return {
    title: `List of ${pods.toLocaleString('en-US')} pods as JSON`,
    unit: 'ms',
    ours: median(results.slice(1).map((one) => one.meanMillis)),
    goal: 51.5,
    peer: 103,
    note: `${(bytes / mebibyte).toFixed(1)} MiB, ${cpu} ms of processor`,
  };
}

async function measure(context: ApiContext, wanted: ReadonlySet<string>): Promise<ApiRow[]> {
  const cluster = await context.start();
  const { pods, nodes } = counts(context.quick);
  const inNew = cluster.readyMillis;
  await fill(cluster, context);
  const filled = cluster.memoryBytes() / mebibyte;
  const rows: ApiRow[] = [];
  if (wanted.has('list')) rows.push(await listRow(cluster, context));
  const restarts: number[] = [];
  for (let round = 0; wanted.has('start') && round < context.rounds; round++) {
    await cluster.restart();
    restarts.push(cluster.readyMillis);
  }
  const what = `${pods.toLocaleString('en-US')} pods and ${nodes.toLocaleString('en-US')} nodes`;
  if (wanted.has('memory')) {
    if (restarts.length === 0) await cluster.restart();
    rows.push({
      title: `Memory after the creation of ${what}`,
      unit: 'MiB',
      ours: filled,
      goal: 200,
      peer: 800,
      note: `after a restart ${(cluster.memoryBytes() / mebibyte).toFixed(0)} MiB`,
    });
  }
  if (wanted.has('start')) {
    const start = { unit: 'ms', goal: 1_000, peer: 3_500 } as const;
    rows.push({ title: 'Start to ready, new cluster', ours: inNew, ...start });
    rows.push({ title: `Start to ready, ${what}`, ours: median(restarts), ...start });
  }
  return rows;
}

export const size: ApiMeasurement = { rows: ['list', 'memory', 'start'], measure };
