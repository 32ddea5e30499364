import { describe, expect, test } from 'vitest';
import {
  aggregatedDiscovery,
  aggregatedDiscoveryMediaType,
  apiGroup,
  apiGroupList,
  apiResourceList,
} from './discovery.ts';
import { newerEvents } from './kinds/events/events-v1.ts';
import { servedKinds } from './registry.ts';
import { servedResources } from './served.ts';

describe('aggregated discovery', () => {
  test('the core group is at /api without a name, every other at /apis by its name', () => {
    const core = aggregatedDiscovery('api', 'v2') as { items: { metadata: { name?: string } }[] };
    expect(core.items).toHaveLength(1);
    expect(core.items[0]!.metadata.name).toBeUndefined();
    const rest = aggregatedDiscovery('apis', 'v2beta1') as typeof core & { apiVersion: string };
    expect(rest.apiVersion).toBe('apidiscovery.k8s.io/v2beta1');
    const groups = new Set(servedResources.map(({ group }) => group));
    expect(['', ...rest.items.map((item) => item.metadata.name)]).toEqual([...groups]);
  });

  test('a resource says its kind, scope, names and subresources', () => {
    const { items } = aggregatedDiscovery('apis', 'v2') as {
      items: { versions: { freshness: string; resources: { resource: string }[] }[] }[];
    };
    const [version] = items[0]!.versions;
    expect(version!.freshness).toBe('Current');
    const found = version!.resources.find(({ resource }) => resource === 'deployments');
    expect(found).toMatchObject({
      responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
      shortNames: ['deploy'],
      categories: ['all'],
      subresources: [
        { subresource: 'status' },
        {
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        },
      ],
    });
  });

  test('the media type names the version', () => {
    expect(aggregatedDiscoveryMediaType('v2')).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    );
  });
});

describe('discovery for older clients', () => {
  test('drain finds pods/eviction of policy/v1, without which it would delete', () => {
    const { resources } = apiResourceList('', 'v1') as { resources: { name: string }[] };
    expect(resources.find(({ name }) => name === 'pods/eviction')).toEqual({
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    });
  });

  test('each group is listed once and has a document of its own', () => {
    const { groups } = apiGroupList() as { groups: { name: string }[] };
    expect(groups[0]).toMatchObject({ name: 'apps' });
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
    expect(apiGroup('apps')).toMatchObject({
      kind: 'APIGroup',
      preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
    });
    expect(apiGroup('nope')).toBeUndefined();
    expect(apiResourceList('apps', 'v2')).toBeUndefined();
  });

  test('reviews are listed with nothing but create', () => {
    const { resources } = apiResourceList('authorization.k8s.io', 'v1') as {
      resources: { name: string }[];
    };
    expect(resources.map(({ name }) => name)).toEqual([
      'localsubjectaccessreviews',
      'selfsubjectaccessreviews',
      'selfsubjectrulesreviews',
      'subjectaccessreviews',
    ]);
    expect(resources[0]).toEqual({
      name: 'localsubjectaccessreviews',
      singularName: 'localsubjectaccessreview',
      namespaced: true,
      kind: 'LocalSubjectAccessReview',
      verbs: ['create'],
    });
  });

  test('a group in two versions lists both, the preferred one first', () => {
    const older = { ...newerEvents, version: 'v1beta1' };
    const versions = [{ version: 'v1' }, { version: 'v1beta1' }];
    const resources = [newerEvents, older];
    expect(apiGroup('events.k8s.io', resources)).toMatchObject({
      versions,
      preferredVersion: { version: 'v1' },
    });
    expect(aggregatedDiscovery('apis', 'v2', resources)).toMatchObject({ items: [{ versions }] });
    expect(apiResourceList('events.k8s.io', 'v1beta1', resources)).toMatchObject({
      groupVersion: 'events.k8s.io/v1beta1',
      resources: [{ name: 'events' }],
    });
  });

  test('every kind is found in the list of its group version', () => {
    for (const { group, version, resource } of servedKinds) {
      const { resources } = apiResourceList(group, version) as { resources: { name: string }[] };
      expect(resources.map(({ name }) => name)).toContain(resource);
    }
  });
});
