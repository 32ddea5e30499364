/** What admission may look up: objects as the cache has them, which may be a moment old. */
import { findResource, type KubernetesObject } from '@drydock/api';
import type { Cacher } from '../../cacher/cacher.ts';
import { createSelection } from '../../cacher/selection.ts';

export interface CachedObjects {
  /** All objects of a kind, of every namespace; the caller's own copies. */
  list<T extends KubernetesObject>(group: string, resource: string): T[];
}

export function createCachedObjects(cacher: Cacher): CachedObjects {
  return {
    list: <T extends KubernetesObject>(group: string, resource: string) => {
      const kind = findResource(group, resource)!;
      const everything = createSelection(kind, { namespace: '' });
      return Array.from(cacher.of(kind).select(everything), (object) => object.parse<T>());
    },
  };
}
