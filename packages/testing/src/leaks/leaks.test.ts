import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { leftoversOf, type Inventory } from './leftovers.ts';
import { nodeScript, readNodeReport } from './node-report.ts';

const nft = {
  nftables: [
    { metainfo: { version: '1.0.6' } },
    { table: { family: 'ip', name: 'drydock-proxy', handle: 1 } },
    { chain: { family: 'ip', table: 'drydock-proxy', name: 'svc/shop/web/tcp/http', handle: 3 } },
    {
      set: { table: 'drydock-proxy', name: 'aff/shop/web/tcp/1', timeout: 10, elem: ['10.9.9.9'] },
    },
    {
      map: {
        table: 'drydock-proxy',
        name: 'service-ips',
        elem: [
          [{ concat: ['10.96.0.7', 'tcp', 80] }, { goto: { target: 'svc/shop/web/tcp/http' } }],
        ],
      },
    },
    {
      set: {
        table: 'drydock-proxy',
        name: 'hairpin',
        elem: [{ concat: ['10.244.1.5', '10.244.1.5'] }],
      },
    },
    { rule: { table: 'drydock-proxy', chain: 'services', handle: 7, expr: [] } },
    { rule: { table: 'drydock-proxy', chain: 'svc/shop/web/tcp/http', handle: 8, expr: [] } },
  ],
};
const report = `== links
7: vethaaaaaaaaaa@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
== routes
unreachable 10.244.1.0/24 proto 157
10.244.1.5 dev vethaaaaaaaaaa proto 157 scope link src 10.244.1.1
10.244.2.0/24 via 172.20.0.4 dev eth0 proto 157
== nft
${JSON.stringify(nft, undefined, 1)}
== folders
uid-1
== mounts
/var/lib/drydock
/var/lib/drydock/pods/uid-1/volumes/cache
== files node-agent
socket:[1]
pipe:[2]
/dev/null
`;
const cables = () => ({ owner: 'pod shop/web', keys: ['uid-1'] });
const present = readNodeReport('node-1', report, cables);
const none: Inventory = { things: [], counts: [] };

describe('leftovers', () => {
  it('are told with their owners', () => {
    expect(leftoversOf(none, present, new Set())).toEqual([
      'node-1: interface vethaaaaaaaaaa, of pod shop/web',
      'node-1: mount /var/lib/drydock, of nobody known',
      'node-1: mount /var/lib/drydock/pods/uid-1/volumes/cache, of pod with uid uid-1',
      'node-1: nft chain drydock-proxy svc/shop/web/tcp/http, of service shop/web',
      'node-1: nft element drydock-proxy hairpin 10.244.1.5 . 10.244.1.5, of whoever has 10.244.1.5',
      'node-1: nft element drydock-proxy service-ips 10.96.0.7 . tcp . 80, of service shop/web',
      'node-1: nft rule drydock-proxy services #1, of table drydock-proxy',
      'node-1: nft set drydock-proxy aff/shop/web/tcp/1, of service shop/web',
      'node-1: nft set drydock-proxy hairpin, of table drydock-proxy',
      'node-1: nft set drydock-proxy service-ips, of table drydock-proxy',
      'node-1: route 10.244.1.0/24, of the pods of 10.244.1.0/24',
      'node-1: route 10.244.1.5, of the pod at 10.244.1.5',
      'node-1: route 10.244.2.0/24, of the pods of 10.244.2.0/24',
      'node-1: volume folder uid-1, of pod with uid uid-1',
    ]);
  });

  it('are not what was there before, nor what belongs to the living', () => {
    expect(leftoversOf(present, present, new Set())).toEqual([]);
    const alive = new Set(['uid-1', '10.244.1.5', 'shop/web', '10.244.1.0/24', '10.244.2.0/24']);
    expect(leftoversOf(none, present, alive)).toEqual([
      'node-1: mount /var/lib/drydock, of nobody known',
      'node-1: nft rule drydock-proxy services #1, of table drydock-proxy',
      'node-1: nft set drydock-proxy hairpin, of table drydock-proxy',
      'node-1: nft set drydock-proxy service-ips, of table drydock-proxy',
    ]);
  });

  it('are open files, when there are more than come and go', () => {
    const files = (count: number) =>
      readNodeReport('node-1', `== files node-agent\n${'/some/file\n'.repeat(count)}`, cables);
    expect(leftoversOf(files(3), files(7), new Set())).toEqual([]);
    expect(leftoversOf(files(3), files(8), new Set())).toEqual([
      'node-agent of node-1: 8 open files, 3 before',
    ]);
    expect(leftoversOf(none, files(8), new Set())).toEqual([]);
  });
});

it('the script of a node is one that a shell takes', () => {
  const script = nodeScript({ node: 'node-1', rootFolder: '/var/lib/drydock' });
  expect(execFileSync('sh', ['-n'], { input: script }).toString()).toBe('');
});
