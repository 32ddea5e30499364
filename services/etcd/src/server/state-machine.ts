/**
 * Everything that is replicated: keys, leases, members, alarms; one command after another.
 *
 * 1. `apply` is a function of the state and the entry alone: all members come to the same state.
 * 2. What clients may do wrong is a result; a throw means that this member must stop.
 * 3. The backend gets changes in batches, each with the index of the last entry in it. What is not
 *    committed yet is in memory and in the Raft log.
 */
import type { Clock, Millis, Timer } from '@drydock/ports';
import { AlarmType, AlarmAction, Member, type AuthCommand } from '@drydock/proto/etcd';
import { AuthStore } from '../auth/auth-store.ts';
import { SimpleTokens } from '../auth/simple-tokens.ts';
import { nobody, type AuthInfo } from '../auth/types.ts';
import { Lessor, leaseTtlMax } from '../lease/lessor.ts';
import { Members, type ClusterMember } from '../membership/members.ts';
import { neverCompacted, type Backend, type HistoryHash } from '../mvcc/backend.ts';
import { failures, type Failure } from '../mvcc/failure.ts';
import { deleteRange, put, txn } from '../mvcc/operations.ts';
import type { OpResult } from '../mvcc/results.ts';
import type { Revision } from '../mvcc/revision.ts';
import { MvccStore } from '../mvcc/store.ts';
import type { HashSeed } from '../mvcc/string-hash.ts';
import { decodeConfigurationEntry, entersJoint } from '../replica/mod.ts';
import type {
  CommittedEntry,
  ConfigurationEntry,
  SnapshotMeta,
  SnapshotReader,
  StateMachine,
} from '../replica/types.ts';
import { applyAuth, type Authenticated } from './auth/apply-auth.ts';
import { refuseCommand } from './auth/request-checks.ts';
import { changedValues, loadAuth } from './auth/stored-values.ts';
import { decodeCommand, type Command } from './command.ts';
import { costOfTxn } from './space-cost.ts';

export type ApplyResult =
  | OpResult
  | Failure
  | { readonly kind: 'lease'; readonly id: bigint; readonly ttl: number }
  | Authenticated
  | { readonly kind: 'done' };

const done: ApplyResult = { kind: 'done' };

export interface Alarm {
  readonly member: number;
  readonly type: AlarmType;
}

export interface EtcdStateMachineOptions {
  readonly backend: Backend;
  readonly clock: Clock;
  /** Seconds. */
  readonly leaseTtlMin: number;
  /** The members of a new cluster; ignored once any are stored. */
  readonly foundingMembers: readonly ClusterMember[];
  readonly cacheBytesMax?: number;
  /** How long an unused simple token lives; cluster milliseconds. */
  readonly tokenTtl?: Millis;
  readonly hashSeed?: HashSeed;
  readonly onRevision?: (revision: Revision) => void;
  /** A snapshot replaced the state; the argument is the revision before. */
  readonly onReplaced?: (seenRevision: number) => void;
  readonly onMembers?: () => void;
  /** A member was removed from the cluster. */
  readonly onRemoved?: (member: number) => void;
}

/** Refused while the members may disagree on what is stored. */
const writing: ReadonlySet<Command['kind']> = new Set([
  'put',
  'delete-range',
  'txn',
  'compact',
  'lease-grant',
  'lease-revoke',
]);

/** Time between an apply and the commit of its batch; the original's. */
const commitInterval: Millis = 100;
const defaultTokenTtl: Millis = 300_000;
const commitBytes = 4 * 1024 * 1024;
/** Compaction forgets that many versions at a time, with a pause in between; the original's figures. */
const forgetBatch = 1_000;
const forgetPause: Millis = 10;

interface PendingCommit {
  readonly appliedIndex: number;
  readonly revision: number;
}

export class EtcdStateMachine implements StateMachine<ApplyResult> {
  readonly store: MvccStore;
  readonly lessor: Lessor;
  readonly members = new Members();
  readonly auth = new AuthStore();
  readonly tokens: SimpleTokens;
  readonly #options: EtcdStateMachineOptions;
  readonly #backend: Backend;
  readonly #alarms = new Map<string, Alarm>();
  readonly #values = new Map<string, Uint8Array | undefined>();
  #appliedIndex = 0;
  #durableIndex = 0;
  #writtenIndex = 0;
  #writtenCompact = neverCompacted;
  #writtenRevision = 0;
  #writtenFinishedCompact = neverCompacted;
  #forgetTimer: Timer | undefined;
  #onForgotten: (() => void)[] = [];
  #commits: PendingCommit[] = [];
  #timer: Timer | undefined;
  #hasNoSpaceAlarm = false;
  #downgradeTarget: string | undefined;
  #hasCorruptAlarm = false;

  /** Call `open` before anything else. */
  constructor(options: EtcdStateMachineOptions) {
    this.#options = options;
    this.#backend = options.backend;
    this.lessor = new Lessor({ ttlMin: options.leaseTtlMin });
    this.tokens = new SimpleTokens({ ttl: options.tokenTtl ?? defaultTokenTtl });
    this.store = new MvccStore(options.backend, {
      ...(options.cacheBytesMax === undefined ? {} : { cacheBytesMax: options.cacheBytesMax }),
      ...(options.hashSeed === undefined ? {} : { hashSeed: options.hashSeed }),
      onRevision: (revision) => options.onRevision?.(revision),
      onLease: (lease, key, attached) => {
        if (attached) this.lessor.attach(lease, key);
        else this.lessor.detach(lease, key);
      },
    });
  }

  /** Loads what the backend holds. `onFailure` is called once when it cannot write any more. */
  async open(onFailure: (error: Error) => void): Promise<void> {
    this.#backend.listen({
      onCommitted: (appliedIndex) => this.#onCommitted(appliedIndex),
      onFailure,
    });
    await this.#backend.sync();
    this.#load();
    // The founding members stand in no log entry: they must be found again after any crash.
    if (this.#values.size > 0) await this.persist();
  }

  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  get durableIndex(): number {
    return this.#durableIndex;
  }

  get alarms(): Iterable<Alarm> {
    return this.#alarms.values();
  }

  hasAlarm(member: number, type: AlarmType): boolean {
    return this.#alarms.has(`${member}-${type}`);
  }

  #followAlarms(): void {
    const types = new Set(Array.from(this.#alarms.values(), (one) => one.type));
    this.#hasNoSpaceAlarm = types.has(AlarmType.nospace);
    this.#hasCorruptAlarm = types.has(AlarmType.corrupt);
  }

  /** The version that the cluster goes back to; undefined when it does not. */
  get downgradeTarget(): string | undefined {
    return this.#downgradeTarget;
  }

  /** Bytes applied, but not handed to the backend's transaction yet. */
  get backend(): Backend {
    return this.#backend;
  }

  #load(): void {
    const values = this.#backend.values();
    this.lessor.clear();
    this.members.clear();
    this.#alarms.clear();
    this.#values.clear();
    this.#commits = [];
    this.#downgradeTarget = undefined;
    for (const [name, value] of values) this.#loadValue(name, value);
    loadAuth(this.auth, values);
    // Whose tokens they were may have changed; clients get new ones when these are refused.
    this.tokens.clear();
    this.#followAlarms();
    if (this.members.size === 0) {
      for (const member of this.#options.foundingMembers) this.#setMember(member);
    }
    this.#writtenRevision = numberIn(values, 'revision') ?? 1;
    this.#writtenCompact = numberIn(values, 'compact-revision') ?? neverCompacted;
    this.store.load({ revision: this.#writtenRevision, compactRevision: this.#writtenCompact });
    this.#writtenFinishedCompact = numberIn(values, 'finished-compact-revision') ?? neverCompacted;
    this.#forgetSoon();
    this.#appliedIndex = this.#backend.appliedIndex;
    this.#durableIndex = this.#appliedIndex;
    this.#writtenIndex = this.#appliedIndex;
    this.#options.onMembers?.();
  }

  #loadValue(name: string, value: Uint8Array): void {
    const [folder, id = ''] = name.split('/');
    if (folder === 'member') this.members.set(memberOf(Member.decode(value.slice())));
    else if (folder === 'leaving') this.members.leaving.add(Number(id));
    else if (folder === 'removed') this.members.removed.add(Number(id));
    else if (folder === 'lease') {
      const [ttl, remaining] = textOf(value).split(' ').map(Number) as [number, number];
      const now = this.#options.clock.now();
      this.lessor.grant(BigInt(id), { ttl, remainingTtl: remaining, now });
    } else if (folder === 'alarm') {
      const [member, type] = id.split('-').map(Number) as [number, AlarmType];
      this.#alarms.set(id, { member, type });
    } else if (folder === 'downgrade') this.#downgradeTarget = textOf(value);
  }

  apply(entries: readonly CommittedEntry[]): readonly ApplyResult[] {
    const results: ApplyResult[] = [];
    for (const entry of entries) {
      if (entry.index !== this.#appliedIndex + 1) {
        throw new Error(`entry ${entry.index} cannot follow entry ${this.#appliedIndex}`);
      }
      results.push(this.#applyEntry(entry));
      this.#appliedIndex = entry.index;
    }
    if (this.store.uncommittedBytes > commitBytes) this.#write();
    else this.#writeSoon();
    return results;
  }

  #applyEntry(entry: CommittedEntry): ApplyResult {
    if (entry.kind === 'data') {
      return this.#applyCommand(decodeCommand(entry.data), nobody, entry.index);
    }
    const change = entry.kind === 'config' ? decodeConfigurationEntry(entry.data) : undefined;
    if (change !== undefined) this.#changeMembers(change);
    return done;
  }

  /** Who leaves is known, and reached, until the joint configuration in which it votes has ended. */
  #changeMembers(entry: ConfigurationEntry): void {
    const { members } = this;
    for (const { kind, member, context } of entry.changes) {
      if (kind !== 'remove') {
        const known = members.get(member);
        if (context.length > 0) this.#setMember(memberOf(Member.decode(context)));
        else if (known !== undefined)
          this.#setMember({ ...known, isLearner: kind === 'add-learner' });
      } else if (entersJoint(entry)) {
        members.leaving.add(member);
        this.#values.set(`leaving/${member}`, new Uint8Array(0));
      } else this.#removeMember(member);
    }
    if (entry.transition === 'leave') for (const id of members.leaving) this.#removeMember(id);
    this.#options.onMembers?.();
  }

  /** What a member says of itself: not whether it votes, and not that it is back. */
  #describeMember(member: ClusterMember): void {
    if (this.members.removed.has(member.id)) return;
    const isLearner = this.members.get(member.id)?.isLearner ?? member.isLearner;
    this.#setMember({ ...member, isLearner });
    this.#options.onMembers?.();
  }

  #removeMember(id: number): void {
    this.members.remove(id);
    this.#values.set(`member/${id}`, undefined);
    this.#values.set(`leaving/${id}`, undefined);
    this.#values.set(`removed/${id}`, new Uint8Array(0));
    this.#options.onRemoved?.(id);
  }

  #applyCommand(command: Command, by: AuthInfo, index: number): ApplyResult {
    const { store, lessor } = this;
    if (this.#hasCorruptAlarm && writing.has(command.kind)) return failures.corrupt;
    if (this.auth.enabled) {
      const refusal = refuseCommand(this, command, by);
      if (refusal !== undefined) return refusal;
    }
    switch (command.kind) {
      case 'put':
        return this.#hasNoSpaceAlarm ? failures.noSpace : put(store, lessor, command.message);
      case 'delete-range':
        return deleteRange(store, command.message);
      case 'txn':
        if (this.#hasNoSpaceAlarm && costOfTxn(command.message) > 0) return failures.noSpace;
        return txn(store, lessor, command.message);
      case 'compact':
        return this.#compact(command.message.revision);
      case 'lease-grant':
        return this.#grant(command.message.id, command.message.ttl);
      case 'lease-revoke':
        return this.#revoke(command.message.id);
      case 'lease-checkpoint':
        this.#checkpoint(command.message.id, command.message.ttl);
        return done;
      case 'lease-checkpoints':
        for (const { id, remainingTtl } of command.message.checkpoints) {
          this.#checkpoint(id, remainingTtl);
        }
        return done;
      case 'alarm':
        this.#alarm(command.message);
        return done;
      case 'member':
        this.#describeMember(memberOf(command.message));
        return done;
      case 'authorized': {
        const { user, authRevision: revision } = command.message;
        return this.#applyCommand(
          decodeCommand(command.message.command),
          { user, revision },
          index,
        );
      }
      case 'auth':
        return this.#applyAuth(command.message, by, index);
      case 'downgrade':
        this.#setDowngrade(command.message.version);
        return done;
    }
    return command satisfies never;
  }

  #setDowngrade(version: string): void {
    this.#downgradeTarget = version === '' ? undefined : version;
    this.#values.set('downgrade', version === '' ? undefined : Buffer.from(version));
  }

  #applyAuth(command: AuthCommand, by: AuthInfo, index: number): ApplyResult {
    const { auth: store, tokens } = this;
    const powers = { store, tokens, now: this.#options.clock.now(), index };
    const outcome = applyAuth(powers, command, by);
    if (outcome.kind !== 'changed') return outcome;
    for (const [name, value] of changedValues(store, outcome)) this.#values.set(name, value);
    return done;
  }

  #compact(revision: number): ApplyResult {
    if (revision <= this.store.compactRevision) return failures.compacted;
    if (revision > this.store.revision) return failures.futureRevision;
    this.store.compact(revision);
    this.#forgetSoon();
    return done;
  }

  /** What compaction leaves to forget goes in slices, so that it holds nobody up. */
  #forgetSoon(): void {
    this.#forgetTimer ??= this.#options.clock.setTimer(forgetPause, () => {
      this.#forgetTimer = undefined;
      const isMore = this.store.forgetSlice(forgetBatch);
      this.#writeSoon();
      if (isMore) this.#forgetSoon();
      else for (const resolve of this.#onForgotten.splice(0)) resolve();
    });
  }

  #writeSoon(): void {
    this.#timer ??= this.#options.clock.setTimer(commitInterval, () => this.#write());
  }

  /** Resolves when nothing is left to forget of compactions so far. */
  async forgotten(): Promise<void> {
    if (this.#forgetTimer === undefined) return;
    await new Promise<void>((resolve) => {
      this.#onForgotten.push(resolve);
    });
  }

  #grant(id: bigint, ttl: number): ApplyResult {
    if (this.#hasNoSpaceAlarm) return failures.noSpace;
    if (ttl > leaseTtlMax) return failures.leaseTtlTooLarge;
    if (this.lessor.has(id)) return failures.leaseExists;
    const lease = this.lessor.grant(id, { ttl, now: this.#options.clock.now() });
    this.#values.set(`lease/${id}`, leaseValue(lease.grantedTtl, 0));
    return { kind: 'lease', id, ttl: lease.grantedTtl };
  }

  #revoke(id: bigint): ApplyResult {
    if (!this.lessor.has(id)) return failures.leaseNotFound;
    const transaction = this.store.begin();
    for (const key of this.lessor.revoke(id)) {
      transaction.delete(key);
    }
    transaction.end();
    this.#values.set(`lease/${id}`, undefined);
    return done;
  }

  #checkpoint(id: bigint, remainingTtl: number): void {
    const lease = this.lessor.get(id);
    if (lease === undefined) return;
    this.lessor.checkpoint(id, remainingTtl);
    this.#values.set(`lease/${id}`, leaseValue(lease.grantedTtl, remainingTtl));
  }

  #alarm(request: { action: AlarmAction; memberId: number; alarm: AlarmType }): void {
    const name = `${request.memberId}-${request.alarm}`;
    if (request.action === AlarmAction.activate) {
      if (request.alarm === AlarmType.none) return;
      this.#alarms.set(name, { member: request.memberId, type: request.alarm });
      this.#values.set(`alarm/${name}`, new Uint8Array(0));
    } else if (request.action === AlarmAction.deactivate) {
      this.#alarms.delete(name);
      this.#values.set(`alarm/${name}`, undefined);
    }
    this.#followAlarms();
  }

  #setMember(member: ClusterMember): void {
    this.members.set(member);
    this.#values.set(`member/${member.id}`, Member.encode(messageOf(member)));
  }

  /** Hands everything applied to the backend, as one batch. */
  #write(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { revision, compactRevision, finishedCompactRevision, hasDrops } = this.store;
    const isNothingNew = this.#writtenIndex === this.#appliedIndex && this.#values.size === 0;
    if (isNothingNew && !hasDrops && finishedCompactRevision === this.#writtenFinishedCompact)
      return;
    if (revision !== this.#writtenRevision) {
      this.#values.set('revision', Buffer.from(String(revision)));
      this.#writtenRevision = revision;
    }
    if (compactRevision !== this.#writtenCompact) {
      this.#values.set('compact-revision', Buffer.from(String(compactRevision)));
      this.#writtenCompact = compactRevision;
    }
    if (finishedCompactRevision !== this.#writtenFinishedCompact) {
      this.#values.set('finished-compact-revision', Buffer.from(String(finishedCompactRevision)));
      this.#writtenFinishedCompact = finishedCompactRevision;
    }
    this.#writtenIndex = this.#appliedIndex;
    this.#commits.push({ appliedIndex: this.#appliedIndex, revision });
    this.#backend.write({
      appliedIndex: this.#appliedIndex,
      ...this.store.takeBatch(),
      values: new Map(this.#values),
    });
    this.#values.clear();
  }

  #onCommitted(appliedIndex: number): void {
    let revision: number | undefined;
    while (this.#commits.length > 0 && this.#commits[0]!.appliedIndex <= appliedIndex) {
      revision = this.#commits.shift()!.revision;
    }
    if (revision !== undefined) this.store.confirm(revision);
  }

  async persist(): Promise<void> {
    this.#write();
    const index = this.#writtenIndex;
    await this.#backend.sync();
    this.#durableIndex = Math.max(this.#durableIndex, index);
  }

  /** The checksum of everything applied so far, up to `revision` if it is not 0. */
  hash(revision: number): Promise<HistoryHash | undefined> {
    this.#write();
    return this.#backend.hash(revision);
  }

  async openSnapshot(): Promise<SnapshotReader> {
    this.#write();
    const snapshot = await this.#backend.snapshot();
    return {
      index: snapshot.appliedIndex,
      body: snapshot.body,
      close: () => snapshot.close(),
    };
  }

  async installSnapshot(meta: SnapshotMeta, body: AsyncIterable<Uint8Array>): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#forgetTimer?.cancel();
    this.#forgetTimer = undefined;
    const seenRevision = this.store.revision;
    await this.#backend.install(body);
    if (this.#backend.appliedIndex !== meta.index) {
      throw new Error(
        `the snapshot holds the state of entry ${this.#backend.appliedIndex}, not of ${meta.index}`,
      );
    }
    this.#load();
    this.#options.onReplaced?.(seenRevision);
  }

  /** Commits what is applied, for an orderly stop. */
  async close(): Promise<void> {
    this.#forgetTimer?.cancel();
    this.#forgetTimer = undefined;
    this.#write();
    await this.#backend.sync();
  }
}

const textOf = (value: Uint8Array) => Buffer.from(value).toString('latin1');

function numberIn(values: ReadonlyMap<string, Uint8Array>, name: string): number | undefined {
  const value = values.get(name);
  return value === undefined ? undefined : Number(textOf(value));
}

const leaseValue = (ttl: number, remaining: number) => Buffer.from(`${ttl} ${remaining}`);

function memberOf(message: Member): ClusterMember {
  const { id, name, isLearner } = message;
  return { id, name, isLearner, peerUrls: message.peerUrls, clientUrls: message.clientUrls };
}

export function messageOf(member: ClusterMember): Member {
  return {
    ...member,
    peerUrls: [...member.peerUrls],
    clientUrls: [...member.clientUrls],
  };
}
