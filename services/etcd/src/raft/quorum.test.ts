import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quorumValue, tallyVotes } from './quorum.ts';
import type { Configuration } from './types.ts';

const members = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 });
const configuration: fc.Arbitrary<Configuration> = fc.record({
  voters: members,
  votersOutgoing: members,
  learnersNext: fc.constant([]),
  autoLeave: fc.constant(false),
  learners: fc.constant([]),
});
const values = fc.array(fc.nat(20), { minLength: 10, maxLength: 10 });

/** The definition itself: more than half of the set is there. */
const isMajority = (set: readonly number[], has: (id: number) => boolean) =>
  set.length === 0 || set.filter(has).length > set.length / 2;

test('the value that a quorum has reached is the largest that a majority of both sets has (6)', () => {
  fc.assert(
    fc.property(configuration, values, (configuration, values) => {
      const valueOf = (id: number) => values[id]!;
      const reached = (value: number) =>
        [configuration.voters, configuration.votersOutgoing].every((set) =>
          isMajority(set, (id) => valueOf(id) >= value),
        );
      const quorum = quorumValue(configuration, valueOf);
      if (quorum !== Infinity) expect(reached(quorum)).toBe(true);
      expect(reached(quorum + 1)).toBe(quorum === Infinity);
    }),
  );
});

test('a vote is won with a majority of both sets, and lost when one can no longer be reached', () => {
  fc.assert(
    fc.property(configuration, values, (configuration, values) => {
      const votes = new Map<number, boolean>();
      for (const [id, value] of values.entries()) if (value > 5) votes.set(id, value % 2 === 0);
      const sets = [configuration.voters, configuration.votersOutgoing];
      const won = sets.every((set) => isMajority(set, (id) => votes.get(id) === true));
      const open = sets.every((set) => isMajority(set, (id) => votes.get(id) !== false));
      expect(tallyVotes(configuration, votes)).toBe(won ? 'won' : open ? 'pending' : 'lost');
    }),
  );
});
