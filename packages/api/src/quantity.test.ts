import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  QuantityError,
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityFromBytes,
  quantityFromMilli,
  quantityMilliValue,
  quantityValue,
  subtractQuantities,
} from './quantity.ts';

const quantityText = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.nat({ max: 999_999 }),
    fc.option(fc.nat({ max: 999 }), { nil: undefined }),
    fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-2'),
  )
  .map(([sign, whole, fraction, suffix]) => {
    const decimals = fraction === undefined ? '' : `.${fraction}`;
    return `${sign}${whole}${decimals}${suffix}`;
  });

describe('canonical form (resource.Quantity)', () => {
  test.each([
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1.5Gi', '1536Mi'],
    ['1023Ki', '1023Ki'],
    ['0.5Ki', '512'],
    ['1.1Ki', '1126400m'],
    ['2e3', '2e3'],
    ['3E3', '3e3'],
    ['12000000', '12M'],
    ['100n', '100n'],
    ['.5', '500m'],
    ['5.', '5'],
    ['+5', '5'],
    ['-3Mi', '-3Mi'],
    ['0Ki', '0'],
    ['0.0000000001', '1n'],
    ['99E', '9223372036854775807'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  test('writing canonically loses nothing and is stable', () => {
    fc.assert(
      fc.property(quantityText, (text) => {
        const canonical = canonicalQuantity(text);
        expect(parseQuantity(canonical).nanos).toBe(parseQuantity(text).nanos);
        expect(canonicalQuantity(canonical)).toBe(canonical);
      }),
    );
  });
});

describe('malformed quantities are refused in upstream words', () => {
  test.each(['', 'a', '1.1.1', '--1', '.', '1 Gi', '1x', '1'.repeat(200)])('%j', (text) => {
    expect(() => parseQuantity(text)).toThrow(/^quantities must match the regular expression/);
  });
  test.each(['1kk', '1e', '1KiB'.slice(0, 2)])('%j has an unknown suffix', (text) => {
    expect(() => parseQuantity(text)).toThrow("unable to parse quantity's suffix");
  });
  test('no text makes the parser throw anything else, or take long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        try {
          formatQuantity(parseQuantity(text));
        } catch (error) {
          expect(error).toBeInstanceOf(QuantityError);
        }
      }),
    );
    expect(canonicalQuantity('1e9999')).toBe('9223372036854775807');
    expect(canonicalQuantity('1e-9999')).toBe('1e-9');
  });
});

describe('arithmetic', () => {
  test('CPU counts in thousandths and memory in bytes, both rounded up', () => {
    expect(quantityMilliValue('1.5')).toBe(1500);
    expect(quantityMilliValue('100u')).toBe(1);
    expect(quantityValue('64Mi')).toBe(67_108_864);
    expect(quantityValue('100m')).toBe(1);
  });

  test('a sum keeps the suffixes of its first part that is not zero', () => {
    expect(addQuantities('0', '1Gi', '512Mi')).toBe('1536Mi');
    expect(addQuantities('100m', '900m')).toBe('1');
    expect(subtractQuantities('1Gi', '1Gi')).toBe('0');
    expect(addQuantities()).toBe('0');
  });

  test('adding commutes in value, subtracting undoes it, comparing agrees', () => {
    fc.assert(
      fc.property(quantityText, quantityText, (left, right) => {
        const sum = addQuantities(left, right);
        expect(compareQuantities(sum, addQuantities(right, left))).toBe(0);
        expect(compareQuantities(subtractQuantities(sum, right), left)).toBe(0);
        expect(compareQuantities(left, right)).toBe(-compareQuantities(right, left) + 0);
      }),
    );
  });

  test('amounts become quantities', () => {
    expect(quantityFromMilli(1500)).toBe('1500m');
    expect(quantityFromMilli(2000)).toBe('2');
    expect(quantityFromBytes(1024 ** 3)).toBe('1Gi');
  });
});
