/**
 * Which credentials of a pod's pull secrets a registry gets for an image: pure (upstream's keyring of
 * docker's configuration files).
 *
 * 1. An entry names a host, maybe with a port and the beginning of a path; parts of the host may have
 *    `*` and `?`. The scheme, and the `/v1/` and `/v2/` of old files, say nothing.
 * 2. All entries that match are tried, the most specific first.
 */

export interface RegistryCredential {
  readonly username: string;
  readonly password: string;
  /** As the secret names it, for the engine. */
  readonly serverAddress: string;
}

interface Entry extends RegistryCredential {
  readonly host: string;
  readonly path: string;
}

export type Keyring = readonly Entry[];

const typeOfConfig = 'kubernetes.io/dockerconfigjson';
const typeOfOldConfig = 'kubernetes.io/dockercfg';
/** Where images without a host come from, and how configuration files call it. */
const hubHost = 'docker.io';
const hubKey = 'index.docker.io';

/** Entries of one secret. @throws Error when it is none that says how to pull */
export function keyringOf(
  type: string | undefined,
  data: Readonly<Record<string, string>>,
): Keyring {
  const isOld = type === typeOfOldConfig;
  const text = data[isOld ? '.dockercfg' : '.dockerconfigjson'];
  if ((type !== typeOfConfig && !isOld) || text === undefined) {
    throw new Error(`its type is ${type ?? 'unset'}, not ${typeOfConfig} or ${typeOfOldConfig}`);
  }
  const json = JSON.parse(Buffer.from(text, 'base64').toString()) as Record<string, unknown>;
  const entries = Object.entries((isOld ? json : json['auths']) ?? {});
  return entries.flatMap(([key, value]) => entryOf(key, value as Record<string, unknown>));
}

function entryOf(key: string, value: Record<string, unknown>): Entry[] {
  const [host, path] = splitKey(key);
  const text = (field: string) => {
    const written = value[field];
    return typeof written === 'string' ? written : '';
  };
  const both = Buffer.from(text('auth'), 'base64').toString();
  const [, user, secret] = /^([^:]*):(.*)$/s.exec(both) ?? [];
  const username = user ?? text('username');
  const password = secret ?? text('password');
  if (username === '' && password === '') return [];
  return [{ host, path, username, password, serverAddress: key }];
}

function splitKey(key: string): [host: string, path: string] {
  const bare = key.replace(/^https?:\/\//, '');
  const slash = bare.indexOf('/');
  if (slash < 0) return [bare, ''];
  const path = bare.slice(slash).replace(/^\/v[12]\//, '/');
  return [bare.slice(0, slash), path === '/' ? '' : path];
}

/** Credentials for an image, in the order in which to try them; none: it is pulled without. */
export function credentialsFor(keyring: Keyring, image: string): readonly RegistryCredential[] {
  const { host, path } = locate(image);
  const isHub = host === hubHost || host === hubKey;
  return keyring
    .filter(
      (entry) =>
        (matchesHost(entry.host, host) && path.startsWith(entry.path)) ||
        (isHub && entry.host === hubKey),
    )
    .toSorted((a, b) => compare(b.host + b.path, a.host + a.path))
    .map(({ username, password, serverAddress }) => ({ username, password, serverAddress }));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** `web:1` is `docker.io/library/web`. */
function locate(image: string): { host: string; path: string } {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  if (/[.:]/.test(first) || first === 'localhost') return { host: first, path: name.slice(slash) };
  return { host: hubHost, path: slash < 0 ? `/library/${name}` : `/${name}` };
}

function matchesHost(pattern: string, host: string): boolean {
  const [patternName, patternPort] = pattern.split(':');
  const [name, port] = host.split(':');
  if (patternPort !== port) return false;
  const patterns = patternName!.split('.');
  const parts = name!.split('.');
  return (
    patterns.length === parts.length &&
    patterns.every((one, index) => globToRegExp(one).test(parts[index]!))
  );
}

function globToRegExp(glob: string): RegExp {
  const escaped = glob.replaceAll(/[\\^$.|+(){}[\]]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
