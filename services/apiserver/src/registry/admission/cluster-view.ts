/** What admission reads of the rest of the cluster, as fresh as the watch cache. */
import {
  findResource,
  type IngressClass,
  type KubernetesObject,
  type LimitRange,
  type PriorityClass,
  type ResourceQuota,
  type StorageClass,
} from '@drydock/api';
import type { Cacher } from '../../cacher/cacher.ts';
import { createSelection } from '../../cacher/selection.ts';

/** Nobody may change what these lists hold: they are shared. */
export interface ClusterView {
  limitRanges(namespace: string): readonly LimitRange[];
  quotas(namespace: string): readonly ResourceQuota[];
  ingressClasses(): readonly IngressClass[];
  priorityClasses(): readonly PriorityClass[];
  storageClasses(): readonly StorageClass[];
}

export function createClusterView(cacher: Cacher): ClusterView {
  /** Read by every create and changed by hand: a list is made when its cache has changed. */
  const listOf = <T extends KubernetesObject>(group: string, resource: string) => {
    const kind = findResource(group, resource)!;
    const lists = new Map<string, T[]>();
    let version = -1;
    return (namespace: string): readonly T[] => {
      const cache = cacher.of(kind);
      if (cache.size === 0) return [];
      if (cache.version !== version) lists.clear();
      version = cache.version;
      let list = lists.get(namespace);
      if (list === undefined) {
        const objects = cache.select(createSelection(kind, { namespace }));
        list = Array.from(objects, (stored) => stored.shared<T>());
        lists.set(namespace, list);
      }
      return list;
    };
  };
  const ingressClasses = listOf<IngressClass>('networking.k8s.io', 'ingressclasses');
  const priorityClasses = listOf<PriorityClass>('scheduling.k8s.io', 'priorityclasses');
  const storageClasses = listOf<StorageClass>('storage.k8s.io', 'storageclasses');
  return {
    limitRanges: listOf<LimitRange>('', 'limitranges'),
    quotas: listOf<ResourceQuota>('', 'resourcequotas'),
    ingressClasses: () => ingressClasses(''),
    priorityClasses: () => priorityClasses(''),
    storageClasses: () => storageClasses(''),
  };
}
