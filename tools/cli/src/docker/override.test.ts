import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot, type NodeSettings } from '../state.ts';
import { planOverride } from './override.ts';

const compose = readFileSync(join(repositoryRoot, 'deploy/docker-compose.yml'), 'utf8');
const node = (index: number, settings: Partial<NodeSettings> = {}): NodeSettings => ({
  name: `node-${index}`,
  labels: {},
  portMappings: [],
  ...settings,
});
const nodes = (count: number) => Array.from({ length: count }, (_, index) => node(index + 1));

test('the default cluster needs no override', () => {
  const plan = planOverride(compose, { nodes: nodes(3) });
  expect(plan.override).toBeUndefined();
  expect(plan.services).toContain('etcd-3');
  expect(plan.services.filter((name) => name.startsWith('node-'))).toEqual([
    'node-1',
    'node-2',
    'node-3',
  ]);
  expect(plan.services.filter((name) => name.startsWith('image-'))).toEqual([]);
});

test('with fewer nodes the others are not started', () => {
  const plan = planOverride(compose, { nodes: nodes(1) });
  expect(plan.override).toBeUndefined();
  expect(plan.services.filter((name) => name.startsWith('node-'))).toEqual(['node-1']);
});

test('a fourth node is the first under another name, with certificates of its own', () => {
  const plan = planOverride(compose, { nodes: nodes(4) });
  const file = parse(plan.override!) as {
    services: Record<string, { environment?: Record<string, string>; volumes: string[] }>;
    volumes: object;
  };
  const original = JSON.stringify(
    (parse(compose, { merge: true }) as typeof file).services['node-1'],
  );
  expect(JSON.stringify(file.services['node-4'])).toBe(original.replaceAll('node-1', 'node-4'));
  expect(original).toContain('NET_ADMIN');
  expect(file.services['pki']!.volumes).toEqual(['pki-node-4:/pki/components/node-4']);
  const labels = { 'drydock.part-of': '${DRYDOCK_NAME:-drydock}' };
  expect(file.volumes).toEqual({ 'node-4': { labels }, 'pki-node-4': { labels } });
  expect(plan.services).toContain('node-4');
});

test('labels and published ports are added to the node they are for', () => {
  const mapping = {
    containerPort: 30_081,
    hostPort: 8_081,
    listenAddress: '127.0.0.1',
    protocol: 'tcp',
  } as const;
  const plan = planOverride(compose, {
    nodes: [node(1, { labels: { zone: 'a', disk: 'ssd' } }), node(2, { portMappings: [mapping] })],
  });
  expect(parse(plan.override!)).toEqual({
    services: {
      'node-1': { environment: { DRYDOCK_NODE_LABELS: 'zone=a,disk=ssd' } },
      'node-2': { ports: ['127.0.0.1:8081:30081/tcp'] },
    },
  });
});
