/** Members that find each other in DNS, as processes that ask a real name server. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { discoveryFlags, startDiscovered } from '../testing/discovered-members.ts';
import { startDnsServer, type DnsServer } from '../testing/dns-server.ts';
import { makePlace, startProcess } from '../testing/member-process.ts';

beforeAll(() => {
  const installer = join(import.meta.dirname, '../../../../scripts/install-tools');
  execFileSync(installer, ['etcd'], { stdio: 'inherit' });
});

/** The process asks this server instead of the one that the machine names. */
const asking = ({ port }: DnsServer) => ({
  NODE_OPTIONS: `--import "data:text/javascript,import dns from 'node:dns'; dns.setServers(['127.0.0.1:${port}'])"`,
});

it('three members found a cluster that their SRV records name, and come back without DNS', async () => {
  await using dns = await startDnsServer();
  await using members = await startDiscovered(
    ['a', 'b', 'c'],
    (place, name) => ({
      flags: discoveryFlags(place, name, '--discovery-srv=cluster.test'),
      environment: asking(dns),
    }),
    (places) =>
      dns.records.set(
        '_etcd-server._tcp.cluster.test',
        places.map(({ peerPort }) => ({ host: 'localhost', port: peerPort })),
      ),
  );
  await members.untilReady();
  const expected = ['a', 'b', 'c'].map(
    (name, index) => `${name} http://127.0.0.1:${members.places[index]!.peerPort}`,
  );
  expect(await members.list()).toEqual(expected);

  dns.records.clear();
  await members.restart();
  await members.untilReady();
  expect(await members.list()).toEqual(expected);
});

it('a member that no record names ends, and says what they name', async () => {
  await using dns = await startDnsServer();
  dns.records.set('_etcd-server._tcp.cluster.test', [{ host: 'localhost', port: 1 }]);
  using place = await makePlace();
  await using member = startProcess({
    flags: discoveryFlags(place, 'a', '--discovery-srv=cluster.test'),
    environment: asking(dns),
  });
  expect(await member.exitCode()).toBe(1);
  expect(member.output()).toContain(
    'cannot find local etcd member \\"a\\" in SRV records of cluster.test: they name http://localhost:1',
  );
});
