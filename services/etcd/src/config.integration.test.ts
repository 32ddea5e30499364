/**
 * A member started as a container would be: by the command line that kubeadm writes, by ETCD_*
 * variables alone, by a config file; and what it says to what it cannot be started with.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestAuthority } from '@drydock/testing/certificates';
import { expect, it } from 'vitest';
import { run } from './testing/commands.ts';
import { getPage, makePlace, startProcess, untilReady } from './testing/member-process.ts';
import { connect, put } from './testing/writers.ts';

it('takes its flags from ETCD_* and serves metrics, but no keys, on --listen-metrics-urls', async () => {
  using place = await makePlace();
  const { clientPort, peerPort, metricsPort } = place;
  await using _member = startProcess({
    environment: {
      ETCD_DATA_DIR: place.dataFolder,
      ETCD_NAME: 'lonely',
      ETCD_INITIAL_CLUSTER: `lonely=http://127.0.0.1:${peerPort}`,
      ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://127.0.0.1:${peerPort}`,
      ETCD_LISTEN_PEER_URLS: `http://127.0.0.1:${peerPort}`,
      ETCD_LISTEN_CLIENT_URLS: `http://127.0.0.1:${clientPort}`,
      ETCD_ADVERTISE_CLIENT_URLS: `http://127.0.0.1:${clientPort}`,
      ETCD_LISTEN_METRICS_URLS: `http://127.0.0.1:${metricsPort}`,
    },
  });
  await untilReady(metricsPort);
  const { text } = await getPage(metricsPort, '/metrics');
  expect(text).toContain('etcd_server_is_leader 1');
  expect(text).toContain('etcd_mvcc_db_total_size_in_bytes');
  const health = await getPage(metricsPort, '/health');
  expect(JSON.parse(health.text)).toEqual({ health: 'true', reason: '' });
  const client = connect(`http://127.0.0.1:${clientPort}`);
  await put(client, { key: Buffer.from('a') }, 10_000);
  client.close();
  const wrong = connect(`http://127.0.0.1:${metricsPort}`);
  await expect(put(wrong, { key: Buffer.from('a') }, 10_000)).rejects.toThrow();
  wrong.close();
});

it('starts by the command line that kubeadm writes for a static pod', async () => {
  using place = await makePlace('https');
  const { folder, clientPort, peerPort, metricsPort } = place;
  const authority = await createTestAuthority('etcd-ca');
  const server = await authority.issueFiles(folder, 'server', { commonName: 'node-1' });
  const peer = await authority.issueFiles(folder, 'peer', { commonName: 'node-1' });
  await using _member = startProcess({
    flags: [
      `--advertise-client-urls=https://127.0.0.1:${clientPort}`,
      `--cert-file=${server.certFile}`,
      '--client-cert-auth=true',
      `--data-dir=${place.dataFolder}`,
      '--experimental-initial-corrupt-check=true',
      '--experimental-watch-progress-notify-interval=5s',
      `--initial-advertise-peer-urls=https://127.0.0.1:${peerPort}`,
      `--initial-cluster=node-1=https://127.0.0.1:${peerPort}`,
      `--key-file=${server.keyFile}`,
      `--listen-client-urls=https://127.0.0.1:${clientPort},https://127.0.0.2:${clientPort}`,
      `--listen-metrics-urls=http://127.0.0.1:${metricsPort}`,
      `--listen-peer-urls=https://127.0.0.1:${peerPort}`,
      '--name=node-1',
      `--peer-cert-file=${peer.certFile}`,
      '--peer-client-cert-auth=true',
      `--peer-key-file=${peer.keyFile}`,
      `--peer-trusted-ca-file=${peer.caFile}`,
      '--snapshot-count=10000',
      `--trusted-ca-file=${server.caFile}`,
    ],
  });
  await untilReady(metricsPort);
  const { stdout, code } = await run('etcdctl', [
    `--endpoints=https://127.0.0.1:${clientPort}`,
    `--cacert=${server.caFile}`,
    `--cert=${server.certFile}`,
    `--key=${server.keyFile}`,
    'put',
    'a',
    'b',
  ]);
  expect({ stdout, code }).toEqual({ stdout: 'OK\n', code: 0 });
});

it('starts by a config file in the original’s YAML, and logs where that says', async () => {
  using place = await makePlace();
  const { folder, clientPort, peerPort, metricsPort } = place;
  const logFile = join(folder, 'etcd.log');
  const file = join(folder, 'etcd.yml');
  writeFileSync(
    file,
    `
name: from-file
data-dir: ${place.dataFolder}
initial-cluster: from-file=http://127.0.0.1:${peerPort}
initial-advertise-peer-urls: http://127.0.0.1:${peerPort}
listen-peer-urls: http://127.0.0.1:${peerPort}
listen-client-urls: http://127.0.0.1:${clientPort}
advertise-client-urls: http://127.0.0.1:${clientPort}
listen-metrics-urls: http://127.0.0.1:${metricsPort}
log-outputs: [${logFile}]
`,
  );
  await using member = startProcess({ flags: ['--name=ignored', `--config-file=${file}`] });
  await untilReady(metricsPort);
  const { stdout } = await run('etcdctl', [
    `--endpoints=http://127.0.0.1:${clientPort}`,
    'member',
    'list',
  ]);
  expect(stdout).toContain(', from-file, ');
  expect(member.output()).toBe('');
  const { stdout: log } = await run('cat', [logFile]);
  expect(log).toContain('loaded server configuration');
});

it('keeps the log in --wal-dir, and HTTP apart from gRPC where that is asked for', async () => {
  using place = await makePlace();
  const wal = join(place.folder, 'wal');
  const [clientPort, httpPort] = [place.clientPort, place.metricsPort];
  const flags = [
    ...place.flags.filter((one) => !one.startsWith('--listen-metrics')),
    `--listen-client-http-urls=http://127.0.0.1:${httpPort}`,
    `--wal-dir=${wal}`,
    '--log-outputs=stdout',
    '--log-format=console',
    '--unsafe-no-fsync',
  ];
  {
    await using member = startProcess({ flags });
    await untilReady(httpPort);
    const client = connect(`http://127.0.0.1:${clientPort}`);
    await put(client, { key: Buffer.from('kept') }, 10_000);
    client.close();
    await expect(getPage(clientPort, '/health')).rejects.toThrow('fetch failed');
    expect(member.output()).toMatch(/^\S+Z\tinfo\tstarting\t\{"config"/);
    await member.kill('SIGTERM');
  }
  const { stdout } = await run('find', [place.folder, '-name', '*.wal']);
  const logs = stdout.trim().split('\n');
  expect(logs.length).toBeGreaterThan(0);
  expect(logs.every((one) => one.startsWith(wal))).toBe(true);
  await using _again = startProcess({ flags });
  await untilReady(httpPort);
});

it.each([
  [['--listen-client-urls=nowhere', '--advertise-client-urls=http://a:1'], 1, /listen-client-urls/],
  [['--no-such-flag'], 2, /flag provided but not defined: -no-such-flag/],
  [['--proxy=on'], 1, /--proxy=on is not served here/],
  [['--listen-client-urls=http://127.0.0.1:1'], 1, /--advertise-client-urls is required/],
])('refuses %s', async (flags, code, words) => {
  await using member = startProcess({ flags });
  expect(await member.exitCode()).toBe(code);
  expect(member.output()).toMatch(words);
});
