/** Everything that upstream's stable groups can be asked is asked here, too; what is not says why. */
import { expect, test } from 'vitest';
import { groupVersion } from './kind.ts';
import { servedResources } from './served.ts';
import { upstreamOperations } from './testing/upstream-operations.ts';

/** Group versions that are served elsewhere or later, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/v1': 'webhooks and policies come with custom resources',
  'apiextensions.k8s.io/v1': 'custom resources come later',
  'apiregistration.k8s.io/v1': 'aggregation comes later',
  'flowcontrol.apiserver.k8s.io/v1': 'fairness comes later',
  'node.k8s.io/v1': 'there is one runtime',
};

const operations = (groups: Iterable<string>, of: (apiVersion: string) => Iterable<string>) =>
  [...groups].flatMap((apiVersion) => [...of(apiVersion)].map((one) => `${apiVersion} ${one}`));

function* upstreamOf(apiVersion: string): Iterable<string> {
  for (const [verbs, resources] of Object.entries(upstreamOperations[apiVersion]!)) {
    for (const resource of resources) {
      for (const verb of verbs.split(' ')) yield `${verb} ${resource}`;
    }
  }
}

function* oursOf(apiVersion: string): Iterable<string> {
  for (const { resource, verbs, subresources, ...kind } of servedResources) {
    if (groupVersion(kind) !== apiVersion) continue;
    // A watch is a list that goes on: upstream's document has no method of its own for it.
    for (const verb of verbs) if (verb !== 'watch') yield `${verb} ${resource}`;
    for (const one of subresources) {
      if (one.name === 'proxy') continue;
      for (const verb of one.verbs) yield `${verb} ${resource}/${one.name}`;
    }
  }
}

const groups = Object.keys(upstreamOperations).filter((one) => leftOut[one] === undefined);

test('every operation of upstream, and no other, in the groups that are served', () => {
  expect(operations(groups, oursOf).sort()).toEqual(operations(groups, upstreamOf).sort());
});

test('what is left out is a group of upstream, and not served', () => {
  const served = new Set(servedResources.map((one) => groupVersion(one)));
  for (const apiVersion of Object.keys(leftOut)) {
    expect(upstreamOperations[apiVersion], apiVersion).toBeDefined();
    expect(served.has(apiVersion), apiVersion).toBe(false);
  }
});

test('what is listed can be watched', () => {
  const unwatched = servedResources.filter(
    (one) =>
      upstreamOperations[groupVersion(one)] !== undefined &&
      one.verbs.includes('list') !== one.verbs.includes('watch'),
  );
  expect(unwatched.map(({ resource }) => resource)).toEqual(['componentstatuses']);
});
