/** All that is served, stored or not: what discovery and OpenAPI tell of. */
import type { DiscoveryResource } from './kind.ts';
import { servedKinds } from './registry.ts';
import { reviews } from './reviews.ts';

/** Upstream lists these groups before those of the reviews. */
const before: readonly string[] = ['', 'apps', 'events.k8s.io'];

export const servedResources: readonly DiscoveryResource[] = [
  ...servedKinds.filter(({ group }) => before.includes(group)),
  ...reviews,
  ...servedKinds.filter(({ group }) => !before.includes(group)),
];

/** Every group version that is served, the core group first, and those of a group together. */
export const groupVersions: readonly { readonly group: string; readonly version: string }[] = [
  ...Map.groupBy(servedResources, ({ group }) => group),
].flatMap(([group, members]) =>
  [...new Set(members.map(({ version }) => version))].map((version) => ({ group, version })),
);
