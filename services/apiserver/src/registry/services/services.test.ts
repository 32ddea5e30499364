import { assert, nat, property, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bitmap } from './bitmap.ts';
import { createIPRange, createPortRange } from './range.ts';

describe('Bitmap', () => {
  test('what is stored is read back, as the big-endian bytes of a number', () => {
    const bitmap = new Bitmap(65_534);
    bitmap.add(0);
    bitmap.add(9);
    expect([...bitmap.encode()]).toEqual([0b10, 0b1]);
    assert(
      property(uniqueArray(nat(999)), (offsets) => {
        const made = new Bitmap(1_000);
        for (const offset of offsets) made.add(offset);
        const read = Bitmap.decode(1_000, made.encode());
        for (let offset = 0; offset < 1_000; offset += 1) {
          expect(read.has(offset)).toBe(offsets.includes(offset));
        }
      }),
      { numRuns: 20 },
    );
  });

  test('finds the only free offset from any start, and none in a full band', () => {
    const bitmap = new Bitmap(10);
    for (const offset of [2, 3, 5, 6]) bitmap.add(offset);
    for (let start = 0; start < 5; start += 1) {
      expect(bitmap.findFree(2, 7, () => start)).toBe(4);
    }
    bitmap.add(4);
    expect(bitmap.findFree(2, 7, () => 0)).toBeUndefined();
    expect(bitmap.findFree(5, 5, () => 0)).toBeUndefined();
  });
});

describe('ranges', () => {
  test('a range of addresses leaves out the network and its broadcast', () => {
    const range = createIPRange('10.96.0.0/16');
    expect(range.valueAt(0)).toBe('10.96.0.1');
    expect(range.valueAt(range.size - 1)).toBe('10.96.255.254');
    expect(range.offsetOf('10.96.0.0')).toBeUndefined();
    expect(range.offsetOf('10.96.255.255')).toBeUndefined();
    expect(range.offsetOf('10.97.0.1')).toBeUndefined();
    expect(range.offsetOf('10.96.1.1')).toBe(256);
    expect(range.dynamicFrom).toBe(256);
    for (const text of ['010.96.0.1', '10.96.0', 'x', '10.96.0.1.1', '10.96.0.256']) {
      expect(range.offsetOf(text)).toBeUndefined();
    }
  });

  test('the static band of node ports has upstream size', () => {
    const range = createPortRange('30000-32767');
    expect(range.size).toBe(2_768);
    expect(range.dynamicFrom).toBe(86);
    expect(range.offsetOf('30000')).toBe(0);
    expect(range.offsetOf('32768')).toBeUndefined();
  });

  test('a range that cannot be read says what one looks like', () => {
    expect(() => createIPRange('10.96.0.0')).toThrow('such as 10.96.0.0/16, not "10.96.0.0"');
    expect(() => createPortRange('9-5')).toThrow('such as 30000-32767, not "9-5"');
  });
});
