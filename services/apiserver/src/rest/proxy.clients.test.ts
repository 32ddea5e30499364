/** kubectl through the proxies: proxy, get --raw, cluster-info, port-forward to a service, and top. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from '../testing/agent.ts';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { freePort } from '@drydock/testing/ports';
import { kubectlProgram, skipOldKubectl, startKubectl, type Kubectl } from '../testing/kubectl.ts';

let etcd: TestEtcd;
let cluster: TestCluster;
let client: Kubectl;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startTestCluster(etcd);
  client = await startKubectl(cluster.server);
  await cluster.runPod('web', {
    metadata: {
      labels: { app: 'web' },
      annotations: {
        'simulation.drydock.dev/main': 'listen=8080, cpu=250m, memory=64Mi',
        'simulation.drydock.dev/side': 'cpu=50m, memory=16Mi',
      },
    },
    spec: {
      containers: [
        { name: 'main', image: 'web', ports: [{ name: 'http', containerPort: 8080 }] },
        { name: 'side', image: 'web' },
      ],
    },
  });
  await cluster.runPod('db', {
    metadata: { annotations: { 'simulation.drydock.dev/main': 'cpu=10m, memory=512Mi' } },
  });
  await client.succeed('create service clusterip web --tcp=80:8080');
  // No controller does it here.
  const { address } = await podFacts();
  await client.succeed(
    'create -f -',
    JSON.stringify({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: '80-8080', port: 8080 }],
      endpoints: [{ addresses: [address], targetRef: { kind: 'Pod', name: 'web' } }],
    }),
  );
});
afterAll(async () => {
  client[Symbol.dispose]();
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

async function podFacts(): Promise<{ address: string }> {
  return { address: await client.succeed('get pod web -o jsonpath={.status.podIP}') };
}

/** What it has said so far. */
function start(...words: readonly string[]): { child: ChildProcess; out: () => string } {
  const child = spawn(kubectlProgram, words, { env: client.environment });
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (out += bytes.toString()));
  return { child, out: () => out };
}
async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await exited;
}

const pod = '/api/v1/namespaces/default/pods/web:8080/proxy';
const service = '/api/v1/namespaces/default/services/web:80/proxy';

describe('get --raw', () => {
  test('reaches pods, services and nodes', async () => {
    expect(await client.succeed(`get --raw ${pod}/any/path`)).toBe('web\n');
    expect(await client.succeed(`get --raw ${service}/`)).toBe('web\n');
    expect(await client.succeed('get --raw /api/v1/nodes/node-1/proxy/healthz')).toBe('ok');
  });
  test('says why it does not', async () => {
    const at = (place: string) =>
      client.refused(`get --raw /api/v1/namespaces/default/${place}/proxy/`);
    expect(await at('pods/nobody')).toBe('Error from server (NotFound): pods "nobody" not found');
    const { address } = await podFacts();
    expect(await at('pods/web:81')).toBe(
      `Error from server (ServiceUnavailable): error trying to reach service: dial tcp ${address}:81: connect: connection refused`,
    );
    expect(await at('services/web:http')).toBe(
      'Error from server (ServiceUnavailable): no endpoints available for service "web"',
    );
  });
});

test('kubectl proxy opens the cluster to a browser, redirects included', async () => {
  const { child, out } = start('proxy', '--port=0');
  const port = await eventually('it serves', () => /127\.0\.0\.1:(\d+)/.exec(out())?.[1]);
  const origin = `http://127.0.0.1:${port}`;
  const version = (await (await fetch(`${origin}/version`)).json()) as { minor: string };
  expect(version.minor).toBe('32');
  const page = await fetch(`${origin}${service}`);
  expect(await page.text()).toBe('web\n');
  expect(page.url).toBe(`${origin}${service}/`);
  await stop(child);
});

test('cluster-info names the control plane, and services of the cluster behind the proxy', async () => {
  await client.succeed(
    'create -f -',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'dashboard',
        namespace: 'kube-system',
        labels: {
          'kubernetes.io/cluster-service': 'true',
          'kubernetes.io/name': 'Dashboard',
        },
      },
      spec: { ports: [{ name: 'https', port: 443 }] },
    }),
  );
  const out = stripVTControlCharacters(await client.succeed('cluster-info'));
  const server = `https://localhost:${cluster.server.server.securePort}`;
  expect(out).toContain(`control plane is running at ${server}\n`);
  expect(out).toContain(
    `Dashboard is running at ${server}/api/v1/namespaces/kube-system/services/https:dashboard:https/proxy\n`,
  );
});

test('port-forward finds a pod behind a service', async () => {
  const port = await freePort();
  await client.succeed('patch service web -p {"spec":{"selector":{"app":"web"}}}');
  const { child, out } = start('port-forward', 'service/web', `${port}:80`);
  await eventually('it listens', () => out().includes(`127.0.0.1:${port} -> 8080`));
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('web\n');
  await stop(child);
  expect(await client.refused('port-forward service/web :81')).toContain(
    'Service web does not have a service port 81',
  );
});

describe('top', () => {
  const rows = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
  beforeAll(async () => {
    await eventually('all is measured', async () => {
      const { code, out } = await client.run(['top', 'pods', '--containers']);
      const nodes = await client.run(['top', 'nodes']);
      return code === 0 && rows(out).length === 4 && nodes.out.includes('592Mi');
    });
  });

  test('pods, by name and by what they use', async () => {
    expect(rows(await client.succeed('top pods'))).toEqual([
      ['NAME', 'CPU(cores)', 'MEMORY(bytes)'],
      ['db', '10m', '512Mi'],
      ['web', '300m', '80Mi'],
    ]);
    const names = (out: string) => rows(out).map(([name]) => name);
    expect(names(await client.succeed('top pods --sort-by=cpu --no-headers'))).toEqual([
      'web',
      'db',
    ]);
    expect(names(await client.succeed('top pods --sort-by=memory --no-headers'))).toEqual([
      'db',
      'web',
    ]);
    expect(rows(await client.succeed('top pod web --no-headers'))).toEqual([
      ['web', '300m', '80Mi'],
    ]);
    expect(rows(await client.succeed('top pods -l app=web --no-headers'))).toHaveLength(1);
  });
  test('pods of all namespaces, and their containers', async () => {
    expect(rows(await client.succeed('top pods -A --no-headers'))).toEqual([
      ['default', 'db', '10m', '512Mi'],
      ['default', 'web', '300m', '80Mi'],
    ]);
    expect(rows(await client.succeed('top pod web --containers'))).toEqual([
      ['POD', 'NAME', 'CPU(cores)', 'MEMORY(bytes)'],
      ['web', 'main', '250m', '64Mi'],
      ['web', 'side', '50m', '16Mi'],
    ]);
    const summed = rows(await client.succeed('top pods --sum=true'));
    expect(summed.at(-1)).toEqual(['310m', '592Mi']);
  });
  test('nodes, beside what they have', async () => {
    const [head, node] = rows(await client.succeed('top nodes'));
    expect(head).toEqual(['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']);
    expect([node![0], node![3]]).toEqual(['node-1', '592Mi']);
    expect(node![2]).toMatch(/^\d+%$/);
  });
  test('what is not there', async () => {
    expect(await client.refused('top pod nobody')).toBe(
      'Error from server (NotFound): pods "nobody" not found',
    );
    expect((await client.run(['top', 'pods', '-n', 'kube-system'])).err).toBe(
      'No resources found in kube-system namespace.\n',
    );
  });
  test('get shows the objects, too', async (context) => {
    skipOldKubectl(context);
    const out = await client.succeed(
      'get pods.metrics.k8s.io web -o jsonpath={.containers[*].name}',
    );
    expect(out.split(' ')).toEqual(['main', 'side']);
    expect(rows(await client.succeed('get nodes.metrics.k8s.io'))[0]).toEqual([
      'NAME',
      'CPU',
      'MEMORY',
      'WINDOW',
    ]);
    expect(rows(await client.succeed('get nodes'))[0]?.[1]).toBe('STATUS');
  });
});
