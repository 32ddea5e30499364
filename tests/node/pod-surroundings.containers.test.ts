/** What a process finds around it in a pod: names, addresses, neighbours, facts about itself. */
import type { Node } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { beforeAll, expect } from 'vitest';
import { test } from '../harness/test.ts';
import { importTestImages } from './images.ts';
import { inPhase, shell, withPods } from './pods.ts';

beforeAll(importTestImages);

test('names: hostname, subdomain, aliases, resolver', async ({ cluster }) => {
  const idle = [shell('sleep 1000')];
  const specs = {
    plain: { containers: idle },
    named: {
      hostname: 'db-0',
      subdomain: 'db',
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['ledger', 'ledger.example.com'] }],
      dnsPolicy: 'None',
      dnsConfig: {
        nameservers: ['10.9.9.9'],
        searches: ['example.com'],
        options: [{ name: 'ndots', value: '2' }, { name: 'rotate' }],
      },
      containers: idle,
    },
  };
  await withPods(cluster, specs, async () => {
    const plain = await inPhase(cluster, 'plain', 'Running');
    const named = await inPhase(cluster, 'named', 'Running');
    const inside = (pod: string, script: string) =>
      cluster.kubectl('exec', pod, '--', 'sh', '-c', script);
    expect(await inside('plain', 'hostname')).toBe('plain\n');
    expect(await inside('plain', 'cat /etc/hosts')).toContain(`${plain.status.podIP}\tplain\n`);
    // Without a DNS of the cluster pods have the resolver of their node.
    expect(await inside('plain', 'cat /etc/resolv.conf')).toContain('nameserver ');
    expect(await inside('named', 'hostname')).toBe('db-0\n');
    const hosts = await inside('named', 'cat /etc/hosts');
    expect(hosts).toContain(`${named.status.podIP}\tdb-0\n`);
    expect(hosts).toMatch(/^10\.1\.2\.3\tledger\n10\.1\.2\.3\tledger\.example\.com$/m);
    expect(await inside('named', 'cat /etc/resolv.conf')).toBe(
      'search example.com\nnameserver 10.9.9.9\noptions ndots:2 rotate\n',
    );
  });
});

test('neighbours: the network of the node, and processes that a pod shares', async ({
  cluster,
}) => {
  const specs = {
    guest: { hostNetwork: true, containers: [shell('sleep 1000')] },
    open: {
      shareProcessNamespace: true,
      containers: [shell('sleep 4711'), shell('sleep 1000', { name: 'other' })],
    },
    closed: { containers: [shell('sleep 4711'), shell('sleep 1000', { name: 'other' })] },
  };
  await withPods(cluster, specs, async () => {
    const guest = await inPhase(cluster, 'guest', 'Running');
    const node = await cluster.get<Node>('node', guest.spec.nodeName!);
    const internal = node.status.addresses!.find((one) => one.type === 'InternalIP')!.address;
    expect(guest.status).toMatchObject({ podIP: internal, hostIP: internal });
    expect(await cluster.kubectl('exec', 'guest', '--', 'ip', 'addr')).toContain(
      `inet ${internal}/`,
    );
    for (const [name, sees] of Object.entries({ open: true, closed: false })) {
      await inPhase(cluster, name, 'Running');
      const processes = await cluster.kubectl('exec', name, '-c', 'other', '--', 'ps');
      expect(processes.includes('sleep 4711'), name).toBe(sees);
    }
  });
});

test('facts about itself: by variables and by files, which follow changes', async ({ cluster }) => {
  const field = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  });
  const resource = (name: string, what: string) => ({
    name,
    valueFrom: { resourceFieldRef: { resource: what } },
  });
  const spec = {
    volumes: [
      {
        name: 'facts',
        downwardAPI: {
          items: [
            { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
            {
              path: 'cpu',
              resourceFieldRef: { containerName: 'main', resource: 'limits.cpu', divisor: '1m' },
            },
          ],
        },
      },
    ],
    containers: [
      shell('sleep 1000', {
        env: [
          field('NAME', 'metadata.name'),
          field('NAMESPACE', 'metadata.namespace'),
          field('ADDRESS', 'status.podIP'),
          field('NODE', 'spec.nodeName'),
          field('ACCOUNT', 'spec.serviceAccountName'),
          field('APP', "metadata.labels['app']"),
          resource('MEMORY', 'limits.memory'),
          { name: 'GREETING', value: '$(NAME) in $(NAMESPACE), $$(NAME), $(NOBODY)' },
        ],
        resources: { limits: { cpu: '250m', memory: '32Mi' } },
        volumeMounts: [{ name: 'facts', mountPath: '/facts' }],
      }),
    ],
  };
  await withPods(cluster, { aware: spec }, async () => {
    const pod = await inPhase(cluster, 'aware', 'Running');
    expect(pod.status.qosClass).toBe('Guaranteed');
    const variables = (await cluster.kubectl('exec', 'aware', '--', 'env')).split('\n');
    expect(variables).toEqual(
      expect.arrayContaining([
        'NAME=aware',
        'NAMESPACE=default',
        `ADDRESS=${pod.status.podIP}`,
        `NODE=${pod.spec.nodeName}`,
        'ACCOUNT=default',
        'APP=aware',
        `MEMORY=${32 * 1024 * 1024}`,
        'GREETING=aware in default, $(NAME), $(NOBODY)',
        'KUBERNETES_SERVICE_PORT=443',
      ]),
    );
    const read = (file: string) => cluster.kubectl('exec', 'aware', '--', 'cat', `/facts/${file}`);
    expect(await read('cpu')).toBe('250');
    expect(await read('labels')).toBe('app="aware"');
    await cluster.kubectl('label', 'pod', 'aware', 'mood=good');
    await eventually(
      'the file follows',
      async () => (await read('labels')) === 'app="aware"\nmood="good"',
      {
        timeoutMillis: 120_000,
        intervalMillis: 500,
      },
    );
  });
});
