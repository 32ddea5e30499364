/** The settings of a node-agent. */
import { forbiddenLabels } from '@drydock/api';
import {
  choice,
  duration,
  integer,
  list,
  path,
  port,
  text,
  type FlagValues,
} from '@drydock/process';
import { upkeepFlags } from './flags-upkeep.ts';

export const flags = {
  'node-name': text({ default: '', help: 'name of the node; the real runtime needs one' }),
  apiservers: list({ help: 'host:port of each apiserver’s gRPC' }),
  'tls-cert-file': path({ help: 'certificate of the node, for serving and for calling' }),
  'tls-private-key-file': path({ help: 'its private key' }),
  'ca-file': path({ help: 'CA of the cluster' }),
  'container-runtime': choice(['docker', 'remote', 'simulated'], {
    default: 'docker',
    help: 'what runs containers; remote: a server of the CRI',
  }),
  'container-runtime-endpoint': text({
    default: 'unix:///run/containerd/containerd.sock',
    help: 'socket of the remote runtime',
  }),
  'pod-logs-dir': path({ default: '/var/log/pods', help: 'where the remote runtime writes logs' }),
  'docker-socket': path({ default: '/var/run/docker.sock', help: 'socket of the engine' }),
  'cluster-name': text({ default: 'drydock', help: 'name of the cluster, a label of containers' }),
  'node-labels': list({ default: [], help: 'labels of the node, key=value' }),
  'node-ip': text({ default: '', help: 'InternalIP; empty: the first that is not loopback' }),
  port: port({ default: 10250, help: 'port of the node API' }),
  nodes: integer({ default: 1, min: 1, max: 10_000, help: 'simulated nodes in this process' }),
  'node-name-prefix': text({
    default: '',
    help: 'simulated nodes are called PREFIX-1, PREFIX-2, …',
  }),
  'boot-id-file': text({
    default: '',
    help: 'changes when the machine boots; empty: /run/drydock/boot-id, with a remote runtime the kernel’s',
  }),
  'pause-image': text({ default: 'drydock-pause:1', help: 'image of the sandboxes' }),
  'max-pods': integer({ default: 110, min: 1, help: 'most pods of the node' }),
  'root-dir': path({ default: '/var/lib/drydock', help: 'folder of volumes, on a volume itself' }),
  'pod-manifest-path': path({
    default: '',
    help: 'folder (or file) of pods that the node runs of itself; empty: none',
  }),
  'shutdown-grace-period': duration({
    default: 0,
    help: 'what pods get to end when the machine goes down; 0: nothing waits for them',
  }),
  'shutdown-grace-period-critical-pods': duration({
    default: 0,
    help: 'of that, what is kept for pods with a critical priority, which end last',
  }),
  'cluster-dns': list({ default: [], help: 'resolvers of pods; none: those of the engine' }),
  'cluster-domain': text({ default: 'cluster.local', help: 'domain of services' }),
  ...upkeepFlags,
} as const;

export type AgentConfig = FlagValues<typeof flags>;

/** @throws Error that says which flag is wrong, or which labels a node may not give itself */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  const labels = Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', value, ...more] = pair.split('=');
      if (key === '' || value === undefined || more.length > 0) {
        throw new Error(`--node-labels: expected key=value, got "${pair}"`);
      }
      return [key, value];
    }),
  );
  const forbidden = forbiddenLabels(labels, {});
  if (forbidden.length === 0) return labels;
  throw new Error(
    `--node-labels: a node may not label itself ${forbidden.join(', ')}: of kubernetes.io and k8s.io it may have kubelet.kubernetes.io/ and node.kubernetes.io/; give it the others with kubectl label node`,
  );
}

/** @throws Error that says which flag is missing */
export function nodeNames(config: AgentConfig): readonly string[] {
  const prefix = config['node-name-prefix'];
  const name = config['node-name'];
  if (config['container-runtime'] === 'simulated' && prefix !== '') {
    return Array.from({ length: config.nodes }, (_, index) => `${prefix}-${index + 1}`);
  }
  if (config.nodes > 1)
    throw new Error('--nodes above 1 needs --container-runtime simulated and --node-name-prefix');
  if (name === '') throw new Error('--node-name is required: the name of the node');
  return [name];
}
