/** The world of etcd: members that run everything above Raft but the sockets. */
import { createSeededRandom, type Millis } from '@drydock/ports';
import { Member as MemberMessage } from '@drydock/proto/etcd';
import { WatchHub } from '../../mvcc/watch-hub.ts';
import type { ConfigurationChange, MemberId } from '../../replica/types.ts';
import { EtcdStateMachine, type ApplyResult } from '../../server/state-machine.ts';
import { createMembers, type Member, type Members, type MembersOptions } from '../members.ts';
import { createLaggingBackend, createStorage, endStorage, type Storage } from './backend.ts';
import type { Oracle } from './oracle.ts';
import { createServer, type SimulatedServer } from './server.ts';

export type EtcdMember = Member<ApplyResult, EtcdStateMachine>;

export interface EtcdWorld {
  readonly members: Members<ApplyResult, EtcdStateMachine>;
  /** Undefined while it is down or starting. */
  serverOf(member: EtcdMember): SimulatedServer | undefined;
  /** Called once, when its present life ends. */
  onDeath(member: EtcdMember, listener: () => void): void;
}

export interface EtcdWorldOptions extends MembersOptions {
  readonly electionTimeout: Millis;
  readonly oracle: () => Oracle;
  readonly onRemoved: (id: MemberId) => void;
}

const leaseTtlMin = 1;
const peerUrlOf = (id: MemberId) => `http://m${id}:2380`;

/** What the cluster keeps of a member that joins. */
export function contextOf({ kind, member }: ConfigurationChange): Uint8Array {
  return MemberMessage.encode(
    MemberMessage.from({
      id: member,
      name: `m${member}`,
      peerUrls: [peerUrlOf(member)],
      isLearner: kind === 'add-learner',
    }),
  );
}

export function createEtcdWorld(options: EtcdWorldOptions): EtcdWorld {
  const random = createSeededRandom(options.random.uint32());
  const storages = new Map<MemberId, Storage>();
  const servers = new Map<MemberId, SimulatedServer>();
  const hubs = new WeakMap<EtcdStateMachine, WatchHub>();
  const mourners = new Map<MemberId, (() => void)[]>();
  const storageOf = (id: MemberId): Storage => {
    let storage = storages.get(id);
    if (storage === undefined) storages.set(id, (storage = createStorage()));
    return storage;
  };
  const founding = Array.from({ length: options.size }, (_, at) => ({
    id: at + 1,
    name: `m${at + 1}`,
    peerUrls: [peerUrlOf(at + 1)],
    clientUrls: [],
    isLearner: false,
  }));

  const members = createMembers<ApplyResult, EtcdStateMachine>(options, {
    createMachine: async (member) => {
      const { process } = member;
      const later: { hub?: WatchHub } = {};
      const state = new EtcdStateMachine({
        backend: createLaggingBackend(storageOf(member.id), {
          process,
          random: createSeededRandom(random.uint32()),
          mutant: options.mutant,
        }),
        clock: process.clock,
        leaseTtlMin,
        foundingMembers: founding,
        onRevision: (revision) => {
          options.oracle().onRevision(revision);
          later.hub?.onRevision(revision);
        },
        onReplaced: (seen) => {
          if (options.mutant !== 'keep-watchers-over-snapshot') later.hub?.reset(seen);
        },
        onRemoved: (id) => {
          if (id === member.id) options.onRemoved(id);
        },
      });
      const hub = new WatchHub(state.store, {
        defer: (run) => void process.schedule(0, run),
        now: () => members.scheduler.now,
      });
      later.hub = hub;
      hubs.set(state, hub);
      const apply = state.apply.bind(state);
      state.apply = (entries) => {
        for (const entry of entries) options.oracle().onApply(entry);
        return apply(entries);
      };
      await state.open((error) => {
        throw error;
      });
      return state;
    },
    started: (member) => {
      const server = createServer({
        id: member.id,
        process: member.process,
        random,
        state: member.machine!,
        hub: hubs.get(member.machine!)!,
        loop: {
          defer: (run) => void member.process.schedule(0, run),
          now: () => members.scheduler.now,
        },
        replica: member.replica!,
        electionTimeout: options.electionTimeout,
        mutant: options.mutant,
        leader: () => {
          const leader = members.members[member.replica!.status().leader - 1];
          const isReachable =
            leader !== undefined && members.network.isConnected(member.id, leader.id);
          return isReachable && !leader.process.isPaused
            ? servers.get(leader.id)?.authority
            : undefined;
        },
      });
      servers.set(member.id, server);
    },
    died: (member, power) => {
      servers.delete(member.id);
      endStorage(storageOf(member.id), power, random);
      const listeners = mourners.get(member.id) ?? [];
      mourners.delete(member.id);
      for (const listener of listeners) listener();
    },
  });

  return {
    members,
    serverOf: ({ id }) => servers.get(id),
    onDeath: ({ id }, listener) => {
      const listeners = mourners.get(id);
      if (listeners === undefined) mourners.set(id, [listener]);
      else listeners.push(listener);
    },
  };
}
