/**
 * A hundred times the objects: two clusters, with 1,000 and with 100,000 pods, take turns. The figures are
 * shares of the speed with 1,000; the processor time that a request costs is noted, because it is what
 * does not depend on the rest of the machine.
 */
import { median } from '../../row.ts';
import type { ApiContext, ApiMeasurement, ApiRow } from '../api-row.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { createPods, readOften, urlsOfPods, type ApiLoad } from '../load.ts';

interface Results {
  readonly creates: ApiLoad[];
  readonly gets: ApiLoad[];
}

const none = (): Results => ({ creates: [], gets: [] });

async function turn(cluster: ApiCluster, { quick, folder }: ApiContext, results: Results) {
  const requests = quick ? 100 : 500;
  results.creates.push(await createPods(cluster, folder, { streams: 32, requests }));
  const { file, bytes } = await urlsOfPods(cluster, folder);
  const ask = { streams: 32, requests: requests * 10, bytes };
  results.gets.push(await readOften(cluster, { file }, ask));
}

async function measure(context: ApiContext): Promise<ApiRow[]> {
  const small = await context.start();
  const large = await context.start();
  const counts = { small: 1_000, large: context.quick ? 4_000 : 100_000 };
  await createPods(large, context.folder, { streams: 32, requests: counts.large });
  await createPods(small, context.folder, { streams: 32, requests: counts.small });
  const results = { small: none(), large: none() };
  // The one with few objects has not run as long: it warms up first.
  for (let round = 0; round < 4; round++) await turn(small, context, none());
  for (let round = 0; round < context.rounds * 3; round++) {
    await turn(small, context, results.small);
    await turn(large, context, results.large);
  }
  const [most, fewest] = [counts.large, counts.small].map((one) => one.toLocaleString('en-US'));
  const row = (what: string, few: readonly ApiLoad[], many: readonly ApiLoad[]): ApiRow => {
    const rate = (loads: readonly ApiLoad[]) => median(loads.map((one) => one.requestsPerSecond));
    const cpu = (loads: readonly ApiLoad[]) => median(loads.map((one) => one.cpuMillis)).toFixed(2);
    return {
      title: `${what} with ${most} pods, of those with ${fewest}`,
      unit: 'share',
      ours: rate(many) / rate(few),
      goal: 0.9,
      note: `processor ${cpu(many)} ms, ${cpu(few)} ms`,
    };
  };
  return [
    row('Pod creates', results.small.creates, results.large.creates),
    row('Pod GETs', results.small.gets, results.large.gets),
  ];
}

export const flat: ApiMeasurement = { rows: ['flat'], measure };
