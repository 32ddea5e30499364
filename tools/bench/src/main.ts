/**
 * The benchmarks, ours beside the original in one run: `node --run bench`.
 *
 *     node --run bench -- [--rounds N] [--write]
 *
 * `--write` puts the figures into docs/benchmarks.md.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { capture } from './command.ts';
import { benchmarkEtcd } from './etcd.ts';
import { etcdTable, replaceSection } from './table.ts';

const root = join(import.meta.dirname, '../../..');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`--rounds: expected a whole number from 1 on, got "${values.rounds}"`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
execFileSync(join(root, 'scripts/install-tools'), ['etcd', 'etcdctl', 'h2load', 'ps'], {
  stdio: 'inherit',
});
const peer = /etcd Version: (\S+)/.exec(await capture('etcd', ['--version']))?.[1] ?? 'etcd';
const result = await benchmarkEtcd({ rounds, report: (line) => console.log(line) });
const table = etcdTable(result);
const note = `Median of ${rounds} rounds on ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node.js ${process.versions.node} against etcd ${peer}.`;
console.log(`\n${note}\n\n${table}`);
if (values.write) {
  replaceSection(join(root, 'docs/benchmarks.md'), 'etcd', `${note}\n\n${table}`);
}
