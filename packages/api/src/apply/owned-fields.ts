/**
 * The set of fields that a value mentions.
 * Source: structured-merge-diff, typed.ToFieldSet and fieldpath.EnsureNamedFieldsAreMembers.
 */
import { elementsOf, hasElement, insertPath, noFields } from './field-set.ts';
import type { FieldSet, OpenFieldSet } from './field-set.ts';
import { listElement, memberType, shapeOf } from './field-type.ts';
import type { FieldType, ListType, MapType, StructType } from './field-type.ts';
import { fieldElement, fieldName, isKey } from './path-element.ts';

interface Walk {
  readonly path: string[];
  readonly set: OpenFieldSet;
}

/** Every leaf and every element of a list or map; elements that no path leads to are left out. */
export function fieldSetOf(type: FieldType, value: unknown): FieldSet {
  const walk: Walk = { path: [], set: {} };
  visit(walk, type, value);
  return walk.set;
}

function visit(walk: Walk, type: FieldType, value: unknown): void {
  const shape = shapeOf(type, value);
  switch (shape.kind) {
    case 'scalar':
      insertPath(walk.set, walk.path);
      return;
    case 'list':
      if (shape.relation === 'atomic') insertPath(walk.set, walk.path);
      else if (Array.isArray(value)) visitItems(walk, shape, value);
      return;
    case 'struct':
    case 'map':
      if (shape.atomic) insertPath(walk.set, walk.path);
      else if (typeof value === 'object' && value !== null) {
        visitMembers(walk, shape, value as Record<string, unknown>);
      }
      return;
    default:
      shape satisfies never;
  }
}

function visitItems(walk: Walk, type: ListType, list: readonly unknown[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  const elements = list.map((item) => listElement(type, item));
  for (const element of elements) {
    if (typeof element !== 'string') continue;
    if (seen.has(element)) twice.add(element);
    seen.add(element);
  }
  for (const [index, element] of elements.entries()) {
    if (typeof element !== 'string') continue;
    walk.path.push(element);
    // What is there twice is owned as one, whatever is in it.
    if (!twice.has(element)) visit(walk, type.element, list[index]);
    insertPath(walk.set, walk.path);
    walk.path.pop();
  }
}

function visitMembers(
  walk: Walk,
  type: StructType | MapType,
  members: Record<string, unknown>,
): void {
  for (const name of Object.keys(members)) {
    const member = memberType(type, name);
    const value = members[name];
    if (member === undefined) continue;
    walk.path.push(fieldElement(name));
    visit(walk, member, value);
    if (type.kind === 'map' || value === null || isEmptyMap(value)) {
      insertPath(walk.set, walk.path);
    }
    walk.path.pop();
  }
}

const isEmptyMap = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length === 0;

/** The set with those fields of structs too that only lead to its members. */
export function withNamedFields(set: FieldSet, type: FieldType | undefined): FieldSet {
  const result: OpenFieldSet = {};
  for (const element of elementsOf(set)) {
    const child = set[element]!;
    const name = fieldName(element);
    const below = withNamedFields(child, type === undefined ? undefined : typeBelow(type, element));
    const isNamed =
      name !== undefined && type?.kind === 'struct' && memberType(type, name) !== undefined;
    const isOwn = isNamed || hasElement(set, element);
    if (!isOwn) result[element] = below;
    else result[element] = elementsOf(below).length === 0 ? noFields : { '.': noFields, ...below };
  }
  return result;
}

function typeBelow(type: FieldType, element: string): FieldType | undefined {
  const name = fieldName(element);
  if (type.kind === 'deduced') return type;
  if (name !== undefined && (type.kind === 'struct' || type.kind === 'map')) {
    return memberType(type, name);
  }
  return isKey(element) && type.kind === 'list' ? type.element : undefined;
}
