/**
 * Tables as kubectl prints them, with cells that differ from run to run replaced, and the columns
 * aligned anew: how wide a column is depends on what was in it.
 */

/** Two columns stand three spaces apart or more; a heading's own words only one. */
const headingsPattern =
  /^[A-Z][A-Z0-9()/-]*(?: [A-Z0-9()/-]+)*(?: {2,}[A-Z][A-Z0-9()/-]*(?: [A-Z0-9()/-]+)*)+ *$/;

const ages = new Set(['AGE', 'LAST SEEN', 'FIRST SEEN', 'DURATION', 'LAST SCHEDULE']);
const age = String.raw`(?:\d+[smhdy]){1,2}`;
const agePattern = new RegExp(`^${age}$`);
/** Of an event that came several times. */
const repeatedPattern = new RegExp(`^${age} (\\(x\\d+ over )${age}\\)$`);

/** Replaces whatever differs from run to run in one cell. */
export type NormaliseCell = (cell: string) => string;

export function normaliseTables(text: string, normalise: NormaliseCell): string {
  const lines = text.split('\n');
  const done: string[] = [];
  for (let at = 0; at < lines.length;) {
    if (!headingsPattern.test(lines[at]!)) {
      done.push(lines[at++]!);
      continue;
    }
    let end = at + 1;
    while (end < lines.length && lines[end] !== '' && !headingsPattern.test(lines[end]!)) end += 1;
    done.push(...alignAnew(lines.slice(at, end), normalise));
    at = end;
  }
  return done.join('\n');
}

function alignAnew(lines: readonly string[], normalise: NormaliseCell): string[] {
  const head = lines[0]!;
  const starts = [...head.matchAll(/(?<=^| {2})\S/g)].map((match) => match.index);
  const cells = lines.map((line) => cellsOf(line, starts));
  const headings = cells[0]!;
  const normalised = cells.map((row, index) =>
    index === 0
      ? row
      : row.map((cell, column) =>
          ages.has(headings[column]!) ? normaliseAge(cell) : normalise(cell),
        ),
  );
  const widths = starts.map((_, column) =>
    Math.max(...normalised.map((row) => row[column]!.length)),
  );
  return normalised.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]! + 3))
      .join('')
      .trimEnd(),
  );
}

/** A watch aligns each of its rows by itself, so the spaces go first; but they do not show an empty cell. */
function cellsOf(line: string, starts: readonly number[]): string[] {
  const parts = line.trimEnd().split(/ {2,}/);
  if (parts.length === starts.length) return parts;
  return starts.map((start, index) => line.slice(start, starts[index + 1]).trimEnd());
}

const normaliseAge = (cell: string) =>
  agePattern.test(cell) ? '<age>' : cell.replace(repeatedPattern, '<age> $1<age>)');
