/** Random sequences of operations on our etcd and on the distribution's: every answer must be equal. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeDifference, runSeeds, startPair } from './random.ts';
import { regressions } from './regressions.ts';
import { runSequence } from './run-sequence.ts';

beforeAll(() => {
  const installer = join(import.meta.dirname, '../../../../../scripts/install-tools');
  execFileSync(installer, ['etcd'], { stdio: 'inherit' });
});

it('no difference that was mended has come back', async () => {
  await using running = await startPair({ size: 1 });
  const found: unknown[] = [];
  for (const { title, operations } of regressions) {
    const difference = await runSequence(running.pair, operations);
    if (difference !== undefined) found.push({ title, difference });
  }
  expect(found).toEqual([]);
});

/** Milliseconds. More sequences: `node --run differential -- --count N`. */
const timeout = 300_000;

describe('random sequences of operations have the answers that the original gives', () => {
  it.each([
    { size: 1, firstSeed: 1, count: 120 },
    { size: 3, firstSeed: 1_000_001, count: 30 },
  ])('$count sequences with $size members', { timeout }, async ({ size, firstSeed, count }) => {
    await using running = await startPair({ size });
    const found: string[] = [];
    await runSeeds(running.pair, {
      firstSeed,
      count,
      differencesMax: 3,
      onFound: (one) => found.push(describeDifference(one)),
    });
    expect(found.join('\n')).toBe('');
  });
});
