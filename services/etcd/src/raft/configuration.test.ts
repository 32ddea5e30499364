import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changeConfiguration,
  decodeConfigurationEntry,
  encodeConfigurationEntry,
  entersJoint,
  isJoint,
  plainConfiguration,
  type ConfigurationEntry,
  type ProposedChange,
} from './configuration.ts';
import { tallyVotes } from './quorum.ts';
import type { Configuration, MemberId } from './types.ts';

const kind = fc.constantFrom('add-voter' as const, 'add-learner' as const, 'remove' as const);
const change = fc.record({
  kind,
  member: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  context: fc.uint8Array({ maxLength: 20 }),
});
const entry: fc.Arbitrary<ConfigurationEntry> = fc.oneof(
  fc.constant({ transition: 'leave' as const, changes: [] }),
  fc.record({
    transition: fc.constantFrom('auto' as const, 'joint' as const, 'joint-explicit' as const),
    changes: fc.array(change, { minLength: 1, maxLength: 5 }),
  }),
);

describe('the binary form of a change of membership', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(entry, (written) => {
        expect(decodeConfigurationEntry(encodeConfigurationEntry(written))).toEqual(written);
      }),
    );
  });

  test('a plain change of one member is written as in the logs of earlier versions', () => {
    const bytes = Uint8Array.of(1, 7, 0, 0, 0, 0, 0, 0, 0, 0xca, 0xfe);
    const context = Uint8Array.of(0xca, 0xfe);
    const changes = [{ kind: 'add-learner' as const, member: 7, context }];
    const plain: ConfigurationEntry = { transition: 'auto', changes };
    expect(decodeConfigurationEntry(bytes)).toEqual(plain);
    expect(encodeConfigurationEntry(plain)).toEqual(bytes);
  });

  test('any bytes decode or are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, several) => {
        if (several && bytes.length > 0) bytes[0] = 3;
        const decoded = decodeConfigurationEntry(bytes);
        if (decoded === undefined) return;
        expect(decodeConfigurationEntry(encodeConfigurationEntry(decoded))).toEqual(decoded);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['nothing', []],
    ['an unknown kind', [9, 1, 0, 0, 0, 0, 0, 0, 0]],
    ['member 0', [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['an unknown transition', [3, 9, 0]],
    ['a leave that names members', [3, 3, 1, 0, 1, 0]],
    ['a change that names nobody', [3, 0, 0]],
    ['bytes after the end', [3, 3, 0, 0]],
  ])('%s is refused', (_what, bytes) => {
    expect(decodeConfigurationEntry(Uint8Array.from(bytes))).toBeUndefined();
  });
});

const smallChange: fc.Arbitrary<ProposedChange> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ transition: 'leave' as const, changes: [] }) },
  {
    weight: 3,
    arbitrary: fc.record({
      transition: fc.constantFrom('auto' as const, 'joint' as const, 'joint-explicit' as const),
      changes: fc.array(fc.record({ kind, member: fc.integer({ min: 1, max: 5 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
  },
);

describe('a change of the configuration', () => {
  test('leaves any two consecutive majorities with a common member (6; thesis 4.1, 4.3)', () => {
    const everyone = [1, 2, 3, 4, 5];
    const subsets = Array.from({ length: 2 ** everyone.length }, (_, bits) =>
      everyone.filter((_id, at) => (bits >> at) & 1),
    );
    const decides = (configuration: Configuration, members: readonly MemberId[]) =>
      tallyVotes(configuration, new Map(members.map((id) => [id, true]))) === 'won';
    fc.assert(
      fc.property(fc.array(smallChange, { maxLength: 6 }), (changes) => {
        let configuration = plainConfiguration([1, 2, 3]);
        for (const proposed of changes) {
          const next = changeConfiguration(configuration, proposed);
          if (typeof next === 'string') continue;
          const rest = (members: readonly MemberId[]) =>
            everyone.filter((id) => !members.includes(id));
          for (const members of subsets) {
            // If both sides of a split could decide, two leaders could.
            expect(decides(configuration, members) && decides(next, rest(members))).toBe(false);
          }
          configuration = next;
        }
      }),
    );
  });

  test('never makes anybody voter and learner at once, and keeps next learners for the joint state', () => {
    fc.assert(
      fc.property(fc.array(smallChange, { maxLength: 8 }), (changes) => {
        let configuration = plainConfiguration([1, 2, 3]);
        for (const proposed of changes) {
          const next = changeConfiguration(configuration, proposed);
          if (typeof next === 'string') continue;
          configuration = next;
          const { voters, votersOutgoing, learners, learnersNext, autoLeave } = configuration;
          for (const id of learners) {
            expect([...voters, ...votersOutgoing, ...learnersNext]).not.toContain(id);
          }
          for (const id of learnersNext) {
            expect(voters).not.toContain(id);
            expect(votersOutgoing).toContain(id);
          }
          expect(voters.length).toBeGreaterThan(0);
          expect(isJoint(configuration)).toBe(entersJoint(proposed));
          if (!isJoint(configuration)) expect([learnersNext, autoLeave]).toEqual([[], false]);
        }
      }),
    );
  });

  test.each<[string, ProposedChange]>([
    ['the last voter cannot', { transition: 'auto', changes: [{ kind: 'remove', member: 1 }] }],
    ['no joint configuration', { transition: 'leave', changes: [] }],
    ['names no member', { transition: 'joint', changes: [] }],
  ])('says why it is impossible: %s', (reason, proposed) => {
    expect(changeConfiguration(plainConfiguration([1]), proposed)).toContain(reason);
  });
});
