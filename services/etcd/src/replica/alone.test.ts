import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeConfiguration,
  decodeConfigurationEntry,
  encodeConfigurationEntry,
  membersOf,
  plainConfiguration,
  type ConfigurationChangeKind,
  type ConfigurationEntry,
  type Transition,
} from '../raft/configuration.ts';
import type { Configuration, Entry } from '../raft/types.ts';
import type { RecoveredLog } from '../wal/wal.ts';
import { endAlone } from './alone.ts';

const base = { index: 7, term: 2, configuration: plainConfiguration([1, 2, 3], [4]) };
const hardState = { term: 5, vote: 2, commit: 8 };

const entryOf = (index: number, data: Uint8Array, kind: Entry['kind']): Entry => ({
  index,
  term: 3,
  kind,
  origin: 9,
  sequence: index,
  data,
});

function logWith(changes: readonly ConfigurationEntry[]): RecoveredLog {
  const entries = changes.map((change, at) =>
    entryOf(8 + at, encodeConfigurationEntry(change), 'config'),
  );
  return { base, hardState, entries };
}

/** What stands after all entries are applied. */
function applied(log: RecoveredLog, more: readonly Entry[]): Configuration {
  let { configuration } = log.base;
  for (const { data } of [...log.entries, ...more]) {
    const next = changeConfiguration(configuration, decodeConfigurationEntry(data)!);
    if (typeof next !== 'string') configuration = next;
  }
  return configuration;
}

const changes = fc.array(
  fc
    .record({
      transition: fc.constantFrom<Transition>('auto', 'joint', 'joint-explicit', 'leave'),
      changes: fc.array(
        fc.record({
          kind: fc.constantFrom<ConfigurationChangeKind>('add-voter', 'add-learner', 'remove'),
          member: fc.integer({ min: 1, max: 5 }),
          context: fc.constant(new Uint8Array(0)),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    })
    .map((entry) => (entry.transition === 'leave' ? { ...entry, changes: [] } : entry)),
  { maxLength: 6 },
);

describe('a member that goes on alone', () => {
  it('is the only one, whatever changes of membership its log holds', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 5 }), (entries, id) => {
        const log = logWith(entries);
        if (!membersOf(applied(log, [])).includes(id)) {
          expect(() => endAlone(log, id)).toThrow('this member was removed from its cluster');
          return;
        }
        const { entries: end } = endAlone(log, id);
        expect(applied(log, end)).toEqual(plainConfiguration([id]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps all that it holds, and ends it with entries of a term of its own', () => {
    const data = new Uint8Array([1]);
    const log = { base, hardState, entries: [entryOf(8, data, 'data'), entryOf(9, data, 'data')] };
    const { entries, hardState: after, removed } = endAlone(log, 3);
    expect(entries.map(({ index, term, kind }) => ({ index, term, kind }))).toEqual([
      { index: 10, term: 6, kind: 'config' },
      { index: 11, term: 6, kind: 'config' },
    ]);
    expect(after).toEqual({ term: 6, vote: 3, commit: 11 });
    expect(removed).toEqual([1, 2, 4]);
  });

  it('that is alone already needs nothing', () => {
    const log = {
      base: { ...base, configuration: plainConfiguration([3]) },
      hardState,
      entries: [],
    };
    expect(endAlone(log, 3)).toMatchObject({ entries: [], removed: [] });
  });
});
