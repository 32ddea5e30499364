/** One look at a cluster: members, apiservers, leaders, nodes, pods, as far as each part answers. */
import { etcdClientFiles, etcdMembers } from './cluster.ts';
import type { Cluster, Part } from './parts.ts';
import { askEtcdStatus, type EtcdStatus } from './etcd-status.ts';
import type { RestClient } from './rest.ts';

export interface ClusterView {
  readonly members: readonly { name: string; port: number; status: EtcdStatus | undefined }[];
  readonly parts: readonly Part[];
  /** Holders of the leader Leases; undefined when none is held. */
  readonly leaders: { readonly scheduler?: string; readonly controllerManager?: string };
  readonly nodes: readonly NodeView[];
  readonly pods: readonly PodView[];
  /** Why the API does not answer, when it does not. */
  readonly apiProblem: string | undefined;
}

export interface NodeView {
  readonly name: string;
  readonly ready: boolean;
  readonly address: string;
  readonly podCidr: string;
}

interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly node: string;
  readonly address: string;
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

interface ApiObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: {
    holderIdentity?: string;
    nodeName?: string;
    podCIDR?: string;
    replicas?: number;
  };
  readonly status?: {
    phase?: string;
    podIP?: string;
    conditions?: readonly Condition[];
    addresses?: readonly { type: string; address: string }[];
    availableReplicas?: number;
  };
}

export async function lookAt(cluster: Cluster, rest: RestClient): Promise<ClusterView> {
  const [members, parts, api] = await Promise.all([
    askMembers(cluster),
    cluster.parts(),
    askApi(rest),
  ]);
  return { members, parts, ...api };
}

export async function askMembers(cluster: Cluster): Promise<ClusterView['members']> {
  const files = etcdClientFiles(cluster.folder);
  return Promise.all(
    etcdMembers(cluster.state).map(async ({ name, port }) => ({
      name,
      port,
      status: await askEtcdStatus(port, files),
    })),
  );
}

export async function list(rest: RestClient, path: string): Promise<readonly ApiObject[]> {
  const { status, body } = await rest.send('GET', path);
  if (status === 200) return (body as { items: ApiObject[] }).items;
  const message = typeof body === 'string' ? body.trim() : (body as { message?: string }).message;
  throw new Error(`${path}: ${message ?? `status ${status}`}`);
}

async function askApi(
  rest: RestClient,
): Promise<Pick<ClusterView, 'leaders' | 'nodes' | 'pods' | 'apiProblem'>> {
  try {
    const [leaders, nodes, pods] = await Promise.all([
      askLeaders(rest),
      askNodes(rest),
      askPods(rest),
    ]);
    return { leaders, nodes, pods, apiProblem: undefined };
  } catch (error) {
    return { leaders: {}, nodes: [], pods: [], apiProblem: (error as Error).message };
  }
}

export async function askLeaders(rest: RestClient): Promise<ClusterView['leaders']> {
  const leases = await list(rest, '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases');
  const holderOf = (name: string) =>
    leases.find((lease) => lease.metadata.name === name)?.spec?.holderIdentity;
  const scheduler = holderOf('kube-scheduler');
  const controllerManager = holderOf('kube-controller-manager');
  return {
    ...(scheduler === undefined ? {} : { scheduler }),
    ...(controllerManager === undefined ? {} : { controllerManager }),
  };
}

export async function askNodes(rest: RestClient): Promise<readonly NodeView[]> {
  const nodes = await list(rest, '/api/v1/nodes');
  return nodes.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    ready: isTrue(status?.conditions, 'Ready'),
    address: status?.addresses?.find((one) => one.type === 'InternalIP')?.address ?? '',
    podCidr: spec?.podCIDR ?? '',
  }));
}

async function askPods(rest: RestClient): Promise<readonly PodView[]> {
  const pods = await list(rest, '/api/v1/pods');
  return pods.map(({ metadata, spec, status }) => ({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    phase: metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    ready: isTrue(status?.conditions, 'Ready'),
    node: spec?.nodeName ?? '',
    address: status?.podIP ?? '',
  }));
}

function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((one) => one.type === type && one.status === 'True') === true;
}
