/**
 * One step of a path to a field, in the text that FieldsV1 has for it.
 *
 * 1. `f:name` is a field or a key of a map, `k:{"name":"x"}` an element of a list by its keys,
 *    `v:"x"` an element of a set by its value, `i:3` an element by its place.
 * 2. There is one text for each element (keys sorted, JSON without spaces, Go's escapes), so that
 *    elements are equal when their texts are. What others wrote is brought into it by
 *    `parseElement`.
 * Source: structured-merge-diff, fieldpath.
 */
import { goQuote } from '../field-error.ts';
import { goJson } from './go-json.ts';

/** Malformed fields; nobody outside of managedFields hears of it. */
export class MalformedFields extends Error {}

type Scalar = string | number | boolean | null;
export type Keys = readonly (readonly [name: string, value: unknown])[];

export const fieldElement = (name: string): string => `f:${name}`;
export const valueElement = (value: unknown): string => `v:${goJson(value)}`;

/** @param keys in any order */
export function keyElement(keys: Keys): string {
  const sorted = keys.length < 2 ? keys : [...keys].sort(([a], [b]) => compareText(a, b));
  return `k:{${sorted.map(([name, value]) => `${goJson(name)}:${goJson(value)}`).join(',')}}`;
}

/** The name in `f:name`; undefined for any other element. */
export function fieldName(element: string): string | undefined {
  return isField(element) ? element.slice(2) : undefined;
}

export const isField = (element: string): boolean => element.startsWith('f:');
export const isKey = (element: string): boolean => element.startsWith('k:');

/**
 * The one text of an element that somebody else wrote; undefined for a kind of element that is not
 * known, which is skipped.
 * @throws MalformedFields
 */
export function parseElement(text: string): string | undefined {
  if (text[1] !== ':') throw new MalformedFields(`missing colon: ${text}`);
  switch (text[0]) {
    case 'f':
      return text;
    case 'v':
      return valueElement(parseJson(text));
    case 'k': {
      const keys = parseJson(text);
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
        throw new MalformedFields(`no keys: ${text}`);
      }
      return keyElement(Object.entries(keys));
    }
    case 'i':
      if (!/^i:-?\d+$/.test(text)) throw new MalformedFields(`no index: ${text}`);
      return `i:${Number(text.slice(2))}`;
    default:
      return undefined;
  }
}

function parseJson(element: string): unknown {
  try {
    return JSON.parse(element.slice(2));
  } catch (error) {
    throw new MalformedFields(`not JSON: ${element}`, { cause: error });
  }
}

/** As paths are shown to people: `.name`, `[name="x"]`, `[="x"]`, `[3]`. */
export function formatElement(element: string): string {
  const name = fieldName(element);
  if (name !== undefined) return `.${name}`;
  if (element.startsWith('i:')) return `[${element.slice(2)}]`;
  const value = JSON.parse(element.slice(2)) as Scalar | Record<string, Scalar>;
  if (!isKey(element)) return `[=${formatScalar(value)}]`;
  const keys = Object.entries(value as Record<string, Scalar>);
  return `[${keys.map(([key, one]) => `${key}=${formatScalar(one)}`).join(',')}]`;
}

const formatScalar = (value: unknown) =>
  typeof value === 'string' ? goQuote(value) : JSON.stringify(value);

export const formatPath = (path: readonly string[]): string => path.map(formatElement).join('');

/** Fields first, then keys, values and places: the order in which they are written. */
const kindsInOrder = 'fkvi';

/** The elements in the order in which they are written. */
export function sortElements(elements: readonly string[]): string[] {
  const decorated = elements.map((element) => ({ element, value: valueOf(element) }));
  return decorated
    .sort((left, right) => compareElements(left, right))
    .map(({ element }) => element);
}

/** What an element is sorted by within its kind. */
const valueOf = (element: string): unknown =>
  element.startsWith('f:') ? element : (JSON.parse(element.slice(2)) as unknown);

interface Decorated {
  readonly element: string;
  readonly value: unknown;
}

function compareElements(left: Decorated, right: Decorated): number {
  const kind = left.element[0]!;
  const other = right.element[0]!;
  if (kind !== other) return kindsInOrder.indexOf(kind) - kindsInOrder.indexOf(other);
  if (kind === 'k') return compareKeys(left.value as object, right.value as object);
  return compareScalars(left.value, right.value);
}

function compareKeys(left: object, right: object): number {
  const [a, b] = [Object.entries(left), Object.entries(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order =
      compareText(a[index]![0], b[index]![0]) || compareScalars(a[index]![1], b[index]![1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const scalarsInOrder = ['number', 'string', 'boolean', 'object'];

function compareScalars(left: unknown, right: unknown): number {
  if (typeof left !== typeof right) {
    return scalarsInOrder.indexOf(typeof left) - scalarsInOrder.indexOf(typeof right);
  }
  if (typeof left === 'string') return compareText(left, right as string);
  if (typeof left === 'object') return compareText(JSON.stringify(left), JSON.stringify(right));
  return Number(left) - Number(right);
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
