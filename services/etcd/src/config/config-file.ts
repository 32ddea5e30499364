/**
 * Flags from a file, in the original's YAML: keys are the flags' names, those of TLS are in two
 * groups, lists may be lists, and durations are nanoseconds (or as on the command line).
 */
import { parse } from 'yaml';
import { problemOf } from './command-line.ts';
import type { EtcdFlags } from './flag.ts';

export interface FileFlags {
  readonly given: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  /** Keys that mean nothing here or there; the original says nothing of them. */
  readonly unknown: readonly string[];
}

const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'client-transport-security': {
    'cert-file': 'cert-file',
    'key-file': 'key-file',
    'client-cert-file': 'client-cert-file',
    'client-key-file': 'client-key-file',
    'client-cert-auth': 'client-cert-auth',
    'trusted-ca-file': 'trusted-ca-file',
    'auto-tls': 'auto-tls',
    'allowed-hostname': 'client-cert-allowed-hostname',
  },
  'peer-transport-security': {
    'cert-file': 'peer-cert-file',
    'key-file': 'peer-key-file',
    'client-cert-file': 'peer-client-cert-file',
    'client-key-file': 'peer-client-key-file',
    'client-cert-auth': 'peer-client-cert-auth',
    'trusted-ca-file': 'peer-trusted-ca-file',
    'auto-tls': 'peer-auto-tls',
    'allowed-cn': 'peer-cert-allowed-cn',
    'allowed-hostname': 'peer-cert-allowed-hostname',
  },
  'socket-options': {
    'reuse-port': 'socket-reuse-port',
    'reuse-address': 'socket-reuse-address',
  },
};

/** Keys that are spelled otherwise than their flag. */
const spellings: Readonly<Record<string, string>> = {
  'experimental-snapshot-catch-up-entries': 'experimental-snapshot-catchup-entries',
};

const inGroups = new Set(Object.values(groups).flatMap((group) => Object.values(group)));

/** @throws Error when the text is no YAML, or no map */
export function readConfigFile(flags: EtcdFlags, text: string): FileFlags {
  const document = (parse(text) ?? {}) as unknown;
  if (!isMap(document)) throw new Error('it must be a map of flags and their values');
  const given = new Map<string, string>();
  const problems: string[] = [];
  const unknown: string[] = [];
  const take = (key: string, name: string | undefined, value: unknown) => {
    const flag = name === undefined ? undefined : flags[name];
    if (flag === undefined) unknown.push(key);
    // What is empty in the file is as if it were not there.
    else if (value !== null && value !== '') {
      const written = textOf(value, flag.placeholder === 'DURATION');
      const problem = written === undefined ? 'not a plain value' : problemOf(flag, written);
      if (problem === undefined) given.set(name!, written!);
      else problems.push(`invalid value ${JSON.stringify(value)} for ${key}: ${problem}`);
    }
  };
  for (const [key, value] of Object.entries(document)) {
    const group = groups[key];
    if (group === undefined) {
      const name = spellings[key] ?? key;
      take(key, inGroups.has(name) ? undefined : name, value);
    } else if (isMap(value)) {
      for (const [inner, one] of Object.entries(value)) take(`${key}.${inner}`, group[inner], one);
    } else if (value !== null) problems.push(`${key} must be a map`);
  }
  return { given, problems, unknown };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As the command line would have it; undefined for what it could not have. */
function textOf(value: unknown, isDuration: boolean): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return isDuration ? `${value}ns` : String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',');
  return undefined;
}
