/**
 * One declaration of a component's settings: flags, environment, defaults and help.
 *
 * 1. A flag wins over the environment, the environment over the default.
 * 2. Every problem is reported at once, each naming the flag or variable, the value and the remedy.
 * 3. Flags are written `--name value`, `--name=value`, or `--name` and `--no-name` for booleans.
 *
 * Durations are written as Go writes them (`1m30s`, `250ms`) and arrive in cluster milliseconds.
 */

export interface Flag<T> {
  /** @throws Error with what was expected. */
  readonly parse: (text: string) => T;
  readonly help: string;
  /** What the value looks like in the help, say `HOST:PORT,...`. */
  readonly placeholder: string;
  readonly default?: T | undefined;
  readonly required: boolean;
  readonly boolean: boolean;
}

export type FlagSpec = Readonly<Record<string, Flag<unknown>>>;
export type FlagValues<Spec extends FlagSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Flag<infer T> ? T : never;
};

interface FlagOptions<T> {
  readonly help: string;
  readonly default?: T;
}

function define<T>(
  placeholder: string,
  parse: (text: string) => T,
  options: FlagOptions<T>,
): Flag<T> {
  return {
    parse,
    help: options.help,
    placeholder,
    default: options.default,
    required: !('default' in options),
    boolean: placeholder === '',
  };
}

/** Without a default a flag is required; `default: undefined` makes it optional. */
interface FlagMaker<T> {
  (options: { help: string } | { help: string; default: T }): Flag<T>;
  (options: { help: string; default: T | undefined }): Flag<T | undefined>;
}

function maker<T>(placeholder: string, parse: (text: string) => T): FlagMaker<T> {
  return (options: FlagOptions<T | undefined>) =>
    define<T | undefined>(placeholder, parse, options) as Flag<T>;
}

export const text = maker('TEXT', (value) => value);
export const path = maker('PATH', (value) => {
  if (value === '') throw new Error('a path');
  return value;
});
export const boolean = maker('', (value) => {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new Error('true or false');
});
export const port = maker('PORT', (value) => {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) throw new Error('a port, 0 to 65535');
  return Number(value);
});
export const list = maker<readonly string[]>('A,B,...', (value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** A whole number between the bounds, both included. */
export function integer(
  options: FlagOptions<number> & { min?: number; max?: number },
): Flag<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return define(
    'N',
    (value) => {
      const number = Number(value);
      if (!/^-?\d+$/.test(value) || number < min || number > max) {
        throw new Error(`a whole number from ${min} to ${max}`);
      }
      return number;
    },
    options,
  );
}

export function decimal(options: FlagOptions<number> & { above: number }): Flag<number> {
  return define(
    'NUMBER',
    (value) => {
      const number = Number(value);
      if (value.trim() === '' || !Number.isFinite(number) || number <= options.above) {
        throw new Error(`a number above ${options.above}`);
      }
      return number;
    },
    options,
  );
}

export function choice<const T extends string>(
  choices: readonly T[],
  options: FlagOptions<T>,
): Flag<T> {
  return define(
    choices.join('|'),
    (value) => {
      const found = choices.find((one) => one === value);
      if (found === undefined) throw new Error(`one of ${choices.join(', ')}`);
      return found;
    },
    options,
  );
}

const unitMillis: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Go's notation: one or more of number and unit. */
export function parseDuration(value: string): number {
  if (value === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) {
    throw new Error('a duration such as 500ms, 10s or 1m30s');
  }
  let millis = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    millis += Number(number) * unitMillis[unit!]!;
  }
  return millis;
}

export const duration = maker('DURATION', parseDuration);

/** All that is wrong with a command line; `problems` has one sentence each. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
  readonly problems: readonly string[];

  constructor(component: string, problems: readonly string[]) {
    super(`${component}: ${problems.join('\n')}\nRun with --help to see every flag.`);
    this.problems = problems;
  }
}

export interface FlagInput {
  readonly component: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `DRYDOCK_` makes `--bind-address` readable from DRYDOCK_BIND_ADDRESS. */
  readonly environmentPrefix: string;
}

/** @throws FlagError */
export function parseFlags<const Spec extends FlagSpec>(
  spec: Spec,
  input: FlagInput,
): FlagValues<Spec> {
  const problems: string[] = [];
  const given = readArguments(spec, input.argv, problems);
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(spec)) {
    const variable = input.environmentPrefix + name.toUpperCase().replaceAll('-', '_');
    const fromEnvironment = input.environment[variable];
    const raw = given.get(name) ?? (fromEnvironment === '' ? undefined : fromEnvironment);
    const source = given.has(name) ? `--${name}` : variable;
    if (raw === undefined) {
      if (flag.required) problems.push(`--${name} (or ${variable}) is required: ${flag.help}`);
      values[name] = flag.default;
      continue;
    }
    try {
      values[name] = flag.parse(raw);
    } catch (error) {
      problems.push(`${source}: expected ${(error as Error).message}, got "${raw}"`);
    }
  }
  if (problems.length > 0) throw new FlagError(input.component, problems);
  return Object.freeze(values) as FlagValues<Spec>;
}

function readArguments(
  spec: FlagSpec,
  argv: readonly string[],
  problems: string[],
): Map<string, string> {
  const given = new Map<string, string>();
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    const match = /^--?([a-z][a-z0-9-]*)(?:=([^]*))?$/.exec(argument);
    if (match === null) {
      problems.push(`unexpected argument "${argument}"; flags are written --name value`);
      continue;
    }
    const [, name, inline] = match as unknown as [string, string, string | undefined];
    const flag = spec[name];
    const negated = name.startsWith('no-') ? spec[name.slice(3)] : undefined;
    if (flag === undefined && negated?.boolean === true) given.set(name.slice(3), 'false');
    else if (flag === undefined) problems.push(unknownFlag(spec, name));
    else if (inline !== undefined) given.set(name, inline);
    else if (flag.boolean) given.set(name, 'true');
    else if (index + 1 < argv.length) given.set(name, argv[++index]!);
    else problems.push(`--${name} needs a value: ${flag.placeholder}`);
  }
  return given;
}

function unknownFlag(spec: FlagSpec, name: string): string {
  const words = new Set(name.split('-'));
  const near = Object.keys(spec)
    .map((other) => ({ other, shared: other.split('-').filter((word) => words.has(word)).length }))
    .toSorted((a, b) => b.shared - a.shared)[0];
  const hint = near !== undefined && near.shared > 0 ? `; did you mean --${near.other}?` : '';
  return `unknown flag --${name}${hint}`;
}

/** The text of --help. */
export function describeFlags(spec: FlagSpec, usage: string): string {
  const rows = Object.entries(spec).map(([name, flag]) => ({
    left: `  --${name}${flag.placeholder === '' ? '' : ` ${flag.placeholder}`}`,
    help: flag.help,
    end: flag.required
      ? ' (required)'
      : flag.default === undefined || flag.default === ''
        ? ''
        : ` (default ${describeDefault(flag)})`,
  }));
  const width = Math.min(44, Math.max(...rows.map((row) => row.left.length)));
  const lines = rows.map((row) => `${row.left.padEnd(width)}  ${row.help}${row.end}`);
  return `${usage}\n\nFlags:\n${lines.join('\n')}\n`;
}

function describeDefault(flag: Flag<unknown>): string {
  if (flag.placeholder === 'DURATION') return `${(flag.default as number) / 1000}s`;
  if (Array.isArray(flag.default)) return flag.default.join(',');
  return String(flag.default);
}
