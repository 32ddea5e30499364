/**
 * What JSON.parse does not tell: keys that an object has twice, and how deep a text nests.
 *
 * Passes over text that JSON.parse has accepted. Which keys are given twice is looked for only in a text
 * that has more of them than its value: that costs a third, and hardly any text has.
 */

/** Deeper bodies are refused whole, so that no later walk over the value can exhaust the stack. */
export const bodyDepthMax = 256;

const quote = 34;
const backslash = 92;
const openBrace = 123;
const closeBrace = 125;
const openBracket = 91;
const closeBracket = 93;
const comma = 44;
const colon = 58;

interface Frame {
  /** Undefined in a list. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code === quote || Number.isNaN(code)) return index;
    index += code === backslash ? 2 : 1;
  }
}

function pathOf(frames: readonly Frame[]): string {
  let path = '';
  for (const frame of frames) {
    if (frame.keys === undefined) path += `[${frame.index}]`;
    else path += path === '' ? frame.key : `.${frame.key}`;
  }
  return path;
}

/** The paths of keys given twice, in the order of the text. */
export function duplicateFields(text: string): string[] {
  const duplicates: string[] = [];
  const frames: Frame[] = [];
  let top: Frame | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      const end = endOfString(text, index);
      let next = end + 1;
      while (next < text.length && text.charCodeAt(next) <= 32) next += 1;
      if (top?.keys !== undefined && text.charCodeAt(next) === colon) {
        const raw = text.slice(index + 1, end);
        top.key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
        if (top.keys.has(top.key)) duplicates.push(pathOf(frames));
        top.keys.add(top.key);
      }
      index = end;
    } else if (code === openBrace || code === openBracket) {
      top = { keys: code === openBrace ? new Set() : undefined, key: '', index: 0 };
      frames.push(top);
    } else if (code === closeBrace || code === closeBracket) {
      frames.pop();
      top = frames.at(-1);
    } else if (code === comma && top !== undefined && top.keys === undefined) {
      top.index += 1;
    }
  }
  return duplicates;
}

export interface Outline {
  /** The deepest nesting of braces and brackets. */
  readonly depth: number;
  /** How many keys the text has, those given twice included. */
  readonly keys: number;
}

/** Works on any text; of one that is JSON the keys are exact. */
export function outlineOf(text: string): Outline {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index);
    else if (code === colon) keys += 1;
    else if (code === openBrace || code === openBracket) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === closeBrace || code === closeBracket) depth -= 1;
  }
  return { depth: deepest, keys };
}

/** How many keys a value has, at all levels. It must not be deeper than a stack bears. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += countKeys(element);
    return count;
  }
  for (const key of Object.keys(value)) {
    count += 1 + countKeys((value as Record<string, unknown>)[key]);
  }
  return count;
}
