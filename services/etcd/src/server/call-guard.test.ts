import { RangeRequest } from '@drydock/proto/etcd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createTestAsker,
  createTestStream,
  plainCall,
  startTestCore,
  type TestCore,
} from '../testing/member-core.ts';
import { guardCalls } from './call-guard.ts';
import type { UnaryHandler } from './grpc.ts';

let member: TestCore;
beforeAll(async () => {
  member = await startTestCore();
});
afterAll(() => member[Symbol.asyncDispose]());

const served = Buffer.from('served');
const serve: UnaryHandler = () => served;

it('a learner answers Status, serializable ranges and snapshots, and refuses the rest', () => {
  const { members } = member.core.state;
  const self = members.get(member.core.memberId)!;
  const paths = ['KV/Range', 'KV/Put', 'Maintenance/Status'].map((one) => `/etcdserverpb.${one}`);
  const { unary, streams } = guardCalls(member.core, {
    unary: Object.fromEntries(paths.map((path) => [path, serve])),
    streams: {
      '/etcdserverpb.Maintenance/Snapshot': (stream) => stream.end(),
      '/etcdserverpb.Watch/Watch': (stream) => stream.end(),
    },
  });
  const ask = (path: string, request: Buffer = Buffer.alloc(0)) =>
    unary[`/etcdserverpb.${path}`]!(request, plainCall, createTestAsker());
  const endOf = (path: string) => {
    const opened = createTestStream();
    streams[path]!(opened.stream);
    return opened.end;
  };
  const refused = {
    kind: 'failure',
    code: 14,
    message: 'etcdserver: rpc not supported for learner',
  };
  members.set({ ...self, isLearner: true });
  expect(ask('KV/Put')).toEqual(refused);
  expect(ask('KV/Range')).toEqual(refused);
  expect(ask('KV/Range', RangeRequest.encode(RangeRequest.from({ serializable: true })))).toBe(
    served,
  );
  expect(ask('Maintenance/Status')).toBe(served);
  expect(endOf('/etcdserverpb.Maintenance/Snapshot')).toBe('ended');
  expect(endOf('/etcdserverpb.Watch/Watch')).toBe('failed');
  members.set(self);
  expect(ask('KV/Put')).toBe(served);
  expect(endOf('/etcdserverpb.Watch/Watch')).toBe('ended');
});

it('a call that demands a leader fails at once without one', () => {
  const { replica } = member.core;
  const status = { value: () => ({ ...replica.status(), leader: 0 }) };
  const core = { ...member.core, replica: Object.create(replica, { status }) };
  const { unary } = guardCalls(core, { unary: { '/a.B/C': serve }, streams: {} });
  const ask = (requireLeader: boolean) =>
    unary['/a.B/C']!(Buffer.alloc(0), { ...plainCall, requireLeader }, createTestAsker());
  expect(ask(false)).toBe(served);
  expect(ask(true)).toEqual({ kind: 'failure', code: 14, message: 'etcdserver: no leader' });
});
