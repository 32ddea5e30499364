/** What ownership of fields must know of a kind: its type, its version, and what a write may own. */
import { convertObject } from '../decode.ts';
import { groupVersion } from '../kind.ts';
import type { KindDefinition } from '../kind.ts';
import { normalize } from '../normalize.ts';
import { versionsOf } from '../registry.ts';
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
  /** The same objects in another version, or in its own; undefined for one that is not served. */
  readonly inVersion: (apiVersion: string) => OwnedType | undefined;
  /** An object of this version as the other one has it. */
  readonly convert: (object: unknown, to: OwnedType) => unknown;
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
  const self: OwnedType = {
    kind,
    apiVersion,
    type: structType(schema),
    empty: { kind, apiVersion, ...empty },
    reset,
    inVersion: (wanted) => (wanted === apiVersion ? self : undefined),
    convert: (object) => object,
  };
  return self;
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
  const reset = (subresource: string) => {
    if (subresource === 'status') return allButStatus;
    return hasStatus ? statusOnly : noFields;
  };
  const own = ownedType(kind.kind, groupVersion(kind), schema, reset);
  const versions = new Map(versionsOf(kind).map((one) => [groupVersion(one), one]));
  if (versions.size === 1) return own;
  const self: OwnedType = {
    ...own,
    inVersion: (apiVersion) => {
      if (apiVersion === own.apiVersion) return self;
      const other = versions.get(apiVersion);
      return other === undefined ? undefined : ownedTypeOf(other);
    },
    convert: (object, { apiVersion }) => convert(object, kind, versions.get(apiVersion)!),
  };
  return self;
}

/** By way of the version that is stored. What a pruned object lacks is there again, as Go has it. */
function convert(object: unknown, from: KindDefinition, to: KindDefinition): unknown {
  if (from === to) return object;
  const whole = convertObject({ value: object, duplicates: [] }, from, 'Ignore').object;
  const stored = from.view === undefined ? whole : from.view.store(whole);
  return to.view === undefined ? stored : to.view.show(stored);
}
