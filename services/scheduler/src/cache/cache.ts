/**
 * What the scheduler believes of the cluster: its nodes, and the pods on them, those included that it
 * has just assigned and whose binding is still under way.
 *
 * 1. A pod is on one node at most. Assumed, it counts as if it were there; the informer's word about
 *    it replaces the assumption.
 * 2. An assumption whose binding succeeded and which the informer never confirms expires, so a lost
 *    event cannot hold resources for ever. One whose binding is under way does not.
 * 3. A scheduling cycle is synchronous: nothing changes while plugins look, so the cache itself is the
 *    snapshot, and no copy is ever made.
 *
 * Pure: instants are given by the caller.
 */
import type { Node } from '@drydock/api';
import type { Millis } from '@drydock/ports';
import { NodeInfo, type NodeView } from '../model/node-info.ts';
import type { PodInfo } from '../model/pod-info.ts';
import { createStorage, type Storage, type StorageView } from './storage.ts';

export interface Snapshot {
  /** In a stable order. */
  readonly nodes: readonly NodeView[];
  /** How many nodes have an image. */
  imageSpread(image: string): number;
  /** Claims and volumes. */
  readonly storage: StorageView;
}

export interface Cache extends Snapshot {
  readonly storage: Storage;
  readonly assumedCount: number;
  /** True when something changed that scheduling depends on. */
  setNode(node: Node): boolean;
  removeNode(name: string): void;
  /** An assigned pod as the informer knows it, new or changed. */
  setPod(pod: PodInfo, nodeName: string): void;
  /** True if the cache knew the pod. */
  removePod(uid: string): boolean;
  isKnown(uid: string): boolean;
  assume(pod: PodInfo, nodeName: string): void;
  /** The binding succeeded; from now on the assumption may expire. */
  bound(uid: string, now: Millis): void;
  /** The binding failed. */
  forget(uid: string): void;
  /** Drops assumptions that were never confirmed; answers with their pods. */
  expire(now: Millis): PodInfo[];
}

interface Placement {
  readonly info: PodInfo;
  readonly nodeName: string;
  readonly state: 'confirmed' | 'binding' | 'bound';
  readonly expiresAt: Millis;
}

export const assumptionMillis: Millis = 900_000;

/** What scheduling depends on in a node; heartbeats change the rest every few seconds. */
function essence(node: Node): string {
  const { labels, annotations } = node.metadata;
  const { allocatable, images } = node.status ?? {};
  return JSON.stringify([labels, annotations, node.spec, allocatable, images]);
}

export function createCache(): Cache {
  const nodes: NodeInfo[] = [];
  const byName = new Map<string, { info: NodeInfo; essence: string }>();
  const placements = new Map<string, Placement>();
  /** Pods whose node is not known (yet, or any more). */
  const homeless = new Map<string, Map<string, PodInfo>>();
  const imageNodes = new Map<string, number>();
  const assumed = new Set<string>();

  const countImages = (info: NodeInfo, change: 1 | -1) => {
    for (const image of info.images.keys()) {
      const count = (imageNodes.get(image) ?? 0) + change;
      if (count > 0) imageNodes.set(image, count);
      else imageNodes.delete(image);
    }
  };
  const homelessOf = (nodeName: string) => {
    let pods = homeless.get(nodeName);
    if (pods === undefined) homeless.set(nodeName, (pods = new Map()));
    return pods;
  };
  const place = (placement: Placement) => {
    const { info, nodeName } = placement;
    placements.set(info.uid, placement);
    if (placement.state !== 'confirmed') assumed.add(info.uid);
    const home = byName.get(nodeName);
    if (home === undefined) homelessOf(nodeName).set(info.uid, info);
    else home.info.addPod(info);
  };
  const displace = (uid: string): Placement | undefined => {
    const placement = placements.get(uid);
    if (placement === undefined) return undefined;
    placements.delete(uid);
    assumed.delete(uid);
    const home = byName.get(placement.nodeName);
    if (home !== undefined) home.info.removePod(placement.info);
    else {
      const pods = homeless.get(placement.nodeName);
      pods?.delete(uid);
      if (pods?.size === 0) homeless.delete(placement.nodeName);
    }
    return placement;
  };

  return {
    nodes,
    storage: createStorage(),
    imageSpread: (image) => imageNodes.get(image) ?? 0,
    get assumedCount() {
      return assumed.size;
    },
    setNode: (node) => {
      const { name } = node.metadata;
      const now = essence(node);
      const known = byName.get(name);
      if (known !== undefined) {
        if (known.essence === now) return false;
        countImages(known.info, -1);
        known.info.setNode(node);
        known.essence = now;
        countImages(known.info, 1);
        return true;
      }
      const info = new NodeInfo(node);
      byName.set(name, { info, essence: now });
      nodes.push(info);
      countImages(info, 1);
      for (const pod of homeless.get(name)?.values() ?? []) info.addPod(pod);
      homeless.delete(name);
      return true;
    },
    removeNode: (name) => {
      const known = byName.get(name);
      if (known === undefined) return;
      byName.delete(name);
      nodes.splice(nodes.indexOf(known.info), 1);
      countImages(known.info, -1);
      for (const [uid, placement] of placements) {
        if (placement.nodeName === name) homelessOf(name).set(uid, placement.info);
      }
    },
    setPod: (info, nodeName) => {
      displace(info.uid);
      place({ info, nodeName, state: 'confirmed', expiresAt: Infinity });
    },
    removePod: (uid) => displace(uid) !== undefined,
    isKnown: (uid) => placements.has(uid),
    assume: (info, nodeName) => {
      if (placements.has(info.uid)) throw new Error(`pod ${info.key} has a node already`);
      place({ info, nodeName, state: 'binding', expiresAt: Infinity });
    },
    bound: (uid, now) => {
      const placement = placements.get(uid);
      if (placement?.state !== 'binding') return;
      placements.set(uid, { ...placement, state: 'bound', expiresAt: now + assumptionMillis });
    },
    forget: (uid) => {
      if (placements.get(uid)?.state !== 'confirmed') displace(uid);
    },
    expire: (now) => {
      const expired = [...assumed].filter((uid) => placements.get(uid)!.expiresAt <= now);
      return expired.map((uid) => displace(uid)!.info);
    },
  };
}
