/** Columns aligned as kubectl aligns them: three spaces apart, headings in capitals. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...all.map((row) => visibleLength(row[column] ?? ''))),
  );
  return all
    .map((row) =>
      headings
        .map((_, column) => {
          const cell = row[column] ?? '';
          return cell + ' '.repeat(widths[column]! - visibleLength(cell));
        })
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** Colours take no room. */
function visibleLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- escape sequences start with a control character
  return text.replace(/\u{1b}\[[0-9;]*m/gu, '').length;
}
