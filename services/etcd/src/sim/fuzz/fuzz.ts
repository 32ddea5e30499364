/** The fuzzers by name, for as long as one likes. */
import { fuzzCodecs } from './codecs.ts';
import { fuzzHandlers } from './handlers.ts';
import { fuzzWal } from './wal.ts';

export const fuzzers = {
  wal: fuzzWal,
  codecs: (seed: number) => Promise.resolve(fuzzCodecs(seed)),
  handlers: (seed: number) => fuzzHandlers(seed, 200),
} as const;

export type FuzzerName = keyof typeof fuzzers;

/** Seeds from `firstSeed` on, until `isOver`. @throws Error that names the seed */
export async function fuzz(
  name: FuzzerName,
  options: { firstSeed: number; isOver: (done: number) => boolean },
): Promise<number> {
  let done = 0;
  while (!options.isOver(done)) {
    const seed = options.firstSeed + done++;
    try {
      await fuzzers[name](seed);
    } catch (error) {
      throw new Error(
        `${(error as Error).message}\n  again: node --run sim -- --fuzz ${name} --seed ${seed} --seeds 1`,
        { cause: error },
      );
    }
  }
  return done;
}
