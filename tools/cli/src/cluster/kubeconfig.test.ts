import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { mergeKubeconfig, renderKubeconfig, withoutCluster } from './kubeconfig.ts';

const options = {
  clusterName: 'demo',
  port: 6443,
  caPem: 'CA',
  certificatePem: 'CERT',
  keyPem: 'KEY',
};

interface Kubeconfig {
  clusters: { name: string; cluster: { server: string } }[];
  contexts: { name: string }[];
  users: { name: string; user: Record<string, string> }[];
  'current-context': string;
}
const parsed = (text: string) => parse(text) as Kubeconfig;

test('a kubeconfig holds one context with its certificates inside', () => {
  const config = parsed(renderKubeconfig(options));
  expect(config['current-context']).toBe('drydock-demo');
  expect(config.clusters[0]!.cluster.server).toBe('https://127.0.0.1:6443');
  expect(Buffer.from(config.users[0]!.user['client-key-data']!, 'base64').toString()).toBe('KEY');
});

const existing = `# mine
apiVersion: v1
kind: Config
clusters:
  - name: work # the other one
    cluster: { server: https://work.example }
contexts: []
users:
current-context: work
preferences: { colors: true }
`;

test('merging adds to what is there, keeps comments, and makes the context current', () => {
  const merged = mergeKubeconfig(existing, options);
  expect(merged).toContain('# mine');
  expect(merged).toContain('# the other one');
  expect(merged).toContain('colors: true');
  const config = parsed(merged);
  expect(config.clusters.map((one) => one.name)).toEqual(['work', 'drydock-demo']);
  expect(config.contexts.map((one) => one.name)).toEqual(['drydock-demo']);
  expect(config.users.map((one) => one.name)).toEqual(['drydock-demo']);
  expect(config['current-context']).toBe('drydock-demo');
});

test('merging again replaces the cluster’s own entries', () => {
  const again = mergeKubeconfig(mergeKubeconfig(existing, options), { ...options, port: 7443 });
  const config = parsed(again);
  expect(config.clusters.map((one) => one.cluster.server)).toEqual([
    'https://work.example',
    'https://127.0.0.1:7443',
  ]);
  expect(config.users).toHaveLength(1);
});

test('an empty file becomes a whole kubeconfig; what is none is refused', () => {
  expect(mergeKubeconfig('', options)).toBe(renderKubeconfig(options));
  expect(() => mergeKubeconfig('- a\n- list', options)).toThrow(/no kubeconfig/);
  expect(() => mergeKubeconfig('a: [', options)).toThrow(/no kubeconfig/);
});

test('what merging added is taken out again, and nothing else', () => {
  const merged = mergeKubeconfig(mergeKubeconfig(existing, options), {
    ...options,
    clusterName: 'demo-2',
  });
  const left = withoutCluster(merged, 'demo')!;
  expect(left).toContain('# mine');
  expect(left).toContain('# the other one');
  expect(left).toContain('colors: true');
  const config = parsed(left);
  expect(config.clusters.map((one) => one.name)).toEqual(['work', 'drydock-demo-2']);
  expect(config.contexts.map((one) => one.name)).toEqual(['drydock-demo-2']);
  expect(config.users.map((one) => one.name)).toEqual(['drydock-demo-2']);
  expect(config['current-context']).toBe('drydock-demo-2');
  expect(parsed(withoutCluster(left, 'demo-2')!)['current-context']).toBe('');
});

test('a file without entries of the cluster, or that is no kubeconfig, is left alone', () => {
  expect(withoutCluster(existing, 'demo')).toBeUndefined();
  expect(withoutCluster('', 'demo')).toBeUndefined();
  expect(withoutCluster('a: [', 'demo')).toBeUndefined();
});
