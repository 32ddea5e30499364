/**
 * Command words, one argument and flags in any order, as the original takes them:
 * `snapshot restore FILE --data-dir DIR`, or the flags first.
 */
import { parseFlags, type FlagSpec, type FlagValues } from '@drydock/process';

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface SplitArguments {
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

const shorthands: Readonly<Record<string, string>> = { '-w': '--write-out', '-h': '--help' };

/** Tells words from flags and their values. `spec` has the flags of all commands. */
export function splitArguments(argv: readonly string[], spec: FlagSpec): SplitArguments {
  const words: string[] = [];
  const flags: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    if (!argument.startsWith('-') || argument === '-') {
      words.push(argument);
      continue;
    }
    const [name, ...value] = argument.split('=') as [string, ...string[]];
    const long = shorthands[name] ?? name;
    const flag = spec[long.replace(/^--?/, '')];
    flags.push([long, ...value].join('='));
    const takesValue = flag !== undefined && !flag.boolean && value.length === 0;
    if (takesValue && index + 1 < argv.length) flags.push(argv[++index]!);
  }
  return { words, flags };
}

/** @throws FlagError */
export function readFlags<const Spec extends FlagSpec>(
  spec: Spec,
  command: string,
  flags: readonly string[],
): FlagValues<Spec> {
  return parseFlags(spec, {
    component: command,
    argv: flags,
    environment: {},
    environmentPrefix: 'ETCDUTL_',
  });
}
