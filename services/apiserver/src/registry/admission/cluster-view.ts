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
import type { StoredObject } from '../../storage/stored-object.ts';

/** Nobody may change what these lists hold: they are shared. */
export interface ClusterView {
  limitRanges(namespace: string): readonly LimitRange[];
  quotas(namespace: string): readonly ResourceQuota[];
  ingressClasses(): readonly IngressClass[];
  priorityClasses(): readonly PriorityClass[];
  storageClasses(): readonly StorageClass[];
}

export function createClusterView(cacher: Cacher): ClusterView {
  /** Each version of an object is parsed once, however many pods it is asked for. */
  const parsed = new WeakMap<StoredObject, KubernetesObject>();
  const parse = <T extends KubernetesObject>(stored: StoredObject): T => {
    const known = parsed.get(stored);
    if (known !== undefined) return known as T;
    const object = stored.parse<T>();
    parsed.set(stored, object);
    return object;
  };
  const listOf = <T extends KubernetesObject>(group: string, resource: string) => {
    const kind = findResource(group, resource)!;
    return (namespace: string): T[] =>
      Array.from(cacher.of(kind).select(createSelection(kind, { namespace })), parse<T>);
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
