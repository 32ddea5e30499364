import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSettings } from './load.ts';

const load = (argv: readonly string[], environment: Record<string, string> = {}) =>
  loadSettings({ argv, environment, version: '3.5.0' });

function settingsOf(argv: readonly string[], environment: Record<string, string> = {}) {
  const loaded = load(argv, environment);
  if (loaded.kind === 'settings') return loaded;
  throw new Error(`${loaded.code}: ${loaded.stderr}`);
}

/** Exit code and the first line that is said. */
function exitOf(argv: readonly string[], environment: Record<string, string> = {}) {
  const loaded = load(argv, environment);
  if (loaded.kind === 'settings') throw new Error('it starts');
  return [loaded.code, loaded.stderr.split('\n')[0]];
}

describe('a command line is read as Go reads it', () => {
  it('takes one dash or two, values behind = or a space, and truths alone', () => {
    const { values, given } = settingsOf([
      '-name',
      'one',
      '--data-dir=/x=y',
      '--client-cert-auth',
      '-peer-client-cert-auth=F',
      '--heartbeat-interval=0x32',
      '--grpc-keepalive-min-time=1m30s',
      '--listen-client-urls',
      'http://a:1, http://b:2',
    ]);
    expect(values).toMatchObject({
      name: 'one',
      'data-dir': '/x=y',
      'client-cert-auth': true,
      'peer-client-cert-auth': false,
      'heartbeat-interval': 50,
      'grpc-keepalive-min-time': 90_000,
      'listen-client-urls': ['http://a:1', 'http://b:2'],
      'snapshot-count': 10_000,
    });
    expect([...given]).toHaveLength(7);
  });

  it('ends with 2 where the line cannot be read, and says why as the original does', () => {
    expect(exitOf(['--no-such-flag=1'])).toEqual([
      2,
      'flag provided but not defined: -no-such-flag',
    ]);
    expect(exitOf(['--name'])).toEqual([2, 'flag needs an argument: -name']);
    expect(exitOf(['--heartbeat-interval=x'])).toEqual([
      2,
      'invalid value "x" for flag -heartbeat-interval: parse error',
    ]);
    expect(exitOf(['--pre-vote=maybe'])).toEqual([
      2,
      'invalid boolean value "maybe" for -pre-vote: parse error',
    ]);
    expect(exitOf(['--=1'])).toEqual([2, 'bad flag syntax: --=1']);
  });

  it('ends with 1 for a word that is no flag, as `--client-cert-auth true` has it', () => {
    expect(exitOf(['--client-cert-auth', 'true'])).toEqual([1, "etcd: 'true' is not a valid flag"]);
    expect(exitOf(['--', 'x'])).toEqual([1, "etcd: 'x' is not a valid flag"]);
  });

  it('prints help and version, and ends with 0', () => {
    for (const word of ['-h', '--help', '-help']) {
      const help = load([word]);
      expect(help).toMatchObject({ kind: 'exit', code: 0 });
      expect(help.kind === 'exit' && help.stdout).toContain("--listen-client-urls 'http://local");
    }
    const version = load(['--version']);
    expect(version.kind === 'exit' && version.stdout).toMatch(/^etcd Version: 3\.5\.0\nGit SHA: /);
  });
});

describe('the environment', () => {
  it('gives what no flag gives', () => {
    const { values } = settingsOf(['--name=one'], {
      ETCD_DATA_DIR: '/data',
      ETCD_CLIENT_CERT_AUTH: '1',
      ETCD_INITIAL_CLUSTER_TOKEN: '',
    });
    expect(values).toMatchObject({
      name: 'one',
      'data-dir': '/data',
      'client-cert-auth': true,
      'initial-cluster-token': 'etcd-cluster',
    });
  });

  it('may not say what a flag says', () => {
    expect(exitOf(['--name=one'], { ETCD_NAME: 'two' })).toEqual([
      1,
      'etcd: conflicting environment variable ETCD_NAME is shadowed by --name: unset the one or leave out the other',
    ]);
  });

  it('is told of when it is no flag, and when its value is none', () => {
    const { remarks } = settingsOf([], { ETCD_PORT: 'tcp://10.0.0.1:2379', ETCDCTL_API: '3' });
    expect(remarks).toEqual([
      { message: 'unrecognized environment variable', fields: { variable: 'ETCD_PORT' } },
    ]);
    expect(exitOf([], { ETCD_MAX_TXN_OPS: 'many' })).toEqual([
      1,
      'etcd: invalid value "many" for ETCD_MAX_TXN_OPS: parse error',
    ]);
  });
});

describe('what is not served here', () => {
  it.each([
    ['--proxy=on', '--proxy=on is not served here'],
    ['--enable-v2', '--enable-v2=true is not served here'],
    ['--enable-pprof=true', '--enable-pprof=true is not served here'],
    ['--experimental-enable-v2v3=/v2', '--experimental-enable-v2v3=/v2 is not served here'],
    [
      '--experimental-enable-distributed-tracing',
      '--experimental-enable-distributed-tracing=true is not served here',
    ],
  ])('%s is refused, by its name', (flag, words) => {
    const [code, line] = exitOf([flag]);
    expect(code).toBe(1);
    expect(line).toContain(words);
  });

  it.each(['--proxy=off', '--enable-v2=false', '--proxy-failure-wait=1'])(
    '%s asks for nothing and is accepted',
    (flag) => {
      expect(settingsOf([flag]).remarks).toEqual([]);
    },
  );

  it('what only tunes the original is accepted with a remark', () => {
    expect(
      settingsOf(['--max-wals=9', '--snapshot=x']).remarks.map(({ fields }) => fields),
    ).toEqual([
      { flag: 'max-wals', reason: 'the log lets go of what is no longer needed by itself' },
      { flag: 'snapshot', reason: 'it is no longer a flag of etcd' },
    ]);
  });
});

describe('a config file', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });
  const fileOf = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'etcd-config-'));
    folders.push(folder);
    writeFileSync(join(folder, 'etcd.yml'), text);
    return join(folder, 'etcd.yml');
  };

  it('is the original’s YAML, and wins over flags and variables', () => {
    const path = fileOf(`
name: from-file
data-dir:
snapshot-count: 77
listen-client-urls: http://127.0.0.1:1,http://127.0.0.1:2
log-outputs: [stdout, /tmp/x.log]
grpc-keepalive-min-time: 7000000000
experimental-watch-progress-notify-interval: 5s
client-transport-security:
  cert-file: c.pem
  client-cert-auth: true
peer-transport-security:
  allowed-cn: [a, b]
socket-options:
  reuse-port: true
some-key-of-tomorrow: 1
`);
    const { values, remarks, given } = settingsOf(['--name=one', `--config-file=${path}`], {
      ETCD_NAME: 'two',
    });
    expect(values).toMatchObject({
      name: 'from-file',
      'data-dir': undefined,
      'snapshot-count': 77,
      'listen-client-urls': ['http://127.0.0.1:1', 'http://127.0.0.1:2'],
      'log-outputs': ['stdout', '/tmp/x.log'],
      'grpc-keepalive-min-time': 7_000,
      'experimental-watch-progress-notify-interval': 5_000,
      'cert-file': 'c.pem',
      'client-cert-auth': true,
      'peer-cert-allowed-cn': ['a', 'b'],
      'socket-reuse-port': true,
    });
    expect(given.size).toBe(0);
    expect(remarks.map(({ fields }) => fields)).toEqual([
      { path, flags: 2 },
      { path, key: 'some-key-of-tomorrow' },
    ]);
    expect(settingsOf([], { ETCD_CONFIG_FILE: path }).values.name).toBe('from-file');
  });

  it('is an error when it cannot be read, is no YAML, or has values of another kind', () => {
    expect(exitOf(['--config-file=/nowhere'])[1]).toContain('cannot read the config file /nowhere');
    expect(exitOf(['--config-file', fileOf('{')])[0]).toBe(1);
    const path = fileOf('snapshot-count: many');
    expect(exitOf(['--config-file', path])).toEqual([
      1,
      `etcd: ${path}: invalid value "many" for snapshot-count: parse error`,
    ]);
    const proxy = fileOf("proxy: 'on'");
    expect(exitOf(['--config-file', proxy])[1]).toContain('--proxy=on is not served here');
  });
});
