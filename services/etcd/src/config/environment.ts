/**
 * Flags from ETCD_* variables. A variable that a flag shadows is an error, as in the original: one of
 * the two is a mistake. One that is no flag's is worth a warning.
 */
import { problemOf } from './command-line.ts';
import type { EtcdFlags } from './flag.ts';

export interface EnvironmentFlags {
  readonly given: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  /** Variables that begin as ours do and are none. */
  readonly unknown: readonly string[];
}

const prefix = 'ETCD_';

export const variableOf = (flag: string): string =>
  prefix + flag.toUpperCase().replaceAll('-', '_');

export function readEnvironment(
  flags: EtcdFlags,
  environment: Readonly<Record<string, string | undefined>>,
  commandLine: ReadonlyMap<string, string>,
): EnvironmentFlags {
  const given = new Map<string, string>();
  const problems: string[] = [];
  const known = new Set<string>(['ETCD_CONFIG_FILE']);
  for (const [name, flag] of Object.entries(flags)) {
    const variable = variableOf(name);
    known.add(variable);
    const value = environment[variable];
    if (value === undefined) continue;
    if (commandLine.has(name)) {
      problems.push(
        `conflicting environment variable ${variable} is shadowed by --${name}: unset the one or leave out the other`,
      );
    } else if (value !== '') {
      const problem = problemOf(flag, value);
      if (problem === undefined) given.set(name, value);
      else problems.push(`invalid value ${JSON.stringify(value)} for ${variable}: ${problem}`);
    }
  }
  const unknown = Object.keys(environment).filter(
    (one) => one.startsWith(prefix) && !known.has(one),
  );
  return { given, problems, unknown };
}
