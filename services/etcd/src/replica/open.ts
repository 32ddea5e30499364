/** What a replica finds on its disk: log, received snapshots, and the core that goes on from them. */
import { plainConfiguration } from '../raft/configuration.ts';
import { createRaft, type Raft } from '../raft/raft.ts';
import { openWal, type Wal } from '../wal/wal.ts';
import { standAlone } from './alone.ts';
import { toReplicaError } from './failure.ts';
import type { ReplicaInternals, Settings } from './settings.ts';
import { createSpool, type Spool } from './spool.ts';
import { ReplicaError, type ReplicaOptions, type ReplicaPowers } from './types.ts';

export interface ReplicaParts {
  readonly raft: Raft;
  readonly wal: Wal;
  readonly spool: Spool;
}

/** Who hears of the log's writes. */
export interface LogListener {
  onDurable(sequence: number): void;
  onFailure(error: Error): void;
}

/** Brings the state machine up to the log's beginning. @throws ReplicaError */
export async function openParts<Result>(
  powers: ReplicaPowers<Result>,
  options: ReplicaOptions & ReplicaInternals,
  { settings, listener }: { settings: Settings; listener: LogListener },
): Promise<ReplicaParts> {
  const { disk, clock, random, stateMachine, logger } = powers;
  let opened: Wal | undefined;
  const place = {
    disk,
    clock,
    folder: `${options.folder}/wal`,
    identity: { clusterId: options.clusterId, memberId: options.id },
  };
  try {
    if (options.alone === true) {
      const removed = await standAlone(place);
      if (removed.length > 0) logger.warn({ removed }, 'goes on without the other members');
    }
    const { wal, log, isNew, cutBytes } = await openWal({
      ...place,
      firstBase: { index: 0, term: 0, configuration: plainConfiguration(options.voters) },
      segmentBytesMax: settings.segmentBytesMax,
      preallocateBytes: settings.preallocateBytes,
      onDurable: (sequence) => listener.onDurable(sequence),
      onFailure: (error) => listener.onFailure(error),
    });
    opened = wal;
    const spool = createSpool(disk, `${options.folder}/snapshots`);
    if (log.base.index > stateMachine.appliedIndex) {
      await stateMachine.installSnapshot(log.base, spool.read(log.base));
    }
    await spool.removeAll();
    const lastIndex = log.entries.at(-1)?.index ?? log.base.index;
    if (stateMachine.appliedIndex > lastIndex) {
      throw new ReplicaError(
        'corrupt',
        `the state machine holds entry ${stateMachine.appliedIndex}, but the log in ` +
          `${options.folder}/wal ends at ${lastIndex}: one of them was lost or replaced. Remove this ` +
          'member, delete its folder and add it again',
      );
    }
    logger.info(
      { isNew, cutBytes, firstIndex: log.base.index + 1, lastIndex, term: log.hardState.term },
      'opened the log',
    );
    const raft = createRaft(
      {
        id: options.id,
        random,
        electionTicks: settings.electionTicks,
        heartbeatTicks: 1,
        preVote: options.preVote,
        messageBytesMax: settings.messageBytesMax,
        inflightMax: settings.inflightMax,
        uncommittedBytesMax: settings.uncommittedBytesMax,
        mutant: settings.mutant,
        trace: options.trace,
      },
      { ...log, applied: stateMachine.appliedIndex },
    );
    options.observe?.(raft);
    return { raft, wal, spool };
  } catch (error) {
    await opened?.close();
    throw toReplicaError(error);
  }
}
