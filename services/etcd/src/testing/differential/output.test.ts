import { LeaseGrantResponse } from '@drydock/proto/etcd';
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
  const bytes = LeaseGrantResponse.encode({ header, id: 5n, ttl: 20, error: '' });
  const text = normalizedOutput(
    ['lease', 'grant', '20', '-w', 'protobuf'],
    bytes.toString('latin1'),
  );
  expect(text).toContain('"clusterId":"ID","memberId":0,"revision":3');
  expect(text).toContain('"ttl":"SECONDS"');
});

it("keeps a table's cells apart from each server's own values", () => {
  const table = '+----+-----+\n|  ID |  IS LEADER |\n+--+--+\n| 1f | true |\n+--+--+\n';
  expect(normalizedOutput(['endpoint', 'status'], table)).toBe(
    '+\n|ID|IS LEADER|\n+\n|OWN|true|\n+\n',
  );
});
