/** Pods created and read one at a time, over one connection, as a controller and a node-agent do it. */
import { median } from '../../row.ts';
import type { ApiContext, ApiMeasurement, ApiRow } from '../api-row.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { createPods, readOften, urlsOfPods, type ApiLoad } from '../load.ts';

const note = (results: readonly ApiLoad[]) => {
  const mean = median(results.map((one) => one.meanMillis)).toFixed(2);
  const cpu = median(results.map((one) => one.cpuMillis)).toFixed(2);
  return `mean ${mean} ms, ${cpu} ms of processor`;
};

interface Case {
  readonly name: string;
  readonly title: string;
  readonly peer: number;
  load(cluster: ApiCluster, context: ApiContext): Promise<ApiLoad>;
}

const amount = (quick: boolean, requests: number) => (quick ? requests / 20 : requests);

const cases: readonly Case[] = [
  {
    name: 'create-1',
    title: 'Pod create, 1 stream',
    peer: 430,
    load: (cluster, { quick, folder }) =>
      createPods(cluster, folder, { streams: 1, requests: amount(quick, 2_000) }),
  },
  {
    name: 'create-32',
    title: 'Pod create, 32 streams',
    peer: 990,
    load: (cluster, { quick, folder }) =>
      createPods(cluster, folder, { streams: 32, requests: amount(quick, 8_000) }),
  },
  {
    name: 'get-32',
    title: 'Pod GET, 32 streams',
    peer: 3_080,
    load: async (cluster, { quick, folder }) => {
      const { file, bytes } = await urlsOfPods(cluster, folder);
      return readOften(cluster, { file }, { streams: 32, requests: amount(quick, 40_000), bytes });
    },
  },
];

async function measure(context: ApiContext, wanted: ReadonlySet<string>): Promise<ApiRow[]> {
  const cluster = await context.start();
  // Something to read, and a server that has seen its work before.
  await createPods(cluster, context.folder, { streams: 32, requests: 1_000 });
  const rows: ApiRow[] = [];
  for (const one of cases.filter(({ name }) => wanted.has(name))) {
    const results: ApiLoad[] = [];
    for (let round = 0; round <= context.rounds; round++) {
      const result = await one.load(cluster, context);
      if (round > 0) results.push(result);
    }
    rows.push({
      title: one.title,
      unit: 'a second',
      ours: median(results.map((result) => result.requestsPerSecond)),
      goal: 2 * one.peer,
      peer: one.peer,
      note: note(results),
    });
  }
  return rows;
}

export const requests: ApiMeasurement = { rows: cases.map(({ name }) => name), measure };
