import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority, type TestAuthority } from '@drydock/testing/certificates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from './config/load.ts';
import { readConfig } from './config.ts';

let folder: string;
let authority: TestAuthority;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etcd-config-'));
  authority = await createTestAuthority('etcd-ca');
});
afterAll(() => rm(folder, { recursive: true }));

async function configOf(...argv: string[]) {
  const loaded = loadSettings({ argv, environment: {}, version: '3.5.0' });
  if (loaded.kind === 'exit') throw new Error(loaded.stderr);
  return readConfig(loaded.values, loaded.given);
}

describe('the settings as a whole', () => {
  it('without any flag are those of a member that is alone', async () => {
    expect(await configOf()).toMatchObject({
      name: 'default',
      dataFolder: 'default.etcd',
      logRoot: 'default.etcd',
      logPath: 'member/log',
      isJoining: false,
      bootstrap: {
        kind: 'named',
        members: [{ name: 'default', peerUrls: ['http://localhost:2380'] }],
      },
      quotaBytes: 2 ** 31,
      keepAlive: { minInterval: 5_000, interval: 7_200_000, timeout: 20_000 },
      clientTls: undefined,
      peerTls: undefined,
    });
  });

  it('have a quota, none, or the default', async () => {
    expect((await configOf('--quota-backend-bytes=5')).quotaBytes).toBe(5);
    expect((await configOf('--quota-backend-bytes=-1')).quotaBytes).toBe(Infinity);
  });

  it('put the log where --wal-dir says', async () => {
    expect(await configOf('--data-dir=/d', '--wal-dir=/w')).toMatchObject({
      dataFolder: '/d',
      logRoot: '/w',
      logPath: 'log',
    });
  });

  it.each([
    [
      ['--listen-client-urls=http://a:1'],
      '--advertise-client-urls is required when --listen-client-urls is set explicitly',
    ],
    [['--heartbeat-interval=0'], '--heartbeat-interval must be >0 (set to 0ms)'],
    [
      ['--heartbeat-interval=300'],
      '--election-timeout[1000ms] should be at least as 5 times as --heartbeat-interval[300ms]',
    ],
    [
      ['--election-timeout=50001'],
      '--election-timeout[50001ms] is too long, and should be set less than 50000ms',
    ],
    [['--auto-compaction-mode=daily'], 'unknown auto-compaction-mode "daily"'],
    [
      ['--experimental-enable-lease-checkpoint-persist'],
      'setting experimental-enable-lease-checkpoint-persist requires experimental-enable-lease-checkpoint',
    ],
    [['--initial-cluster=other=http://a:1'], 'does not name this member, "default"'],
    [['--listen-peer-urls=here'], '"here" in --listen-peer-urls is not a URL'],
    [['--cert-file=x'], '--cert-file and --key-file go together'],
  ])('refuse %s', async (argv, words) => {
    await expect(configOf(...argv)).rejects.toThrow(words);
  });
});

describe('certificates', () => {
  const filesOf = async (name: string, isExpired = false) => {
    const request = { commonName: name, isExpired };
    const { certFile, keyFile, caFile } = await authority.issueFiles(folder, name, request);
    return {
      certFile,
      keyFile,
      caFile,
      flags: [`--cert-file=${certFile}`, `--key-file=${keyFile}`],
    };
  };

  it('with an authority demand those of clients, as the original does', async () => {
    const { flags, caFile } = await filesOf('member');
    const tls = (await configOf(...flags)).clientTls!;
    expect(tls.rules.requireClientCertificate).toBe(false);
    const verified = (await configOf(...flags, `--trusted-ca-file=${caFile}`)).clientTls!;
    expect(verified.rules.requireClientCertificate).toBe(true);
  });

  it('are checked: missing, damaged, expired, or with the key of another', async () => {
    const good = await filesOf('good');
    const other = await filesOf('other');
    const old = await filesOf('old', true);
    const damaged = join(folder, 'damaged.crt');
    await writeFile(damaged, 'nothing');
    const use = (certFile: string, keyFile: string) =>
      configOf(`--cert-file=${certFile}`, `--key-file=${keyFile}`);
    await expect(use('/nowhere.crt', good.keyFile)).rejects.toThrow(
      'cannot read the certificate /nowhere.crt: ENOENT',
    );
    await expect(use(damaged, good.keyFile)).rejects.toThrow(
      `the certificate ${damaged} is damaged`,
    );
    await expect(use(good.certFile, other.keyFile)).rejects.toThrow(
      `the private key ${other.keyFile} is not that of the certificate ${good.certFile}`,
    );
    await expect(use(old.certFile, old.keyFile)).rejects.toThrow(
      `the certificate ${old.certFile} expired on `,
    );
  });

  it('are read again when they change, and kept when what comes is no good', async () => {
    const { flags, certFile, keyFile } = await filesOf('renewed');
    const tls = (await configOf(...flags)).clientTls!;
    const told: string[] = [];
    tls.tellTo((_fields, message) => told.push(message));
    const first = tls.material;
    expect(tls.material).toBe(first);
    await writeFile(certFile, 'half a certifi');
    expect(tls.material).toBe(first);
    const renewed = await authority.issue({ commonName: 'renewed' });
    await writeFile(certFile, renewed.cert);
    await writeFile(keyFile, renewed.key);
    expect(tls.material.cert.equals(renewed.cert)).toBe(true);
    expect(told).toEqual([
      'changed certificates cannot be used: the last good ones stay',
      'certificates changed and are used from now on',
    ]);
  });

  it('choose versions and suites by the names of the original', async () => {
    const { flags } = await filesOf('suites');
    const suites = '--cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256';
    const { rules } = (await configOf(...flags, suites, '--tls-max-version=TLS1.2')).clientTls!;
    expect(rules.ciphers).toMatch(/^ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES/);
    expect(rules).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    await expect(configOf(...flags, '--cipher-suites=TLS_NULL')).rejects.toThrow(
      'unexpected TLS cipher suite "TLS_NULL"',
    );
    await expect(
      configOf(...flags, '--tls-min-version=TLS1.3', '--tls-max-version=TLS1.2'),
    ).rejects.toThrow('min version (TLS1.3) is greater than max version (TLS1.2)');
    await expect(configOf(...flags, suites, '--tls-min-version=TLS1.3')).rejects.toThrow(
      'cipher suites cannot be configured when only TLS1.3 is enabled',
    );
  });

  it('are made at start where that is asked for, and found again', async () => {
    const data = `--data-dir=${join(folder, 'auto')}`;
    const first = (await configOf(data, '--auto-tls', '--peer-auto-tls')).peerTls!;
    expect(first.clientMaterial.skipsVerification).toBe(true);
    expect(first.rules.requireClientCertificate).toBe(false);
    const again = (await configOf(data, '--auto-tls', '--peer-auto-tls')).peerTls!;
    expect(again.material.cert.equals(first.material.cert)).toBe(true);
  });
});
