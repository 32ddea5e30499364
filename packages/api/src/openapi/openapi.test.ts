import { describe, expect, test } from 'vitest';
import { servedKinds } from '../registry.ts';
import { servedResources } from '../served.ts';
import { groupVersion } from '../kind.ts';
import { createOpenApi } from './documents.ts';

const descriptions = {
  ofType: (type: string) => (type === 'core.v1.Pod' ? 'What a pod is.' : undefined),
  ofField: (type: string, field: string) =>
    type === 'core.v1.PodSpec' && field === 'containers' ? 'What runs in it.' : undefined,
};
const openApi = createOpenApi({ serverVersion: 'v1.32.0', descriptions });

interface Schema {
  readonly type?: string;
  readonly properties?: Record<string, Schema & Record<string, unknown>>;
  readonly required?: string[];
  readonly 'x-kubernetes-group-version-kind'?: { kind: string }[];
}
interface Operation extends Schema {
  readonly operationId: string;
  readonly parameters: { name: string }[];
  readonly requestBody: { readonly content: object };
}
type PathItem = Record<'get' | 'put' | 'post' | 'patch' | 'delete', Operation | undefined>;
interface Document {
  readonly paths: Record<string, PathItem>;
  readonly components: { readonly schemas: Record<string, Schema> };
  readonly definitions: Record<string, Schema>;
}

const read = (group: string) => JSON.parse(openApi.v3(group, 'v1')!.text) as Document;
const v2 = () => JSON.parse(openApi.v2().text) as Document;

describe('OpenAPI v3', () => {
  test('the index names a document for each group version, by its hash', () => {
    const { paths } = openApi.v3Index();
    const versions = servedResources.map((kind) => groupVersion(kind));
    expect(new Set(Object.keys(paths))).toEqual(
      new Set(versions.map((one) => (one === 'v1' ? 'api/v1' : `apis/${one}`))),
    );
    expect(paths['apis/apps/v1']!.serverRelativeURL).toMatch(
      /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{16}$/,
    );
    expect(openApi.v3('nope', 'v1')).toBeUndefined();
  });

  test('PATCH of every kind takes fieldValidation, dryRun and applies, as kubectl asks first', () => {
    for (const { group, version, kind, resource, namespaced, verbs } of servedKinds) {
      if (!verbs.includes('patch')) continue;
      const root = group === '' ? '/api/v1' : `/apis/${group}/${version}`;
      const scope = namespaced ? '/namespaces/{namespace}' : '';
      const document = JSON.parse(openApi.v3(group, version)!.text) as Document;
      const { patch } = document.paths[`${root}${scope}/${resource}/{name}`]!;
      const names = patch!.parameters.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['fieldValidation', 'dryRun']));
      expect(patch!['x-kubernetes-group-version-kind']).toMatchObject({ kind });
      expect(Object.keys(patch!.requestBody.content)).toContain('application/apply-patch+yaml');
    }
  });

  test('a review can be posted, and nothing else', () => {
    const { paths } = read('authorization.k8s.io');
    const path = '/apis/authorization.k8s.io/v1/namespaces/{namespace}/localsubjectaccessreviews';
    expect(Object.keys(paths)).toHaveLength(4);
    expect(Object.keys(paths[path]!)).toEqual(['post', 'parameters']);
    expect(paths[path]).toMatchObject({
      post: { 'x-kubernetes-group-version-kind': { kind: 'LocalSubjectAccessReview' } },
    });
  });

  test('every reference leads somewhere', () => {
    for (const { group, version } of servedResources) {
      const { text } = openApi.v3(group, version)!;
      const { schemas } = (JSON.parse(text) as Document).components;
      for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
        expect(schemas).toHaveProperty([name!]);
      }
    }
  });

  test('types and maps that have one owner as a whole say so', () => {
    const { schemas } = read('').components;
    const atomic = { 'x-kubernetes-map-type': 'atomic' };
    expect(schemas['io.k8s.api.core.v1.ObjectReference']).toMatchObject(atomic);
    expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector']).toMatchObject(atomic);
    const { properties } = schemas['io.k8s.api.core.v1.ServiceSpec']!;
    expect(properties!['selector']).toMatchObject(atomic);
    expect(schemas['io.k8s.api.core.v1.ContainerPort']!.properties!['protocol']).toMatchObject({
      default: 'TCP',
    });
  });

  test('types carry what explain and apply need', () => {
    const { schemas } = read('').components;
    const spec = schemas['io.k8s.api.core.v1.PodSpec']!;
    expect(spec.required).toEqual(['containers']);
    expect(spec.properties!['containers']).toMatchObject({
      description: 'What runs in it.',
      type: 'array',
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(schemas['io.k8s.api.core.v1.Pod']).toMatchObject({
      description: 'What a pod is.',
      'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Pod' }],
    });
    expect(schemas['io.k8s.api.core.v1.ConfigMap']).toMatchObject({
      description: expect.stringMatching(/^A ConfigMap /),
    });
    expect(schemas['io.k8s.apimachinery.pkg.api.resource.Quantity']).toBeDefined();
  });

  test('operations are named as generators expect', () => {
    const { paths } = read('apps');
    const named = '/apis/apps/v1/namespaces/{namespace}/deployments';
    expect(paths[named]!.get!.operationId).toBe('listAppsV1NamespacedDeployment');
    expect(paths[named]!.delete!.operationId).toBe('deleteAppsV1CollectionNamespacedDeployment');
    expect(paths[`${named}/{name}/scale`]!.put!.operationId).toBe(
      'replaceAppsV1NamespacedDeploymentScale',
    );
    expect(paths['/apis/apps/v1/deployments']!.get!.operationId).toBe(
      'listAppsV1DeploymentForAllNamespaces',
    );
    expect(read('').paths['/api/v1/nodes']!.post!.operationId).toBe('createCoreV1Node');
  });

  test('a document is built once', () => {
    expect(openApi.v3('apps', 'v1')).toBe(openApi.v3('apps', 'v1'));
  });
});

describe('OpenAPI v2', () => {
  test('every reference leads somewhere, and every operation has a name of its own', () => {
    const { text } = openApi.v2();
    const { definitions, paths } = v2();
    for (const [, name] of text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
      expect(definitions).toHaveProperty([name!]);
    }
    const ids = Object.values(paths).flatMap((item) =>
      (['get', 'put', 'post', 'patch', 'delete'] as const).flatMap(
        (method) => item[method]?.operationId ?? [],
      ),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('descriptions and hints stand beside a reference', () => {
    const { definitions } = v2();
    expect(definitions['io.k8s.api.core.v1.Pod']!.properties!['spec']).toEqual({
      $ref: '#/definitions/io.k8s.api.core.v1.PodSpec',
    });
    expect(definitions['io.k8s.api.apps.v1.DeploymentSpec']!.properties!['strategy']).toEqual({
      $ref: '#/definitions/io.k8s.api.apps.v1.DeploymentStrategy',
      'x-kubernetes-patch-strategy': 'retainKeys',
    });
  });
});
