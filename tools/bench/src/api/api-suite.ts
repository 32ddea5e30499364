/**
 * The API server over TLS, on three members of our etcd. The original cannot be run here: its figures,
 * and the goals that follow from them, are those of DESIGN.md.
 */
import { figureOf } from '../report.ts';
import type { Cells, Suite, SuiteOptions } from '../suite.ts';
import { startApiCluster } from './api-cluster.ts';
import type { ApiMeasurement, ApiRow } from './api-row.ts';
import { flat } from './rows/flat.ts';
import { requests } from './rows/requests.ts';
import { size } from './rows/size.ts';
import { watch } from './rows/watch.ts';

const measurements: readonly ApiMeasurement[] = [requests, size, watch, flat];
const basePort = 27_300;
const portsEach = 20;

function cellsOf({ title, ours, unit, goal, peer, note }: ApiRow): Cells {
  const cell = (value: number | undefined) => (value === undefined ? '' : figureOf(value, unit));
  const own = note === undefined ? cell(ours) : `${cell(ours)} (${note})`;
  return [title, own, cell(goal), cell(peer)];
}

async function run(
  measurement: ApiMeasurement,
  options: SuiteOptions,
  wanted: ReadonlySet<string>,
): Promise<Cells[]> {
  await using stack = new AsyncDisposableStack();
  let started = 0;
  const start = async () => stack.use(await startApiCluster(basePort + portsEach * started++));
  const rows = (await measurement.measure({ ...options, start }, wanted)).map(cellsOf);
  for (const row of rows) options.report(row);
  return rows;
}

export const apiSuite: Suite = {
  name: 'apiserver',
  description: 'the API server over TLS, on three members of our etcd',
  rows: measurements.flatMap(({ rows }) => rows),
  tools: ['etcdctl', 'h2load', 'ps'],
  heading: ['| | Drydock | goal | kube-apiserver | measured |', '|---|---:|---:|---:|---|'],
  versions: () => Promise.resolve(''),
  run: async (options) => {
    const rows: Cells[] = [];
    for (const measurement of measurements) {
      const wanted = new Set(measurement.rows.filter((name) => options.only.has(name)));
      if (wanted.size > 0) rows.push(...(await run(measurement, options, wanted)));
    }
    return rows;
  },
};
