import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExpired, isStale } from './token-age.ts';

const made = Date.UTC(2026, 0, 1);
const held = (lifetimeSeconds: number) => ({
  token: 't',
  expiresAt: made + lifetimeSeconds * 1_000,
  lifetimeSeconds,
});
const after = (seconds: number) => made + seconds * 1_000;

describe('a token', () => {
  it.each([
    [3_607, 0, false],
    [3_607, 2_885, false],
    [3_607, 2_886, true],
    [3_607, 5_000, true],
    [7 * 86_400, 86_400, false],
    [7 * 86_400, 86_401, true],
    [3_607, -1, true],
  ])('of %d s is stale after %d s: %s', (lifetime, age, stale) => {
    expect(isStale(held(lifetime), after(age))).toBe(stale);
  });

  it('is stale before it expires, whatever its life', () => {
    fc.assert(
      fc.property(fc.integer({ min: 600, max: 2 ** 32 }), (lifetime) => {
        expect(isStale(held(lifetime), after(lifetime))).toBe(true);
        expect(isExpired(held(lifetime), after(lifetime))).toBe(false);
        expect(isExpired(held(lifetime), after(lifetime + 1))).toBe(true);
      }),
    );
  });
});
