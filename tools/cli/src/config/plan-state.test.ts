import { expect, test } from 'vitest';
import type { ClusterState } from '../state.ts';
import { planState } from './plan-state.ts';

const node = (index: number, labels = {}) => ({ name: `node-${index}`, labels, portMappings: [] });
const previous: ClusterState = {
  name: 'one',
  mode: 'docker',
  nodes: [node(1, { zone: 'a' }), node(2)],
  ports: { api: 1, etcd1: 2, etcd2: 3, etcd3: 4, demo: 5 },
  localPorts: {},
  timeScale: 0.2,
  logLevel: 'debug',
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/16',
};
const plan = (options = {}, config = {}) =>
  planState({ name: 'one', options: { name: 'one', ...options }, config, previous });

test('the default is three nodes in containers at full time', () => {
  const options = { name: 'one' };
  expect(planState({ name: 'one', options, config: {}, previous: undefined })).toEqual({
    name: 'one',
    mode: 'docker',
    nodes: [node(1), node(2), node(3)],
    timeScale: 1,
    logLevel: 'info',
    podSubnet: '10.244.0.0/16',
    serviceSubnet: '10.96.0.0/16',
  });
});

test('a second `up` keeps what the first was told', () => {
  expect(plan()).toMatchObject({ timeScale: 0.2, logLevel: 'debug', nodes: previous.nodes });
});

test('a flag wins over the file, and nodes keep their settings when their number changes', () => {
  const config = { nodes: [node(1, { disk: 'ssd' })] };
  expect(plan({}, config).nodes).toEqual(config.nodes);
  expect(plan({ nodes: 2 }, config).nodes).toEqual([node(1, { disk: 'ssd' }), node(2)]);
  expect(plan({ nodes: 3 }).nodes).toEqual([...previous.nodes, node(3)]);
});

test('what a running cluster cannot change is refused with the remedy', () => {
  expect(() => plan({ local: true })).toThrow(/exists already, in containers/);
  expect(() => plan({}, { podSubnet: '10.1.0.0/16' })).toThrow(
    /pod subnet of a cluster cannot change/,
  );
});
