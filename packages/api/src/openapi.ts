/**
 * OpenAPI documents, a v3 one for each group version, built from the schema and the registry.
 *
 * 1. kubectl takes three things from them: that PATCH of a kind takes `fieldValidation` and
 *    `dryRun`; the types behind `explain`; and the patch keys with which `apply` computes its patch.
 * 2. Documents are built when first asked for, and kept.
 */
import { groupVersion } from './kind.ts';
import type { DiscoveryResource, KindDefinition } from './kind.ts';
import { kinds } from './registry.ts';
import { reviews } from './reviews.ts';
import type { ReviewDefinition } from './reviews.ts';
import { fieldsOf, typeFacts, upstreamName } from './schema.ts';
import type { ElementType, FieldSchema, SchemaName } from './schema.ts';
import { groupVersions } from './served.ts';

type Json = Record<string, unknown>;

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** The name of a type among an OpenAPI document's schemas. */
function definitionName(name: SchemaName): string {
  const { package: from } = typeFacts(name);
  const own = upstreamName(name);
  return from === 'meta.v1' ? `${metaPackage}.${own}` : `io.k8s.api.${from}.${own}`;
}

const scalarDefinitions: Readonly<Partial<Record<ElementType, readonly [string, Json]>>> = {
  Quantity: [
    'io.k8s.apimachinery.pkg.api.resource.Quantity',
    { oneOf: [{ type: 'string' }, { type: 'number' }] },
  ],
  IntOrString: [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  ],
  Time: [`${metaPackage}.Time`, { type: 'string', format: 'date-time' }],
  MicroTime: [`${metaPackage}.MicroTime`, { type: 'string', format: 'date-time' }],
  FieldsV1: [`${metaPackage}.FieldsV1`, { type: 'object' }],
  RawExtension: ['io.k8s.apimachinery.pkg.runtime.RawExtension', { type: 'object' }],
};

const refTo = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** Collects the schemas that a document needs. */
class Definitions {
  readonly schemas: Record<string, Json> = {};

  reference(name: SchemaName): Json {
    const key = definitionName(name);
    if (this.schemas[key] === undefined) {
      this.schemas[key] = {};
      this.schemas[key] = this.#structure(name);
    }
    return refTo(key);
  }

  #structure(name: SchemaName): Json {
    const properties: Json = {};
    const required: string[] = [];
    for (const [key, field] of fieldsOf(name)) {
      properties[key] = this.#property(field);
      if (field.required === true) required.push(key);
    }
    return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
  }

  #element(field: FieldSchema): Json {
    const scalar = scalarDefinitions[field.type];
    if (scalar !== undefined) {
      this.schemas[scalar[0]] = scalar[1];
      return refTo(scalar[0]);
    }
    switch (field.type) {
      case 'object':
        return this.reference(field.ref!);
      case 'bool':
        return { type: 'boolean' };
      case 'int32':
      case 'int64':
        return { type: 'integer', format: field.type };
      case 'bytes':
        return { type: 'string', format: 'byte' };
      case 'strings':
        return { type: 'array', items: { type: 'string' } };
      case 'string':
        return field.enum === undefined ? { type: 'string' } : { type: 'string', enum: field.enum };
      default:
        return {};
    }
  }

  #property(field: FieldSchema): Json {
    const element = this.#element(field);
    const hints: Json = {
      ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
      ...(field.listMapKeys === undefined
        ? {}
        : { 'x-kubernetes-list-map-keys': field.listMapKeys }),
      ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
      ...(field.patchStrategy === undefined
        ? {}
        : { 'x-kubernetes-patch-strategy': field.patchStrategy }),
    };
    if (field.container === 'list') return { type: 'array', items: element, ...hints };
    if (field.container === 'map')
      return { type: 'object', additionalProperties: element, ...hints };
    // Beside a $ref nothing else counts, so hints go around it.
    return Object.keys(hints).length > 0 && '$ref' in element
      ? { allOf: [element], ...hints }
      : { ...element, ...hints };
  }

  addType({ schema, description, group, version, kind }: ReviewDefinition | KindDefinition): void {
    this.reference(schema);
    const definition = this.schemas[definitionName(schema)]!;
    definition['description'] = description;
    definition['x-kubernetes-group-version-kind'] = [{ group, version, kind }];
  }

  addKind(kind: KindDefinition): void {
    this.addType(kind);
    const name = definitionName(kind.schema);
    const identity = { group: kind.group, version: kind.version };
    this.schemas[`${name}List`] = {
      description: `${kind.listKind} is a list of objects of the kind ${kind.kind}.`,
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: this.reference('ListMeta'),
        items: { type: 'array', items: refTo(name) },
      },
      required: ['items'],
      'x-kubernetes-group-version-kind': [{ ...identity, kind: kind.listKind }],
    };
  }
}

function query(name: string, type: 'string' | 'boolean' | 'integer'): Json {
  return { name, in: 'query', schema: { type, uniqueItems: true } };
}

const writeParameters = [
  query('dryRun', 'string'),
  query('fieldManager', 'string'),
  query('fieldValidation', 'string'),
];
const listParameters = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue', 'string'),
  query('fieldSelector', 'string'),
  query('labelSelector', 'string'),
  query('limit', 'integer'),
  query('resourceVersion', 'string'),
  query('resourceVersionMatch', 'string'),
  query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
];

interface OperationParts {
  readonly action: string;
  readonly identity: Json;
  readonly parameters?: readonly Json[];
  readonly body?: Json;
  readonly response: Json;
}

function operation({ action, identity, parameters = [], body, response }: OperationParts): Json {
  return {
    parameters,
    ...(body === undefined ? {} : { requestBody: { content: body } }),
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema: response } } },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': identity,
  };
}

const asJson = (schema: Json): Json => ({ 'application/json': { schema } });
const anyMedia = (schema: Json): Json => ({ '*/*': { schema } });

const place = (names: readonly string[]): Json[] =>
  names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function collectionPath(kind: DiscoveryResource): string {
  const root = kind.group === '' ? '/api/v1' : `/apis/${groupVersion(kind)}`;
  const scope = kind.namespaced ? '/namespaces/{namespace}' : '';
  return `${root}${scope}/${kind.resource}`;
}

/** A review is posted, and that is all. */
function pathsOfReview(review: ReviewDefinition, definitions: Definitions): Record<string, Json> {
  const { group, version, kind, schema, namespaced } = review;
  const object = definitions.reference(schema);
  return {
    [collectionPath(review)]: {
      parameters: place(namespaced ? ['namespace'] : []),
      post: operation({
        action: 'post',
        identity: { group, version, kind },
        parameters: writeParameters,
        body: anyMedia(object),
        response: object,
      }),
    },
  };
}

/** The collection, one object, and its subresources. */
function pathsOf(kind: KindDefinition, definitions: Definitions): Record<string, Json> {
  const collection = collectionPath(kind);
  const identity = { group: kind.group, version: kind.version, kind: kind.kind };
  const object = definitions.reference(kind.schema);
  const list = refTo(`${definitionName(kind.schema)}List`);
  const status = definitions.reference('Status');
  const patch = definitions.schemas[`${metaPackage}.Patch`] ?? { type: 'object' };
  definitions.schemas[`${metaPackage}.Patch`] = patch;
  const patchBody: Json = {};
  for (const media of ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json']) {
    patchBody[`application/${media}`] = { schema: refTo(`${metaPackage}.Patch`) };
  }
  const deleteOptions = anyMedia(definitions.reference('DeleteOptions'));
  const writes = (of: Json, schema: Json): Json => ({
    get: operation({ action: 'get', identity: of, response: schema }),
    put: operation({
      action: 'put',
      identity: of,
      parameters: writeParameters,
      body: anyMedia(schema),
      response: schema,
    }),
    patch: operation({
      action: 'patch',
      identity: of,
      parameters: [...writeParameters, query('force', 'boolean')],
      body: patchBody,
      response: schema,
    }),
  });
  const scopeNames = kind.namespaced ? ['namespace'] : [];
  const paths: Record<string, Json> = {
    [collection]: {
      parameters: place(scopeNames),
      get: operation({ action: 'list', identity, parameters: listParameters, response: list }),
      post: operation({
        action: 'post',
        identity,
        parameters: writeParameters,
        body: asJson(object),
        response: object,
      }),
    },
    [`${collection}/{name}`]: {
      parameters: place(['name', ...scopeNames]),
      ...writes(identity, object),
      delete: operation({ action: 'delete', identity, body: deleteOptions, response: status }),
    },
  };
  for (const { name, group, version, kind: response } of kind.subresources) {
    if (name !== 'status' && name !== 'scale') continue;
    const schema = name === 'scale' ? definitions.reference('Scale') : object;
    paths[`${collection}/{name}/${name}`] = {
      parameters: place(['name', ...scopeNames]),
      ...writes({ group, version, kind: response }, schema),
    };
  }
  return paths;
}

function documentOf(group: string, version: string, serverVersion: string): Json {
  const definitions = new Definitions();
  const isMember = (one: DiscoveryResource) => one.group === group && one.version === version;
  const members = kinds.filter(isMember);
  const questions = reviews.filter(isMember);
  const paths: Record<string, Json> = {};
  for (const review of questions) definitions.addType(review);
  for (const kind of members) definitions.addKind(kind);
  for (const review of questions) Object.assign(paths, pathsOfReview(review, definitions));
  for (const kind of members) Object.assign(paths, pathsOf(kind, definitions));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: serverVersion },
    paths,
    components: { schemas: definitions.schemas },
  };
}

export interface OpenApiDocument {
  readonly text: string;
  /** Changes when the document does: for ETag and the index. */
  readonly hash: string;
}

/** Two rounds of FNV-1a: 64 bits are plenty to tell versions of one document apart. */
function hashOf(text: string): string {
  const round = (seed: number) => {
    let hash = seed;
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
    return (hash >>> 0).toString(16).padStart(8, '0').toUpperCase();
  };
  return round(0x811c9dc5) + round(0x01234567);
}

const built = new Map<string, OpenApiDocument>();

/** Undefined for a group version that is not served. */
export function openApiV3(
  group: string,
  version: string,
  serverVersion: string,
): OpenApiDocument | undefined {
  if (!groupVersions.some((one) => one.group === group && one.version === version)) {
    return undefined;
  }
  const key = `${group}/${version}/${serverVersion}`;
  const known = built.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(documentOf(group, version, serverVersion));
  const document = { text, hash: hashOf(text) };
  built.set(key, document);
  return document;
}

/** `GET /openapi/v3`. */
export function openApiV3Index(serverVersion: string): {
  paths: Record<string, { serverRelativeURL: string }>;
} {
  const paths: Record<string, { serverRelativeURL: string }> = {};
  for (const { group, version } of groupVersions) {
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const hash = openApiV3(group, version, serverVersion)?.hash ?? '';
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return { paths };
}

/** The smallest v2 document in protobuf: clients insist on one, and look nothing up in it. */
export const openApiV2Stub: Uint8Array = Uint8Array.fromHex(
  '0a03322e3012150a0a4b756265726e65746573120776312e33322e344200',
);
