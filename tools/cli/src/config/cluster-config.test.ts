import { describe, expect, test } from 'vitest';
import { ClusterConfigError, parseClusterConfig } from './cluster-config.ts';

const head = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';
const problemsOf = (text: string): readonly string[] => {
  try {
    parseClusterConfig(text);
  } catch (error) {
    if (error instanceof ClusterConfigError) return error.problems;
    throw error;
  }
  return [];
};

test('nodes, labels, port mappings and networking are read', () => {
  const text = `${head}name: demo
networking: { podSubnet: 10.10.0.0/16, serviceSubnet: 10.11.0.0/20, apiServerPort: 7443 }
nodes:
  - role: control-plane
  - role: worker
    labels: { zone: a }
  - extraPortMappings:
      - { containerPort: 30081, hostPort: 8081, protocol: UDP }
`;
  expect(parseClusterConfig(text)).toEqual({
    name: 'demo',
    podSubnet: '10.10.0.0/16',
    serviceSubnet: '10.11.0.0/20',
    apiServerPort: 7443,
    nodes: [
      { name: 'node-1', labels: { zone: 'a' }, portMappings: [] },
      {
        name: 'node-2',
        labels: {},
        portMappings: [
          { containerPort: 30081, hostPort: 8081, listenAddress: '127.0.0.1', protocol: 'udp' },
        ],
      },
    ],
  });
});

test('a file that says nothing of nodes leaves the default', () => {
  expect(parseClusterConfig(head)).toEqual({});
  expect(parseClusterConfig(`${head}nodes: [{ role: control-plane }]`)).toEqual({});
});

describe('what is wrong is named, all of it at once', () => {
  test.each([
    ['kind: Cluster', ['apiVersion: "kind.x-k8s.io/v1alpha4" is expected']],
    [
      `${head}featureGates: {}\nnetworking: { disableDefaultCNI: true }`,
      [
        'featureGates: unknown field; known are kind, apiVersion, name, nodes, networking',
        'networking.disableDefaultCNI: unknown field; known are podSubnet, serviceSubnet, apiServerPort',
      ],
    ],
    [
      `${head}nodes: [{ role: master }, { role: worker, labels: { a: 1 }, image: x }]`,
      [
        'nodes[0].role: "master" is neither control-plane nor worker',
        'nodes[1].image: unknown field; known are role, labels, extraPortMappings',
        'nodes[1].labels.a: a text is expected; quote it',
      ],
    ],
    [
      `${head}nodes: [{ extraPortMappings: [{ containerPort: 70000, hostPort: 80 }] }]`,
      ['nodes[0].extraPortMappings[0].containerPort: a port, 1 to 65535, is expected'],
    ],
    [
      `${head}networking: { podSubnet: 10.0.0.0/30 }`,
      ['networking.podSubnet: an IPv4 range of /8 to /22 is expected, not "10.0.0.0/30"'],
    ],
    [`${head}nodes: 3`, ['nodes: a list is expected']],
    [
      '[]',
      [
        'the file: fields are expected',
        'kind: "Cluster" is expected',
        'apiVersion: "kind.x-k8s.io/v1alpha4" is expected',
      ],
    ],
  ])('%s', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('malformed YAML says where', () => {
    expect(problemsOf(`${head}nodes: [`)[0]).toMatch(/line 3/);
  });
});
