import { describe, expect, test } from 'vitest';
import { RevisionHistory, type StoredValue } from './revision-history.ts';
import {
  checkWatch,
  type WatchedEvent,
  type WatchedResponse,
  type WatchRecord,
} from './watch-guarantees.ts';

const stored = (value: string, create: number, mod: number, version: number): StoredValue => ({
  value,
  createRevision: create,
  modRevision: mod,
  version,
  lease: '0',
});
const a2 = stored('1', 2, 2, 1);
const a3 = stored('2', 2, 3, 2);
const b4 = stored('1', 4, 4, 1);
const c4 = stored('1', 4, 4, 1);
const history = new RevisionHistory();
history.add(2, [{ key: 'a', after: a2 }]);
history.add(3, [{ key: 'a', after: a3 }]);
history.add(4, [
  { key: 'b', after: b4 },
  { key: 'c', after: c4 },
]);
history.add(5, [{ key: 'a', after: undefined }]);
history.add(6, [{ key: 'x', after: stored('1', 6, 6, 1) }]);

const putOf = (key: string, value: StoredValue, previous?: StoredValue): WatchedEvent => ({
  kind: 'put',
  key,
  modRevision: value.modRevision,
  value,
  previous,
});
const deleteOf = (key: string, modRevision: number, previous?: StoredValue): WatchedEvent => ({
  kind: 'delete',
  key,
  modRevision,
  value: undefined,
  previous,
});
const events = (list: WatchedEvent[], fragment = false): WatchedResponse => ({
  kind: 'events',
  events: list,
  fragment,
});
const progress = (revision: number): WatchedResponse => ({ kind: 'progress', revision });
const created: WatchedResponse = { kind: 'created', revision: 6 };
const all = [
  events([putOf('a', a2), putOf('a', a3)]),
  events([putOf('b', b4), putOf('c', c4)]),
  events([deleteOf('a', 5)]),
];

function problems(
  responses: readonly WatchedResponse[],
  more: Partial<WatchRecord> & { compactRevision?: number; forgottenAt?: number } = {},
): string[] {
  const record: WatchRecord = {
    name: 'one',
    from: 'a',
    to: 'd',
    startRevision: 1,
    previous: false,
    noPut: false,
    noDelete: false,
    isComplete: false,
    responses: [created, ...responses],
    ...more,
  };
  const context = {
    history,
    compactRevision: more.compactRevision ?? 0,
    deletesForgottenAt: new Set([more.forgottenAt ?? 0]),
  };
  return checkWatch(record, context).map((problem) => problem.split(':')[0]!);
}

describe('good watchers', () => {
  test('everything once, in order, whole', () => {
    expect(problems(all, { isComplete: true })).toEqual([]);
  });
  test('from the middle, and from now on', () => {
    expect(problems(all.slice(1), { startRevision: 4 })).toEqual([]);
    expect(problems([], { startRevision: 0, isComplete: true })).toEqual([]);
  });
  test('fragments of a revision that say so', () => {
    const rest = events([putOf('c', c4)]);
    expect(problems([all[0]!, events([putOf('b', b4)], true), rest, all[2]!])).toEqual([]);
  });
  test('filters, and what was before', () => {
    expect(problems([all[2]!], { noPut: true, isComplete: true })).toEqual([]);
    expect(problems(all.slice(0, 2), { noDelete: true, isComplete: true })).toEqual([]);
    const before = [events([putOf('a', a2), putOf('a', a3, a2)]), all[1]!];
    expect(problems([...before, events([deleteOf('a', 5, a3)])], { previous: true })).toEqual([]);
  });
  test('what was before may be missing where it is compacted', () => {
    const late = [all[1]!, events([deleteOf('a', 5)])];
    expect(problems(late, { previous: true, startRevision: 4, compactRevision: 5 })).toEqual([]);
  });
  test('a delete may be missing where compaction forgets those of its own revision, no put may', () => {
    const late = { startRevision: 5, isComplete: true };
    expect(problems([], { ...late, forgottenAt: 5 })).toEqual([]);
    expect(problems([all[2]!], { ...late, forgottenAt: 5 })).toEqual([]);
    expect(problems([], { ...late, forgottenAt: 4 })).toEqual(['reliable']);
    expect(problems([], { ...late, startRevision: 4, forgottenAt: 4 })).toEqual(['reliable']);
  });
  test('bookmarks, and an end for compaction', () => {
    expect(problems([...all, progress(6)])).toEqual([]);
    const end: WatchedResponse = { kind: 'compacted', revision: 5 };
    expect(problems([all[0]!, end], { compactRevision: 5 })).toEqual([]);
  });
});

describe('bad watchers', () => {
  test('order: an earlier revision later', () => {
    expect(problems([all[1]!, all[0]!], { startRevision: 2 })).toContain('unique or ordered');
  });
  test('an event twice', () => {
    expect(problems([all[0]!, all[0]!])).toEqual(['unique or ordered', 'unique or ordered']);
  });
  test('a gap, and a gap at the end', () => {
    expect(problems([all[0]!, all[2]!])).toEqual(['reliable']);
    expect(problems(all.slice(0, 2), { isComplete: true })).toEqual(['reliable']);
  });
  test('a revision that is split without saying so, or whose rest never comes', () => {
    expect(problems([all[0]!, events([putOf('b', b4)]), events([putOf('c', c4)])])).toContain(
      'atomic',
    );
    const cut = events([putOf('b', b4)], true);
    expect(problems([all[0]!, cut], { isComplete: true })).toContain('atomic');
  });
  test('a bookmark ahead of what came', () => {
    expect(problems([all[0]!, progress(4)])).toEqual(['bookmarkable']);
  });
  test('an event that never was, or with another value, version or creation', () => {
    expect(problems([events([putOf('a', stored('9', 2, 2, 1))])])).toEqual(['truth']);
    expect(problems([events([putOf('a', stored('1', 1, 2, 2))])])).toEqual(['truth']);
    expect(problems([...all, events([putOf('d', stored('1', 6, 6, 1))])])).toEqual(['truth']);
  });
  test('an event that a filter or the range leaves out', () => {
    expect(problems([events([putOf('a', a2)])], { noPut: true })).toContain('truth');
    expect(problems([events([putOf('b', b4)])], { to: 'b', startRevision: 4 })).toContain('truth');
  });
  test('what was before is wrong or missing', () => {
    const previous = { previous: true };
    expect(problems([events([putOf('a', a2), putOf('a', a3, a3)])], previous)).toEqual(['prev_kv']);
    expect(problems([events([putOf('a', a2), putOf('a', a3)])], previous)).toEqual(['prev_kv']);
  });
  test('an end for a compaction that was not, or that did not concern it', () => {
    const end: WatchedResponse = { kind: 'compacted', revision: 5 };
    expect(problems([all[0]!, end])).toEqual(['truth']);
    expect(problems([...all, end], { compactRevision: 5 })).toEqual(['reliable']);
  });
  test('events after the end', () => {
    const end: WatchedResponse = { kind: 'compacted', revision: 5 };
    expect(problems([end, all[0]!], { compactRevision: 5 })).toContain('order');
  });
});
