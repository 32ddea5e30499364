import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedRecords } from './sorted-records.ts';

describe('sorted records', () => {
  it('agree with a sorted array, whatever is added, removed and asked for', () => {
    const key = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', '\u00ff', '\0') });
    const step = fc.record({ key, remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), key, key, (steps, from, to) => {
        const records = new SortedRecords<{ key: string }>();
        const model = new Set<string>();
        for (const { key: name, remove } of steps) {
          if (remove) {
            records.remove(name);
            model.delete(name);
          } else if (!model.has(name)) {
            records.add({ key: name });
            model.add(name);
          }
        }
        const seen: string[] = [];
        records.each(from, to, (item) => seen.push(item.key));
        expect(seen).toEqual([...model].filter((one) => one >= from && one < to).sort());
      }),
    );
  });

  it('stay in order over many blocks, added in order or not', () => {
    const records = new SortedRecords<{ key: string }>();
    const keys = Array.from({ length: 5_000 }, (_, index) => String((index * 7919) % 5_000));
    for (const key of keys) records.add({ key });
    for (const key of keys.slice(0, 2_000)) records.remove(key);
    const seen: string[] = [];
    records.each('', undefined, (item) => seen.push(item.key));
    expect(seen).toEqual(keys.slice(2_000).sort());
  });
});
