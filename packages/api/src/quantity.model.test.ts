/** Quantities against fractions of bigints, which lose nothing. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
  subtractQuantities,
} from './quantity.ts';

interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const suffixes: Readonly<Record<string, Fraction>> = {
  n: { top: 1n, bottom: 10n ** 9n },
  u: { top: 1n, bottom: 10n ** 6n },
  m: { top: 1n, bottom: 1000n },
  '': { top: 1n, bottom: 1n },
  k: { top: 1000n, bottom: 1n },
  M: { top: 10n ** 6n, bottom: 1n },
  G: { top: 10n ** 9n, bottom: 1n },
  Ki: { top: 1024n, bottom: 1n },
  Mi: { top: 1024n ** 2n, bottom: 1n },
  Gi: { top: 1024n ** 3n, bottom: 1n },
  e3: { top: 1000n, bottom: 1n },
  'E-2': { top: 1n, bottom: 100n },
};

interface Modelled {
  readonly text: string;
  /** Exact, rounded away from zero where it is finer than a nano. */
  readonly nanos: bigint;
}

/** Away from zero, as upstream rounds. */
function roundUp({ top, bottom }: Fraction): bigint {
  const isNegative = top < 0n;
  const size = isNegative ? -top : top;
  const rounded = (size + bottom - 1n) / bottom;
  return isNegative ? -rounded : rounded;
}

const modelled: fc.Arbitrary<Modelled> = fc
  .tuple(
    fc.boolean(),
    fc.nat({ max: 99_999 }),
    fc.stringMatching(/^[0-9]{0,4}$/),
    fc.constantFrom(...Object.keys(suffixes)),
  )
  .map(([isNegative, whole, decimals, suffix]) => {
    const { top, bottom } = suffixes[suffix]!;
    const digits = BigInt(`${whole}${decimals}`) * (isNegative ? -1n : 1n);
    const nanos = roundUp({
      top: digits * top * 10n ** 9n,
      bottom: bottom * 10n ** BigInt(decimals.length),
    });
    const fraction = decimals === '' ? '' : `.${decimals}`;
    return { text: `${isNegative ? '-' : ''}${whole}${fraction}${suffix}`, nanos };
  });

const runs = { numRuns: 1_000 };

test('a quantity is the number that its text says, also in its canonical form', () => {
  fc.assert(
    fc.property(modelled, ({ text, nanos }) => {
      expect(parseQuantity(text).nanos).toBe(nanos);
      expect(parseQuantity(canonicalQuantity(text)).nanos).toBe(nanos);
    }),
    runs,
  );
});

test('sums, differences and order are those of the numbers', () => {
  fc.assert(
    fc.property(modelled, modelled, (left, right) => {
      const nanosOf = (text: string) => parseQuantity(text).nanos;
      expect(nanosOf(addQuantities(left.text, right.text))).toBe(left.nanos + right.nanos);
      expect(nanosOf(subtractQuantities(left.text, right.text))).toBe(left.nanos - right.nanos);
      const order = left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0;
      expect(compareQuantities(left.text, right.text)).toBe(order);
    }),
    runs,
  );
});

test('whole units and thousandths are rounded away from zero', () => {
  fc.assert(
    fc.property(modelled, ({ text, nanos }) => {
      const units = roundUp({ top: nanos, bottom: 10n ** 9n });
      const thousandths = roundUp({ top: nanos, bottom: 10n ** 6n });
      // Numbers beyond 2^53 are rounded by what a number can hold.
      expect(quantityValue(text)).toBe(Number(units));
      expect(quantityMilliValue(text)).toBe(Number(thousandths));
    }),
    runs,
  );
});
