/** How a volume may be mounted, as a persistent volume offers it and a claim asks for it. */
import { forbidden, notSupported } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';

const once = 'ReadWriteOncePod';

/** In the order in which tables show them. */
const abbreviations: ReadonlyMap<string, string> = new Map([
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  [once, 'RWOP'],
]);
const supported = [...abbreviations.keys()];

export function validateAccessModes(modes: readonly string[], field: string): FieldError[] {
  const errors = modes
    .filter((mode) => !abbreviations.has(mode))
    .map((mode) => notSupported(field, mode, supported));
  const isMixed =
    modes.includes(once) && modes.some((mode) => mode !== once && abbreviations.has(mode));
  if (isMixed) {
    errors.push(forbidden(field, `may not use ${once} with other access modes`));
  }
  return errors;
}

export function accessModesCell(modes: readonly string[] | undefined): string {
  return [...abbreviations]
    .filter(([mode]) => modes?.includes(mode))
    .map(([, abbreviation]) => abbreviation)
    .join(',');
}
