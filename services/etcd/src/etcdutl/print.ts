/** Results as the original prints them: simple, table, json, fields. */

export const formats = ['simple', 'table', 'json', 'fields'] as const;
export type Format = (typeof formats)[number];

/** One result, with the names that each format has for its fields. */
export interface Column {
  /** Of the table. */
  readonly title: string;
  /** Of `fields`. */
  readonly field: string;
  readonly json: string;
  readonly value: number;
  /** For people; the number by default. */
  readonly text?: string;
}

export function render(columns: readonly Column[], format: Format): string {
  const texts = columns.map((one) => one.text ?? String(one.value));
  switch (format) {
    case 'simple':
      return `${texts.join(', ')}\n`;
    case 'json':
      return `${JSON.stringify(Object.fromEntries(columns.map((one) => [one.json, one.value])))}\n`;
    case 'fields':
      return columns.map((one) => `"${one.field}" : ${one.value}\n`).join('');
    case 'table':
      return table(
        columns.map((one) => one.title.toUpperCase()),
        texts,
      );
  }
  return format satisfies never;
}

function table(titles: readonly string[], cells: readonly string[]): string {
  const widths = titles.map((title, index) => Math.max(title.length, cells[index]!.length));
  const line = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const row = (texts: readonly string[], pad: (text: string, width: number) => string) =>
    `|${texts.map((text, index) => ` ${pad(text, widths[index]!)} `).join('|')}|\n`;
  const centered = (text: string, width: number) => {
    const left = Math.floor((width - text.length) / 2);
    return `${' '.repeat(left)}${text}`.padEnd(width);
  };
  const right = (text: string, width: number) => text.padStart(width);
  return line + row(titles, centered) + line + row(cells, right) + line;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Powers of 1,000, two digits at least; a half is rounded to the even digit. */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1_000)), units.length - 1);
  const tenths = Math.floor((bytes / 1_000 ** power) * 10 + 0.5);
  const text = tenths < 100 ? (tenths / 10).toFixed(1) : String(halfToEven(tenths / 10));
  return `${text} ${units[power]!}`;
}

function halfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
