/** The name under which a client owns fields: what it may be, and where it comes from. */
import { forbidden, invalid, required, tooLong, type FieldError } from '../field-error.ts';
import { utf8Length } from '../metadata.ts';

const bytesMax = 128;
/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and the plain space. */
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** A request without fieldManager goes by its User-Agent, up to the first slash. */
export function managerOfUserAgent(userAgent: string): string {
  let name = '';
  for (const character of userAgent.split('/')[0]!) {
    if (unprintable.test(character)) continue;
    if (utf8Length(name) + utf8Length(character) > bytesMax) break;
    name += character;
  }
  return name;
}

export function validateFieldManager(name: string): FieldError[] {
  const errors: FieldError[] = [];
  if (utf8Length(name) > bytesMax) {
    errors.push(tooLong('fieldManager', bytesMax));
  }
  let position = 0;
  for (const character of name) {
    if (unprintable.test(character)) {
      const point = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      const why = `invalid character U+${point} (at position ${position})`;
      errors.push(invalid('fieldManager', name, why));
    }
    position += utf8Length(character);
  }
  return errors;
}

export interface PatchOptions {
  readonly isApply: boolean;
  /** Empty when the client gave none. */
  readonly fieldManager: string;
  readonly force: boolean | undefined;
}

export function validatePatchOptions({ isApply, fieldManager, force }: PatchOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (isApply && fieldManager === '') {
    errors.push(required('fieldManager', 'is required for apply patch'));
  } else if (!isApply && force !== undefined) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  return [...errors, ...validateFieldManager(fieldManager)];
}
