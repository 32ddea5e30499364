import {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '@drydock/proto/etcd';
import { describe, expect, it } from 'vitest';
import {
  isReadOnly,
  isSerializable,
  validatePut,
  validateRange,
  validateTxn,
} from './validation.ts';

const key = (text: string) => Buffer.from(text);
const put = (text: string) => RequestOp.from({ requestPut: PutRequest.from({ key: key(text) }) });
const remove = (from: string, to = '') =>
  RequestOp.from({
    requestDeleteRange: DeleteRangeRequest.from({ key: key(from), rangeEnd: key(to) }),
  });
const get = (text: string, serializable = false) =>
  RequestOp.from({ requestRange: RangeRequest.from({ key: key(text), serializable }) });
const nest = (success: RequestOp[], failure: RequestOp[] = []) =>
  RequestOp.from({ requestTxn: TxnRequest.from({ success, failure }) });
const problem = (success: RequestOp[]) => validateTxn(TxnRequest.from({ success }), 128)?.message;

const duplicate = 'etcdserver: duplicate key given in txn request';

describe('a transaction', () => {
  it.each([
    ['two puts of a key', [put('a'), put('a')], duplicate],
    ['a put and a delete of its key', [put('a'), remove('a')], duplicate],
    ['a put within a deleted range', [put('b'), remove('a', 'c')], duplicate],
    ['a put of a key after one from which on is deleted', [remove('a', '\0'), put('b')], undefined],
    ['two deletes of a key', [remove('a'), remove('a')], undefined],
    ['puts of two keys', [put('a'), put('b')], undefined],
    ['a nested put of a key that is put outside', [put('a'), nest([put('a')])], duplicate],
    [
      'one key in both branches of one nested transaction',
      [nest([put('a')], [put('a')])],
      undefined,
    ],
    ['one key in two nested transactions', [nest([put('a')]), nest([put('a')])], duplicate],
    ['a nested delete of a key that is put outside', [put('a'), nest([remove('a')])], duplicate],
    ['an operation without a key', [put('')], 'etcdserver: key is not provided'],
  ])('with %s', (_title, ops, expected) => {
    expect(problem(ops)).toBe(expected);
  });

  it('has at most so many operations, nested ones from what is left', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => put(String(index)));
    expect(problem(many(128))).toBeUndefined();
    expect(problem(many(129))).toBe('etcdserver: too many operations in txn request');
    expect(problem([...many(100), nest(many(28))])).toMatch(/too many operations/);
  });

  it('needs no log entry when it only reads, and no quorum when all reads are serializable', () => {
    const reads = TxnRequest.from({ success: [get('a')], failure: [get('b', true)] });
    expect([isReadOnly(reads), isSerializable(reads)]).toEqual([true, false]);
    expect(isReadOnly(TxnRequest.from({ failure: [put('a')] }))).toBe(false);
    expect(isSerializable(TxnRequest.from({}))).toBe(true);
  });
});

describe('single requests', () => {
  it('are told what is missing or too much', () => {
    expect(validateRange(RangeRequest.from({}))?.message).toBe('etcdserver: key is not provided');
    expect(
      validatePut(PutRequest.from({ key: key('a'), value: key('b'), ignoreValue: true }))?.message,
    ).toBe('etcdserver: value is provided');
    expect(
      validatePut(PutRequest.from({ key: key('a'), lease: 1n, ignoreLease: true }))?.message,
    ).toBe('etcdserver: lease is provided');
  });
});
