/**
 * Strategic merge patch: what `kubectl apply`, `edit`, `patch` and `set` send.
 *
 * 1. Maps merge key by key; null deletes. A list merges when its field's patch strategy says so: a
 *    list of maps by the merge key, a list of scalars as a set. Any other list is replaced.
 * 2. Directives: `$patch: replace | delete | merge` in a map or in an element of a list;
 *    `$retainKeys` keeps only the named keys; `$deleteFromPrimitiveList/<list>` removes scalars;
 *    `$setElementOrder/<list>` orders a merged list. No directive ever reaches the result.
 * 3. Elements that only the server knows keep their place among their old neighbours; the client's
 *    come in the client's order.
 * 4. Neither document is changed.
 */
import { badRequestError } from '../errors.ts';
import { deepEqual } from '../equality.ts';
import { setOwn } from '../normalize.ts';
import { fieldsOf } from '../schema.ts';
import type { FieldSchema, SchemaName } from '../schema.ts';
import { isMap } from './merge-patch.ts';

type Json = Record<string, unknown>;

const directive = '$patch';
const retainKeysDirective = '$retainKeys';
const deletePrefix = '$deleteFromPrimitiveList/';
const orderPrefix = '$setElementOrder/';

const refuse = (why: string) => badRequestError(`error decoding patch: ${why}`);

const isDirectiveKey = (key: string) =>
  key === directive ||
  key === retainKeysDirective ||
  key.startsWith(deletePrefix) ||
  key.startsWith(orderPrefix);

/** A value that is new as a whole: what it says to delete or to order has no object any more. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((element: unknown) => !(isMap(element) && element[directive] === 'delete'))
      .filter((element: unknown) => !(isMap(element) && isBareReplace(element)))
      .map(withoutDirectives);
  }
  if (!isMap(value)) return value;
  const result: Json = {};
  for (const key of Object.keys(value)) {
    if (isDirectiveKey(key) || value[key] === null) continue;
    setOwn(result, key, withoutDirectives(value[key]));
  }
  return result;
}

const isBareReplace = (element: Json) =>
  element[directive] === 'replace' && Object.keys(element).length === 1;

function stringList(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw refuse(`${what} must be a list`);
  return value;
}

/** What a field's patch strategy makes of its value. */
interface Shape {
  readonly field: FieldSchema | undefined;
  /** The type of the map, or of the list's elements, where it is known. */
  readonly ref: SchemaName | undefined;
}

const unknownShape: Shape = { field: undefined, ref: undefined };

function shapeOf(schema: SchemaName | undefined, key: string): Shape {
  const field = schema === undefined ? undefined : fieldsOf(schema).get(key);
  return field === undefined ? unknownShape : { field, ref: field.ref };
}

const mergesList = ({ field }: Shape) =>
  field?.container === 'list' && field.patchStrategy?.split(',').includes('merge') === true;

function mergeMap(original: Json, patch: Json, schema: SchemaName | undefined): Json {
  const how = patch[directive];
  if (how === 'replace') return withoutDirectives(patch) as Json;
  if (how === 'delete') return {};
  if (how !== undefined && how !== 'merge') {
    throw refuse(`unknown patch type found: ${JSON.stringify(how)}`);
  }
  const result: Json = {};
  for (const key of Object.keys(original)) setOwn(result, key, original[key]);
  retainKeys(result, patch);
  deleteFromLists(result, patch);
  for (const key of Object.keys(patch)) {
    if (isDirectiveKey(key)) continue;
    mergeKeyInto(result, key, patch, schema);
  }
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    const name = key.slice(orderPrefix.length);
    // A list that the patch also merges has been ordered with that.
    if (Object.hasOwn(patch, name) || !Object.hasOwn(result, name)) continue;
    const list = result[name];
    if (!Array.isArray(list)) continue;
    const order = stringList(patch[key], key);
    result[name] = orderList(list, list, order, shapeOf(schema, name).field?.mergeKey);
  }
  return result;
}

function retainKeys(result: Json, patch: Json): void {
  if (!Object.hasOwn(patch, retainKeysDirective)) return;
  const retained = new Set(stringList(patch[retainKeysDirective], retainKeysDirective));
  for (const key of Object.keys(patch)) {
    if (isDirectiveKey(key) || patch[key] === null || retained.has(key)) continue;
    throw refuse(`invalid patch format of ${retainKeysDirective}: ${key} is not in its list`);
  }
  for (const key of Object.keys(result)) if (!retained.has(key)) delete result[key];
}

function deleteFromLists(result: Json, patch: Json): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(deletePrefix)) continue;
    const name = key.slice(deletePrefix.length);
    const doomed = new Set(stringList(patch[key], key));
    const list = Object.hasOwn(result, name) ? result[name] : undefined;
    if (Array.isArray(list)) {
      result[name] = list.filter((element: unknown) => !doomed.has(element));
    }
  }
}

function mergeKeyInto(
  result: Json,
  key: string,
  patch: Json,
  schema: SchemaName | undefined,
): void {
  const value = patch[key];
  if (value === null) {
    delete result[key];
    return;
  }
  const old = Object.hasOwn(result, key) ? result[key] : undefined;
  const shape = shapeOf(schema, key);
  const order = patch[`${orderPrefix}${key}`];
  if (isMap(value) && isMap(old)) {
    // Elements of a map[string]T have the type T; a plain struct field has its own.
    const ref = shape.field?.container === 'map' ? undefined : shape.ref;
    setOwn(result, key, mergeMap(old, value, ref));
  } else if (isMap(value) && value[directive] === 'delete') {
    delete result[key];
  } else if (Array.isArray(value) && Array.isArray(old) && mergesList(shape)) {
    setOwn(result, key, mergeList(old, value, { shape, order }));
  } else if (Array.isArray(value) && mergesList(shape)) {
    setOwn(result, key, mergeList([], value, { shape, order }));
  } else {
    setOwn(result, key, withoutDirectives(value));
  }
}

interface ListContext {
  readonly shape: Shape;
  readonly order: unknown;
}

function mergeList(
  original: readonly unknown[],
  patch: readonly unknown[],
  { shape, order }: ListContext,
): unknown[] {
  const mergeKey = shape.field?.mergeKey;
  const wanted = order === undefined ? undefined : stringList(order, '$setElementOrder');
  if (mergeKey === undefined) {
    const scalars = patch.filter((element) => !isMap(element));
    const merged = [...new Set([...original, ...scalars])];
    return orderList(merged, original, wanted ?? scalars, undefined);
  }
  let base: unknown[] = [...original];
  const changes: Json[] = [];
  for (const element of patch) {
    if (!isMap(element)) throw refuse(`an element of a list merged by ${mergeKey} must be a map`);
    const how = element[directive];
    if (how === 'replace') {
      base = [];
      if (!isBareReplace(element)) changes.push(element);
    } else if (how === 'delete') {
      const key = keyOf(element, mergeKey);
      base = base.filter((one) => !(isMap(one) && deepEqual(one[mergeKey], key)));
    } else changes.push(element);
  }
  const merged = [...base];
  for (const change of changes) {
    const key = keyOf(change, mergeKey);
    const index = merged.findIndex((one) => isMap(one) && deepEqual(one[mergeKey], key));
    if (index < 0) merged.push(withoutDirectives(change));
    else merged[index] = mergeMap(merged[index] as Json, change, shape.ref);
  }
  checkOrder(changes, wanted, mergeKey);
  return orderList(merged, original, wanted ?? changes, mergeKey);
}

function keyOf(element: Json, mergeKey: string): unknown {
  const key = Object.hasOwn(element, mergeKey) ? element[mergeKey] : undefined;
  if (key === undefined) {
    throw refuse(
      `map: ${JSON.stringify(element)} does not contain declared merge key: ${mergeKey}`,
    );
  }
  return key;
}

/** Upstream refuses a patch whose own list contradicts the order that it asks for. */
function checkOrder(
  changes: readonly Json[],
  order: readonly unknown[] | undefined,
  mergeKey: string,
): void {
  if (order === undefined) return;
  let last = -1;
  for (const change of changes) {
    const place = indexOf(order, change, mergeKey);
    if (place <= last) {
      throw refuse(
        `the order in patch list doesn't match $setElementOrder list: ${JSON.stringify(order)}`,
      );
    }
    last = place;
  }
}

function indexOf(list: readonly unknown[], element: unknown, mergeKey: string | undefined): number {
  if (mergeKey === undefined) return list.indexOf(element);
  const key = isMap(element) ? element[mergeKey] : undefined;
  return list.findIndex((one) => isMap(one) && deepEqual(one[mergeKey], key));
}

/** Weaves the client's elements, in its order, into those that only the server has, in theirs. */
function orderList(
  merged: readonly unknown[],
  original: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const placed = merged.map((element) => ({
    element,
    wanted: indexOf(order, element, mergeKey),
    before: indexOf(original, element, mergeKey),
  }));
  const client = placed.filter(({ wanted }) => wanted >= 0).sort((a, b) => a.wanted - b.wanted);
  const server = placed.filter(({ wanted }) => wanted < 0).sort((a, b) => a.before - b.before);
  const result: unknown[] = [];
  let next = 0;
  for (const mine of client) {
    while (next < server.length && mine.before >= 0 && server[next]!.before < mine.before) {
      result.push(server[next]!.element);
      next += 1;
    }
    result.push(mine.element);
  }
  return [...result, ...server.slice(next).map(({ element }) => element)];
}

/** @throws a BadRequest ApiError when the patch is malformed */
export function applyStrategicMergePatch(
  original: unknown,
  patch: unknown,
  schema: SchemaName,
): unknown {
  if (!isMap(patch)) throw refuse('a strategic merge patch is an object');
  return mergeMap(isMap(original) ? original : {}, patch, schema);
}
