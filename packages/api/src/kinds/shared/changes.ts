/** Tells what differs from what must stay, under a refusal's first line: a path a line. */
import { differingPaths } from '../../equality.ts';

export function changesText(now: unknown, before: unknown, field: string): string {
  return `\n${differingPaths(now, before)
    .map((path) => `  ${field}.${path}\n`)
    .join('')}`;
}
