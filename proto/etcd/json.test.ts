import { describe, expect, it } from 'vitest';
import { fromJson, methodTypes, toJson } from './json.ts';
import { PutRequest, RangeResponse, StatusResponse, TxnRequest, WatchRequest } from './mod.ts';

describe('messages as JSON', () => {
  it('have 64-bit numbers as text, bytes in base64, names of the contract, and no defaults', () => {
    const bytes = RangeResponse.encode(
      RangeResponse.from({
        header: { clusterId: 2 ** 60, memberId: 0, revision: 7, raftTerm: 0 },
        kvs: [
          {
            key: Buffer.from('foo'),
            createRevision: 2,
            modRevision: 3,
            version: 1,
            value: Buffer.alloc(0),
            lease: -1n,
          },
        ],
        count: 1,
      }),
    );
    expect(JSON.stringify(toJson('etcdserverpb.RangeResponse', bytes))).toBe(
      '{"header":{"cluster_id":"1152921504606846976","revision":"7"},"kvs":[{"key":"Zm9v","create_revision":"2","mod_revision":"3","version":"1","lease":"-1"}],"count":"1"}',
    );
  });

  it('keep the spelling of the contract, lists of text, and enums by name', () => {
    const status = StatusResponse.encode(StatusResponse.from({ dbSize: 5, errors: ['a', 'b'] }));
    expect(toJson('etcdserverpb.StatusResponse', status)).toEqual({
      dbSize: '5',
      errors: ['a', 'b'],
    });
    const json = { compare: [{ target: 'MOD', key: 'Zm9v', mod_revision: '2' }] };
    expect(toJson('etcdserverpb.TxnRequest', fromJson('etcdserverpb.TxnRequest', json))).toEqual(
      json,
    );
  });
});

describe('JSON as messages', () => {
  const put = (json: unknown) => PutRequest.decode(fromJson('etcdserverpb.PutRequest', json));

  it('may be in camel case, have plain numbers, and what is unknown', () => {
    expect(put({ key: 'Zm9v', prevKv: true, lease: 7, nonsense: [1], value: null })).toEqual(
      PutRequest.from({ key: Buffer.from('foo'), prevKv: true, lease: 7n }),
    );
    expect(put({ lease: '-9223372036854775808' }).lease).toBe(-(2n ** 63n));
  });

  it('has nested messages, choices and enums', () => {
    const json = {
      compare: [{ result: 'GREATER', target: 1, key: 'YQ==', createRevision: 0 }],
      success: [{ requestPut: { key: 'YQ==', value: 'Yg==' } }],
      failure: [{ request_range: { key: 'YQ==', sort_order: 'DESCEND' } }],
    };
    const txn = TxnRequest.decode(fromJson('etcdserverpb.TxnRequest', json));
    expect(txn.compare[0]).toMatchObject({ result: 1, target: 1, createRevision: 0 });
    expect(Buffer.from(txn.success[0]!.requestPut!.value).toString()).toBe('b');
    expect(txn.failure[0]!.requestRange!.sortOrder).toBe(2);
    const watch = { create_request: { key: 'YQ==', filters: ['NODELETE', 0] } };
    const decoded = WatchRequest.decode(fromJson('etcdserverpb.WatchRequest', watch));
    expect(decoded.createRequest!.filters).toEqual([1, 0]);
  });

  it.each([
    [{ key: 'a*b=' }, 'illegal base64 data at input byte 1'],
    [{ key: 'Zm9vY' }, 'illegal base64 data at input byte 5'],
    [{ key: 7 }, 'json: cannot unmarshal number into Go value of type []uint8'],
    [{ lease: 'x' }, 'json: cannot unmarshal string into Go value of type int64'],
    [{ lease: '9223372036854775808' }, 'json: cannot unmarshal string into Go value of type int64'],
    [{ prev_kv: 'yes' }, 'json: cannot unmarshal string into Go value of type bool'],
    [[], 'json: cannot unmarshal array into Go value of type etcdserverpb.PutRequest'],
  ])('%j is refused', (json, words) => {
    expect(() => put(json)).toThrow(words);
  });

  it('may not be nested without end', () => {
    let json: object = {};
    for (let at = 0; at < 200; at++) json = { success: [{ request_txn: json }] };
    expect(() => fromJson('etcdserverpb.TxnRequest', json)).toThrow('json: exceeded max depth');
  });

  it('knows the methods of the original', () => {
    expect(methodTypes('/v3lockpb.Lock/Lock')).toEqual([
      'v3lockpb.LockRequest',
      'v3lockpb.LockResponse',
    ]);
    expect(methodTypes('/no.Such/Method')).toBeUndefined();
  });
});
