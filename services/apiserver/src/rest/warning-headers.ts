/**
 * Warnings as the values of `Warning` headers, which client-go prints.
 *
 * A text is told once. What is longer together than 4 Ki characters is cut: each text to 256, and the list
 * where it is full. Source: upstream's filters/warning.go.
 */

const totalMax = 4 * 1024;
const itemMax = 256;

const quote = (text: string) =>
  `299 - "${text.replaceAll(/[\\"]/g, (character) => `\\${character}`).replaceAll(/[^\t\x20-\x7e]/g, '?')}"`;

export function warningHeaders(warnings: readonly string[]): string[] {
  const texts = [...new Set(warnings)].filter((text) => text !== '');
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  if (total <= totalMax) return texts.map(quote);
  const headers: string[] = [];
  let written = 0;
  for (const text of texts) {
    if (written >= totalMax) break;
    const cut = text.slice(0, itemMax);
    written += cut.length;
    headers.push(quote(cut));
  }
  return headers;
}
