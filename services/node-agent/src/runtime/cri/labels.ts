/**
 * How sandboxes and containers tell whose they are. The first four are kubelet's, so that crictl and
 * other tools know them; the rest is all that survives the agent. Pure.
 */
import type { ContainerConfig, PodIdentity, SandboxConfig } from '../runtime.ts';

export interface NodeIdentity {
  readonly cluster: string;
  readonly node: string;
  readonly bootId: string;
}

export const label = {
  pod: 'io.kubernetes.pod.name',
  namespace: 'io.kubernetes.pod.namespace',
  uid: 'io.kubernetes.pod.uid',
  container: 'io.kubernetes.container.name',
  cluster: 'drydock.cluster',
  node: 'drydock.node',
} as const;

export const annotation = {
  specHash: 'io.kubernetes.container.hash',
  attempt: 'io.kubernetes.container.restartCount',
  boot: 'drydock.boot',
  hosts: 'drydock.hosts',
  stdin: 'drydock.stdin',
  tty: 'drydock.tty',
} as const;

type Pairs = Readonly<Record<string, string>>;

/** What is ours of all that the runtime has. */
export function selector(
  node: NodeIdentity,
  podUid: string | undefined,
): Readonly<Record<string, string>> {
  return {
    [label.cluster]: node.cluster,
    [label.node]: node.node,
    ...(podUid === undefined ? {} : { [label.uid]: podUid }),
  };
}

const podLabels = (node: NodeIdentity, pod: PodIdentity) => ({
  ...selector(node, pod.uid),
  [label.pod]: pod.name,
  [label.namespace]: pod.namespace,
});

export const sandboxLabels = (node: NodeIdentity, { labels, pod }: SandboxConfig): Pairs => ({
  ...labels,
  ...podLabels(node, pod),
});

export function sandboxAnnotations(node: NodeIdentity, config: SandboxConfig): Pairs {
  const { hostname, hostAliases } = config;
  return {
    ...config.annotations,
    [annotation.boot]: node.bootId,
    [annotation.hosts]: JSON.stringify({ hostname, hostAliases }),
  };
}

export const containerLabels = (node: NodeIdentity, pod: PodIdentity, name: string): Pairs => ({
  ...podLabels(node, pod),
  [label.container]: name,
});

export const containerAnnotations = (config: ContainerConfig): Pairs => ({
  [annotation.specHash]: config.specHash,
  [annotation.attempt]: String(config.attempt),
  [annotation.stdin]: String(config.stdin),
  [annotation.tty]: String(config.tty),
});

export const podOf = (labels: Pairs): PodIdentity => ({
  namespace: labels[label.namespace] ?? '',
  name: labels[label.pod] ?? '',
  uid: labels[label.uid] ?? '',
});
