/**
 * Contenders for one name: keys below `name/`, each held by a lease, of which the oldest has won. Both
 * locks and elections are this.
 *
 * 1. A contender waits for the one before it (by create revision) alone, so a release wakes one waiter.
 * 2. Having seen that one go, it looks again: it may have been any of those before it.
 * 3. A wait ends with its call; nothing of it stays in the watch hub.
 */
import {
  Compare,
  CompareResult,
  CompareTarget,
  LeaseGrantRequest,
  RangeRequest,
  SortOrder,
  SortTarget,
  type KeyValue,
} from '@drydock/proto/etcd';
import type { Failure } from '../../mvcc/failure.ts';
import type { RangeResult } from '../../mvcc/results.ts';
import { decodeKeyValue, toByteString } from '../../mvcc/version.ts';
import { catchUp, refuseStranger } from '../auth/permitted.ts';
import { checkQuota, propose, type MemberCore } from '../core.ts';
import type { CallInfo } from '../grpc.ts';
import { runKvOperation } from '../kv-operations.ts';
import { newLeaseId } from '../lease-service.ts';
import { leaseCostBytes } from '../space-cost.ts';

/** Seconds of a lease that is made for a contender without one. */
const sessionTtl = 60;

/** The keys of a name are below it: `name/`. */
export const prefixOf = (name: Uint8Array): Buffer => Buffer.concat([name, Buffer.from('/')]);

/** One lease contends once for a name. */
export const contenderKey = (name: Uint8Array, lease: bigint): Buffer =>
  Buffer.concat([prefixOf(name), Buffer.from(lease.toString(16))]);

/** The end of a range of everything that begins with the prefix, which ends with a slash. */
function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1]!++;
  return end;
}

/** The lease given, or a new one, for who may have one. */
export async function sessionLease(
  core: MemberCore,
  call: CallInfo,
  lease: bigint,
): Promise<bigint | Failure> {
  if (lease !== 0n) return lease;
  const refusal =
    (await catchUp(core, call)) ?? refuseStranger(core, call) ?? checkQuota(core, leaseCostBytes);
  if (refusal !== undefined) return refusal;
  const request = LeaseGrantRequest.from({ id: newLeaseId(core), ttl: sessionTtl });
  const result = await propose(core, 'lease-grant', request);
  if (result.kind === 'failure') return result;
  return request.id;
}

/** True where the key was created at that revision; 0 for one that does not exist. */
export const createdAt = (key: Uint8Array, createRevision: number): Compare =>
  Compare.from({
    key,
    createRevision,
    target: CompareTarget.create,
    result: CompareResult.equal,
  });

/** The oldest contender. */
export const oldestOf = (prefix: Buffer): RangeRequest =>
  RangeRequest.from({
    key: prefix,
    rangeEnd: endOf(prefix),
    limit: 1,
    sortTarget: SortTarget.create,
    sortOrder: SortOrder.ascend,
  });

export function firstOf(result: RangeResult): KeyValue | undefined {
  const [encoded] = result.kvs;
  return encoded === undefined ? undefined : decodeKeyValue(encoded);
}

export interface ContenderCall {
  readonly call: CallInfo;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What a call that nobody waits for any more is answered with. */
export const cancelled: Failure = { kind: 'failure', code: 1, message: 'context canceled' };

/** Resolves without a failure when nothing below the prefix is older than `createRevision`. */
export async function waitForTurn(
  core: MemberCore,
  prefix: Buffer,
  createRevision: number,
  { call, signal }: ContenderCall,
): Promise<Failure | undefined> {
  const request = RangeRequest.from({
    ...oldestOf(prefix),
    sortOrder: SortOrder.descend,
    maxCreateRevision: createRevision - 1,
  });
  while (!signal.aborted) {
    const found = await runKvOperation(core, call, { kind: 'range', request });
    if (found.kind === 'failure') return found;
    const before = firstOf(found);
    if (before === undefined) return undefined;
    await deletionOf(core, before.key, found.revision, signal);
  }
  return cancelled;
}

/** Resolves when the key has been deleted, perhaps, or the signal aborts: look again. */
function deletionOf(
  core: MemberCore,
  key: Uint8Array,
  seenRevision: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      watcher.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const watcher = core.hub.create({
      range: { from: toByteString(key), to: undefined, single: true },
      startRevision: seenRevision + 1,
      noPut: true,
      noDelete: false,
      previous: false,
      sink: { isReady: true, deliver: done, compacted: done, synced: () => {} },
    });
    signal.addEventListener('abort', done, { once: true });
  });
}

/**
 * Failures as these services of the original hand them on: through its own client, which loses the
 * code, so that they arrive as Unknown.
 */
export function throughClient(failure: Failure): Failure {
  return failure === cancelled ? failure : { ...failure, code: 2 };
}
