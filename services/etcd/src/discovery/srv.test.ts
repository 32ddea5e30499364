import { describe, expect, it } from 'vitest';
import { discoverBySrv, type NameService } from './srv.ts';

type Records = Readonly<Record<string, readonly { name: string; port: number }[]>>;

/** A zone: SRV records, and the addresses of hosts. */
function zone(records: Records, hosts: Readonly<Record<string, readonly string[]>>): NameService {
  const refused = (what: string) => Promise.reject(new Error(`${what} ENOTFOUND`));
  return {
    resolveSrv: (name) =>
      records[name] === undefined ? refused(name) : Promise.resolve(records[name]),
    lookup: (host) =>
      hosts[host] === undefined
        ? refused(host)
        : Promise.resolve(hosts[host].map((address) => ({ address, family: 4 }))),
  };
}

const hosts = {
  'a.example': ['10.0.0.1'],
  'b.example': ['10.0.0.2'],
  'c.example': ['10.0.0.3', '10.1.0.3'],
  '10.1.0.3': ['10.1.0.3'],
};
const three = ['a', 'b', 'c'].map((one) => ({ name: `${one}.example`, port: 2380 }));
const question = {
  domain: 'example',
  suffix: undefined,
  name: 'second',
  advertisePeerUrls: ['http://b.example:2380'],
};

describe('discovery by DNS', () => {
  it('knows itself by its address, and the others without their names', async () => {
    const names = zone({ '_etcd-server._tcp.example': three }, hosts);
    expect(await discoverBySrv(question, names)).toEqual([
      { name: 'second', peerUrls: ['http://b.example:2380'] },
      { name: '', peerUrls: ['http://a.example:2380'] },
      { name: '', peerUrls: ['http://c.example:2380'] },
    ]);
  });

  it('takes the records for TLS, and those of a service with a suffix', async () => {
    const names = zone({ '_etcd-server-ssl-prod._tcp.example': three }, hosts);
    const asked = { ...question, suffix: 'prod', advertisePeerUrls: ['https://10.1.0.3:2380'] };
    const [self] = await discoverBySrv(asked, names);
    expect(self).toEqual({ name: 'second', peerUrls: ['https://c.example:2380'] });
  });

  it('joins both kinds of records where there are both', async () => {
    const names = zone(
      {
        '_etcd-server-ssl._tcp.example': three.slice(0, 1),
        '_etcd-server._tcp.example': three.slice(1),
      },
      hosts,
    );
    const found = await discoverBySrv(question, names);
    expect(found.flatMap((one) => one.peerUrls).toSorted()).toEqual([
      'http://b.example:2380',
      'http://c.example:2380',
      'https://a.example:2380',
    ]);
  });

  it.each([
    [
      'no record',
      {},
      {},
      'error querying DNS SRV records for _etcd-server-ssl _etcd-server-ssl._tcp.example ENOTFOUND; _etcd-server _etcd-server._tcp.example ENOTFOUND',
    ],
    [
      'records of others alone',
      { '_etcd-server._tcp.example': three.slice(0, 1) },
      {},
      'cannot find local etcd member "second" in SRV records of example: they name http://a.example:2380, and --initial-advertise-peer-urls http://b.example:2380',
    ],
    [
      'a record with the wrong scheme',
      { '_etcd-server-ssl._tcp.example': three },
      {},
      'bootstrap at https://b.example:2380 from DNS for example has scheme mismatch with expected peer http://b.example:2380',
    ],
    [
      'a target that has no address yet',
      { '_etcd-server._tcp.example': [...three, { name: 'd.example.', port: 2380 }] },
      {},
      'd.example in http://d.example:2380 has no address: d.example ENOTFOUND',
    ],
    [
      'an advertised host that has none',
      { '_etcd-server._tcp.example': three },
      { advertisePeerUrls: ['http://elsewhere:2380'] },
      'elsewhere in http://elsewhere:2380 has no address',
    ],
  ])('refuses %s', async (_what, records, asked, words) => {
    const found = discoverBySrv({ ...question, ...asked }, zone(records, hosts));
    await expect(found).rejects.toThrow(words);
  });
});
