/**
 * How a container tells whose it is. Labels are all that survives the agent, so everything that the
 * agent must know of a container that it did not just make itself is in them.
 */
import type { ContainerConfig, PodIdentity, SandboxConfig } from '../runtime.ts';

export interface NodeIdentity {
  readonly cluster: string;
  readonly node: string;
  readonly bootId: string;
}

/** The container name of a sandbox in labels and names, as upstream's runtimes write it. */
const sandboxName = 'POD';

const prefix = 'drydock.';
export const label = {
  cluster: `${prefix}cluster`,
  node: `${prefix}node`,
  boot: `${prefix}boot`,
  namespace: `${prefix}namespace`,
  pod: `${prefix}pod`,
  uid: `${prefix}uid`,
  container: `${prefix}container`,
  attempt: `${prefix}attempt`,
  specHash: `${prefix}spec-hash`,
  sandbox: `${prefix}sandbox`,
  address: `${prefix}address`,
  volume: `${prefix}volume`,
} as const;

export type Labels = Readonly<Record<string, string>>;

function podLabels(node: NodeIdentity, pod: PodIdentity): Record<string, string> {
  return {
    [label.cluster]: node.cluster,
    [label.node]: node.node,
    [label.boot]: node.bootId,
    [label.namespace]: pod.namespace,
    [label.pod]: pod.name,
    [label.uid]: pod.uid,
  };
}

export function sandboxLabels(node: NodeIdentity, config: SandboxConfig): Labels {
  return {
    ...podLabels(node, config.pod),
    [label.container]: sandboxName,
    [label.attempt]: String(config.attempt),
    ...(config.address === undefined ? {} : { [label.address]: config.address }),
  };
}

export function containerLabels(
  node: NodeIdentity,
  sandbox: { readonly id: string; readonly pod: PodIdentity },
  config: ContainerConfig,
): Labels {
  return {
    ...podLabels(node, sandbox.pod),
    [label.container]: config.name,
    [label.attempt]: String(config.attempt),
    [label.specHash]: config.specHash,
    [label.sandbox]: sandbox.id,
  };
}

export const memoryVolumeLabels = (node: NodeIdentity, pod: PodIdentity, name: string): Labels => ({
  ...podLabels(node, pod),
  [label.volume]: name,
});

export const memoryVolumeName = (cluster: string, pod: PodIdentity, name: string): string =>
  [cluster, pod.namespace, pod.name, pod.uid.slice(0, 8), name].join('_');

export const isSandbox = (labels: Labels) => labels[label.container] === sandboxName;

export function podOf(labels: Labels): PodIdentity {
  return {
    namespace: labels[label.namespace] ?? '',
    name: labels[label.pod] ?? '',
    uid: labels[label.uid] ?? '',
  };
}

/** A name that people recognize in `docker ps`, unique by the uid and the attempt. */
export function containerName(
  cluster: string,
  pod: PodIdentity,
  container: { readonly name: string; readonly attempt: number } | { readonly attempt: number },
): string {
  const name = 'name' in container ? container.name : sandboxName;
  return [cluster, pod.namespace, pod.name, name, pod.uid.slice(0, 8), container.attempt].join('_');
}
