/** A node with the pods it has or is about to get, and what they take of it. */
import type { Node, Taint } from '@drydock/api';
import type { HostPort, PodInfo } from './pod-info.ts';
import { addResources, noResources, resourcesOf, valueOf, type Resources } from './resources.ts';

/** As plugins see it: nothing here is theirs to change. */
export interface NodeView {
  readonly name: string;
  readonly node: Node;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly allocatable: Readonly<Resources>;
  readonly podsMax: number;
  readonly podCount: number;
  readonly requested: Readonly<Resources>;
  readonly scoredRequested: Readonly<Resources>;
  readonly hostPorts: readonly HostPort[];
  /** Bytes by image name. */
  readonly images: ReadonlyMap<string, number>;
  /** How many pods of a spread group the node has. */
  spreadCount(group: string): number;
}

/** As the cache keeps it. */
export interface NodeInfo extends NodeView {
  setNode(node: Node): void;
  addPod(pod: PodInfo): void;
  removePod(pod: PodInfo): void;
}

interface Described {
  readonly node: Node;
  readonly allocatable: Resources;
  readonly podsMax: number;
  readonly images: ReadonlyMap<string, number>;
}

function describe(node: Node): Described {
  const allocatable = node.status?.allocatable;
  const images = new Map<string, number>();
  for (const image of node.status?.images ?? []) {
    for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0);
  }
  return {
    node,
    allocatable: resourcesOf(allocatable),
    podsMax: valueOf(allocatable?.['pods'] ?? '0'),
    images,
  };
}

const none: Readonly<Record<string, string>> = {};

export function createNodeInfo(first: Node): NodeInfo {
  let described = describe(first);
  const requested = noResources();
  const scoredRequested = noResources();
  const hostPorts: HostPort[] = [];
  const spread = new Map<string, number>();
  let podCount = 0;

  return {
    name: first.metadata.name,
    get node() {
      return described.node;
    },
    get labels() {
      return described.node.metadata.labels ?? none;
    },
    get taints() {
      return described.node.spec?.taints ?? [];
    },
    get allocatable() {
      return described.allocatable;
    },
    get podsMax() {
      return described.podsMax;
    },
    get podCount() {
      return podCount;
    },
    get images() {
      return described.images;
    },
    requested,
    scoredRequested,
    hostPorts,
    spreadCount: (group) => spread.get(group) ?? 0,
    setNode: (node) => void (described = describe(node)),
    addPod: (pod) => {
      podCount++;
      addResources(requested, pod.requests);
      addResources(scoredRequested, pod.scoredRequests);
      hostPorts.push(...pod.hostPorts);
      if (pod.spreadGroup !== '') {
        spread.set(pod.spreadGroup, (spread.get(pod.spreadGroup) ?? 0) + 1);
      }
    },
    removePod: (pod) => {
      podCount--;
      addResources(requested, pod.requests, -1);
      addResources(scoredRequested, pod.scoredRequests, -1);
      for (const port of pod.hostPorts) {
        const index = hostPorts.findIndex(
          (one) => one.ip === port.ip && one.protocol === port.protocol && one.port === port.port,
        );
        if (index !== -1) hostPorts.splice(index, 1);
      }
      const count = (spread.get(pod.spreadGroup) ?? 0) - 1;
      if (count > 0) spread.set(pod.spreadGroup, count);
      else spread.delete(pod.spreadGroup);
    },
  };
}
