/** Certificates of a running member: renewed, revoked, made by itself, and those it does not let in. */
import { writeFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { createTestAuthority, type TestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { freePorts } from '@drydock/testing/ports';
import { expect, it } from 'vitest';
import { run } from '../testing/commands.ts';
import {
  makePlace,
  startProcess,
  untilReady,
  type MemberPlace,
} from '../testing/member-process.ts';

async function withCertificates(place: MemberPlace, authority: TestAuthority) {
  const { folder } = place;
  const files = await authority.issueFiles(folder, 'member', { commonName: 'member' });
  const flags = [
    ...place.flags,
    ...['', 'peer-'].flatMap((prefix) => [
      `--${prefix}cert-file=${files.certFile}`,
      `--${prefix}key-file=${files.keyFile}`,
      `--${prefix}trusted-ca-file=${files.caFile}`,
      `--${prefix}client-cert-auth`,
    ]),
  ];
  return { ...files, flags };
}

async function serialOf(port: number, certificates: { cert: Buffer; key: Buffer; ca: Buffer }) {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, ...certificates });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

it('a renewed certificate is used from the next connection on, and those that stand go on', async () => {
  using place = await makePlace('https');
  const authority = await createTestAuthority('etcd-ca');
  const { flags, certFile, keyFile } = await withCertificates(place, authority);
  await using member = startProcess({ flags });
  await untilReady(place.metricsPort);
  const caller = await authority.issue({ commonName: 'caller' });
  const standing = connect({ host: '127.0.0.1', port: place.clientPort, ...caller });
  await once(standing, 'secureConnect');
  const before = await serialOf(place.clientPort, caller);
  const renewed = await authority.issue({ commonName: 'member' });
  writeFileSync(keyFile, renewed.key);
  writeFileSync(certFile, renewed.cert);
  expect(await serialOf(place.clientPort, caller)).not.toBe(before);
  expect(await serialOf(place.peerPort, caller)).not.toBe(before);
  expect(standing.destroyed).toBe(false);
  standing.destroy();
  await eventually('it says so', () =>
    member.output().includes('certificates changed and are used'),
  );
});

it('an expired certificate stops the start, naming the file and the time', async () => {
  using place = await makePlace('https');
  const authority = await createTestAuthority('etcd-ca');
  const { flags } = await withCertificates(place, authority);
  const request = { commonName: 'old', isExpired: true };
  const { certFile, keyFile } = await authority.issueFiles(place.folder, 'old', request);
  await using member = startProcess({
    flags: [...flags, `--cert-file=${certFile}`, `--key-file=${keyFile}`],
  });
  expect(await member.exitCode()).toBe(1);
  expect(member.output()).toContain(`the certificate ${certFile} expired on 20`);
});

it('callers are let in by the names in their certificates, where those are told', async () => {
  using place = await makePlace('https');
  const authority = await createTestAuthority('etcd-ca');
  const { flags } = await withCertificates(place, authority);
  await using member = startProcess({
    flags: [
      ...flags,
      '--client-cert-allowed-hostname=api.cluster',
      '--peer-cert-allowed-cn=other-member',
    ],
  });
  await untilReady(place.metricsPort);
  const speaks = async (port: number, dnsName: string, commonName: string) => {
    const caller = await authority.issue({ commonName, dnsNames: [dnsName] });
    const socket = connect({
      host: '127.0.0.1',
      port,
      ...caller,
      ALPNProtocols: ['h2'],
    });
    socket.on('error', () => undefined);
    return new Promise<boolean>((resolve) => {
      // The server's settings come at once where it speaks at all.
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
    }).finally(() => socket.destroy());
  };
  expect(await speaks(place.clientPort, 'api.cluster', 'x')).toBe(true);
  expect(await speaks(place.clientPort, 'elsewhere', 'x')).toBe(false);
  expect(await speaks(place.peerPort, 'y', 'other-member')).toBe(true);
  expect(await speaks(place.peerPort, 'y', 'stranger')).toBe(false);
  expect(member.output()).toContain('none of the names in the certificate is allowed');
  expect(member.output()).toContain('the common name \\"stranger\\" is not allowed');
});

it('members with certificates of their own making find each other', async () => {
  using first = await makePlace('https');
  using second = await makePlace('https');
  const cluster = `--initial-cluster=a=https://127.0.0.1:${first.peerPort},b=https://127.0.0.1:${second.peerPort}`;
  const flags = (place: MemberPlace, name: string) => [
    ...place.flags,
    `--name=${name}`,
    cluster,
    '--auto-tls',
    '--peer-auto-tls',
  ];
  await using _a = startProcess({ flags: flags(first, 'a') });
  await using _b = startProcess({ flags: flags(second, 'b') });
  await untilReady(first.metricsPort);
  await untilReady(second.metricsPort);
  const { stdout } = await run('etcdctl', [
    `--endpoints=https://127.0.0.1:${second.clientPort}`,
    '--insecure-transport=false',
    '--insecure-skip-tls-verify',
    'put',
    'a',
    'b',
  ]);
  expect(stdout).toBe('OK\n');
});

it('a port may be shared by two members only where that is asked for', async () => {
  using first = await makePlace();
  using second = await makePlace();
  const [shared] = (await freePorts(1)) as [number];
  const urls = [`--listen-client-urls=http://127.0.0.1:${shared}`];
  await using _one = startProcess({ flags: [...first.flags, ...urls] });
  await untilReady(first.metricsPort);
  await using two = startProcess({ flags: [...second.flags, ...urls] });
  expect(await two.exitCode()).toBe(1);
  expect(two.output()).toContain(`cannot listen on http://127.0.0.1:${shared}`);
});
