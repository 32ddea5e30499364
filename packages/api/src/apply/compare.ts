/**
 * What differs between two values of one type, as sets of fields.
 *
 * 1. A field is in at most one of the sets; all are empty exactly when the values say the same.
 * 2. `undefined` is what is not there; null is there, and fits any type.
 * 3. One walk over both values; its cost is linear in what they hold together.
 * Source: structured-merge-diff, typed.Compare.
 */
import { deepEqual } from '../equality.ts';
import { insertNode, insertPath, isEmpty, noFields, union } from './field-set.ts';
import type { FieldSet, OpenFieldSet } from './field-set.ts';
import { listElement, memberType, membersInOrder, shapeOf } from './field-type.ts';
import type { FieldType, ListType, MapType, Shape, StructType } from './field-type.ts';
import { fieldElement } from './path-element.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

/** A list has an element that no path leads to. */
export class UntypedElement extends Error {}

interface Walk {
  readonly path: string[];
  readonly added: OpenFieldSet;
  readonly removed: OpenFieldSet;
  readonly modified: OpenFieldSet;
}

type Json = Record<string, unknown>;

export const isSame = ({ added, removed, modified }: Comparison): boolean =>
  isEmpty(added) && isEmpty(removed) && isEmpty(modified);

/** @throws UntypedElement */
export function compare(type: FieldType, left: unknown, right: unknown): Comparison {
  const walk: Walk = { path: [], added: {}, removed: {}, modified: {} };
  compareValues(walk, type, left, right);
  return walk;
}

/**
 * What a write takes of one member that both sides have; undefined when that is nothing.
 * @throws UntypedElement
 */
export function takenOf(
  element: string,
  type: FieldType,
  { left, right }: { readonly left: unknown; readonly right: unknown },
): FieldSet | undefined {
  const walk: Walk = { path: [element], added: {}, removed: {}, modified: {} };
  compareValues(walk, type, left, right);
  return union(walk.modified, walk.added)[element];
}

/** One of both may be undefined. */
function compareValues(walk: Walk, type: FieldType, left: unknown, right: unknown): void {
  if (left === undefined) insertNode(walk.added, walk.path, nodeOf(type, right));
  else if (right === undefined) insertNode(walk.removed, walk.path, nodeOf(type, left));
  else {
    const before = shapeOf(type, left);
    const after = shapeOf(type, right);
    // Only values without a schema change their shape.
    if (before !== after) compareShapes(walk, before, left, right);
    compareShapes(walk, after, left, right);
  }
}

function compareShapes(walk: Walk, shape: Shape, left: unknown, right: unknown): void {
  switch (shape.kind) {
    case 'scalar':
      break;
    case 'list': {
      const [before, after] = [listOf(left), listOf(right)];
      if (shape.relation === 'atomic' || (before.length === 0 && after.length === 0)) break;
      if (!deepEqual(before, after)) compareItems(walk, shape, before, after);
      return;
    }
    case 'struct':
    case 'map': {
      const [before, after] = [mapOf(left), mapOf(right)];
      if (shape.atomic || (isEmptyMap(before) && isEmptyMap(after))) break;
      compareMembers(walk, shape, before, after);
      return;
    }
    default:
      shape satisfies never;
  }
  if (!deepEqual(left, right)) insertPath(walk.modified, walk.path);
}

/**
 * The fields of a value that only one side has: itself, and all below it. Most of a new object is such
 * values, so that they are not compared with nothing: this costs a third of that.
 * @throws UntypedElement
 */
function nodeOf(type: FieldType, value: unknown): FieldSet {
  const shape = shapeOf(type, value);
  const node: OpenFieldSet = { '.': noFields };
  switch (shape.kind) {
    case 'scalar':
      return noFields;
    case 'list':
      if (shape.relation === 'atomic') return noFields;
      for (const [element, same] of itemsByElement(shape, listOf(value))) {
        node[element] = same.length === 1 ? nodeOf(shape.element, same[0]) : noFields;
      }
      break;
    case 'struct': {
      if (shape.atomic) return noFields;
      const members = mapOf(value);
      for (const { name, element, type: member } of membersInOrder(shape)) {
        const given = members[name];
        if (given !== undefined) node[element] = nodeOf(member, given);
      }
      break;
    }
    case 'map': {
      if (shape.atomic) return noFields;
      const members = mapOf(value);
      for (const name of Object.keys(members).sort()) {
        node[fieldElement(name)] = nodeOf(shape.element, members[name]);
      }
      break;
    }
    default:
      return shape satisfies never;
  }
  for (const element in node) if (element !== '.') return node;
  return noFields;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const nothing: Json = {};
const mapOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : nothing;

function isEmptyMap(map: Json): boolean {
  for (const _ in map) return false;
  return true;
}

function compareMembers(walk: Walk, type: StructType | MapType, left: Json, right: Json): void {
  for (const name of Object.keys(left)) {
    compareMember(
      walk,
      type,
      name,
      left[name],
      Object.hasOwn(right, name) ? right[name] : undefined,
    );
  }
  for (const name of Object.keys(right)) {
    if (!Object.hasOwn(left, name)) compareMember(walk, type, name, undefined, right[name]);
  }
}

function compareMember(
  walk: Walk,
  type: StructType | MapType,
  name: string,
  left: unknown,
  right: unknown,
): void {
  const member = memberType(type, name);
  if (member === undefined || (left === undefined && right === undefined)) return;
  walk.path.push(fieldElement(name));
  compareValues(walk, member, left, right);
  walk.path.pop();
}

/**
 * The items of a list by their elements of paths; several when the list says one thing twice.
 * @throws UntypedElement
 */
export function itemsByElement(
  type: ListType,
  list: readonly unknown[],
): Map<string, readonly unknown[]> {
  const items = new Map<string, unknown[]>();
  for (const item of list) {
    const element = listElement(type, item);
    if (typeof element !== 'string') throw new UntypedElement(element.why);
    const same = items.get(element);
    if (same === undefined) items.set(element, [item]);
    else same.push(item);
  }
  return items;
}

function compareItems(
  walk: Walk,
  type: ListType,
  left: readonly unknown[],
  right: readonly unknown[],
): void {
  const before = itemsByElement(type, left);
  const after = itemsByElement(type, right);
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    walk.path.push(element);
    compareItem(walk, type.element, before.get(element) ?? [], after.get(element) ?? []);
    walk.path.pop();
  }
}

/** Items that are there twice are compared together, and marked as one field. */
function compareItem(
  walk: Walk,
  type: FieldType,
  left: readonly unknown[],
  right: readonly unknown[],
): void {
  if (left.length < 2 && right.length < 2) compareValues(walk, type, left[0], right[0]);
  else if (left.length >= 2 && right.length >= 2) {
    if (!deepEqual(left, right)) insertPath(walk.modified, walk.path);
  } else if (left.length >= 2) {
    if (right.length === 1) compareValues(walk, type, undefined, right[0]);
    insertPath(walk.removed, walk.path);
  } else {
    if (left.length === 1) compareValues(walk, type, left[0], undefined);
    insertPath(walk.added, walk.path);
  }
}
