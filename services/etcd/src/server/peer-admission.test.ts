import { describe, expect, test } from 'vitest';
import { plainCall } from '../testing/member-core.ts';
import { refusalOf, saysRemoved, type Admission } from './peer-admission.ts';

const self: Admission = {
  clusterId: 0xc1,
  memberId: 0xa,
  isMember: (id) => id === 0xa || id === 0xb,
  isRemoved: (id) => id === 0xd,
  isLeader: () => false,
};
const peer = {
  ...plainCall,
  clusterId: String(0xc1),
  memberId: String(0xb),
  peerVersion: '1',
  targetId: String(0xa),
};

describe('a peer', () => {
  test('of the cluster is heard, also one that does not say its version yet', () => {
    expect(refusalOf(peer, self)).toBeUndefined();
    expect(refusalOf({ ...peer, peerVersion: '', targetId: '' }, self)).toBeUndefined();
  });

  test.each([
    ['another cluster', { clusterId: '99' }, 'belongs to cluster 63, this one to c1'],
    ['a client', { clusterId: '', memberId: '' }, 'belongs to cluster'],
    ['another version', { peerVersion: '2' }, "speaks version 2 of the members' protocol"],
    ['looking for somebody else', { targetId: String(0xe) }, 'here is member a, not e'],
    ['that was removed', { memberId: String(0xd) }, 'permanently removed'],
  ])('is refused with the reason: %s', (_who, difference, reason) => {
    expect(refusalOf({ ...peer, ...difference }, self)?.message).toContain(reason);
  });

  test('nobody knows is refused by the leader, but not by who may lag behind', () => {
    const stranger = { ...peer, memberId: String(0xf) };
    expect(refusalOf(stranger, { ...self, isLeader: () => true })?.message).toContain('unknown');
    expect(refusalOf(stranger, self)).toBeUndefined();
  });
});

test('who was removed recognizes it, and nobody else does', () => {
  const removed = refusalOf({ ...peer, memberId: String(0xd) }, self)!;
  expect(saysRemoved(removed.message)).toBe(true);
  const stranger = refusalOf({ ...peer, clusterId: '1' }, self)!;
  expect(saysRemoved(stranger.message)).toBe(false);
});
