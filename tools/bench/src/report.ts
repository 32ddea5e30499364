/**
 * Figures as a Markdown table, and their place in a document. Rows that were not measured this time
 * stay as they are, each with its own date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { RowResult, Unit } from './row.ts';
import type { Cells, Suite } from './suite.ts';

const unitText: Record<Unit, string> = { 'a second': '/s', ms: ' ms', MiB: ' MiB', share: '' };

function digitsOf(value: number, unit: Unit): number {
  if (unit === 'share') return 2;
  if (unit === 'MiB') return value < 10 ? 2 : 0;
  if (unit !== 'ms') return 0;
  return value < 10 ? 2 : value < 100 ? 1 : 0;
}

export function figureOf(value: number, unit: Unit): string {
  const digits = digitsOf(value, unit);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${value.toLocaleString('en-US', options)}${unitText[unit]}`;
}

/** How many times better ours is. */
function ratioOf({ ours, theirs, unit }: RowResult): number {
  return unit === 'a second' ? ours / theirs : theirs / ours;
}

/** The cells of a row: title, ours, theirs, ratio. */
export function cellsOf(row: RowResult): string[] {
  const cell = (value: number, note: string | undefined) =>
    `${figureOf(value, row.unit)}${note === undefined ? '' : ` (${note})`}`;
  const { ours, theirs, notes } = row;
  return [row.title, cell(ours, notes?.ours), cell(theirs, notes?.theirs), ratioOf(row).toFixed(2)];
}

const titleOf = (line: string) => line.split('|')[1]!.trim();
const isRow = (line: string) => line.startsWith('| ') && !/^-*$/.test(titleOf(line));

/** `before` is the table so far: its rows stay, each with its date, unless they are among `rows`. */
export function tableOf(
  rows: readonly Cells[],
  options: { heading: Suite['heading']; date: string; before: string },
): string {
  const lines = new Map<string, string>();
  for (const line of options.before.split('\n')) if (isRow(line)) lines.set(titleOf(line), line);
  for (const cells of rows) {
    lines.set(cells[0]!, `| ${[...cells, options.date].join(' | ')} |`);
  }
  return [...options.heading, ...lines.values()].join('\n');
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
