import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodecError, decodeMessages, encodeMessages } from './codec.ts';
import { plainConfiguration } from './configuration.ts';
import type { Message } from './types.ts';

const number = fc.maxSafeNat();
const data = fc.uint8Array({ maxLength: 300 });
const entryKind = fc.constantFrom('data' as const, 'config' as const, 'empty' as const);
const proposal = fc.record({ kind: entryKind, origin: number, sequence: number, data });
const envelope = { from: number, to: number, term: number };
const members = fc.array(number, { maxLength: 5 });
const snapshot = fc.record({
  index: number,
  term: number,
  configuration: fc.oneof(
    fc.tuple(members, members).map(([voters, learners]) => plainConfiguration(voters, learners)),
    fc.record({
      voters: members,
      votersOutgoing: fc.array(number, { minLength: 1, maxLength: 5 }),
      learners: members,
      learnersNext: members,
      autoLeave: fc.boolean(),
    }),
  ),
});

const append = fc
  .record({
    kind: fc.constant('append' as const),
    ...envelope,
    previousIndex: fc.integer({ min: 0, max: 2 ** 40 }),
    previousTerm: number,
    commit: number,
    entries: fc.array(fc.tuple(proposal, number), { maxLength: 20 }),
  })
  .map((message) => ({
    ...message,
    entries: message.entries.map(([proposal, term], at) => ({
      ...proposal,
      term,
      index: message.previousIndex + 1 + at,
    })),
  }));

const message: fc.Arbitrary<Message> = fc.oneof(
  append,
  fc.record({
    kind: fc.constantFrom('vote' as const, 'pre-vote' as const),
    ...envelope,
    lastIndex: number,
    lastTerm: number,
    transfer: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom('vote-response' as const, 'pre-vote-response' as const),
    ...envelope,
    granted: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('append-response' as const),
    ...envelope,
    index: number,
    rejected: fc.boolean(),
    hintIndex: number,
    hintTerm: number,
  }),
  fc.record({
    kind: fc.constant('heartbeat' as const),
    ...envelope,
    commit: number,
    round: number,
  }),
  fc.record({ kind: fc.constant('heartbeat-response' as const), ...envelope, round: number }),
  fc.record({ kind: fc.constant('commit' as const), ...envelope, commit: number }),
  fc.record({ kind: fc.constant('snapshot' as const), ...envelope, snapshot }),
  fc.record({
    kind: fc.constant('propose' as const),
    ...envelope,
    id: number,
    proposals: fc.array(proposal, { maxLength: 10 }),
  }),
  fc.record({ kind: fc.constant('read-index' as const), ...envelope, id: number }),
  fc.record({
    kind: fc.constant('read-index-response' as const),
    ...envelope,
    id: number,
    index: number,
  }),
  fc.record({ kind: fc.constant('timeout-now' as const), ...envelope }),
);

describe('the binary form of messages', () => {
  test('gives back what was written, also several in a row', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        expect(decodeMessages(encodeMessages(messages))).toEqual(messages);
      }),
    );
  });

  test('cut off anywhere inside a message, it is an error and nothing worse', () => {
    fc.assert(
      fc.property(message, fc.nat(), (message, at) => {
        const bytes = encodeMessages([message]);
        const cut = bytes.subarray(0, 1 + (at % (bytes.length - 1)));
        expect(() => decodeMessages(cut)).toThrow(CodecError);
      }),
    );
  });

  test('any bytes decode or end with a CodecError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessages(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('a list that claims more than its bytes is refused before it is built', () => {
    const propose = encodeMessages([
      { kind: 'propose', from: 1, to: 2, term: 0, id: 0, proposals: [] },
    ]);
    const claimed = Uint8Array.of(...propose.subarray(0, -1), 0xff, 0xff, 0xff, 0x7f);
    expect(() => decodeMessages(claimed)).toThrow(/longer than its bytes/);
  });
});
