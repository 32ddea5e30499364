import { PutResponse, ResponseHeader } from '@drydock/proto/etcd';
import { expect, it } from 'vitest';
import { normalizedOutput } from './output.ts';

it('leaves ids out of json and keeps revisions', () => {
  const json = '{"header":{"cluster_id":5,"member_id":7,"revision":4,"raft_term":2},"count":1}';
  expect(normalizedOutput(['get', 'a', '-w', 'json'], json)).toBe(
    '{"header":{"cluster_id":0,"member_id":0,"revision":4,"raft_term":0},"count":1}',
  );
});

it('compares protobuf by its fields, and an id of zero is not one', () => {
  const header = { clusterId: 9, memberId: 0, revision: 3, raftTerm: 2 };
  const put = PutResponse.encode({ header, prevKv: undefined }).toString('latin1');
  expect(normalizedOutput(['put', 'a', '1', '-w', 'protobuf'], put)).toContain(
    '"clusterId":"ID","memberId":0,"revision":3',
  );
  const grant = ResponseHeader.encode(header).toString('latin1');
  expect(normalizedOutput(['lease', 'grant', '20', '-w', 'protobuf'], grant)).toContain(
    '"clusterId":"ID","memberId":0,"revision":3',
  );
});

it('leaves the trace out of a panic of etcdctl, which has addresses', () => {
  const panic =
    'panic: bad value\n\ngoroutine 1 [running]:\nmain.main(0xc0001)\n\tmain.go:35 +0x6\n';
  expect(normalizedOutput(['txn'], panic)).toBe('panic: bad value');
});

it("keeps a table's cells apart from each server's own values", () => {
  const table = '+----+-----+\n|  ID |  IS LEADER |\n+--+--+\n| 1f | true |\n+--+--+\n';
  expect(normalizedOutput(['endpoint', 'status'], table)).toBe(
    '+\n|ID|IS LEADER|\n+\n|OWN|true|\n+\n',
  );
});

it('takes the keys of a lease in any order, as the original tells them', () => {
  const told = (...keys: string[]) =>
    normalizedOutput(
      ['lease', 'timetolive', '1', '--keys', '-w', 'fields'],
      ['"GrantedTTL" : 100', ...keys.map((key) => `"Key" : "${key}"`), ''].join('\n'),
    );
  expect(told('a', 'b')).toBe(told('b', 'a'));
  expect(told('a', 'b')).not.toBe(told('a', 'c'));
});
