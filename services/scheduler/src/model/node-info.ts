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
  /** Cordoned. */
  readonly isUnschedulable: boolean;
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
  /** All pods on the node; for plugins that must look at each, which is slow. */
  readonly pods: ReadonlySet<PodInfo>;
}

const none: Readonly<Record<string, string>> = {};

/**
 * As the cache keeps it. A class of plain fields, because a search reads hundreds of thousands of
 * them a second and the engine is fastest at objects of one shape.
 */
export class NodeInfo implements NodeView {
  readonly name: string;
  node!: Node;
  labels!: Readonly<Record<string, string>>;
  taints!: readonly Taint[];
  isUnschedulable!: boolean;
  allocatable!: Resources;
  podsMax!: number;
  images!: ReadonlyMap<string, number>;
  readonly pods = new Set<PodInfo>();
  readonly requested = noResources();
  readonly scoredRequested = noResources();
  readonly hostPorts: HostPort[] = [];
  readonly #spread = new Map<string, number>();

  constructor(node: Node) {
    this.name = node.metadata.name;
    this.setNode(node);
  }

  get podCount(): number {
    return this.pods.size;
  }

  spreadCount(group: string): number {
    return this.#spread.get(group) ?? 0;
  }

  setNode(node: Node): void {
    const allocatable = node.status?.allocatable;
    const images = new Map<string, number>();
    for (const image of node.status?.images ?? []) {
      for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0);
    }
    this.node = node;
    this.labels = node.metadata.labels ?? none;
    this.taints = node.spec?.taints ?? [];
    this.isUnschedulable = node.spec?.unschedulable === true;
    this.allocatable = resourcesOf(allocatable);
    this.podsMax = valueOf(allocatable?.['pods'] ?? '0');
    this.images = images;
  }

  addPod(pod: PodInfo): void {
    this.pods.add(pod);
    addResources(this.requested, pod.requests);
    addResources(this.scoredRequested, pod.scoredRequests);
    this.hostPorts.push(...pod.hostPorts);
    const { spreadGroup } = pod;
    if (spreadGroup !== '') this.#spread.set(spreadGroup, this.spreadCount(spreadGroup) + 1);
  }

  removePod(pod: PodInfo): void {
    this.pods.delete(pod);
    addResources(this.requested, pod.requests, -1);
    addResources(this.scoredRequested, pod.scoredRequests, -1);
    for (const port of pod.hostPorts) {
      const index = this.hostPorts.findIndex(
        (one) => one.ip === port.ip && one.protocol === port.protocol && one.port === port.port,
      );
      if (index !== -1) this.hostPorts.splice(index, 1);
    }
    const count = this.spreadCount(pod.spreadGroup) - 1;
    if (count > 0) this.#spread.set(pod.spreadGroup, count);
    else this.#spread.delete(pod.spreadGroup);
  }
}
