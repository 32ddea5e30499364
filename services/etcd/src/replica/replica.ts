/**
 * The shell around the Raft core: it feeds the core with time, messages and proposals, and does what
 * the core says with log, network and state machine.
 *
 * 1. All inputs of a turn of the event loop are taken before the core's outputs are collected, so a
 *    batch grows with the load: one append to each peer, one write and one sync.
 * 2. The order of a turn: hand the batch to the log, send what may be sent at once, apply what is
 *    committed. Log, network and state machine of successive batches overlap.
 * 3. What promises durability leaves only after the log has said that the batch before it is durable.
 * 4. The first failure of the log or the state machine ends everything (`#fail`): nothing is sent or
 *    acknowledged after it.
 */
import type { Timer } from '@drydock/ports';
import { encodeConfigurationEntry, type ConfigurationChange } from '../raft/configuration.ts';
import { createRaft, type Leadership, type Raft, type Ready } from '../raft/raft.ts';
import {
  nobody,
  type Entry,
  type MemberId,
  type Message,
  type SnapshotMeta,
} from '../raft/types.ts';
import { openWal, type Wal } from '../wal/wal.ts';
import { toReplicaError } from './failure.ts';
import { ProposalQueue, type PendingProposal } from './proposals.ts';
import { ReadQueue } from './reads.ts';
import { settingsOf, type ReplicaInternals, type Settings } from './settings.ts';
import { createSnapshotTraffic, type SnapshotTraffic } from './snapshots.ts';
import { createSpool } from './spool.ts';
import {
  ReplicaError,
  type LeaderChange,
  type Replica,
  type ReplicaMetrics,
  type ReplicaOptions,
  type ReplicaPowers,
  type ReplicaStatus,
} from './types.ts';

/** Opens the log, brings the state machine up to it, and joins the cluster. Throws ReplicaError. */
export async function createReplica<Result>(
  powers: ReplicaPowers<Result>,
  options: ReplicaOptions & ReplicaInternals,
): Promise<Replica<Result>> {
  const settings = settingsOf(options);
  const { disk, clock, random, stateMachine, logger } = powers;
  // The log reports to the replica, which needs the log first.
  let replica: ReplicaShell<Result> | undefined;
  let opened: Wal | undefined;
  try {
    const { wal, log, isNew, cutBytes } = await openWal({
      disk,
      clock,
      folder: `${options.folder}/wal`,
      identity: { clusterId: options.clusterId, memberId: options.id },
      firstBase: {
        index: 0,
        term: 0,
        configuration: { voters: options.voters, votersOutgoing: [], learners: [] },
      },
      segmentBytesMax: settings.segmentBytesMax,
      preallocateBytes: settings.preallocateBytes,
      onDurable: (sequence) => replica?.logDurable(sequence),
      onFailure: (error) => replica?.logFailed(error),
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
        messageBytesMax: settings.messageBytesMax,
        inflightMax: settings.inflightMax,
        uncommittedBytesMax: settings.uncommittedBytesMax,
        mutant: options.mutant,
      },
      { ...log, applied: stateMachine.appliedIndex },
    );
    options.observe?.(raft);
    replica = new ReplicaShell(powers, settings, { raft, wal, spool });
    return replica;
  } catch (error) {
    await opened?.close();
    throw toReplicaError(error);
  }
}

interface Delayed {
  readonly sequence: number;
  readonly messages: readonly Message[];
}

class ReplicaShell<Result> implements Replica<Result> {
  readonly #powers: ReplicaPowers<Result>;
  readonly #settings: Settings;
  readonly #raft: Raft;
  readonly #wal: Wal;
  readonly #snapshots: SnapshotTraffic;
  readonly #proposals: ProposalQueue<Result>;
  readonly #reads: ReadQueue;
  readonly #listeners = new Set<(change: LeaderChange) => void>();
  readonly #failedSignal = Promise.withResolvers<ReplicaError>();
  readonly failed = this.#failedSignal.promise;

  #turnScheduled = false;
  #timer: Timer;
  #tick = 0;
  #leaderlessSince: number | undefined = 0;
  #stopped = false;
  #failure: ReplicaError | undefined;
  /** Of the last batch given to the log, and of the last one that is durable. */
  #sequence = 0;
  #durable = 0;
  #delayed: Delayed[] = [];
  #installing: { readonly sequence: number; readonly meta: SnapshotMeta } | undefined;
  #releasedIndex: number;
  #releasing = false;
  #leaderChanges = 0;
  #transfers: { to: MemberId; deadlineTick: number; settle: (error?: ReplicaError) => void }[] = [];

  constructor(
    powers: ReplicaPowers<Result>,
    settings: Settings,
    parts: { raft: Raft; wal: Wal; spool: ReturnType<typeof createSpool> },
  ) {
    this.#powers = powers;
    this.#settings = settings;
    this.#raft = parts.raft;
    this.#wal = parts.wal;
    const { random, network, clock, stateMachine, logger } = powers;
    // Origins and ids of reads must differ from those of this member's earlier lives.
    const nonce = () => random.between(1, 2 ** 16 - 1) * 2 ** 32 + random.uint32();
    this.#proposals = new ProposalQueue(nonce());
    this.#reads = new ReadQueue({ firstId: nonce(), requestTicks: settings.requestTicks });
    this.#snapshots = createSnapshotTraffic({
      raft: parts.raft,
      network,
      stateMachine,
      spool: parts.spool,
      logger,
      wake: () => this.#wake(),
      isStopped: () => this.#stopped,
    });
    this.#releasedIndex = parts.raft.log.firstIndex - 1;
    network.onMessage((_from, message) => this.#receive(message));
    network.onSnapshot((message, body) => this.#snapshots.receive(message, body));
    this.#timer = clock.setTimer(settings.heartbeatInterval, () => this.#onTick());
    const { voters } = parts.raft.status().configuration;
    // A member that is its own quorum need not wait for an election timeout.
    if (voters.length === 1 && voters[0] === parts.raft.status().id) parts.raft.campaign();
    this.#wake();
  }

  propose(data: Uint8Array): Promise<Result> {
    return this.#propose('data', data);
  }

  proposeConfiguration(change: ConfigurationChange, context: Uint8Array): Promise<Result> {
    const { voters } = this.#raft.status().configuration;
    if (change.kind === 'remove' && voters.length === 1 && voters[0] === change.member) {
      return Promise.reject(
        new ReplicaError('change-in-progress', 'the last voter cannot be removed'),
      );
    }
    return this.#propose('config', encodeConfigurationEntry({ ...change, context }));
  }

  #propose(kind: 'data' | 'config', data: Uint8Array): Promise<Result> {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#proposals.failedTotal++;
      return Promise.reject(refusal);
    }
    // Bytes that wait here for a leader are bounded as those that wait for its quorum are.
    if (this.#proposals.waitingBytes > this.#settings.uncommittedBytesMax) {
      this.#proposals.failedTotal++;
      return Promise.reject(tooManyUncommitted());
    }
    this.#wake();
    return this.#proposals.add(kind, data, this.#tick + this.#settings.requestTicks);
  }

  linearize(signal?: AbortSignal): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#wake();
    const done = this.#reads.wait(this.#tick);
    return signal === undefined ? done : abortable(done, signal);
  }

  async transferLeadership(to: MemberId): Promise<void> {
    if (this.#raft.leader === to) return;
    if (!this.#raft.transferLeadership(to)) {
      throw new ReplicaError(
        'not-leader',
        this.#raft.role === 'leader'
          ? `member ${to.toString(16)} is no voter of this cluster`
          : 'only the leader can hand over its leadership',
      );
    }
    this.#wake();
    await new Promise<void>((resolve, reject) => {
      this.#transfers.push({
        to,
        deadlineTick: this.#tick + this.#settings.electionTicks,
        settle: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
  }

  status(): ReplicaStatus {
    return {
      ...this.#raft.status(),
      failure: this.#failure,
      leaderlessFor: this.#leaderlessTicks() * this.#settings.heartbeatInterval,
      pendingProposals: this.#proposals.size,
      walBytes: this.#wal.bytes,
    };
  }

  metrics(): ReplicaMetrics {
    const { count, millis } = this.#wal.syncs;
    return {
      proposalsTotal: this.#proposals.total,
      proposalsFailedTotal: this.#proposals.failedTotal,
      leaderChangesTotal: this.#leaderChanges,
      walSyncsTotal: count,
      walSyncSecondsTotal: millis / 1_000,
      readRoundsTotal: this.#reads.roundsTotal,
    };
  }

  isLeader(): boolean {
    return this.#raft.role === 'leader';
  }

  onLeaderChange(listener: (change: LeaderChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reportUnreachable(peer: MemberId): void {
    if (this.#stopped) return;
    this.#raft.reportUnreachable(peer);
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopped && this.#failure === undefined) return;
    this.#stop(new ReplicaError('stopped', 'this member was stopped'));
    await this.#wal.close();
  }

  /** The log reports a batch, in order. */
  logDurable(sequence: number): void {
    if (this.#stopped) return;
    this.#durable = sequence;
    this.#guard(() => {
      this.#raft.persisted(sequence);
      while (this.#delayed.length > 0 && this.#delayed[0]!.sequence <= sequence) {
        this.#send(this.#delayed.shift()!.messages);
      }
      const installing = this.#installing;
      if (installing !== undefined && installing.sequence <= sequence) {
        this.#installing = undefined;
        this.#install(installing.meta);
      }
    });
    this.#wake();
  }

  logFailed(error: Error): void {
    this.#fail(toReplicaError(error));
  }

  #refusal(): ReplicaError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#stopped) return new ReplicaError('stopped', 'this member was stopped');
    return this.#leaderlessTicks() > this.#settings.leaderlessTicksMax
      ? this.#noLeader()
      : undefined;
  }

  #noLeader(): ReplicaError {
    return new ReplicaError(
      'no-leader',
      'the cluster has no leader: a majority of its members must run and reach each other',
    );
  }

  #leaderlessTicks(): number {
    if (this.#leaderlessSince === undefined || this.#raft.leader !== nobody) return 0;
    return this.#tick - this.#leaderlessSince;
  }

  #receive(message: Message): void {
    // A snapshot comes with its body, by another way.
    if (this.#stopped || message.kind === 'snapshot') return;
    this.#guard(() => this.#raft.step(message));
    this.#wake();
  }

  #onTick(): void {
    if (this.#stopped) return;
    const { clock } = this.#powers;
    this.#timer = clock.setTimer(this.#settings.heartbeatInterval, () => this.#onTick());
    this.#tick++;
    this.#guard(() => this.#raft.tick());
    this.#proposals.expire(this.#tick);
    this.#reads.expire(
      this.#tick,
      () => new ReplicaError('timeout', 'the read timed out: no quorum confirmed the leader'),
    );
    if (this.#leaderlessTicks() > this.#settings.leaderlessTicksMax) {
      this.#proposals.rejectWaiting(this.#noLeader());
      this.#reads.rejectUnanswered(this.#noLeader());
    }
    this.#settleTransfers();
    this.#wake();
  }

  #wake(): void {
    if (this.#turnScheduled || this.#stopped) return;
    this.#turnScheduled = true;
    this.#powers.defer(() => {
      this.#turnScheduled = false;
      if (!this.#stopped) this.#guard(() => this.#turn());
    });
  }

  /** A throw from here is a bug or a broken state machine: this member must not go on. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(toReplicaError(error));
    }
  }

  #turn(): void {
    if (this.#proposals.hasWaiting) this.#submit();
    if (this.#reads.needsAsking) this.#reads.ask(this.#tick, (id) => this.#raft.readIndex(id));
    do {
      this.#handle(this.#raft.ready());
    } while (!this.#stopped && this.#raft.hasReady());
  }

  #submit(): void {
    const waiting = this.#proposals.takeWaiting();
    if (waiting.every((proposal) => proposal.kind === 'data')) {
      this.#submitAll(waiting);
      return;
    }
    // A change of membership is judged by itself.
    for (const proposal of waiting) this.#submitAll([proposal]);
  }

  #submitAll(proposals: PendingProposal<Result>[]): void {
    switch (this.#raft.propose(proposals)) {
      case 'accepted':
      case 'forwarded':
        this.#proposals.submitted(proposals, this.#raft.term);
        return;
      case 'no-leader':
      case 'transferring':
        this.#proposals.putBack(proposals);
        return;
      case 'too-many-uncommitted':
        if (proposals.length > 1) for (const proposal of proposals) this.#submitAll([proposal]);
        else this.#proposals.reject(proposals, tooManyUncommitted());
        return;
      case 'change-in-progress':
        this.#proposals.reject(
          proposals,
          new ReplicaError('change-in-progress', 'another change of membership is not applied yet'),
        );
    }
  }

  #handle(ready: Ready): void {
    if (ready.persist !== undefined) {
      this.#sequence = ready.persist.sequence;
      if (ready.persist.snapshot !== undefined) {
        this.#installing = { sequence: this.#sequence, meta: ready.persist.snapshot };
        this.#proposals.rejectSubmitted(
          new ReplicaError(
            'leader-changed',
            'this member fell behind and took a snapshot; whether the request takes effect is unknown',
          ),
        );
      }
      this.#wal.append(ready.persist);
    }
    this.#send(ready.messages);
    if (ready.messagesAfterPersist.length > 0) {
      if (this.#durable >= this.#sequence) this.#send(ready.messagesAfterPersist);
      else this.#delayed.push({ sequence: this.#sequence, messages: ready.messagesAfterPersist });
    }
    if (ready.committed.length > 0) this.#apply(ready.committed);
    for (const read of ready.readStates) {
      this.#reads.answered(read, this.#powers.stateMachine.appliedIndex);
    }
    for (const peer of ready.snapshotRequests) this.#snapshots.send(peer);
    if (ready.leadership !== undefined) this.#leadershipChanged(ready.leadership);
  }

  #send(messages: readonly Message[]): void {
    const { network } = this.#powers;
    for (const message of messages) network.send(message.to, message);
  }

  #apply(entries: readonly Entry[]): void {
    const results = this.#powers.stateMachine.apply(entries);
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at]!;
      this.#proposals.settle(entry, results[at]!);
      this.#proposals.resubmitBefore(entry.term);
    }
    const { index } = entries.at(-1)!;
    this.#raft.applied(index);
    this.#reads.applied(index);
    if (this.#proposals.hasWaiting) this.#wake();
    const due = index - this.#releasedIndex >= this.#settings.snapshotCount;
    if (due && !this.#releasing) void this.#release(index);
  }

  /** The state machine makes itself durable, then the log lets go of what is before. */
  async #release(index: number): Promise<void> {
    this.#releasing = true;
    try {
      await this.#powers.stateMachine.persist();
      if (this.#stopped) return;
      const meta = this.#raft.snapshotMeta(index);
      this.#releasedIndex = index;
      // A snapshot that arrived meanwhile has replaced the log already.
      if (meta === undefined) return;
      await this.#wal.release(meta);
      if (this.#stopped) return;
      this.#raft.compact(Math.max(0, index - this.#settings.catchUpEntries));
      this.#powers.logger.debug({ index }, 'released the log');
    } catch (error) {
      this.#fail(toReplicaError(error));
    } finally {
      this.#releasing = false;
    }
  }

  #install(meta: SnapshotMeta): void {
    this.#snapshots.install(meta).then(
      () => {
        if (this.#stopped) return;
        this.#releasedIndex = meta.index;
        this.#guard(() => this.#raft.applied(meta.index));
        this.#reads.applied(meta.index);
        this.#wake();
      },
      (error: unknown) => this.#fail(toReplicaError(error)),
    );
  }

  #leadershipChanged({ leader, term, role }: Leadership): void {
    this.#leaderChanges++;
    if (leader !== nobody) this.#leaderlessSince = undefined;
    else this.#leaderlessSince ??= this.#tick;
    this.#powers.logger.info({ leader, term, role }, 'leadership changed');
    // Whoever was asked before may not answer any more.
    this.#reads.askAgain();
    this.#settleTransfers();
    this.#wake();
    for (const listener of this.#listeners) listener({ leader, term, role });
  }

  #settleTransfers(): void {
    if (this.#transfers.length === 0) return;
    this.#transfers = this.#transfers.filter(({ to, deadlineTick, settle }) => {
      if (this.#raft.leader === to) settle();
      else if (this.#tick < deadlineTick) return true;
      else
        settle(new ReplicaError('timeout', `member ${to.toString(16)} did not take over in time`));
      return false;
    });
  }

  #fail(error: ReplicaError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#powers.logger.error({ code: error.code, error }, 'this member stops: it cannot go on');
    this.#stop(error);
    this.#failedSignal.resolve(error);
  }

  #stop(reason: ReplicaError): void {
    this.#stopped = true;
    this.#timer.cancel();
    this.#proposals.rejectAll(reason);
    this.#reads.rejectAll(reason);
    for (const { settle } of this.#transfers) settle(reason);
    this.#transfers = [];
  }
}

function tooManyUncommitted(): ReplicaError {
  return new ReplicaError(
    'too-many-uncommitted',
    'too many writes wait for a quorum: members are slow or gone; try again later',
  );
}

function abortable(done: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    done.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
