import { describe, expect, test } from 'vitest';
import { openApiV2Stub, openApiV3, openApiV3Index } from './openapi.ts';
import { kinds } from './registry.ts';
import { servedResources } from './served.ts';

const version = 'v1.32.0';

interface Schema {
  readonly type?: string;
  readonly properties?: Record<string, Schema & Record<string, unknown>>;
  readonly required?: string[];
  readonly 'x-kubernetes-group-version-kind'?: { kind: string }[];
}
interface Document {
  readonly paths: Record<string, { patch?: { parameters: { name: string }[] } & Schema }>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

const read = (group: string) => JSON.parse(openApiV3(group, 'v1', version)!.text) as Document;

describe('OpenAPI v3', () => {
  test('the index names a document for each group version, by its hash', () => {
    const { paths } = openApiV3Index(version);
    expect(Object.keys(paths)).toEqual([
      'api/v1',
      'apis/apps/v1',
      'apis/authentication.k8s.io/v1',
      'apis/authorization.k8s.io/v1',
      'apis/rbac.authorization.k8s.io/v1',
      'apis/coordination.k8s.io/v1',
      'apis/discovery.k8s.io/v1',
    ]);
    expect(paths['apis/apps/v1']!.serverRelativeURL).toMatch(
      /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{16}$/,
    );
    expect(openApiV3('nope', 'v1', version)).toBeUndefined();
  });

  test('PATCH of every kind takes fieldValidation and dryRun (kubectl asks before it validates)', () => {
    for (const { group, kind, resource, namespaced } of kinds) {
      const root = group === '' ? '/api/v1' : `/apis/${group}/v1`;
      const scope = namespaced ? '/namespaces/{namespace}' : '';
      const { patch } = read(group).paths[`${root}${scope}/${resource}/{name}`]!;
      const names = patch!.parameters.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['fieldValidation', 'dryRun']));
      expect(patch!['x-kubernetes-group-version-kind']).toMatchObject({ kind });
    }
  });

  test('a review can be posted, and nothing else', () => {
    const { paths } = read('authorization.k8s.io');
    const path = '/apis/authorization.k8s.io/v1/namespaces/{namespace}/localsubjectaccessreviews';
    expect(Object.keys(paths)).toHaveLength(4);
    expect(Object.keys(paths[path]!)).toEqual(['parameters', 'post']);
    expect(paths[path]).toMatchObject({
      post: { 'x-kubernetes-group-version-kind': { kind: 'LocalSubjectAccessReview' } },
    });
  });

  test('every reference leads somewhere', () => {
    for (const { group } of servedResources) {
      const { text } = openApiV3(group, 'v1', version)!;
      const schemas = read(group).components.schemas;
      for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
        expect(schemas).toHaveProperty([name!]);
      }
    }
  });

  test('types carry what explain and apply need', () => {
    const { schemas } = read('').components;
    const spec = schemas['io.k8s.api.core.v1.PodSpec']!;
    expect(spec.required).toEqual(['containers']);
    expect(spec.properties!['containers']).toMatchObject({
      type: 'array',
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(schemas['io.k8s.api.core.v1.Pod']!['x-kubernetes-group-version-kind']).toEqual([
      { group: '', version: 'v1', kind: 'Pod' },
    ]);
    expect(schemas['io.k8s.api.core.v1.Pod']).toMatchObject({
      description: expect.stringMatching(/^A Pod is /),
    });
    expect(schemas['io.k8s.apimachinery.pkg.api.resource.Quantity']).toBeDefined();
  });

  test('a document is built once', () => {
    expect(openApiV3('apps', 'v1', version)).toBe(openApiV3('apps', 'v1', version));
  });
});

test('the v2 stub is the document that kubectl was seen to accept', () => {
  expect(openApiV2Stub).toHaveLength(30);
});
