/** All that is served, stored or not: what discovery and OpenAPI tell of. */
import type { DiscoveryResource } from './kind.ts';
import { kinds } from './registry.ts';
import { reviews } from './reviews.ts';

/** Upstream lists these groups before those of the reviews. */
const before: readonly string[] = ['', 'apps', 'events.k8s.io'];

export const servedResources: readonly DiscoveryResource[] = [
  ...kinds.filter(({ group }) => before.includes(group)),
  ...reviews,
  ...kinds.filter(({ group }) => !before.includes(group)),
];

/** Every group version that is served, the core group first. */
export const groupVersions: readonly { readonly group: string; readonly version: string }[] = [
  ...new Map(
    servedResources.map(({ group, version }) => [`${group}/${version}`, { group, version }]),
  ).values(),
];
