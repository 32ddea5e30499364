/**
 * Randomness with a seed, so that a run can be repeated.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32.
 */

export interface Random {
  /** Uniform in [0, 2^32). */
  uint32(): number;
  /** Uniform in [0, 1), 32 bits of it. */
  float(): number;
  /** Uniform integer in [low, high], both included; low <= high. */
  between(low: number, high: number): number;
  /** True with the given probability in [0, 1]. */
  chance(probability: number): boolean;
  /** A uniformly chosen element; the list must not be empty. */
  pick<T>(list: readonly T[]): T;
}

/** The source of raw 32-bit numbers becomes a Random. */
export function createRandom(uint32: () => number): Random {
  const float = () => uint32() / 2 ** 32;
  const between = (low: number, high: number) => low + Math.floor(float() * (high - low + 1));
  return {
    uint32,
    float,
    between,
    chance: (probability) => float() < probability,
    pick: (list) => {
      if (list.length === 0) throw new Error('cannot pick from an empty list');
      return list[between(0, list.length - 1)]!;
    },
  };
}

/** The same seed gives the same sequence, on every machine. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  const splitmix32 = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = splitmix32();
  let b = splitmix32();
  let c = splitmix32();
  let counter = 1;
  return createRandom(() => {
    const result = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + result) >>> 0;
    return result;
  });
}
