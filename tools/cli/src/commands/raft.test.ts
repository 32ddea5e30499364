import { stripVTControlCharacters } from 'node:util';
import { RaftState } from '@drydock/proto/etcd';
import { expect, test } from 'vitest';
import { GrpcMessages } from '../cluster/raft-watch.ts';
import { renderRaft } from './raft.ts';

const base = { clusterId: 1, term: 4, leader: 10, vote: 10, firstIndex: 1, lastIndex: 9 };
const configuration = {
  voters: [10, 11],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};
const leader = RaftState.from({
  ...base,
  memberId: 10,
  role: 'leader',
  commit: 9,
  applied: 8,
  configuration,
  peers: [
    {
      id: 11,
      isLearner: false,
      state: 'replicate',
      match: 9,
      next: 10,
      inFlight: 1,
      isActive: true,
    },
  ],
  pendingProposals: 2,
  lastFsyncMicros: 1_500,
  elections: [
    {
      event: 'campaign',
      cause: 'transfer',
      detail: 'because',
      term: 4,
      formerLeader: 11,
      agoMillis: 2_400,
    },
  ],
});

test('members, the progress of each peer and the last elections are shown by name', () => {
  const follower = RaftState.from({ ...base, memberId: 11, role: 'follower', configuration });
  const text = stripVTControlCharacters(
    renderRaft([
      { name: 'etcd-1', state: leader },
      { name: 'etcd-2', state: follower },
      { name: 'etcd-3', state: undefined },
    ]),
  );
  expect(text).toMatch(/^etcd-1 +leader +4 +etcd-1 +etcd-1 +1-9 +9 +8 +2\/0 +1\.5 ms$/m);
  expect(text).toMatch(/^etcd-3 +no answer$/m);
  expect(text).toMatch(/^etcd-2 +replicate +9 +10 +1 +yes$/m);
  expect(text).toMatch(/^2 s ago +etcd-1 +4 +campaign +transfer +because$/m);
  expect(text).not.toContain('joint');
});

test('a joint change of membership shows both halves', () => {
  const joint = { ...leader, configuration: { ...configuration, votersOutgoing: [10, 12] } };
  expect(renderRaft([{ name: 'etcd-1', state: joint }])).toContain(
    'joint: etcd-1, b and etcd-1, c decide',
  );
});

test('messages are cut out of a stream in whatever pieces it comes', () => {
  const framed = (text: string) => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(text.length, 1);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const stream = Buffer.concat([framed('one'), framed(''), framed('three')]);
  for (let size = 1; size <= stream.length; size++) {
    const messages = new GrpcMessages();
    const found: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      for (const message of messages.add(stream.subarray(at, at + size))) {
        found.push(message.toString());
      }
    }
    expect(found).toEqual(['one', '', 'three']);
  }
});
