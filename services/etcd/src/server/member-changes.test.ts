/** The list of members as entries change it. */
import { Member } from '@drydock/proto/etcd';
import { createManualClock } from '@drydock/testing/manual-clock';
import { beforeEach, expect, it } from 'vitest';
import { parseInitialCluster, type ClusterMember } from '../membership/members.ts';
import { createMemoryBackend, type MemoryBackend } from '../mvcc/memory-backend.ts';
import { encodeConfigurationEntry, type ConfigurationEntry } from '../raft/configuration.ts';
import { encodeCommand } from './command.ts';
import { EtcdStateMachine, messageOf } from './state-machine.ts';

const founding = parseInitialCluster('a=http://a:2380,b=http://b:2380', 'token');
const [a, b] = founding as [ClusterMember, ClusterMember];
const c: ClusterMember = { ...a, id: 77, name: '', peerUrls: ['http://c:2380'], isLearner: true };
let backend: MemoryBackend;
let state: EtcdStateMachine;
let removed: number[];

async function open(): Promise<EtcdStateMachine> {
  const machine = new EtcdStateMachine({
    backend,
    clock: createManualClock(),
    leaseTtlMin: 2,
    foundingMembers: founding,
    onRemoved: (id) => removed.push(id),
  });
  await machine.open((error) => expect.fail(error.message));
  return machine;
}

beforeEach(async () => {
  removed = [];
  backend = createMemoryBackend({ commitAtOnce: false });
  state = await open();
});

function applyEntry(kind: 'config' | 'data', data: Uint8Array): void {
  const index = state.appliedIndex + 1;
  state.apply([{ index, term: 1, kind, origin: 1, sequence: index, data }]);
}
const change = (
  transition: ConfigurationEntry['transition'],
  ...changes: ['add-voter' | 'add-learner' | 'remove', ClusterMember][]
) => {
  const described = changes.map(([kind, member]) => ({
    kind,
    member: member.id,
    context: Member.encode(messageOf(member)),
  }));
  applyEntry('config', encodeConfigurationEntry({ transition, changes: described }));
};
const publish = (member: ClusterMember) =>
  applyEntry('data', encodeCommand('member', messageOf(member)));
const ids = () => state.members.list().map((one) => one.id);
const ascending = (members: ClusterMember[]) => members.map((one) => one.id).sort((x, y) => x - y);

it('knows who leaves until the joint change has ended, also after a restart in between', async () => {
  change('joint', ['add-voter', { ...c, isLearner: false }], ['remove', b]);
  expect(ids()).toEqual(ascending([a, b, c]));
  await state.persist();
  state = await open();
  expect(ids()).toEqual(ascending([a, b, c]));
  expect(removed).toEqual([]);
  change('leave');
  expect(ids()).toEqual(ascending([a, c]));
  expect(removed).toEqual([b.id]);
});

it('remembers for ever who was removed, over restarts and in snapshots', async () => {
  change('auto', ['remove', b]);
  await state.persist();
  state = await open();
  expect(state.members.removed).toEqual(new Set([b.id]));
  expect(ids()).toEqual([a.id]);
});

it('does not bring back a removed member that still tells its name', () => {
  change('auto', ['remove', b]);
  publish(b);
  expect(ids()).toEqual([a.id]);
});

it('takes from a member its name and addresses, but not whether it votes', () => {
  change('auto', ['add-learner', c]);
  publish({ ...c, name: 'c', clientUrls: ['http://c:2379'], isLearner: false });
  expect(state.members.get(c.id)).toMatchObject({ name: 'c', isLearner: true });
  change('auto', ['add-voter', { ...c, name: 'c', isLearner: false }]);
  publish({ ...c, name: 'c2', isLearner: true });
  expect(state.members.get(c.id)).toMatchObject({ name: 'c2', isLearner: false });
});
