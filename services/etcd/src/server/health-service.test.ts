import { HealthCheckRequest, HealthCheckResponse, ServingStatus } from '@drydock/proto/etcd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createTestAsker,
  createTestStream,
  plainCall,
  startTestCore,
  type TestCore,
} from '../testing/member-core.ts';
import { createHealthService } from './health-service.ts';
import { ServingState } from './serving-status.ts';

let member: TestCore;
beforeAll(async () => {
  member = await startTestCore();
});
afterAll(() => member[Symbol.asyncDispose]());

function open(options: { stopOnDefragment: boolean; hasLeader?: boolean }) {
  const { replica } = member.core;
  const status = () => ({ ...replica.status(), leader: options.hasLeader === false ? 0 : 1 });
  const leaderless = {
    ...member.core,
    replica: Object.create(replica, { status: { value: status } }),
  };
  const core = options.hasLeader === false ? leaderless : member.core;
  const serving = new ServingState(core, options);
  const service = createHealthService(core, serving, ['etcdserverpb.KV']);
  const check = (name: string) => {
    const request = HealthCheckRequest.encode({ service: name });
    const method = service.unary['/grpc.health.v1.Health/Check']!;
    const answer = method(request, plainCall, createTestAsker());
    return Buffer.isBuffer(answer) ? HealthCheckResponse.decode(answer).status : answer;
  };
  return { serving, service, check };
}

const { serving: isServing, notServing, serviceUnknown } = ServingStatus;

it('a member with a leader serves, as a whole and each service', () => {
  const { check } = open({ stopOnDefragment: false });
  expect(check('')).toBe(isServing);
  expect(check('etcdserverpb.KV')).toBe(isServing);
  expect(check('nothing')).toEqual({ kind: 'failure', code: 5, message: 'unknown service' });
});

it('without a leader the server goes on, and its services do not', () => {
  const { check } = open({ stopOnDefragment: false, hasLeader: false });
  expect(check('')).toBe(isServing);
  expect(check('etcdserverpb.KV')).toBe(notServing);
});

it('a learner does not serve', () => {
  const { check } = open({ stopOnDefragment: false });
  const { members } = member.core.state;
  const self = members.get(member.core.memberId)!;
  members.set({ ...self, isLearner: true });
  expect(check('')).toBe(notServing);
  members.set(self);
  expect(check('')).toBe(isServing);
});

it('a defragmentation stops serving only where that is asked for', async () => {
  for (const stopOnDefragment of [true, false]) {
    const { serving, check } = open({ stopOnDefragment });
    const seen = await serving.whileDefragmenting(() => Promise.resolve(check('')));
    expect(seen).toBe(stopOnDefragment ? notServing : isServing);
    expect(check('')).toBe(isServing);
  }
});

it('a watch tells every change once, and knows no unknown services', async () => {
  const { serving, service } = open({ stopOnDefragment: true });
  const watch = (name: string) => {
    const opened = createTestStream();
    service.streams['/grpc.health.v1.Health/Watch']!(opened.stream);
    opened.receive(HealthCheckRequest.encode({ service: name }));
    return {
      ...opened,
      seen: () => opened.sent.map((bytes) => HealthCheckResponse.decode(bytes).status),
    };
  };
  const whole = watch('');
  const unknown = watch('nothing');
  serving.changed();
  await serving.whileDefragmenting(() => Promise.resolve());
  expect(whole.seen()).toEqual([isServing, notServing, isServing]);
  expect(unknown.seen()).toEqual([serviceUnknown]);
  whole.close();
  await serving.whileDefragmenting(() => Promise.resolve());
  expect(whole.seen()).toHaveLength(3);
  unknown.close();
});
