import { describe, expect, test } from 'vitest';
import { checkLinearizable, type Operation } from './checker.ts';
import { createKvModel, type KvInput, type KvOutput } from './kv-model.ts';
import { RevisionHistory, type StoredValue } from './revision-history.ts';

let now = 0;
const operation = (input: KvInput, output?: KvOutput): Operation<KvInput, KvOutput> => ({
  client: 0,
  input,
  call: ++now,
  output,
  return: output === undefined ? Infinity : ++now,
});
const put = (key: string, value: string, revision?: number, lease = '0') =>
  operation(
    { kind: 'put', key, value, lease },
    revision === undefined ? undefined : { kind: 'write', revision },
  );
const stored = (value: string, create: number, mod: number, version: number): StoredValue => ({
  value,
  createRevision: create,
  modRevision: mod,
  version,
  lease: '0',
});
const get = (revision: number, found: Record<string, StoredValue>) =>
  operation(
    { kind: 'get', from: 'a', to: 'z' },
    {
      kind: 'get',
      revision,
      found: Object.entries(found).map(([key, value]) => ({ key, value })),
    },
  );
const remove = (key: string, revision: number, count: number) =>
  operation({ kind: 'delete', key }, { kind: 'deleted', revision, count });
const swap = (key: string, modRevision: number, value: string, output: KvOutput) =>
  operation(
    {
      kind: 'txn',
      compare: { key, modRevision },
      success: [{ kind: 'put', key, value, lease: '0' }],
      failure: [],
    },
    output,
  );
const verdict = (...history: Operation<KvInput, KvOutput>[]) =>
  checkLinearizable(history, createKvModel()).kind;

describe('good histories', () => {
  test('revisions, versions and deletes', () => {
    const history = [
      put('a', '1', 2),
      put('a', '2', 3),
      get(3, { a: stored('2', 2, 3, 2) }),
      remove('a', 4, 1),
      remove('a', 4, 0),
      put('a', '3', 5),
      get(5, { a: stored('3', 5, 5, 1) }),
    ];
    expect(verdict(...history)).toBe('linearizable');
  });
  test('a transaction that succeeds, and one that finds another value', () => {
    const history = [
      put('a', '1', 2),
      swap('a', 2, '2', { kind: 'write', revision: 3, succeeded: true }),
      swap('a', 2, '3', { kind: 'write', revision: 3, succeeded: false }),
    ];
    expect(verdict(...history)).toBe('linearizable');
  });
  test('a write without an answer fills the gap between two revisions', () => {
    expect(verdict(put('a', '1'), put('b', '2', 3), put('c', '3', 4))).toBe('linearizable');
  });
  test('a lease without keys ends unseen, and stays ended', () => {
    const grant = operation({ kind: 'grant', lease: '7' }, { kind: 'done', revision: 1 });
    const leased = (output: KvOutput) =>
      operation({ kind: 'put', key: 'b', value: '2', lease: '7' }, output);
    expect(verdict(grant, leased({ kind: 'no-lease' }))).toBe('linearizable');
    const written: KvOutput = { kind: 'write', revision: 2 };
    expect(verdict(grant, leased({ kind: 'no-lease' }), leased(written))).toBe('violation');
  });
  test('a lease ends by itself and takes its keys along', () => {
    const history = [
      operation({ kind: 'grant', lease: '7' }, { kind: 'done', revision: 1 }),
      operation({ kind: 'expire', lease: '7' }),
      put('a', '1', 2, '7'),
      get(3, {}),
      operation({ kind: 'put', key: 'b', value: '2', lease: '7' }, { kind: 'no-lease' }),
    ];
    expect(verdict(...history)).toBe('linearizable');
  });
});

describe('bad histories', () => {
  test('two writes with one revision', () => {
    expect(verdict(put('a', '1', 2), put('b', '2', 2))).toBe('violation');
  });
  test('a revision that nobody can have made', () => {
    expect(verdict(put('a', '1', 2), put('b', '2', 4))).toBe('violation');
  });
  test('a lost update: both transactions on one revision succeed', () => {
    const won = (revision: number): KvOutput => ({ kind: 'write', revision, succeeded: true });
    expect(verdict(put('a', '1', 2), swap('a', 2, '2', won(3)), swap('a', 2, '3', won(4)))).toBe(
      'violation',
    );
  });
  test('a stale read, though its revision is an earlier one', () => {
    expect(verdict(put('a', '1', 2), put('a', '2', 3), get(2, { a: stored('1', 2, 2, 1) }))).toBe(
      'violation',
    );
  });
  test('a write that was applied twice shows in the version', () => {
    expect(verdict(put('a', '1', 2), get(2, { a: stored('1', 2, 2, 2) }))).toBe('violation');
  });
  test('a key that outlives its lease', () => {
    const history = [
      operation({ kind: 'grant', lease: '7' }, { kind: 'done', revision: 1 }),
      put('a', '1', 2, '7'),
      operation({ kind: 'revoke', lease: '7' }, { kind: 'done', revision: 3 }),
      get(3, { a: { ...stored('1', 2, 2, 1), lease: '7' } }),
    ];
    expect(verdict(...history)).toBe('violation');
  });
  test('a key that goes before its lease ends', () => {
    const history = [
      operation({ kind: 'grant', lease: '7' }, { kind: 'done', revision: 1 }),
      put('a', '1', 2, '7'),
      get(3, {}),
    ];
    expect(verdict(...history)).toBe('violation');
  });
});

test('with the history of the store, answers that contradict it are found', () => {
  const history = new RevisionHistory();
  expect(history.add(2, [{ key: 'a', after: stored('1', 2, 2, 1) }])).toBeUndefined();
  expect(history.add(3, [{ key: 'b', after: stored('x', 3, 3, 1) }])).toBeUndefined();
  const model = createKvModel(history);
  expect(checkLinearizable([put('a', '1', 2)], model).kind).toBe('linearizable');
  expect(checkLinearizable([put('a', '2', 2)], model).kind).toBe('violation');
  const answered = [
    put('a', '1'),
    put('b', 'x'),
    get(3, { a: stored('1', 2, 2, 1), b: stored('x', 3, 3, 1) }),
  ];
  expect(checkLinearizable(answered, model).kind).toBe('linearizable');
});

test('a history takes revisions in order, and says when another source differs', () => {
  const history = new RevisionHistory();
  const changes = [{ key: 'a', after: stored('1', 2, 2, 1) }];
  expect(history.add(3, changes)).toContain('follows 1');
  expect(history.add(2, changes)).toBeUndefined();
  expect(history.add(2, changes)).toBeUndefined();
  expect(history.add(2, [])).toContain('revision 2');
});
