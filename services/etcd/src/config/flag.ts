/**
 * What a flag of etcd is: its type, its default and help, and what becomes of it here.
 *
 * used     it means the same as in the original
 * hint     it tunes what works otherwise here: accepted, with a line in the log when it is given
 * refused  it asks for what this server does not have: an error, unless it asks for nothing
 *
 * Values are read as Go's flag package reads them: `1`, `T` and `true` are true, numbers may be 0x10,
 * durations are 1m30s or 100us.
 */
import type { Flag } from '@drydock/process';
import { durationMillis } from '../duration.ts';

export type FlagEffect =
  | { readonly kind: 'used' }
  | { readonly kind: 'hint'; readonly instead: string }
  | {
      readonly kind: 'refused';
      readonly instead: string;
      readonly asks: (value: string) => boolean;
    };

export interface EtcdFlag<T> extends Flag<T> {
  readonly effect: FlagEffect;
}

export type EtcdFlags = Readonly<Record<string, EtcdFlag<unknown>>>;

interface FlagOptions<T> {
  readonly help: string;
  readonly default: T;
}

function define<T>(
  placeholder: string,
  parse: (text: string) => T,
  options: FlagOptions<T>,
): EtcdFlag<T> {
  return {
    parse,
    placeholder,
    help: options.help,
    default: options.default,
    required: false,
    boolean: placeholder === '',
    effect: { kind: 'used' },
  };
}

/** Go's words for a value that is not of the type. */
const parseError = () => new Error('parse error');

export const text = (options: FlagOptions<string>) => define('TEXT', (value) => value, options);

/** Undefined where the flag is not given, or given empty. */
export const path = (options: { help: string }) =>
  define<string | undefined>('PATH', (value) => (value === '' ? undefined : value), {
    ...options,
    default: undefined,
  });

const truths = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const falsehoods = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

export const boolean = (options: FlagOptions<boolean>) =>
  define(
    '',
    (value) => {
      if (truths.has(value)) return true;
      if (falsehoods.has(value)) return false;
      throw parseError();
    },
    options,
  );

export function integer(
  options: FlagOptions<number> & { readonly min?: number; readonly max?: number },
): EtcdFlag<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return define(
    'N',
    (value) => {
      if (!/^[+-]?(\d+|0x[0-9a-f]+)$/i.test(value)) throw parseError();
      const sign = value.startsWith('-') ? -1 : 1;
      const number = sign * Number(value.replace(/^[+-]/, ''));
      if (number < min || number > max) throw new Error('value out of range');
      return number;
    },
    options,
  );
}

/** Cluster milliseconds. */
export const duration = (options: FlagOptions<number>) =>
  define(
    'DURATION',
    (value) => {
      const millis = durationMillis(value);
      if (millis === undefined) throw parseError();
      return millis;
    },
    options,
  );

export const list = (options: FlagOptions<readonly string[]>) =>
  define<readonly string[]>('A,B,...', splitList, options);

function splitList(value: string): readonly string[] {
  return [...new Set(value.split(',').map((part) => part.trim()))].filter((part) => part !== '');
}

export const choice = <const T extends string>(choices: readonly T[], options: FlagOptions<T>) =>
  define<T>(
    choices.join('|'),
    (value) => {
      const found = choices.find((one) => one === value);
      if (found === undefined)
        throw new Error(`invalid value "${value}"; choose one of ${choices.join(', ')}`);
      return found;
    },
    options,
  );

export const decimal = (options: FlagOptions<number> & { readonly above: number }) =>
  define(
    'NUMBER',
    (value) => {
      const number = Number(value);
      if (value.trim() === '' || !Number.isFinite(number) || number <= options.above) {
        throw new Error(`expected a number above ${options.above}`);
      }
      return number;
    },
    options,
  );

/** `instead` says, behind the flag's name, how it is here. */
export const hint = <T>(flag: EtcdFlag<T>, instead: string): EtcdFlag<T> => ({
  ...flag,
  effect: { kind: 'hint', instead },
});

/** `asks` tells values that ask for something; by default all but the flag's own default. */
export const refused = <T>(
  flag: EtcdFlag<T>,
  instead: string,
  asks: (value: string) => boolean = (value) =>
    String(flag.parse(value)) !== String(flag.default ?? ''),
): EtcdFlag<T> => ({ ...flag, effect: { kind: 'refused', instead, asks } });

/** Words of Go's flags for a default: quoted text, bare numbers and truths. */
export function describeDefault(flag: EtcdFlag<unknown>): string {
  const value = flag.default as string | number | boolean | readonly string[] | undefined;
  if (value === undefined) return "''";
  if (flag.placeholder === 'DURATION') return `'${describeDuration(value as number)}'`;
  return `'${String(value)}'`;
}

function describeDuration(millis: number): string {
  if (millis === 0) return '0s';
  if (millis % 3_600_000 === 0) return `${millis / 3_600_000}h`;
  if (millis % 60_000 === 0) return `${millis / 60_000}m`;
  return millis % 1_000 === 0 ? `${millis / 1_000}s` : `${millis}ms`;
}
