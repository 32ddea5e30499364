/**
 * The shell around the Raft core: it feeds the core with time, messages and proposals, and does what
 * the core says with log, network and state machine.
 *
 * 1. All inputs of a turn of the event loop are taken before the core's outputs are collected, so a
 *    batch grows with the load: one append to each peer, one write and one sync.
 * 2. The order of a turn is that of who waits longest: send what may be sent at once (it is a peer's
 *    turn then, and its sync), hand the batch to the log, apply what is committed, tell peers of
 *    commits. Log, network and state machine of successive batches overlap.
 * 3. What promises durability leaves only after the log has said that the batch before it is durable.
 * 4. The first failure of the log or the state machine ends everything (`#fail`): nothing is sent or
 *    acknowledged after it.
 */
import type { Timer } from '@drydock/ports';
import {
  encodeConfigurationEntry,
  type ConfigurationChange,
  type ConfigurationEntry,
} from '../raft/configuration.ts';
import type { Leadership, Raft, Ready } from '../raft/raft.ts';
import {
  nobody,
  type Entry,
  type MemberId,
  type Message,
  type SnapshotMeta,
  type Term,
} from '../raft/types.ts';
import type { Wal } from '../wal/wal.ts';
import { Elections } from './elections.ts';
import { toReplicaError } from './failure.ts';
import { createLogRelease, type LogRelease } from './log-release.ts';
import { openParts, type LogListener, type ReplicaParts } from './open.ts';
import { ProposalQueue } from './proposals.ts';
import { ReadQueue } from './reads.ts';
import { settingsOf, type ReplicaInternals, type Settings } from './settings.ts';
import { createSnapshotTraffic, type SnapshotTraffic } from './snapshots.ts';
import { leadershipOver, submitWaiting, tooManyUncommitted } from './submission.ts';
import { Transfers } from './transfers.ts';
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
  // The log reports to the replica, which needs the log first.
  const later: { replica?: ReplicaShell<Result> } = {};
  const listener: LogListener = {
    onDurable: (sequence) => later.replica?.logDurable(sequence),
    onFailure: (error) => later.replica?.logFailed(error),
  };
  const parts = await openParts(powers, options, { settings, listener });
  later.replica = new ReplicaShell(powers, settings, parts);
  return later.replica;
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
  readonly #transfers: Transfers;
  readonly #release: LogRelease;
  readonly #elections: Elections;
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
  #leaderChanges = 0;

  constructor(powers: ReplicaPowers<Result>, settings: Settings, parts: ReplicaParts) {
    this.#powers = powers;
    this.#settings = settings;
    this.#raft = parts.raft;
    this.#wal = parts.wal;
    const { random, network, clock, stateMachine, logger } = powers;
    // Origins and ids of reads must differ from those of this member's earlier lives.
    const nonce = () => random.between(1, 2 ** 16 - 1) * 2 ** 32 + random.uint32();
    this.#proposals = new ProposalQueue(nonce());
    this.#reads = new ReadQueue({
      firstId: nonce(),
      requestTicks: settings.requestTicks,
      reusesIds: settings.mutant === 'reuse-read-ids',
    });
    this.#snapshots = createSnapshotTraffic({
      raft: parts.raft,
      network,
      stateMachine,
      spool: parts.spool,
      logger,
      wake: () => this.#wake(),
      isStopped: () => this.#stopped,
    });
    this.#transfers = new Transfers(parts.raft);
    this.#release = createLogRelease({
      raft: parts.raft,
      wal: parts.wal,
      stateMachine,
      settings,
      logger,
      neededAfter: () => this.#snapshots.neededAfter,
      isStopped: () => this.#stopped,
      fail: (error) => this.#fail(toReplicaError(error)),
    });
    this.#elections = new Elections({
      now: () => clock.now(),
      logger,
      tickInterval: settings.heartbeatInterval,
      electionTicks: settings.electionTicks,
      linkTo: (peer) => network.linkTo(peer),
    });
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

  proposeAsLeader(data: Uint8Array): Promise<Result> {
    if (this.#raft.role !== 'leader') return Promise.reject(leadershipOver());
    return this.#propose('data', data, this.#raft.term);
  }

  proposeConfiguration(change: ConfigurationChange, context: Uint8Array): Promise<Result> {
    return this.proposeTransition({ transition: 'auto', changes: [{ ...change, context }] });
  }

  proposeTransition(entry: ConfigurationEntry): Promise<Result> {
    return this.#propose('config', encodeConfigurationEntry(entry));
  }

  #propose(kind: 'data' | 'config', data: Uint8Array, termOnly?: Term): Promise<Result> {
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
    const deadlineTick = this.#tick + this.#settings.requestTicks;
    return this.#proposals.add(kind, data, { deadlineTick, termOnly });
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
    this.#transfers.begin(to);
    this.#elections.onTransfer();
    this.#wake();
    await this.#transfers.wait(to, this.#tick + this.#settings.electionTicks);
  }

  get term(): Term {
    return this.#raft.term;
  }

  status(): ReplicaStatus {
    return {
      ...this.#raft.status(),
      failure: this.#failure,
      leaderlessFor: this.#leaderlessTicks() * this.#settings.heartbeatInterval,
      pendingProposals: this.#proposals.size,
      walBytes: this.#wal.bytes,
      elections: this.#elections.records,
      lastSync: this.#elections.lastSync,
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
      electionsTotal: this.#elections.totals,
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

  reportDisconnected(peer: MemberId): void {
    if (!this.#stopped) this.#raft.reportDisconnected(peer);
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
    this.#elections.synced(sequence);
    this.#guard(() => {
      this.#raft.persisted(sequence);
      while (this.#delayed.length > 0 && this.#delayed[0]!.sequence <= sequence) {
        this.#sendNow(this.#delayed.shift()!.messages);
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
    this.#elections.onMessage(message);
    this.#guard(() => this.#raft.step(message));
    this.#wake();
  }

  #onTick(): void {
    if (this.#stopped) return;
    const { clock } = this.#powers;
    this.#timer = clock.setTimer(this.#settings.heartbeatInterval, () => this.#onTick());
    this.#tick++;
    this.#elections.onTick();
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
    this.#transfers.settle(this.#tick);
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
    if (this.#proposals.hasWaiting) submitWaiting(this.#raft, this.#proposals);
    if (this.#reads.needsAsking) this.#reads.ask(this.#tick, (id) => this.#raft.readIndex(id));
    do {
      this.#handle(this.#raft.ready());
    } while (!this.#stopped && this.#raft.hasReady());
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
      this.#elections.syncBegins(this.#sequence);
    }
    // Clients wait for all but the notices of commits, which go behind the answers.
    this.#sendNow(ready.messages.filter((message) => message.kind !== 'commit'));
    if (ready.persist !== undefined) this.#wal.append(ready.persist);
    if (ready.messagesAfterPersist.length > 0) {
      if (this.#durable >= this.#sequence) this.#sendNow(ready.messagesAfterPersist);
      else this.#delayed.push({ sequence: this.#sequence, messages: ready.messagesAfterPersist });
    }
    if (ready.committed.length > 0) this.#apply(ready.committed);
    this.#send(ready.messages.filter((message) => message.kind === 'commit'));
    for (const read of ready.readStates) {
      const isUnapplied = this.#settings.mutant === 'read-before-apply';
      const { appliedIndex } = this.#powers.stateMachine;
      this.#reads.answered(read, isUnapplied ? Infinity : appliedIndex);
    }
    for (const peer of ready.snapshotRequests) this.#snapshots.send(peer);
    if (ready.leadership !== undefined) this.#leadershipChanged(ready.leadership);
  }

  #send(messages: readonly Message[]): void {
    const { network } = this.#powers;
    for (const message of messages) network.send(message.to, message);
  }

  #sendNow(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.#send(messages);
    this.#powers.network.flush();
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
    this.#release.applied(entries);
  }

  #install(meta: SnapshotMeta): void {
    this.#snapshots.install(meta).then(
      () => {
        if (this.#stopped) return;
        this.#release.replaced(meta.index);
        this.#guard(() => this.#raft.applied(meta.index));
        this.#reads.applied(meta.index);
        this.#wake();
      },
      (error: unknown) => this.#fail(toReplicaError(error)),
    );
  }

  #leadershipChanged(change: Leadership): void {
    const { leader, term, role } = change;
    this.#leaderChanges++;
    if (leader !== nobody) this.#leaderlessSince = undefined;
    else this.#leaderlessSince ??= this.#tick;
    this.#powers.logger.info({ leader, term, role }, 'leadership changed');
    if (this.#settings.mutant === 'propose-again') this.#proposals.resubmitBefore(term);
    const { id, configuration } = this.#raft.status();
    this.#elections.onLeadership(
      change,
      configuration.voters.filter((peer) => peer !== id),
    );
    // Whoever was asked before may not answer any more.
    this.#reads.askAgain();
    this.#transfers.settle(this.#tick);
    this.#wake();
    for (const listener of this.#listeners) listener({ leader, term, role });
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
    this.#transfers.rejectAll(reason);
  }
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
