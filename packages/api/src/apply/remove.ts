/**
 * A value without some of its fields and elements.
 *
 * A map or list that has nothing left is null: it is still there, and says nothing.
 * Source: structured-merge-diff, typed.RemoveItems.
 */
import { setOwn } from '../normalize.ts';
import { isMap } from '../patch/merge-patch.ts';
import { below, hasElement, isEmpty, noFields, type FieldSet } from './field-set.ts';
import { listElement, memberType, shapeOf } from './field-type.ts';
import type { FieldType, ListType, MapType, StructType } from './field-type.ts';
import { fieldElement } from './path-element.ts';

export function removeFields(type: FieldType, value: unknown, doomed: FieldSet): unknown {
  const shape = shapeOf(type, value);
  switch (shape.kind) {
    case 'scalar':
      return value;
    case 'list':
      if (!Array.isArray(value) || shape.relation === 'atomic') return null;
      return removeItems(shape, value, doomed);
    case 'struct':
    case 'map':
      return isMap(value) && !shape.atomic ? removeMembers(shape, value, doomed) : null;
    default:
      return shape satisfies never;
  }
}

function removeItems(type: ListType, list: readonly unknown[], doomed: FieldSet): unknown {
  const left: unknown[] = [];
  for (const item of list) {
    const element = listElement(type, item);
    // An element that no path leads to is in no set.
    if (typeof element === 'string' && hasElement(doomed, element)) continue;
    const subset = typeof element === 'string' ? below(doomed, element) : noFields;
    // An element with nothing left is still there, known by the defaults of its keys.
    left.push(isEmpty(subset) ? item : (removeFields(type.element, item, subset) ?? {}));
  }
  return left.length === 0 ? null : left;
}

function removeMembers(
  type: StructType | MapType,
  members: Record<string, unknown>,
  doomed: FieldSet,
): unknown {
  const left: Record<string, unknown> = {};
  let isAnyLeft = false;
  for (const name of Object.keys(members)) {
    const element = fieldElement(name);
    const member = memberType(type, name);
    if (member === undefined || hasElement(doomed, element)) continue;
    const subset = below(doomed, element);
    const value = members[name];
    setOwn(left, name, isEmpty(subset) ? value : removeFields(member, value, subset));
    isAnyLeft = true;
  }
  return isAnyLeft ? left : null;
}
