/** Read back by a protobuf library, out of the fields that openapi.v2.Document has. */
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { createOpenApi } from './documents.ts';

const contract = `
syntax = "proto3";
message Any { string yaml = 2; }
message NamedAny { string name = 1; Any value = 2; }
message Info { string title = 1; string version = 2; }
message AdditionalPropertiesItem { Schema schema = 1; }
message TypeItem { repeated string value = 1; }
message ItemsItem { repeated Schema schema = 1; }
message NamedSchema { string name = 1; Schema value = 2; }
message Properties { repeated NamedSchema additional_properties = 1; }
message Schema {
  string ref = 1; string format = 2; string description = 4; Any default = 5;
  repeated string required = 19;
  repeated Any enum = 20; AdditionalPropertiesItem additional_properties = 21; TypeItem type = 22;
  ItemsItem items = 23; Properties properties = 25; repeated NamedAny vendor_extension = 31;
}
message BodyParameter { string name = 2; string in = 3; bool required = 4; Schema schema = 5; }
message QueryParameter {
  string in = 2; string description = 3; string name = 4; string type = 6; bool unique_items = 20;
}
message PathParameter {
  bool required = 1; string in = 2; string description = 3; string name = 4; string type = 5;
  bool unique_items = 19;
}
message NonBodyParameter { QueryParameter query = 3; PathParameter path = 4; }
message Parameter { BodyParameter body = 1; NonBodyParameter other = 2; }
message ParametersItem { Parameter parameter = 1; }
message SchemaItem { Schema schema = 1; }
message Response { string description = 1; SchemaItem schema = 2; }
message ResponseValue { Response response = 1; }
message NamedResponseValue { string name = 1; ResponseValue value = 2; }
message Responses { repeated NamedResponseValue response_code = 1; }
message Operation {
  string description = 3; string operation_id = 5; repeated string produces = 6;
  repeated string consumes = 7; repeated ParametersItem parameters = 8; Responses responses = 9;
  repeated string schemes = 10; repeated NamedAny vendor_extension = 13;
}
message PathItem {
  Operation get = 2; Operation put = 3; Operation post = 4; Operation delete = 5; Operation patch = 8;
  repeated ParametersItem parameters = 9;
}
message NamedPathItem { string name = 1; PathItem value = 2; }
message Paths { repeated NamedPathItem path = 2; }
message Definitions { repeated NamedSchema additional_properties = 1; }
message Document {
  string swagger = 1; Info info = 2; Paths paths = 8; Definitions definitions = 9;
}`;

type Json = Record<string, unknown>;
interface Named<T> {
  readonly name: string;
  readonly value: T;
}
interface Extended {
  readonly vendorExtension: Named<{ yaml: string }>[];
}
interface Schema extends Extended {
  readonly ref: string;
  readonly format: string;
  readonly description: string;
  readonly default: { yaml: string } | null;
  readonly required: string[];
  readonly enum: { yaml: string }[];
  readonly additionalProperties: { schema: Schema } | null;
  readonly type: { value: string[] } | null;
  readonly items: { schema: Schema[] } | null;
  readonly properties: { additionalProperties: Named<Schema>[] } | null;
}
interface Parameter {
  readonly parameter: {
    readonly body: { name: string; in: string; required: boolean; schema: Schema } | null;
    readonly other: { query: Json | null; path: Json | null } | null;
  };
}
interface Operation extends Extended {
  readonly description: string;
  readonly operationId: string;
  readonly produces: string[];
  readonly consumes: string[];
  readonly schemes: string[];
  readonly parameters: Parameter[];
  readonly responses: {
    responseCode: Named<{ response: { description: string; schema: { schema: Schema } } }>[];
  };
}
interface PathItem extends Record<(typeof methods)[number], Operation | null> {
  readonly parameters: Parameter[];
}
interface Document {
  readonly swagger: string;
  readonly info: Json;
  readonly paths: { path: Named<PathItem>[] };
  readonly definitions: { additionalProperties: Named<Schema>[] };
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;
const fromNamed = <T, R>(list: readonly Named<T>[], read: (value: T) => R) =>
  Object.fromEntries(list.map(({ name, value }) => [name, read(value)]));
const extensionsOf = ({ vendorExtension }: Extended): Json =>
  fromNamed(vendorExtension, ({ yaml }) => JSON.parse(yaml) as unknown);
/** What protobuf cannot tell from absent: the documents have none of it. */
const present = (value: Json): Json =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([, part]) =>
        part !== '' &&
        part !== false &&
        part !== null &&
        !(Array.isArray(part) && part.length === 0),
    ),
  );

function schemaOf(one: Schema): Json {
  const fallback = one.default && { default: JSON.parse(one.default.yaml) as unknown };
  return {
    ...fallback,
    ...present({
      $ref: one.ref,
      format: one.format,
      description: one.description,
      required: one.required,
      enum: one.enum.map(({ yaml }) => JSON.parse(yaml) as unknown),
      additionalProperties: one.additionalProperties && schemaOf(one.additionalProperties.schema),
      type: one.type && one.type.value[0],
      items: one.items && schemaOf(one.items.schema[0]!),
      properties: one.properties && fromNamed(one.properties.additionalProperties, schemaOf),
      ...extensionsOf(one),
    }),
  };
}

function parameterOf({ parameter: { body, other } }: Parameter): Json {
  if (body !== null) return present({ ...body, schema: schemaOf(body.schema) });
  return present({ ...(other!.query ?? other!.path) });
}

function operationOf(one: Operation): Json {
  const { vendorExtension: _, parameters, responses, ...rest } = one;
  return {
    ...rest,
    parameters: parameters.map(parameterOf),
    responses: fromNamed(responses.responseCode, ({ response }) => ({
      description: response.description,
      schema: schemaOf(response.schema.schema),
    })),
    ...extensionsOf(one),
  };
}

function documentOf({ swagger, info, paths, definitions }: Document): Json {
  return {
    swagger,
    info,
    paths: fromNamed(paths.path, (item) => ({
      ...Object.fromEntries(
        methods.flatMap((method) => {
          const operation = item[method];
          return operation === null ? [] : [[method, operationOf(operation)]];
        }),
      ),
      parameters: item.parameters.map(parameterOf),
    })),
    definitions: fromNamed(definitions.additionalProperties, schemaOf),
  };
}

test('the v2 document in protobuf says what it says in JSON', () => {
  const nothing = { ofType: () => undefined, ofField: () => 'Ünlike "others".' };
  const openApi = createOpenApi({ serverVersion: 'v1.32.0', descriptions: nothing });
  const type = protobuf.parse(contract).root.lookupType('Document');
  const decoded = type.toObject(type.decode(openApi.v2Protobuf()), { defaults: true });
  expect(documentOf(decoded as Document)).toEqual(JSON.parse(openApi.v2().text));
});
