/**
 * A command line, as Go's flag package reads it: `-name value`, `-name=value`, one dash or two, a
 * truth alone by its name. The first word that is no flag ends the flags.
 */
import type { EtcdFlags } from './flag.ts';

export type CommandLine =
  | { readonly kind: 'flags'; readonly given: ReadonlyMap<string, string> }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** The line itself is malformed. */
  | { readonly kind: 'malformed'; readonly message: string }
  /** A word behind the flags. */
  | { readonly kind: 'stray'; readonly word: string };

/** Flags that are read before any other, and have no value in the settings. */
const configFileFlag = 'config-file';

const malformed = (message: string): CommandLine => ({ kind: 'malformed', message });

export function parseCommandLine(flags: EtcdFlags, words: readonly string[]): CommandLine {
  const given = new Map<string, string>();
  let isVersion = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word.length < 2 || !word.startsWith('-')) return { kind: 'stray', word };
    if (word === '--') {
      const stray = words[at + 1];
      if (stray !== undefined) return { kind: 'stray', word: stray };
      break;
    }
    const match = /^--?([^-=][^=]*)(?:=([^]*))?$/.exec(word);
    if (match === null) return malformed(`bad flag syntax: ${word}`);
    const [, name, inline] = match as unknown as [string, string, string | undefined];
    if (name === 'help' || name === 'h') return { kind: 'help' };
    if (name === 'version') {
      isVersion ||= inline === undefined || /^(1|t|true)$/i.test(inline);
      continue;
    }
    const flag = flags[name];
    if (flag === undefined && name !== configFileFlag) {
      return malformed(`flag provided but not defined: -${name}`);
    }
    let value = inline;
    if (value === undefined && flag?.boolean === true) value = 'true';
    value ??= words[++at];
    if (value === undefined) return malformed(`flag needs an argument: -${name}`);
    const problem = flag === undefined ? undefined : problemOf(flag, value);
    if (problem !== undefined) {
      return malformed(
        flag!.boolean
          ? `invalid boolean value ${JSON.stringify(value)} for -${name}: ${problem}`
          : `invalid value ${JSON.stringify(value)} for flag -${name}: ${problem}`,
      );
    }
    given.set(name, value);
  }
  return isVersion ? { kind: 'version' } : { kind: 'flags', given };
}

/** What is wrong with a value, in the words of its flag. */
export function problemOf(flag: EtcdFlags[string], value: string): string | undefined {
  try {
    flag.parse(value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
