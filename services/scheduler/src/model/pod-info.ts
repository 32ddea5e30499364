/** A pod with everything plugins ask of it worked out once. */
import type { Pod, Toleration } from '@drydock/api';
import { podRequests, podScoredRequests, type Resources } from './resources.ts';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

export interface PodInfo {
  readonly pod: Pod;
  readonly uid: string;
  /** namespace/name */
  readonly key: string;
  readonly priority: number;
  readonly requests: Resources;
  /** With assumed amounts of cpu and memory for containers that name none. */
  readonly scoredRequests: Resources;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Toleration[];
  /** The uid of the controller that owns the pod: its replicas are spread. Empty for none. */
  readonly spreadGroup: string;
}

const anyIp = '0.0.0.0';

function hostPortsOf(pod: Pod): HostPort[] {
  const found: HostPort[] = [];
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort === 0) continue;
      const ip = hostIP === undefined || hostIP === '' ? anyIp : hostIP;
      found.push({ ip, protocol: protocol ?? 'TCP', port: hostPort });
    }
  }
  return found;
}

export function podInfoOf(pod: Pod): PodInfo {
  const { namespace, name, uid, ownerReferences } = pod.metadata;
  return {
    pod,
    uid: uid ?? '',
    key: `${namespace}/${name}`,
    priority: pod.spec.priority ?? 0,
    requests: podRequests(pod),
    scoredRequests: podScoredRequests(pod),
    hostPorts: hostPortsOf(pod),
    tolerations: pod.spec.tolerations ?? [],
    spreadGroup: ownerReferences?.find((owner) => owner.controller === true)?.uid ?? '',
  };
}

/** Two pods of one node cannot have ports that meet: the same number, or an address that is any. */
export function portsConflict(one: HostPort, other: HostPort): boolean {
  return (
    one.port === other.port &&
    one.protocol === other.protocol &&
    (one.ip === other.ip || one.ip === anyIp || other.ip === anyIp)
  );
}

const ended = new Set<string | undefined>(['Succeeded', 'Failed']);

/** A pod that has ended holds nothing on its node any more. */
export const hasEnded = (pod: Pod): boolean => ended.has(pod.status?.phase);
