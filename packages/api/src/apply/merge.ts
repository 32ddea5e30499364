/**
 * An applied configuration laid over the object that is there.
 *
 * 1. Where both speak of a leaf, the configuration's value counts; nothing is taken away here.
 * 2. Elements of a list stay in their order unless the configuration orders them in another way.
 * 3. Neither value is changed. Null and empty values stay what they are.
 * Source: structured-merge-diff, typed.Merge.
 */
import { setOwn } from '../normalize.ts';
import { isMap } from '../patch/merge-patch.ts';
import { UntypedElement, itemsByElement } from './compare.ts';
import { listElement, memberType, shapeOf } from './field-type.ts';
import type { FieldType, ListType, MapType, StructType } from './field-type.ts';

type Json = Record<string, unknown>;

/** One of both may be undefined; so is a result with nothing in it. @throws UntypedElement */
export function merge(type: FieldType, live: unknown, config: unknown): unknown {
  const shape = shapeOf(type, config ?? live);
  switch (shape.kind) {
    case 'scalar':
      break;
    case 'list': {
      const [before, after] = [listOf(live), listOf(config)];
      if (shape.relation === 'atomic' || (before.length === 0 && after.length === 0)) break;
      return mergeItems(shape, before, after);
    }
    case 'struct':
    case 'map': {
      const [before, after] = [mapOf(live), mapOf(config)];
      if (shape.atomic || (isEmptyMap(before) && isEmptyMap(after))) break;
      return mergeMembers(shape, before, after);
    }
    default:
      return shape satisfies never;
  }
  return config === undefined ? live : config;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const mapOf = (value: unknown): Json => (isMap(value) ? value : {});
const isEmptyMap = (map: Json): boolean => Object.keys(map).length === 0;

function mergeMembers(type: StructType | MapType, live: Json, config: Json): Json | undefined {
  const result: Json = {};
  const take = (name: string) => {
    const member = memberType(type, name);
    if (member === undefined) return;
    const mine = Object.hasOwn(live, name) ? live[name] : undefined;
    const value = merge(member, mine, Object.hasOwn(config, name) ? config[name] : undefined);
    if (value !== undefined) setOwn(result, name, value);
  };
  for (const name of Object.keys(live)) take(name);
  for (const name of Object.keys(config)) if (!Object.hasOwn(live, name)) take(name);
  return isEmptyMap(result) ? undefined : result;
}

const elementsOf = (type: ListType, list: readonly unknown[]): string[] =>
  list.map((item) => {
    const element = listElement(type, item);
    if (typeof element !== 'string') throw new UntypedElement(element.why);
    return element;
  });

/**
 * Weaves two lists: elements of the configuration in its order, those that only the object has
 * before the elements that they preceded.
 */
function mergeItems(
  type: ListType,
  live: readonly unknown[],
  config: readonly unknown[],
): unknown[] | undefined {
  const [liveItems, configItems] = [itemsByElement(type, live), itemsByElement(type, config)];
  const [liveElements, configElements] = [elementsOf(type, live), elementsOf(type, config)];
  const shared = configElements.filter((element) => liveItems.has(element));
  const done = new Set<string>();
  const result: unknown[] = [];
  const take = (mine: unknown, theirs: unknown) => {
    const item = merge(type.element, mine, theirs);
    if (item !== undefined) result.push(item);
  };
  /** An element that the object has twice is not merged, but replaced. */
  const takeConfigured = (element: string) => {
    done.add(element);
    const mine = liveItems.get(element) ?? [];
    take(mine.length > 1 ? undefined : mine[0], configItems.get(element)![0]);
  };
  let nextShared = 0;
  let [at, configAt] = [0, 0];
  while (at < liveElements.length || configAt < configElements.length) {
    const element = liveElements[at];
    const wanted = configElements[configAt];
    if (element !== undefined && element === wanted) {
      takeConfigured(element);
      at += 1;
      configAt += 1;
      nextShared += 1;
      continue;
    }
    if (element !== undefined) {
      const isShared = configItems.has(element);
      const expected = shared[nextShared];
      if (wanted !== undefined && isShared && expected !== undefined && expected !== element) {
        // It has its place in the configuration, further on or further back.
        at += 1;
        continue;
      }
      if (!isShared) {
        take(live[at], undefined);
        at += 1;
        continue;
      }
      if (done.has(element)) at += 1;
    }
    if (wanted !== undefined) {
      takeConfigured(wanted);
      configAt += 1;
      if (shared[nextShared] === wanted) nextShared += 1;
    }
  }
  return result.length === 0 ? undefined : result;
}
