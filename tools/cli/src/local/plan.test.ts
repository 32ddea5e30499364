import { expect, test } from 'vitest';
import { folderVariable, localParts, localPortNames, planLocal } from './plan.ts';

const localPorts = Object.fromEntries(localPortNames.map((name, index) => [name, 20_000 + index]));
const plan = planLocal(
  {
    name: 'demo',
    nodes: [1, 2].map((index) => ({ name: `node-${index}`, labels: {}, portMappings: [] })),
    ports: { api: 6443, etcd1: 2379, etcd2: 22_379, etcd3: 32_379, demo: 30_080 },
    localPorts,
    timeScale: 0.5,
    logLevel: 'info',
    podSubnet: '10.244.0.0/16',
    serviceSubnet: '10.96.0.0/16',
  },
  '/state/demo',
);
const lineOf = (name: string) => plan.find((child) => child.name === name)!.args.join(' ');

test('every part has a process, and every process is marked with the cluster’s folder', () => {
  expect(plan.map((child) => child.name)).toEqual(localParts);
  for (const child of plan) expect(child.environment![folderVariable]).toBe('/state/demo');
});

test('nothing listens beyond loopback, and all links are TLS', () => {
  for (const child of plan) {
    const line = child.args.join(' ');
    expect(line).not.toContain('0.0.0.0');
    expect(line.match(/http:\/\/\S+/g) ?? []).toEqual(
      child.name.startsWith('etcd')
        ? [`http://127.0.0.1:${localPorts[`${child.name}/health`]}`]
        : [],
    );
  }
});

test('every port that a process opens was chosen for it, and none twice', () => {
  const flagged = (line: string) =>
    [...line.matchAll(/--(?:[a-z-]*port|listen-[a-z]+-urls) (?:https?:\/\/[^:]+:)?(\d+)/g)].map(
      (match) => Number(match[1]),
    );
  const opened = plan.flatMap((child) => flagged(child.args.join(' ')));
  for (const child of plan) expect(child.args).toContain('--health-port');
  expect(opened).toHaveLength(new Set(opened).size);
  expect(opened).toEqual(expect.arrayContaining(Object.values(localPorts)));
});

test('apiservers sign tokens with the one key of the cluster, each with its own copy', () => {
  for (const name of ['apiserver-1', 'apiserver-2']) {
    const folder = `/state/demo/components/${name}`;
    expect(lineOf(name)).toContain(`--service-account-signing-key-file ${folder}/sa.key`);
    expect(lineOf(name)).toContain(`--service-account-key-file ${folder}/sa.pub`);
  }
});

test('members and clients agree on ports', () => {
  expect(lineOf('etcd-2')).toContain('--listen-client-urls https://127.0.0.1:22379');
  expect(lineOf('apiserver-1')).toContain(
    '--etcd-servers https://localhost:2379,https://localhost:22379,https://localhost:32379',
  );
  const grpc = ['apiserver-1/grpc', 'apiserver-2/grpc'].map(
    (name) => `localhost:${localPorts[name]}`,
  );
  expect(lineOf('scheduler-2')).toContain(`--apiservers ${grpc.join(',')}`);
  expect(lineOf('node-agent')).toContain('--container-runtime simulated --nodes 2');
});
