/**
 * What the server serves, as clients ask for it: aggregated discovery (apidiscovery.k8s.io v2 and
 * v2beta1) and the older documents, a list of resources for each group version.
 */
import { groupVersion } from './kind.ts';
import type { DiscoveryResource } from './kind.ts';
import { servedResources } from './served.ts';

type Json = Record<string, unknown>;

type Versions = ReadonlyMap<string, readonly DiscoveryResource[]>;

/** Groups in order, each with its versions in order, the preferred one first. */
function byGroup(resources: readonly DiscoveryResource[]): Map<string, Versions> {
  return new Map(
    [...Map.groupBy(resources, ({ group }) => group)].map(([group, members]) => [
      group,
      Map.groupBy(members, ({ version }) => version),
    ]),
  );
}

const optionalList = (key: string, values: readonly string[]): Json =>
  values.length === 0 ? {} : { [key]: values };

function aggregatedResource(one: DiscoveryResource): Json {
  const scope = one.namespaced ? 'Namespaced' : 'Cluster';
  return {
    resource: one.resource,
    responseKind: { group: one.group, version: one.version, kind: one.kind },
    scope,
    singularResource: one.singular,
    verbs: one.verbs,
    ...optionalList('shortNames', one.shortNames),
    ...optionalList('categories', one.categories),
    ...(one.subresources.length === 0
      ? {}
      : {
          subresources: one.subresources.map(({ name, group, version, kind, verbs }) => ({
            subresource: name,
            responseKind: { group, version, kind },
            verbs,
          })),
        }),
  };
}

/** The answer at `/api` (the core group) or `/apis` (all others). */
export function aggregatedDiscovery(
  root: 'api' | 'apis',
  version: 'v2' | 'v2beta1',
  resources: readonly DiscoveryResource[] = servedResources,
): Json {
  const items = [...byGroup(resources)]
    .filter(([group]) => (group === '') === (root === 'api'))
    .map(([group, versions]) => ({
      metadata:
        group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: Array.from(versions, ([one, members]) => ({
        version: one,
        resources: members.map(aggregatedResource),
        freshness: 'Current',
      })),
    }));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items,
  };
}

/** The Content-Type that must go with an aggregated answer. */
export function aggregatedDiscoveryMediaType(version: 'v2' | 'v2beta1'): string {
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
}

/** `/api` for clients without aggregated discovery. */
export function apiVersions(serverAddress: string): Json {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

function groupDocument(group: string, versions: Versions): Json {
  const entries = Array.from(versions.keys(), (version) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { name: group, versions: entries, preferredVersion: entries[0] };
}

/** `/apis` for clients without aggregated discovery. */
export function apiGroupList(resources: readonly DiscoveryResource[] = servedResources): Json {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...byGroup(resources)]
      .filter(([group]) => group !== '')
      .map(([group, versions]) => groupDocument(group, versions)),
  };
}

/** `/apis/<group>`. */
export function apiGroup(
  group: string,
  resources: readonly DiscoveryResource[] = servedResources,
): Json | undefined {
  const versions = byGroup(resources).get(group);
  if (versions === undefined || group === '') return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group, versions) };
}

/** `/api/v1` and `/apis/<group>/<version>`: undefined when it is not served. */
export function apiResourceList(
  group: string,
  version: string,
  resources: readonly DiscoveryResource[] = servedResources,
): Json | undefined {
  const members = resources.filter((one) => one.group === group && one.version === version);
  if (members.length === 0) return undefined;
  const entries = members.flatMap((one) => [
    {
      name: one.resource,
      singularName: one.singular,
      namespaced: one.namespaced,
      kind: one.kind,
      verbs: one.verbs,
      ...optionalList('shortNames', one.shortNames),
      ...optionalList('categories', one.categories),
    },
    ...one.subresources.map((sub) => ({
      name: `${one.resource}/${sub.name}`,
      singularName: '',
      namespaced: one.namespaced,
      // A kind of another group says so: drain looks for pods/eviction of policy/v1.
      ...(sub.group === one.group ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion({ group, version }),
    resources: entries,
  };
}
