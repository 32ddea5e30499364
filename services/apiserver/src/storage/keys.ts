/**
 * Where objects lie in etcd: /registry/<resource>/<namespace>/<name>, with the few prefixes in which
 * Kubernetes differs from its resource names. An upstream kube-apiserver finds them there.
 */
import type { KindDefinition } from '@drydock/api';

export const registryPrefix = '/registry/';

const ownPrefixes: Readonly<Record<string, string>> = {
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  ingresses: 'ingress',
};

/** One object's place. */
export interface ResourceKey {
  readonly kind: KindDefinition;
  readonly key: string;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** The prefix of all objects of a kind, with its closing slash. */
export function resourcePrefix(kind: KindDefinition): string {
  return `${registryPrefix}${ownPrefixes[kind.resource] ?? kind.resource}/`;
}

/** The prefix of a list: of one namespace, or of all with an empty one. */
export function listPrefix(kind: KindDefinition, namespace: string): string {
  return namespace === '' ? resourcePrefix(kind) : `${resourcePrefix(kind)}${namespace}/`;
}

export function keyOf(kind: KindDefinition, namespace: string, name: string): ResourceKey {
  const place = kind.namespaced ? `${namespace}/${name}` : name;
  return {
    kind,
    key: resourcePrefix(kind) + place,
    namespace: kind.namespaced ? namespace : '',
    name,
  };
}

/** Reads keys back; undefined for what belongs to no kind. */
export function createKeyParser(
  kinds: readonly KindDefinition[],
): (key: string) => ResourceKey | undefined {
  const byPrefix = new Map(kinds.map((kind) => [resourcePrefix(kind), kind]));
  return (key) => {
    if (!key.startsWith(registryPrefix)) return undefined;
    let slash = key.indexOf('/', registryPrefix.length);
    if (key.startsWith('services/', registryPrefix.length)) slash = key.indexOf('/', slash + 1);
    if (slash < 0) return undefined;
    const kind = byPrefix.get(key.slice(0, slash + 1));
    if (kind === undefined) return undefined;
    const place = key.slice(slash + 1);
    if (!kind.namespaced) {
      return place.includes('/') ? undefined : { kind, key, namespace: '', name: place };
    }
    const middle = place.indexOf('/');
    if (middle < 0) return undefined;
    return { kind, key, namespace: place.slice(0, middle), name: place.slice(middle + 1) };
  };
}
