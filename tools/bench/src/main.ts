/** The benchmarks, ours beside the original in one run: `node --run bench`; see the usage below. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { capture } from './command.ts';
import { startBenchCluster, type Contender } from './etcd-cluster.ts';
import { cellsOf, readSection, replaceSection, tableOf } from './report.ts';
import type { BenchContext, Measurement, RowResult } from './row.ts';
import { calls } from './rows/calls.ts';
import { failovers } from './rows/failover.ts';
import { size } from './rows/size.ts';
import { updates } from './rows/updates.ts';
import { watchRows } from './rows/watch.ts';

const measurements: readonly Measurement[] = [calls, updates, watchRows, failovers, size];
const allRows = measurements.flatMap(({ rows }) => rows);
const basePorts: Record<Contender, number> = { etcd: 27_100, drydock: 27_200 };
const page = join(import.meta.dirname, '../../../docs/benchmarks.md');

const usage = `Drydock's etcd beside the original, in one run; three members each on loopback.

  node --run bench -- [flags]

  --only A,B    rows: ${allRows.join(', ')}
  --rounds N    how often the contenders take turns (3)
  --quick       shorter turns, for a look
  --write       puts the figures into docs/benchmarks.md; rows that were left out keep theirs

  node --run bench -- --only ${allRows[0]} --rounds 5
  node --run bench -- --write`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: allRows.join(',') },
      rounds: { type: 'string', default: '3' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`--rounds: expected a whole number from 1 on, got "${values.rounds}"`);
  }
  const only = values.only.split(',');
  const unknown = only.filter((name) => !allRows.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `--only: there is no ${unknown.join(', ')}; the rows are ${allRows.join(', ')}`,
    );
  }
  if (values.quick && values.write) {
    throw new Error('--write: a quick run gives no figures worth writing down');
  }
  return { only: new Set(only), rounds, quick: values.quick, write: values.write };
}

/** Runs one measurement with clusters of its own. */
async function run(
  measurement: Measurement,
  options: { wanted: ReadonlySet<string>; rounds: number; quick: boolean; folder: string },
): Promise<RowResult[]> {
  await using stack = new AsyncDisposableStack();
  const one = (contender: Contender) => startBenchCluster(contender, basePorts[contender]);
  const context: BenchContext = {
    ...options,
    report: (row) => console.log(cellsOf(row).join(' | ')),
    one,
    both: async () => ({
      etcd: stack.use(await one('etcd')),
      drydock: stack.use(await one('drydock')),
    }),
  };
  return await measurement.measure(context, options.wanted);
}

async function describeMachine(): Promise<string> {
  const version = /etcd Version: (\S+)/.exec(await capture('etcd', ['--version']))?.[1] ?? '';
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${model}), ${memory} GiB, Node.js ${process.versions.node}, etcd ${version}`;
}

async function main(): Promise<void> {
  const options = readOptions();
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const root = join(import.meta.dirname, '../../..');
  execFileSync(join(root, 'scripts/install-tools'), ['etcd', 'etcdctl', 'h2load', 'ps'], {
    stdio: 'inherit',
  });
  const rows: RowResult[] = [];
  for (const measurement of measurements) {
    const wanted = new Set(measurement.rows.filter((name) => options.only.has(name)));
    if (wanted.size > 0) rows.push(...(await run(measurement, { ...options, wanted, folder })));
  }
  const note = `Medians of ${options.rounds} rounds on ${await describeMachine()}.`;
  const date = new Date().toISOString().slice(0, 10);
  const isWhole = options.only.size === allRows.length;
  const before = options.write && !isWhole ? readSection(page, 'etcd') : '';
  const text = `${note}\n\n${tableOf(rows, { date, before })}`;
  console.log(`\n${text}`);
  if (!options.write) return;
  replaceSection(page, 'etcd', text);
  execFileSync(join(root, 'node_modules/.bin/oxfmt'), [page]);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
