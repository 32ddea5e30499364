import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  difference,
  equals,
  has,
  insertPath,
  intersection,
  isEmpty,
  noFields,
  parseFieldSet,
  pathsOf,
  recursiveDifference,
  sorted,
  union,
  type FieldSet,
  type OpenFieldSet,
} from './field-set.ts';
import {
  MalformedFields,
  fieldElement,
  formatPath,
  keyElement,
  valueElement,
} from './path-element.ts';

const scalar = fc.oneof(
  fc.constantFrom('a', 'b<', 'é'),
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
);
const element = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c').map(fieldElement) },
  scalar.map(valueElement),
  fc.tuple(scalar, scalar).map(([x, y]) =>
    keyElement([
      ['y', y],
      ['x', x],
    ]),
  ),
  fc.nat({ max: 2 }).map((index) => `i:${index}`),
);
const paths = fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 8 });

function setOf(list: readonly (readonly string[])[]): FieldSet {
  const set: OpenFieldSet = {};
  for (const path of list) insertPath(set, path);
  return set;
}

type Key = string;
const keyOf = (path: readonly string[]): Key => JSON.stringify(path);
const keysOf = (set: FieldSet) => new Set(Array.from(pathsOf(set), keyOf));

describe('a set of fields behaves as a set of paths', () => {
  const twoSets = fc.tuple(paths, paths);
  const starts = (path: string[], prefix: string[]) =>
    prefix.every((one, index) => path[index] === one);

  test('members are those that were inserted', () => {
    fc.assert(
      fc.property(paths, (list) => {
        const set = setOf(list);
        expect(keysOf(set)).toEqual(new Set(list.map(keyOf)));
        expect(list.every((path) => has(set, path))).toBe(true);
      }),
    );
  });

  test('union, intersection, difference, and difference with all that lies below', () => {
    fc.assert(
      fc.property(twoSets, ([a, b]) => {
        const [left, right] = [setOf(a), setOf(b)];
        const [mine, theirs] = [new Set(a.map(keyOf)), new Set(b.map(keyOf))];
        expect(keysOf(union(left, right))).toEqual(mine.union(theirs));
        expect(keysOf(intersection(left, right))).toEqual(mine.intersection(theirs));
        expect(keysOf(difference(left, right))).toEqual(mine.difference(theirs));
        const kept = a.filter((path) => !b.some((prefix) => starts(path, prefix)));
        expect(keysOf(recursiveDifference(left, right))).toEqual(new Set(kept.map(keyOf)));
        expect([left, right]).toEqual([setOf(a), setOf(b)]);
      }),
    );
  });

  test('what changes nothing answers with the set itself', () => {
    fc.assert(
      fc.property(twoSets, ([a, b]) => {
        const set = setOf([...a, ...b]);
        expect(union(set, setOf(a))).toBe(set);
        const others = setOf(b.map((path) => ['f:other', ...path]));
        expect(difference(set, others)).toBe(set);
        const inOrder = sorted(set);
        expect(sorted(inOrder)).toBe(inOrder);
      }),
    );
  });

  test('no node is empty but the members without children', () => {
    fc.assert(
      fc.property(twoSets, ([a, b]) => {
        expect(isEmpty(difference(setOf(a), setOf([...a, ...b])))).toBe(true);
        expect(equals(union(setOf(a), setOf(b)), union(setOf(b), setOf(a)))).toBe(true);
      }),
    );
  });
});

describe('FieldsV1', () => {
  test('is read and written without loss, in one order whatever the order it was made in', () => {
    fc.assert(
      fc.property(paths, fc.infiniteStream(fc.double()), (list, random) => {
        const text = JSON.stringify(sorted(setOf(list)));
        expect(JSON.stringify(parseFieldSet(JSON.parse(text)))).toBe(text);
        const shuffled = list
          .map((path) => ({ path, at: random.next().value ?? 0 }))
          .sort((x, y) => x.at - y.at);
        expect(JSON.stringify(sorted(setOf(shuffled.map(({ path }) => path))))).toBe(text);
      }),
    );
  });

  test('fields come first, then keys, values and places', () => {
    const set = setOf([
      ['i:10'],
      ['i:9'],
      ['v:true'],
      ['v:"a"'],
      ['v:2'],
      ['k:{"name":"b"}', 'f:name'],
      ['k:{"name":"a"}'],
      ['f:b', 'f:c'],
      ['f:b'],
      ['f:a'],
    ]);
    expect(JSON.stringify(sorted(set))).toBe(
      JSON.stringify({
        'f:a': {},
        'f:b': { '.': {}, 'f:c': {} },
        'k:{"name":"a"}': {},
        'k:{"name":"b"}': { 'f:name': {} },
        'v:2': {},
        'v:"a"': {},
        'v:true': {},
        'i:9': {},
        'i:10': {},
      }),
    );
  });

  test('what others wrote gets the one text that each element has', () => {
    const theirs = {
      'k:{"protocol": "TCP", "containerPort":80.0}': { '.': {}, 'f:name': {} },
      'v:"a<b"': {},
      'x:unknown': {},
    };
    expect(parseFieldSet(theirs)).toEqual({
      'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} },
      'v:"a\\u003cb"': {},
    });
    expect(parseFieldSet({ 'f:a': { '.': {} } })).toEqual({ 'f:a': noFields });
  });

  test.each([
    [[]],
    ['all'],
    [{ a: {} }],
    [{ 'f:a': 1 }],
    [{ 'k:1': {} }],
    [{ 'v:{': {} }],
    [{ 'i:x': {} }],
  ])('%j is refused', (malformed) => {
    expect(() => parseFieldSet(malformed)).toThrow(MalformedFields);
  });
});

test('paths are shown as people know them', () => {
  const path = [
    'f:spec',
    'f:ports',
    keyElement([
      ['protocol', 'TCP'],
      ['port', 80],
    ]),
    valueElement('x'),
    'i:3',
  ];
  expect(formatPath(path)).toBe('.spec.ports[port=80,protocol="TCP"][="x"][3]');
});
