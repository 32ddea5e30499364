/**
 * Figures as a Markdown table, and their place in a document. Rows that were not measured this time
 * stay as they are, each with its own date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { RowResult, Unit } from './row.ts';

function figure(value: number, unit: Unit): string {
  const digits = unit === 'ms' && value < 10 ? 2 : unit === 'ms' && value < 100 ? 1 : 0;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** How many times better ours is. */
function ratioOf({ ours, theirs, unit }: RowResult): number {
  return unit === 'a second' ? ours / theirs : theirs / ours;
}

const unitText: Record<Unit, string> = { 'a second': '/s', ms: ' ms', MiB: ' MiB' };

/** The cells of a row: title, ours, theirs, ratio. */
export function cellsOf(row: RowResult): string[] {
  const cell = (value: number, note: string | undefined) =>
    `${figure(value, row.unit)}${unitText[row.unit]}${note === undefined ? '' : ` (${note})`}`;
  const { ours, theirs, notes } = row;
  return [row.title, cell(ours, notes?.ours), cell(theirs, notes?.theirs), ratioOf(row).toFixed(2)];
}

const heading = ['| | Drydock | etcd | ratio | measured |', '|---|---:|---:|---:|---|'];
const titleOf = (line: string) => line.split('|')[1]!.trim();
const isRow = (line: string) => line.startsWith('| ') && !/^-*$/.test(titleOf(line));

/** `before` is the table so far: its rows stay, each with its date, unless they are among `rows`. */
export function tableOf(
  rows: readonly RowResult[],
  options: { date: string; before: string },
): string {
  const lines = new Map<string, string>();
  for (const line of options.before.split('\n')) if (isRow(line)) lines.set(titleOf(line), line);
  for (const row of rows) {
    lines.set(row.title, `| ${[...cellsOf(row), options.date].join(' | ')} |`);
  }
  return [...heading, ...lines.values()].join('\n');
}

function marksOf(name: string) {
  return { begin: `<!-- ${name}: written by the benchmark -->`, end: `<!-- end of ${name} -->` };
}

/** What stands between the two marks of a name. @throws when they are not there. */
export function readSection(file: string, name: string): string {
  const { begin, end } = marksOf(name);
  const document = readFileSync(file, 'utf8');
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no section ${name}`);
  return document.slice(from + begin.length, to);
}

export function replaceSection(file: string, name: string, text: string): void {
  const before = readSection(file, name);
  const document = readFileSync(file, 'utf8');
  const { begin } = marksOf(name);
  writeFileSync(
    file,
    document.replace(begin + before, () => `${begin}\n\n${text}\n\n`),
  );
}
