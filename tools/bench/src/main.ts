/**
 * The benchmarks: `node --run bench` for etcd, `node --run bench -- api` for the API server,
 * `node --run bench -- node` for nodes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiSuite } from './api/api-suite.ts';
import { etcdSuite } from './etcd-suite.ts';
import { nodeSuite } from './node/node-suite.ts';
import { readSection, replaceSection, tableOf } from './report.ts';
import type { Suite } from './suite.ts';

const suites: Readonly<Record<string, Suite>> = {
  etcd: etcdSuite,
  api: apiSuite,
  node: nodeSuite,
};
const page = join(import.meta.dirname, '../../../docs/benchmarks.md');

const usage = `Drydock's parts under load, in one run on this machine.

  node --run bench -- [suite] [flags]

${Object.entries(suites)
  .map(
    ([name, suite]) =>
      `  ${name.padEnd(12)}  ${suite.description}\n                rows: ${suite.rows.join(', ')}`,
  )
  .join('\n')}

  --only A,B    some rows
  --rounds N    how often each row is measured (3)
  --quick       shorter turns, for a look
  --write       puts the figures into docs/benchmarks.md; rows that were left out keep theirs

  node --run bench -- --only ${etcdSuite.rows[0]} --rounds 5
  node --run bench -- api --write`;

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
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
  const [name = 'etcd', ...more] = positionals;
  const suite = suites[name];
  if (suite === undefined || more.length > 0) {
    const names = Object.keys(suites).join(', ');
    throw new Error(`there is no suite ${positionals.join(' ')}; the suites are ${names}`);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`--rounds: expected a whole number from 1 on, got "${values.rounds}"`);
  }
  const only = values.only?.split(',') ?? suite.rows;
  const unknown = only.filter((row) => !suite.rows.includes(row));
  if (unknown.length > 0) {
    throw new Error(
      `--only: there is no ${unknown.join(', ')}; the rows are ${suite.rows.join(', ')}`,
    );
  }
  if (values.quick && values.write) {
    throw new Error('--write: a quick run gives no figures worth writing down');
  }
  return { suite, only: new Set(only), rounds, quick: values.quick, write: values.write };
}

async function describeMachine(suite: Suite): Promise<string> {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const memory = Math.round(totalmem() / 1024 ** 3);
  const node = `Node.js ${process.versions.node}`;
  const parts = [
    `${cpus().length} cores (${model})`,
    `${memory} GiB`,
    node,
    await suite.versions(),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

async function main(): Promise<void> {
  const { suite, ...options } = readOptions();
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const root = join(import.meta.dirname, '../../..');
  execFileSync(join(root, 'scripts/install-tools'), suite.tools, { stdio: 'inherit' });
  const report = (cells: readonly string[]) => console.log(cells.join(' | '));
  const rows = await suite.run({ ...options, folder, report });
  const note = `Medians of ${options.rounds} rounds on ${await describeMachine(suite)}.`;
  const date = new Date().toISOString().slice(0, 10);
  const isWhole = options.only.size === suite.rows.length;
  const before = options.write && !isWhole ? readSection(page, suite.name) : '';
  const text = `${note}\n\n${tableOf(rows, { heading: suite.heading, date, before })}`;
  console.log(`\n${text}`);
  if (!options.write) return;
  replaceSection(page, suite.name, text);
  execFileSync(join(root, 'node_modules/.bin/oxfmt'), [page]);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
