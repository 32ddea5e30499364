import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyTable } from './key-table.ts';
import { SortedSlots } from './sorted-slots.ts';

const seed = { low: 1, high: 2 };
type Item = { key: string };

function create() {
  const table = new KeyTable<Item>(seed);
  const sorted = new SortedSlots((slot) => table.at(slot).key);
  return {
    table,
    sorted,
    add: (key: string) => sorted.add(table.add({ key })),
    remove: (key: string) => {
      const slot = table.slotOf(key);
      if (slot >= 0) sorted.remove(slot);
      table.remove(key);
    },
    keys: (from: string, to?: string) => {
      const seen: string[] = [];
      sorted.each(from, to, (slot) => void seen.push(table.at(slot).key));
      return seen;
    },
  };
}

describe('keys', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\u00ff'), maxLength: 5 });

  it('are found, in order and by themselves, as in a set that is sorted each time', () => {
    const change = fc.record({ add: fc.boolean(), name });
    fc.assert(
      fc.property(
        fc.array(change),
        name,
        fc.option(name, { nil: undefined }),
        (changes, from, to) => {
          const index = create();
          const model = new Set<string>();
          for (const { add, name: key } of changes) {
            if (!add) {
              index.remove(key);
              model.delete(key);
            } else if (!model.has(key)) {
              index.add(key);
              model.add(key);
            }
          }
          const expected = [...model].filter(
            (key) => key >= from && (to === undefined || key < to),
          );
          expect(index.keys(from, to)).toEqual(expected.sort());
          expect(index.table.size).toBe(model.size);
          for (const key of [...model, from])
            expect(index.table.get(key) !== undefined).toBe(model.has(key));
        },
      ),
    );
  });

  it('stay in order over many blocks, added in order or not, one by one or all at once', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => String((index * 7_919) % 5_000));
    const one = create();
    for (const key of names) one.add(key);
    for (const key of names.slice(0, 2_000)) one.remove(key);
    const expected = names.slice(2_000).toSorted();
    expect(one.keys('')).toEqual(expected);
    expect(one.keys('2', '3')).toEqual(expected.filter((key) => key.startsWith('2')));
    const all = create();
    all.sorted.replaceAll(names.slice(2_000).map((key) => all.table.add({ key })));
    expect(all.keys('')).toEqual(expected);
  });

  it('are found after many have come and gone in the same table', () => {
    const index = create();
    for (let round = 0; round < 5; round++) {
      for (let key = 0; key < 3_000; key++) index.add(`${round}/${key}`);
      for (let key = 0; key < 3_000; key++) if (key % 7 !== 0) index.remove(`${round}/${key}`);
    }
    for (let round = 0; round < 5; round++) {
      for (let key = 0; key < 3_000; key++) {
        expect(index.table.get(`${round}/${key}`)?.key).toBe(
          key % 7 === 0 ? `${round}/${key}` : undefined,
        );
      }
    }
    expect(index.table.size).toBe(5 * 429);
  });
});
