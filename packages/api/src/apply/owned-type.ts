/** What ownership of fields must know of a kind: its type, its version, and what a write may own. */
import { groupVersion } from '../kind.ts';
import type { KindDefinition } from '../kind.ts';
import { normalize } from '../normalize.ts';
import { fieldsOf } from '../schema.ts';
import type { SchemaName } from '../schema.ts';
import { noFields, type FieldSet } from './field-set.ts';
import { structType, type StructType } from './field-type.ts';
import { fieldElement } from './path-element.ts';

export interface OwnedType {
  readonly kind: string;
  readonly apiVersion: string;
  readonly type: StructType;
  /** What Go's empty struct of the type says: what it has is not added by who creates an object. */
  readonly empty: Readonly<Record<string, unknown>>;
  /** Fields that a write through a subresource resets, so that its maker does not own them. */
  readonly reset: (subresource: string) => FieldSet;
}

/** Written by the server or part of the object's name: nobody owns them. */
export const unowned: FieldSet = {
  'f:apiVersion': noFields,
  'f:kind': noFields,
  'f:metadata': {
    '.': noFields,
    'f:clusterName': noFields,
    'f:creationTimestamp': noFields,
    'f:generation': noFields,
    'f:managedFields': noFields,
    'f:name': noFields,
    'f:namespace': noFields,
    'f:resourceVersion': noFields,
    'f:selfLink': noFields,
    'f:uid': noFields,
  },
};

const statusOnly: FieldSet = { 'f:status': noFields };

export function ownedType(
  kind: string,
  apiVersion: string,
  schema: SchemaName,
  reset: (subresource: string) => FieldSet = () => noFields,
): OwnedType {
  const { apiVersion: _apiVersion, kind: _kind, ...empty } = normalize({}, schema);
  return {
    kind,
    apiVersion,
    type: structType(schema),
    empty: { kind, apiVersion, ...empty },
    reset,
  };
}

const ownedTypes = new WeakMap<KindDefinition, OwnedType>();

export function ownedTypeOf(kind: KindDefinition): OwnedType {
  let type = ownedTypes.get(kind);
  if (type === undefined) {
    type = ownedTypeOfKind(kind);
    ownedTypes.set(kind, type);
  }
  return type;
}

function ownedTypeOfKind(kind: KindDefinition): OwnedType {
  const { schema } = kind;
  const hasStatus = kind.subresources.some(({ name }) => name === 'status');
  const others = [...fieldsOf(schema).keys()].filter((name) => name !== 'status');
  const allButStatus = Object.fromEntries(others.map((name) => [fieldElement(name), noFields]));
  return ownedType(kind.kind, groupVersion(kind), schema, (subresource) => {
    if (subresource === 'status') return allButStatus;
    return hasStatus ? statusOnly : noFields;
  });
}
