/**
 * OpenAPI documents, one v3 document for each group version and one v2 document of everything, built
 * from the schema and the registry.
 *
 * 1. kubectl takes three things from them: that PATCH of a kind takes `fieldValidation` and `dryRun`;
 *    the types behind `explain`; and the patch keys with which `apply` computes its patch.
 * 2. Documents are built when first asked for, and kept.
 */
import type { DiscoveryResource } from '../kind.ts';
import { servedKinds } from '../registry.ts';
import { reviews } from '../reviews.ts';
import { groupVersions } from '../served.ts';
import { Definitions, type Descriptions, type Json } from './definitions.ts';
import { pathOfReview, pathsOf, type Operation, type Parameter, type Path } from './operations.ts';
import { encodeOpenApiV2 } from './v2-protobuf.ts';

export interface OpenApiDocument {
  readonly text: string;
  /** Changes when the document does: for ETag and the index. */
  readonly hash: string;
}

export interface OpenApi {
  /** Undefined for a group version that is not served. */
  v3(group: string, version: string): OpenApiDocument | undefined;
  /** `GET /openapi/v3`. */
  v3Index(): { paths: Record<string, { serverRelativeURL: string }> };
  v2(): OpenApiDocument;
  /** The v2 document as gnostic's message, which clients ask for. */
  v2Protobuf(): Uint8Array;
}

const asQuery = ({ name, type, description }: Parameter): Json => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
});
const isPlace = ({ name }: Parameter) => name === 'name' || name === 'namespace';

const asV3Placeholder = (parameter: Parameter): Json =>
  isPlace(parameter)
    ? {
        name: parameter.name,
        in: 'path',
        description: parameter.description,
        required: true,
        schema: { type: 'string', uniqueItems: true },
      }
    : asQuery(parameter);

function v3Operation(operation: Operation): Json {
  const { action, body, description, id, identity, query, response } = operation;
  const content = body?.mediaTypes.map((type) => [type, { schema: body.schema }] as const);
  return {
    description,
    operationId: id,
    parameters: query.map(asQuery),
    ...(content === undefined ? {} : { requestBody: { content: Object.fromEntries(content) } }),
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema: response } } },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': identity,
  };
}

function asV2Parameter(parameter: Parameter): Json {
  const { name, type, description } = parameter;
  const place = isPlace(parameter) ? { in: 'path', required: true } : { in: 'query' };
  return { uniqueItems: true, type, description, name, ...place };
}

function v2Operation(operation: Operation): Json {
  const { action, body, description, id, identity, query, response } = operation;
  const bodyParameter =
    body === undefined
      ? []
      : [
          {
            name: 'body',
            in: 'body',
            schema: body.schema,
            ...(body.required ? { required: true } : {}),
          },
        ];
  return {
    description,
    consumes: body?.mediaTypes ?? ['*/*'],
    produces: ['application/json', 'application/yaml'],
    schemes: ['https'],
    operationId: id,
    parameters: [...bodyParameter, ...query.map(asV2Parameter)],
    responses: { 200: { description: 'OK', schema: response } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': identity,
  };
}

function pathItems(
  paths: readonly Path[],
  write: (operation: Operation) => Json,
  placeholder: (parameter: Parameter) => Json,
): Json {
  return Object.fromEntries(
    paths.map(({ path, placeholders, operations }) => [
      path,
      {
        ...Object.fromEntries(operations.map((one) => [one.method, write(one)])),
        parameters: placeholders.map(placeholder),
      },
    ]),
  );
}

/** The paths of what is asked for, whose types are added to the definitions. */
function pathsOfAll(
  definitions: Definitions,
  isWanted: (one: DiscoveryResource) => boolean,
): readonly Path[] {
  const questions = reviews.filter(isWanted);
  const members = servedKinds.filter(isWanted);
  for (const review of questions) definitions.addType(review);
  for (const kind of members) {
    if (kind.verbs.includes('list')) definitions.addKind(kind);
    else definitions.addType(kind);
  }
  return [
    ...questions.map((review) => pathOfReview(review, definitions)),
    ...members.flatMap((kind) => pathsOf(kind, definitions)),
  ];
}

function v3Document(group: string, version: string, parts: OpenApiParts): Json {
  const definitions = new Definitions('v3', parts.descriptions);
  const paths = pathsOfAll(definitions, (one) => one.group === group && one.version === version);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: parts.serverVersion },
    paths: pathItems(paths, v3Operation, asV3Placeholder),
    components: { schemas: definitions.types },
  };
}

function v2Document(parts: OpenApiParts): Json {
  const definitions = new Definitions('v2', parts.descriptions);
  const paths = pathsOfAll(definitions, () => true);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: parts.serverVersion },
    paths: pathItems(paths, v2Operation, asV2Parameter),
    definitions: definitions.types,
  };
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

export interface OpenApiParts {
  /** As in v1.32.4. */
  readonly serverVersion: string;
  readonly descriptions: Descriptions;
}

export function createOpenApi(parts: OpenApiParts): OpenApi {
  const built = new Map<string, OpenApiDocument>();
  let protobuf: Uint8Array | undefined;
  const keep = (key: string, build: () => Json): OpenApiDocument => {
    const known = built.get(key);
    if (known !== undefined) return known;
    const text = JSON.stringify(build());
    const document = { text, hash: hashOf(text) };
    built.set(key, document);
    return document;
  };
  const v2 = () => keep('v2', () => v2Document(parts));
  const v3 = (group: string, version: string) => {
    const isServed = groupVersions.some((one) => one.group === group && one.version === version);
    if (!isServed) return undefined;
    return keep(`${group}/${version}`, () => v3Document(group, version, parts));
  };
  return {
    v2,
    v3,
    v2Protobuf: () => {
      protobuf ??= encodeOpenApiV2(JSON.parse(v2().text) as Json);
      return protobuf;
    },
    v3Index: () => {
      const paths: Record<string, { serverRelativeURL: string }> = {};
      for (const { group, version } of groupVersions) {
        const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
        const { hash } = v3(group, version)!;
        paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
      }
      return { paths };
    },
  };
}
