/**
 * Snapshots on their way: to followers that need what the log no longer has, and from leaders.
 *
 * 1. One snapshot goes to a peer at a time; one is received at a time, until it is installed.
 * 2. What follows a snapshot stays in the log until the snapshot has arrived: its receiver goes on from there.
 * 3. A received body is durable in the spool before the core hears of it; the state machine takes it
 *    after the log says so durably. Nothing is applied in between.
 */
import type { Logger } from '@drydock/ports';
import type { Raft } from '../raft/raft.ts';
import type { LogIndex, MemberId, SnapshotMessage, SnapshotMeta } from '../raft/types.ts';
import type { Spool } from './spool.ts';
import { ReplicaError, type ReplicaNetwork, type StateMachine } from './types.ts';

export interface SnapshotTraffic {
  /** Entries after it are needed by the receivers of snapshots that are on their way. */
  readonly neededAfter: LogIndex | undefined;
  send(to: MemberId): void;
  receive(message: SnapshotMessage, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** The log says so: the state machine takes it. Resolves when it did. */
  install(meta: SnapshotMeta): Promise<void>;
}

export interface SnapshotPowers {
  readonly raft: Raft;
  readonly network: ReplicaNetwork;
  readonly stateMachine: StateMachine<unknown>;
  readonly spool: Spool;
  readonly logger: Logger;
  /** The core has changed: collect its outputs. */
  readonly wake: () => void;
  readonly isStopped: () => boolean;
}

export function createSnapshotTraffic(powers: SnapshotPowers): SnapshotTraffic {
  const { raft, network, stateMachine, spool, logger, wake, isStopped } = powers;
  /** With what was applied when the copy was begun. */
  const sendingTo = new Map<MemberId, LogIndex>();
  let isBusy = false;

  const sendTo = async (to: MemberId): Promise<boolean> => {
    const reader = await stateMachine.openSnapshot();
    try {
      const message = raft.snapshotFor(to, reader.index);
      if (message === undefined || isStopped()) return false;
      logger.info({ peer: to, index: reader.index }, 'sending a snapshot');
      await network.sendSnapshot(to, message, reader.body);
      return true;
    } finally {
      await reader.close();
    }
  };

  return {
    get neededAfter() {
      return sendingTo.size === 0 ? undefined : Math.min(...sendingTo.values());
    },
    send(to) {
      if (sendingTo.has(to)) return;
      sendingTo.set(to, stateMachine.appliedIndex);
      const ended = (arrived: boolean) => {
        sendingTo.delete(to);
        if (isStopped()) return;
        raft.reportSnapshot(to, arrived);
        wake();
      };
      sendTo(to).then(ended, (error: unknown) => {
        logger.warn({ peer: to, error }, 'could not send a snapshot');
        ended(false);
      });
    },

    async receive(message, body) {
      const { snapshot } = message;
      if (isBusy || isStopped()) {
        throw new ReplicaError('change-in-progress', 'another snapshot is being received');
      }
      isBusy = true;
      let isTaken = false;
      try {
        if (raft.wantsSnapshot(snapshot)) await spool.store(snapshot, body);
        if (isStopped()) throw new ReplicaError('stopped', 'the replica was stopped');
        // Meanwhile the log may have come that far by itself, or the sender's term may be over.
        const isWanted = raft.wantsSnapshot(snapshot);
        raft.step(message);
        isTaken = isWanted && raft.log.firstIndex === snapshot.index + 1;
      } finally {
        isBusy = isTaken;
      }
      wake();
    },

    async install(meta) {
      logger.info({ index: meta.index, term: meta.term }, 'installing a received snapshot');
      await stateMachine.installSnapshot(meta, spool.read(meta));
      await spool.removeAll();
      isBusy = false;
    },
  };
}
