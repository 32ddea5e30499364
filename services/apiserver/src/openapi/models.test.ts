/** Our schema beside the models of the official client, which know nothing of us. */
import * as client from '@kubernetes/client-node';
import { createOpenApi } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { readDescriptions } from './descriptions.ts';

interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Record<string, Schema>;
}
interface Model {
  getAttributeTypeMap(): { baseName: string; type: string; format: string }[];
}

const openApi = createOpenApi({ serverVersion: 'v1.32.0', descriptions: readDescriptions() });
const { definitions } = JSON.parse(openApi.v2().text) as { definitions: Record<string, Schema> };
const models = client as unknown as Record<string, Model | undefined>;

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The model of a definition; types that are no objects have none. */
function modelOf(definition: string): readonly [string, Model] | undefined {
  const words = definition.split('.');
  const [group, version, name] = words.slice(-3).map(capitalized);
  for (const candidate of [`${group}${version}${name}`, `${version}${name}`]) {
    const model = models[candidate];
    if (typeof model?.getAttributeTypeMap === 'function') return [candidate, model];
  }
  return undefined;
}

const scalars: Record<string, string> = {
  Quantity: 'string',
  IntOrString: 'IntOrString',
  Time: 'Date',
  MicroTime: 'V1MicroTime',
  FieldsV1: 'any',
  RawExtension: 'any',
};

/** A property's type in the words of the client's generator. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const definition = schema.$ref.slice('#/definitions/'.length);
    const name = definition.split('.').at(-1)!;
    return scalars[name] ?? modelOf(definition)?.[0] ?? name;
  }
  if (schema.type === 'array') return `Array<${typeOf(schema.items!)}>`;
  if (schema.type === 'object')
    return `{ [key: string]: ${typeOf(schema.additionalProperties!)}; }`;
  if (schema.type === 'integer') return 'number';
  return schema.type ?? 'any';
}

const compared = Object.entries(definitions).flatMap(([name, schema]) => {
  const model = modelOf(name);
  return model === undefined || schema.properties === undefined
    ? []
    : [{ name, properties: schema.properties, model: model[1] }];
});

describe('the schema and the models of @kubernetes/client-node agree on', () => {
  test('hundreds of types', () => {
    expect(compared.length).toBeGreaterThan(190);
  });
  test.each(compared)('$name', ({ properties, model }) => {
    const theirs = model.getAttributeTypeMap().map(({ baseName, type }) => [baseName, type]);
    const ours = Object.entries(properties).map(([name, schema]) => [name, typeOf(schema)]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });
});

describe('descriptions', () => {
  test('of types and fields are those of Kubernetes', () => {
    const pod = definitions['io.k8s.api.core.v1.Pod']!;
    expect(pod.description).toMatch(/^Pod is a collection of containers/);
    expect(pod.properties!['kind']!.description).toMatch(/^Kind is a string value/);
  });
  test('a field of which nothing is said means what its type means', () => {
    expect(definitions['io.k8s.api.core.v1.Pod']!.properties!['spec']!.description).toBe(
      definitions['io.k8s.api.core.v1.PodSpec']!.description,
    );
  });
  test('hold no escapes', () => {
    expect(JSON.stringify(definitions)).not.toContain(String.raw`\\\"`);
  });
  test('of two types with one name are told apart', () => {
    const { description } = definitions['io.k8s.api.core.v1.Event']!;
    expect(description).toMatch(/^Event is a report of an event/);
  });
});
