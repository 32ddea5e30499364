/** The check that ends every container test finds what is left over, and says whose it was. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { takeInventory } from '../harness/leaks.ts';
import { test } from '../harness/test.ts';
import { leftoversOf } from '@drydock/testing/leaks';

test('what a pod leaves behind is found, wherever it is', async ({ cluster }) => {
  const before = await takeInventory(cluster);
  const node = cluster.container('node-1');
  const uid = randomUUID();
  const inNode = (script: string) => cluster.docker('exec', node, 'sh', '-c', script);
  const folder = `/var/lib/drydock/pods/${uid}`;
  // Of a node without an agent: what is left over on its own node an agent takes away.
  const labels = { cluster: cluster.name, node: 'node-9', namespace: 'shop', pod: 'gone', uid };
  const flags = Object.entries(labels).flatMap(([key, value]) => [
    '--label',
    `drydock.${key}=${value}`,
  ]);
  const name = `${cluster.name}_leak`;
  await cluster.docker('create', '--name', name, '--network', 'none', ...flags, 'drydock-demo:1');
  await inNode(`mkdir -p ${folder}/volumes
ip link add vethleak type veth peer name vethleak2
ip route add unreachable 10.244.250.1 proto 157
nft 'add chain ip drydock-proxy svc/shop/gone/tcp/http'`);
  try {
    const lines = leftoversOf(before, await takeInventory(cluster), new Set());
    expect(lines).toEqual([
      'node-1: interface vethleak, of a sandbox that is gone',
      'node-1: interface vethleak2, of a sandbox that is gone',
      'node-1: nft chain drydock-proxy svc/shop/gone/tcp/http, of service shop/gone',
      'node-1: route 10.244.250.1, of the pod at 10.244.250.1',
      `node-1: volume folder ${uid}, of pod with uid ${uid}`,
      `the engine: container ${name}, of pod shop/gone on node-9`,
    ]);
  } finally {
    await inNode(`rm -rf ${folder}; ip link del vethleak; ip route del 10.244.250.1 proto 157
nft 'delete chain ip drydock-proxy svc/shop/gone/tcp/http'`);
    await cluster.docker('rm', '--force', name).catch(() => undefined);
  }
});
