/** Our etcd and the original side by side: three members each on loopback. */
import { capture } from './command.ts';
import { startBenchCluster, type Contender } from './etcd-cluster.ts';
import { cellsOf } from './report.ts';
import type { BenchContext, Measurement } from './row.ts';
import { calls } from './rows/calls.ts';
import { failovers } from './rows/failover.ts';
import { size } from './rows/size.ts';
import { updates } from './rows/updates.ts';
import { watchRows } from './rows/watch.ts';
import type { Cells, Suite, SuiteOptions } from './suite.ts';

const measurements: readonly Measurement[] = [calls, updates, watchRows, failovers, size];
const basePorts: Record<Contender, number> = { etcd: 27_100, drydock: 27_200 };

/** Runs one measurement with clusters of its own. */
async function run(
  measurement: Measurement,
  { report, ...options }: SuiteOptions,
  wanted: ReadonlySet<string>,
): Promise<Cells[]> {
  await using stack = new AsyncDisposableStack();
  const one = (contender: Contender) => startBenchCluster(contender, basePorts[contender]);
  const context: BenchContext = {
    ...options,
    report: (row) => report(cellsOf(row)),
    one,
    both: async () => ({
      etcd: stack.use(await one('etcd')),
      drydock: stack.use(await one('drydock')),
    }),
  };
  return (await measurement.measure(context, wanted)).map(cellsOf);
}

export const etcdSuite: Suite = {
  name: 'etcd',
  description: 'our etcd beside the original, three members each',
  rows: measurements.flatMap(({ rows }) => rows),
  tools: ['etcd', 'etcdctl', 'h2load', 'ps'],
  heading: ['| | Drydock | etcd | ratio | measured |', '|---|---:|---:|---:|---|'],
  versions: async () => {
    const version = /etcd Version: (\S+)/.exec(await capture('etcd', ['--version']))?.[1] ?? '';
    return `etcd ${version}`;
  },
  run: async (options) => {
    const rows: Cells[] = [];
    for (const measurement of measurements) {
      const wanted = new Set(measurement.rows.filter((name) => options.only.has(name)));
      if (wanted.size > 0) rows.push(...(await run(measurement, options, wanted)));
    }
    return rows;
  },
};
