/**
 * The owner of a new object, as the text of its managedFields: whoever creates an object owns all that he
 * says. That is half of the bytes of a pod, and nobody looks into it before it is stored: so no set of
 * fields is made, and none is printed.
 *
 * 1. It is the text that `trackUpdate` leads to, byte by byte (new-owners.test.ts tries every kind).
 * 2. One walk over the object in the order in which FieldsV1 is written. On the way of every create: in a
 *    loop 16 us for a pod, where the set took 29 to make and 9 to print.
 */
import { deepEqual } from '../equality.ts';
import type { KubernetesObject } from '../object.ts';
import { formatTime } from '../time.ts';
import { UntypedElement, itemsByElement, takenOf } from './compare.ts';
import { isEmpty, noFields, sorted, type FieldSet } from './field-set.ts';
import {
  membersInOrder,
  shapeOf,
  type FieldType,
  type ListType,
  type StructType,
} from './field-type.ts';
import { isReset } from './managers.ts';
import { unowned, type OwnedType } from './owned-type.ts';
import { fieldElement, sortElements } from './path-element.ts';

export interface Creation {
  /** As the client wants it, with defaults. */
  readonly object: KubernetesObject;
  readonly manager: string;
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
}

type Json = Readonly<Record<string, unknown>>;

const leaf = '{}';
const itself = '".":{}';

/**
 * The managedFields of a new object, as JSON; empty when nobody owns anything. Undefined when the client
 * says who owns it: that is for `trackUpdate`.
 */
export function newOwners(owned: OwnedType, creation: Creation): string | undefined {
  const { object, manager, wallTime } = creation;
  const given = object.metadata.managedFields;
  if (given !== undefined && !isReset(given)) return undefined;
  const fields = fieldsOfNew(owned, object);
  if (fields === '') return '';
  const name = JSON.stringify(manager || 'unknown');
  const time = formatTime(wallTime);
  return `[{"manager":${name},"operation":"Update","apiVersion":"${owned.apiVersion}","time":"${time}","fieldsType":"FieldsV1","fieldsV1":{${fields}}}]`;
}

function fieldsOfNew(owned: OwnedType, object: KubernetesObject): string {
  const nobodys = { ...unowned, ...owned.reset('') };
  try {
    return takenText(owned.type, { left: owned.empty, right: object as unknown as Json }, nobodys);
  } catch (error) {
    // As upstream: an object that cannot be walked gets no owners.
    if (error instanceof UntypedElement) return '';
    throw error;
  }
}

interface Sides {
  /** What Go's empty struct has. */
  readonly left: Json;
  readonly right: Json;
}

/** The members of a struct that differ from the empty one, without braces. @throws UntypedElement */
function takenText(type: StructType, { left, right }: Sides, nobodys: FieldSet): string {
  let text = '';
  for (const { name, element, key, type: member } of membersInOrder(type)) {
    const given = right[name];
    if (given === undefined) continue;
    const below = nobodys[element];
    if (below !== undefined && isEmpty(below)) continue;
    const before = below === undefined ? left[name] : (left[name] ?? {});
    const node =
      before === undefined
        ? nodeText(member, given)
        : changedText(element, member, { left: before, right: given, nobodys: below ?? noFields });
    if (node !== '') text += text === '' ? key + node : `,${key}${node}`;
  }
  return text;
}

interface Change {
  readonly left: unknown;
  readonly right: unknown;
  readonly nobodys: FieldSet;
}

/** One member that the empty struct has, too; empty when it is the same. @throws UntypedElement */
function changedText(element: string, type: FieldType, { left, right, nobodys }: Change): string {
  if (type.kind === 'scalar') return left === right || deepEqual(left, right) ? '' : leaf;
  if (type.kind === 'struct' && !type.atomic && isMap(left) && isMap(right) && !isEmptyMap(right)) {
    const text = takenText(type, { left, right }, nobodys);
    return text === '' ? '' : `{${text}}`;
  }
  if (type.kind === 'list' && type.relation !== 'atomic' && isNoItems(left) && !isNoItems(right)) {
    return `{${itemsText(type, right as readonly unknown[])}}`;
  }
  const taken = takenOf(element, type, { left, right });
  return taken === undefined ? '' : JSON.stringify(sorted(taken));
}

/** A field with all below it. @throws UntypedElement */
function nodeText(type: FieldType, value: unknown): string {
  const shape = shapeOf(type, value);
  switch (shape.kind) {
    case 'scalar':
      return leaf;
    case 'list': {
      if (shape.relation === 'atomic' || isNoItems(value)) return leaf;
      return `{${itself},${itemsText(shape, value as readonly unknown[])}}`;
    }
    case 'struct': {
      if (shape.atomic || !isMap(value)) return leaf;
      let text = '';
      for (const { name, key, type: member } of membersInOrder(shape)) {
        const given = value[name];
        if (given !== undefined) text += `,${key}${nodeText(member, given)}`;
      }
      return text === '' ? leaf : `{${itself}${text}}`;
    }
    case 'map': {
      if (shape.atomic || !isMap(value)) return leaf;
      let text = '';
      for (const name of Object.keys(value).sort()) {
        text += `,${JSON.stringify(fieldElement(name))}:${nodeText(shape.element, value[name])}`;
      }
      return text === '' ? leaf : `{${itself}${text}}`;
    }
    default:
      return shape satisfies never;
  }
}

/** The items of a list, of which there are some. @throws UntypedElement */
function itemsText(type: ListType, list: readonly unknown[]): string {
  const items = itemsByElement(type, list);
  const elements = items.size < 2 ? items.keys() : sortElements([...items.keys()]);
  let text = '';
  for (const element of elements) {
    const same = items.get(element)!;
    const node = same.length === 1 ? nodeText(type.element, same[0]) : leaf;
    text += `${text === '' ? '' : ','}${JSON.stringify(element)}:${node}`;
  }
  return text;
}

const isNoItems = (value: unknown): boolean => !Array.isArray(value) || value.length === 0;

const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isEmptyMap(map: Json): boolean {
  for (const _ in map) return false;
  return true;
}
