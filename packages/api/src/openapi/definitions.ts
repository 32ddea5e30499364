/**
 * The types of an OpenAPI document, out of the schema: those that are asked for, and all they reach.
 *
 * The two versions of OpenAPI differ in where types lie, and in what may stand beside a reference: in
 * v3 nothing, so descriptions and patch hints go around it.
 */
import { fieldsOf, typeFacts, upstreamName } from '../schema.ts';
import type { ElementType, FieldSchema, SchemaName } from '../schema.ts';
import type { KindDefinition } from '../kind.ts';
import type { ReviewDefinition } from '../reviews.ts';

export type Json = Record<string, unknown>;
export type Dialect = 'v2' | 'v3';

/** What people are told of types and fields; the texts are not ours, so they come from outside. */
export interface Descriptions {
  /** @param type its package and name upstream, as in `core.v1.Pod` */
  ofType(type: string): string | undefined;
  ofField(type: string, field: string): string | undefined;
}

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

const qualifiedName = (name: SchemaName) => `${typeFacts(name).package}.${upstreamName(name)}`;

/** The name of a type among a document's types. */
function definitionName(name: SchemaName): string {
  return typeFacts(name).package === 'meta.v1'
    ? `${metaPackage}.${upstreamName(name)}`
    : `io.k8s.api.${qualifiedName(name)}`;
}

interface ScalarDefinition {
  readonly name: string;
  readonly description: string;
  readonly v2: Json;
  readonly v3: Json;
}

const object = { type: 'object' };
const moment = { type: 'string', format: 'date-time' };

const scalarDefinitions: Readonly<Partial<Record<ElementType, ScalarDefinition>>> = {
  Quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    description: 'A number with a suffix that scales it, as in 100m, 1.5, 64Mi or 2e3.',
    v2: { type: 'string' },
    v3: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  IntOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    description: 'A number, or a string: the name of a port, a percentage.',
    v2: { type: 'string', format: 'int-or-string' },
    v3: { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  },
  Time: {
    name: `${metaPackage}.Time`,
    description: 'A moment in whole seconds, as RFC 3339 writes it.',
    v2: moment,
    v3: moment,
  },
  MicroTime: {
    name: `${metaPackage}.MicroTime`,
    description: 'A moment in microseconds, as RFC 3339 writes it.',
    v2: moment,
    v3: moment,
  },
  FieldsV1: {
    name: `${metaPackage}.FieldsV1`,
    description: 'A set of fields, as the tree of their names.',
    v2: object,
    v3: object,
  },
  RawExtension: {
    name: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
    description: 'Any object.',
    v2: object,
    v3: object,
  },
};

function hintsOf(field: FieldSchema): Json {
  return {
    ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
    ...(field.listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.listMapKeys }),
    ...(field.mapType === undefined ? {} : { 'x-kubernetes-map-type': field.mapType }),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.patchStrategy === undefined
      ? {}
      : { 'x-kubernetes-patch-strategy': field.patchStrategy }),
  };
}

const described = (description: string | undefined): Json =>
  description === undefined ? {} : { description };

/** Collects the types that a document needs. */
export class Definitions {
  readonly types: Record<string, Json> = {};
  readonly #dialect: Dialect;
  readonly #descriptions: Descriptions;
  readonly #place: string;

  constructor(dialect: Dialect, descriptions: Descriptions) {
    this.#dialect = dialect;
    this.#descriptions = descriptions;
    this.#place = dialect === 'v2' ? '#/definitions/' : '#/components/schemas/';
  }

  /** A reference to a type, which is taken in with all that it reaches. */
  reference(name: SchemaName): Json {
    const key = definitionName(name);
    if (this.types[key] === undefined) {
      this.types[key] = {};
      Object.assign(this.types[key], this.#structure(name));
    }
    return this.#refTo(key);
  }

  /** The list of a kind. */
  listReference(kind: KindDefinition): Json {
    return this.#refTo(`${definitionName(kind.schema)}List`);
  }

  /** Any patch: its shape depends on its media type. */
  patchReference(): Json {
    const key = `${metaPackage}.Patch`;
    this.types[key] ??= {
      description: 'A patch, in the form that its media type says.',
      ...object,
    };
    return this.#refTo(key);
  }

  /** A type that is a kind by itself. */
  addType({ schema, description, group, version, kind }: ReviewDefinition | KindDefinition): void {
    this.reference(schema);
    const type = this.types[definitionName(schema)]!;
    type['description'] ??= description;
    type['x-kubernetes-group-version-kind'] = [{ group, version, kind }];
  }

  addKind(kind: KindDefinition): void {
    this.addType(kind);
    const identity = { group: kind.group, version: kind.version };
    const name = definitionName(kind.schema);
    const item = this.reference(kind.schema);
    this.types[`${name}List`] = {
      description: `${kind.listKind} is a list of objects of the kind ${kind.kind}.`,
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        items: { type: 'array', items: item },
        kind: { type: 'string' },
        metadata: this.reference('ListMeta'),
      },
      required: ['items'],
      'x-kubernetes-group-version-kind': [{ ...identity, kind: kind.listKind }],
    };
  }

  #refTo(key: string): Json {
    return { $ref: `${this.#place}${key}` };
  }

  #structure(name: SchemaName): Json {
    const qualified = qualifiedName(name);
    const properties: Json = {};
    const required: string[] = [];
    for (const [key, field] of fieldsOf(name)) {
      const description =
        this.#descriptions.ofField(qualified, key) ?? this.#descriptionOfValue(field);
      properties[key] = this.#property(field, description);
      if (field.required === true) required.push(key);
    }
    const { mapType } = typeFacts(name);
    return {
      ...described(this.#descriptions.ofType(qualified)),
      type: 'object',
      properties,
      ...(required.length === 0 ? {} : { required }),
      ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
    };
  }

  /** A field of which nothing is said means what its type means. */
  #descriptionOfValue({ ref }: FieldSchema): string | undefined {
    return ref === undefined ? undefined : this.#descriptions.ofType(qualifiedName(ref));
  }

  #element(field: FieldSchema): Json {
    const scalar = scalarDefinitions[field.type];
    if (scalar !== undefined) {
      const { name, description } = scalar;
      this.types[name] ??= { description, ...scalar[this.#dialect] };
      return this.#refTo(name);
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

  #property(field: FieldSchema, description: string | undefined): Json {
    const element = this.#element(field);
    const beside = { ...described(description), ...hintsOf(field) };
    if (field.container === 'list') return { ...beside, type: 'array', items: element };
    if (field.container === 'map') {
      return { ...beside, type: 'object', additionalProperties: element };
    }
    const isBare = Object.keys(beside).length === 0;
    if (this.#dialect === 'v2' || isBare || !('$ref' in element)) return { ...beside, ...element };
    return { ...beside, allOf: [element] };
  }
}
