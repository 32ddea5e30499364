/**
 * The network of pods and services between two node-like containers: real namespaces, cables, routes
 * and nftables, the code of node-agent and kube-proxy, and no cluster around them.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { EndpointSlice, Node, Service, ServiceSpec } from '@drydock/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker, importTestImages, removeLeftovers, testImage } from './images.ts';
import type { NetworkDescription } from './network-driver.ts';

const repository = resolve(import.meta.dirname, '../..');
const cluster = `pod-network-${process.pid}`;
const label = ['--label', `drydock.cluster=${cluster}`] as const;
/** The image that `./drydock up` builds: Node, iproute2 and nftables. */
const nodeImage = process.env['DRYDOCK_TEST_NODE_IMAGE'] ?? 'drydock:0.1.0';
const nodeNames = ['node-1', 'node-2'] as const;
type NodeName = (typeof nodeNames)[number];
const nodePort = 30_080;

interface TestPod {
  readonly node: NodeName;
  readonly address: string;
  sandboxId: string;
  pid: number;
}

const pods: Record<string, TestPod> = {
  a: { node: 'node-1', address: '10.244.1.2', sandboxId: '', pid: 0 },
  b: { node: 'node-1', address: '10.244.1.3', sandboxId: '', pid: 0 },
  c: { node: 'node-2', address: '10.244.2.2', sandboxId: '', pid: 0 },
};
const nodeAddress: Record<string, string> = {};

const container = (name: string) => `${cluster}-${name}`;
const addressOf = (name: string) =>
  docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name);
const serve = (text: string) =>
  `mkdir /www; echo ${text} > /www/index.html; exec httpd -f -v -p 8080 -h /www`;

async function startNode(name: NodeName): Promise<void> {
  const identity = ['--name', container(name), ...label, '--network', cluster, '--pid', 'host'];
  const powers = ['--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_ADMIN'];
  const kernel = ['--security-opt', 'apparmor=unconfined', '--sysctl', 'net.ipv4.ip_forward=1'];
  const code = ['-v', `${repository}:/app:ro`, '-e', 'NODE_COMPILE_CACHE='];
  await docker('run', '-d', ...identity, ...powers, ...kernel, ...code, nodeImage, 'sleep', '600');
  nodeAddress[name] = await addressOf(container(name));
}

async function startPod(name: string): Promise<void> {
  const run = ['run', '-d', '--name', container(name), ...label, '--network', 'none'];
  const id = await docker(...run, testImage, '/bin/sh', '-c', serve(name));
  pods[name]!.sandboxId = id;
  pods[name]!.pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', id));
}

const nodes = (): Node[] =>
  nodeNames.map((name, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR: `10.244.${index + 1}.0/24` },
    status: { addresses: [{ type: 'InternalIP', address: nodeAddress[name]! }] },
  }));

function service(name: string, clusterIP: string, spec: Partial<ServiceSpec> = {}): Service {
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' as const }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { clusterIP, ports, ...spec },
    status: {},
  };
}

function slice(name: string, members: readonly string[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-1`,
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: members.map((member) => ({
      addresses: [pods[member]!.address],
      nodeName: pods[member]!.node,
      conditions: { ready: true },
    })),
  };
}

const services = {
  all: service('all', '10.96.0.10', {
    type: 'NodePort',
    ports: [{ name: 'http', port: 80, nodePort }],
  }),
  own: service('own', '10.96.0.11'),
  empty: service('empty', '10.96.0.12'),
  sticky: service('sticky', '10.96.0.13', { sessionAffinity: 'ClientIP' }),
};

/** Brings both nodes to what the services say now. */
async function drive(slices: readonly EndpointSlice[]): Promise<void> {
  for (const nodeName of nodeNames) {
    const description: NetworkDescription = {
      nodeName,
      nodes: nodes(),
      pods: Object.values(pods).filter((pod) => pod.node === nodeName),
      services: { services: Object.values(services), slices },
    };
    const command = ['exec', '-i', container(nodeName), 'node', 'tests/node/network-driver.ts'];
    await new Promise<void>((done, fail) => {
      const child = execFile('docker', command, (error, _stdout, stderr) =>
        error === null ? done() : fail(new Error(`${error.message}\n${stderr}`)),
      );
      child.stdin!.end(JSON.stringify(description));
    });
  }
}

const everySlice = () => [
  slice('all', ['a', 'b', 'c']),
  slice('own', ['a']),
  slice('sticky', ['a', 'b', 'c']),
];

/** What a pod (or the outsider) gets from an address; a refusal is its error text. */
async function get(from: string, address: string): Promise<string> {
  const command = `wget -q -O - http://${address}/ 2>&1 || true`;
  return (await docker('exec', container(from), '/bin/sh', '-c', command)).trim();
}

async function getMany(from: string, address: string, times = 24): Promise<string[]> {
  const command = `for i in $(seq ${times}); do wget -q -O - http://${address}/ 2>&1; done`;
  return (await docker('exec', container(from), '/bin/sh', '-c', command)).trim().split('\n');
}

beforeAll(async () => {
  await importTestImages();
  await docker('network', 'create', '--label', `drydock.cluster=${cluster}`, cluster);
  await Promise.all([...nodeNames.map(startNode), ...Object.keys(pods).map(startPod)]);
  const outsider = ['run', '-d', '--name', container('outsider'), ...label, '--network', cluster];
  await docker(...outsider, testImage, '/bin/sh', '-c', serve('outsider'));
  await drive(everySlice());
});

afterAll(async () => {
  await removeLeftovers(cluster);
  await docker('network', 'rm', cluster);
});

describe('pods', () => {
  it('reach each other on one node and across nodes', async () => {
    expect(await get('a', '10.244.1.3:8080')).toBe('b');
    expect(await get('a', '10.244.2.2:8080')).toBe('c');
    expect(await get('c', '10.244.1.2:8080')).toBe('a');
  });

  it('see each other’s own addresses', async () => {
    expect(await get('a', '10.244.2.2:8080')).toBe('c');
    expect(await visitorsOf('c')).toContain('10.244.1.2');
  });

  it('go out of the cluster under the address of their node', async () => {
    const outsider = await addressOf(container('outsider'));
    expect(await get('a', `${outsider}:8080`)).toBe('outsider');
    const seen = await visitorsOf('outsider');
    expect(seen).toContain(nodeAddress['node-1']);
    expect(seen).not.toContain('10.244.');
  });
});

describe('services', () => {
  it('spread a cluster address over the pods of all nodes', async () => {
    expect(new Set(await getMany('b', '10.96.0.10'))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('let a pod reach itself', async () => {
    expect(await getMany('a', '10.96.0.11', 3)).toEqual(['a', 'a', 'a']);
  });

  it('answer on the port of every node, wherever the pods are', async () => {
    for (const name of nodeNames) {
      const answers = await getMany('outsider', `${nodeAddress[name]}:${nodePort}`);
      expect(new Set(answers)).toEqual(new Set(['a', 'b', 'c']));
    }
  });

  it('answer the node itself', async () => {
    const script = `fetch('http://10.96.0.11/').then((r) => r.text()).then((t) => console.log(t.trim()))`;
    for (const name of nodeNames) {
      expect(await docker('exec', container(name), 'node', '-e', script)).toBe('a');
    }
  });

  it('without pods refuse at once', async () => {
    const begin = Date.now();
    expect(await get('a', '10.96.0.12')).toContain('refused');
    expect(Date.now() - begin).toBeLessThan(5_000);
  });

  it('with session affinity stay with a client’s pod, also when the proxy starts anew', async () => {
    const [first] = await getMany('b', '10.96.0.13', 1);
    await drive(everySlice());
    expect(new Set(await getMany('b', '10.96.0.13', 12))).toEqual(new Set([first]));
  });

  it('follow their pods', async () => {
    await drive([slice('all', ['c']), slice('own', ['b'])]);
    expect(new Set(await getMany('a', '10.96.0.10', 6))).toEqual(new Set(['c']));
    expect(await get('c', '10.96.0.11')).toBe('b');
    expect(await get('a', '10.96.0.13')).toContain('refused');
  });
});

/** Whom the web server of a container has served: it writes to its standard error. */
async function visitorsOf(name: string): Promise<string> {
  const { stderr } = await promisify(execFile)('docker', ['logs', container(name)]);
  return stderr;
}
