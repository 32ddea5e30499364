/**
 * The settings of a member: from a file alone, or from flags and variables.
 *
 * 1. A config file wins over everything: flags and variables are then ignored, and that is said.
 * 2. Without one a flag wins over the default, and a variable does where there is no flag. Both for
 *    one setting are an error.
 * 3. Exit codes are the original's: 0 for help, 2 for a command line that cannot be read, 1 for
 *    settings that cannot be used.
 */
import { readFileSync } from 'node:fs';
import { parseCommandLine } from './command-line.ts';
import { readConfigFile } from './config-file.ts';
import { readEnvironment } from './environment.ts';
import { acceptedFlags, etcdFlags, type EtcdFlagValues } from './flags.ts';
import { describeFlags, describeVersion, usage } from './help.ts';

/** Worth a line in the log, once there is one. */
export interface Remark {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Loaded =
  | {
      readonly kind: 'settings';
      readonly values: EtcdFlagValues;
      /** Flags that were given on the command line or as variables. */
      readonly given: ReadonlySet<string>;
      readonly remarks: readonly Remark[];
    }
  | {
      readonly kind: 'exit';
      readonly code: 0 | 1 | 2;
      readonly stdout: string;
      readonly stderr: string;
    };

export interface SettingsInput {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The release that --version tells. */
  readonly version: string;
}

export function loadSettings(input: SettingsInput): Loaded {
  const line = parseCommandLine(acceptedFlags, input.argv);
  switch (line.kind) {
    case 'help':
      return { kind: 'exit', code: 0, stdout: describeFlags(), stderr: usage };
    case 'version':
      return { kind: 'exit', code: 0, stdout: describeVersion(input.version), stderr: '' };
    case 'malformed':
      return { kind: 'exit', code: 2, stdout: '', stderr: `${line.message}\n${usage}` };
    case 'stray':
      return unusable([`'${line.word}' is not a valid flag`]);
    default:
  }
  const file = line.given.get('config-file') || input.environment['ETCD_CONFIG_FILE'] || undefined;
  if (file !== undefined) return fromFile(file, line.given.size);
  const fromEnvironment = readEnvironment(acceptedFlags, input.environment, line.given);
  if (fromEnvironment.problems.length > 0) return unusable(fromEnvironment.problems);
  const remarks = fromEnvironment.unknown.map((variable) => ({
    message: 'unrecognized environment variable',
    fields: { variable },
  }));
  return settle(new Map([...fromEnvironment.given, ...line.given]), remarks);
}

const unusable = (problems: readonly string[]): Loaded => ({
  kind: 'exit',
  code: 1,
  stdout: '',
  stderr: `etcd: ${problems.join('\n')}\nRun with --help to see every flag.\n`,
});

function fromFile(path: string, flagCount: number): Loaded {
  let read: ReturnType<typeof readConfigFile>;
  try {
    read = readConfigFile(acceptedFlags, readFileSync(path, 'utf8'));
  } catch (error) {
    return unusable([`cannot read the config file ${path}: ${(error as Error).message}`]);
  }
  if (read.problems.length > 0) return unusable(read.problems.map((one) => `${path}: ${one}`));
  const remarks: Remark[] = [
    {
      message:
        'loaded server configuration, other configuration command line flags and environment variables will be ignored if provided',
      fields: { path, flags: flagCount },
    },
    ...read.unknown.map((key) => ({
      message: 'a key of the config file means nothing',
      fields: { path, key },
    })),
  ];
  const settled = settle(read.given, remarks);
  return settled.kind === 'settings' ? { ...settled, given: new Set() } : settled;
}

/** Values with defaults; flags that are refused, and those without an effect, are told of. */
function settle(given: ReadonlyMap<string, string>, remarks: Remark[]): Loaded {
  const problems: string[] = [];
  for (const [name, value] of given) {
    const effect = acceptedFlags[name]?.effect;
    if (effect?.kind === 'refused' && effect.asks(value)) {
      problems.push(`--${name}=${value} ${effect.instead}`);
    } else if (effect?.kind === 'hint') {
      remarks.push({
        message: 'a flag has no effect here',
        fields: { flag: name, reason: effect.instead },
      });
    }
  }
  if (problems.length > 0) return unusable(problems);
  const values = Object.fromEntries(
    Object.entries(etcdFlags).map(([name, flag]) => {
      const written = given.get(name);
      return [name, written === undefined ? flag.default : flag.parse(written)];
    }),
  ) as EtcdFlagValues;
  return { kind: 'settings', values, given: new Set(given.keys()), remarks };
}
