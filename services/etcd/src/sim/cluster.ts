/** The world of Raft: members that replicate registers. */
import { createMembers, type Member, type Members, type MembersOptions } from './members.ts';
import {
  createRegisterMachine,
  createRegisterStorage,
  type RegisterMachine,
  type RegisterStorage,
} from './register-machine.ts';
import type { CommittedEntry, LogIndex, MemberId } from '../replica/types.ts';

export type RegisterMember = Member<LogIndex, RegisterMachine>;

export interface ClusterOptions extends MembersOptions {
  readonly onApply?: (member: RegisterMember, entry: CommittedEntry) => void;
  /** A member applies that it was removed. */
  readonly onRemoved?: (member: RegisterMember) => void;
}

export interface Cluster extends Members<LogIndex, RegisterMachine> {
  /** Snapshots that members have installed. */
  readonly snapshotsInstalled: number;
}

export function createCluster(options: ClusterOptions): Cluster {
  const storages = new Map<MemberId, RegisterStorage>();
  const members = createMembers<LogIndex, RegisterMachine>(options, {
    createMachine: (member) => {
      let storage = storages.get(member.id);
      if (storage === undefined) storages.set(member.id, (storage = createRegisterStorage()));
      const machine = createRegisterMachine({
        process: member.process,
        storage,
        onApply: (entry) => options.onApply?.(member, entry),
        onRemoved: (id) => {
          if (id === member.id) options.onRemoved?.(member);
        },
        persistLatency: 1,
      });
      return Promise.resolve(machine);
    },
  });
  return Object.defineProperty(members, 'snapshotsInstalled', {
    get: () => [...storages.values()].reduce((sum, { installed }) => sum + installed, 0),
  }) as Cluster;
}
