import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countKeys, duplicateFields, outlineOf } from './json-scan.ts';

describe('the outline of a text', () => {
  test('has as many keys as its value, whatever strings look like', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(outlineOf(text).keys).toBe(countKeys(JSON.parse(text)));
        expect(duplicateFields(text)).toEqual([]);
      }),
    );
  });

  test('has more keys than its value when one is given twice, however it is escaped', () => {
    for (const text of [
      '{"a":1,"a":2}',
      '[{"b":{"a":1,"\\u0061":":{"}}]',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      expect(outlineOf(text).keys - countKeys(JSON.parse(text))).toBe(1);
      expect(duplicateFields(text)).toHaveLength(1);
    }
  });

  test('tells the deepest nesting, outside of strings', () => {
    expect(outlineOf('"[[["').depth).toBe(0);
    expect(outlineOf('{"a":[{"b":"}"}],"c":[]}').depth).toBe(3);
  });
});
