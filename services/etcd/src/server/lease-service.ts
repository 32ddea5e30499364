/**
 * The Lease service. When a lease ends is the leader's knowledge: other members ask it. The leader
 * revokes what has run out, and writes down what is left of long leases now and then.
 */
import type { Clock, Timer } from '@drydock/ports';
import {
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesRequest,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from '@drydock/proto/etcd';
import type { AuthInfo } from '../auth/types.ts';
import { failures, type Failure } from '../mvcc/failure.ts';
import { toByteString, toBytes } from '../mvcc/version.ts';
import { proposeAs, proposeAsRoot, refuse, refuseStranger } from './auth/permitted.ts';
import { refuseLeaseWrites, refuseReads } from './auth/request-checks.ts';
import {
  checkQuota,
  headerOf,
  linearize,
  propose,
  proposeAsLeader,
  type MemberCore,
} from './core.ts';
import type {
  Answer,
  CallInfo,
  GrpcMethods,
  MessageBytes,
  MessageStream,
  UnaryHandler,
} from './grpc.ts';
import { leaseCostBytes } from './space-cost.ts';

/** Asks the leader on behalf of this member's clients. */
export interface LeaderCalls {
  keepAlive(request: LeaseKeepAliveRequest): Promise<LeaseKeepAliveResponse | Failure>;
  timeToLive(request: LeaseTimeToLiveRequest): Promise<LeaseTimeToLiveResponse | Failure>;
}

/** What the leader itself answers, for its clients and for other members. */
export interface LeaseAuthority {
  keepAlive(request: LeaseKeepAliveRequest): Promise<LeaseKeepAliveResponse | Failure>;
  timeToLive(request: LeaseTimeToLiveRequest): Promise<LeaseTimeToLiveResponse | Failure>;
}

export function createLeaseAuthority(core: MemberCore): LeaseAuthority {
  const { lessor } = core.state;
  return {
    keepAlive: async ({ id }) => {
      if (!core.replica.isLeader()) return failures.notLeader;
      const header = headerOf(core);
      const stale = await linearize(core);
      if (stale !== undefined) return stale;
      if (lessor.hasCheckpoint(id)) {
        // The checkpoint must not outlive the renewal: a new leader would count from it.
        const checkpoints = [{ id, remainingTtl: 0 }];
        const result = await proposeAsLeader(core, 'lease-checkpoints', { checkpoints });
        if (result.kind === 'failure') return result;
      }
      return { header, id, ttl: lessor.renew(id, core.clock.now()) ?? 0 };
    },
    timeToLive: async ({ id, keys }) => {
      if (!core.replica.isLeader()) return failures.notLeader;
      const stale = await linearize(core);
      if (stale !== undefined) return stale;
      const header = headerOf(core);
      const lease = lessor.get(id);
      if (lease === undefined) return { header, id, ttl: -1, grantedTtl: 0, keys: [] };
      return {
        header,
        id,
        ttl: lessor.secondsLeft(lease, core.clock.now()),
        grantedTtl: lease.grantedTtl,
        keys: keys ? [...lease.keys].sort().map(toBytes) : [],
      };
    },
  };
}

/** Renewals of one stream that wait, from which on it is not read. */
const renewalsMax = 1_000;

const expiryInterval = 500;
/** Leases that end in an interval, and revocations at a time; the original's. */
const expiryBatch = 500;
const revocationsMax = 16;
const checkpointInterval = 1_000;
/** Checkpoints in one entry of the log, and in an interval. */
const checkpointBatch = 1_000;

/** Ends leases that have run out, and writes down what is left of the others, while this member leads. */
export function startLeaseExpiry(core: MemberCore): Disposable {
  const { clock, state } = core;
  let waiting: bigint[] = [];
  let revoking = 0;
  const revokeNext = () => {
    while (revoking < revocationsMax && waiting.length > 0) {
      const id = waiting.shift()!;
      revoking++;
      void proposeAsRoot(core, 'lease-revoke', LeaseRevokeRequest.from({ id })).finally(() => {
        revoking--;
        revokeNext();
      });
    }
  };
  const expire = () => {
    if (!core.replica.isLeader()) waiting = [];
    // What does not come to its turn in this interval is found again.
    else waiting = [...state.lessor.expired(clock.now(), expiryBatch)];
    revokeNext();
  };
  const checkpoint = () => {
    if (!core.replica.isLeader()) return;
    const checkpoints = [...state.lessor.checkpoints(clock.now(), checkpointBatch)];
    if (checkpoints.length > 0) void proposeAsLeader(core, 'lease-checkpoints', { checkpoints });
  };
  const expiring = every(clock, expiryInterval, expire);
  const checkpointing = every(clock, checkpointInterval, checkpoint);
  return {
    [Symbol.dispose]: () => {
      expiring[Symbol.dispose]();
      checkpointing[Symbol.dispose]();
    },
  };
}

/** Before a leader hands over: its successor counts on from what is left of every lease. */
export async function writeDownLeases(core: MemberCore): Promise<void> {
  const all = core.state.lessor.allCheckpoints(core.clock.now());
  const writes: Promise<unknown>[] = [];
  for (let at = 0; at < all.length; at += checkpointBatch) {
    const checkpoints = all.slice(at, at + checkpointBatch);
    writes.push(proposeAsLeader(core, 'lease-checkpoints', { checkpoints }));
  }
  await Promise.all(writes);
}

function every(clock: Clock, interval: number, run: () => void): Disposable {
  let timer: Timer;
  const arm = () => {
    timer = clock.setTimer(interval, () => {
      arm();
      run();
    });
  };
  arm();
  return { [Symbol.dispose]: () => timer.cancel() };
}

/** Ids that we choose stay where numbers are exact. */
export function newLeaseId(core: MemberCore): bigint {
  const id = BigInt(core.random.uint32() & 0xfffff) * 2n ** 32n + BigInt(core.random.uint32());
  return id === 0n || core.state.lessor.has(id) ? newLeaseId(core) : id;
}

export function createLeaseService(
  core: MemberCore,
  authority: LeaseAuthority,
  leader: LeaderCalls,
): GrpcMethods {
  const asker = () => (core.replica.isLeader() ? authority : leader);

  const grant = async (bytes: MessageBytes): Promise<Answer> => {
    const request = LeaseGrantRequest.decode(bytes);
    const full = checkQuota(core, leaseCostBytes);
    if (full !== undefined) return full;
    if (request.id === 0n) request.id = newLeaseId(core);
    const result = await propose(core, 'lease-grant', request);
    if (result.kind === 'failure') return result;
    if (result.kind !== 'lease') throw new Error('a grant answers with a lease');
    return LeaseGrantResponse.encode({
      header: headerOf(core),
      id: result.id,
      ttl: result.ttl,
      error: '',
    });
  };

  const revoke: UnaryHandler = async (bytes, call) => {
    const result = await proposeAs(core, call, 'lease-revoke', LeaseRevokeRequest.decode(bytes));
    if (result.kind === 'failure') return result;
    return LeaseRevokeResponse.encode({ header: headerOf(core) });
  };

  const timeToLive: UnaryHandler = async (bytes, call) => {
    const response = await asker().timeToLive(LeaseTimeToLiveRequest.decode(bytes));
    if ('kind' in response) return response;
    const keys = response.keys.map(toByteString);
    const refusal = refuse(core, call, (by) => refuseReads(core.state, keys, by));
    return refusal ?? LeaseTimeToLiveResponse.encode(response);
  };

  /** Who may renew a lease: its keys live as long as it does. */
  const refuseRenewal = async (call: CallInfo, id: bigint): Promise<Failure | undefined> => {
    const stale = await linearize(core);
    const check = (by: AuthInfo) => refuseLeaseWrites(core.state, id, by);
    return stale ?? refuseStranger(core, call) ?? refuse(core, call, check);
  };

  const leases: UnaryHandler = async (bytes, call) => {
    LeaseLeasesRequest.decode(bytes);
    const stale = await linearize(core);
    if (stale !== undefined) return stale;
    const all = () => [...core.state.lessor.all()].flatMap(({ keys }) => [...keys]);
    const refusal =
      refuseStranger(core, call) ?? refuse(core, call, (by) => refuseReads(core.state, all(), by));
    if (refusal !== undefined) return refusal;
    const ids = core.state.lessor.all().map(({ id }) => ({ id }));
    return LeaseLeasesResponse.encode({ header: headerOf(core), leases: ids });
  };

  /** Renewals are answered in their order; a client that sends them faster has to wait. */
  const keepAlive = (stream: MessageStream): void => {
    let last = Promise.resolve();
    let waiting = 0;
    stream.onMessage((bytes) => {
      const request = LeaseKeepAliveRequest.decode(bytes);
      if (++waiting === renewalsMax) stream.pause();
      last = last.then(async () => {
        if (waiting-- === renewalsMax) stream.resume();
        if (stream.isClosed) return;
        const refusal = core.state.auth.enabled
          ? await refuseRenewal(stream.call, request.id)
          : undefined;
        const response = refusal ?? (await asker().keepAlive(request));
        if ('kind' in response) stream.fail(response);
        else stream.send(LeaseKeepAliveResponse.encode(response));
      });
      last.catch((error: unknown) => {
        core.log.error({ err: error }, 'a lease renewal failed by a bug');
        stream.fail(failures.stopped);
      });
    });
    stream.onEnd(() => void last.finally(() => stream.end()));
  };

  return {
    unary: {
      '/etcdserverpb.Lease/LeaseGrant': grant,
      '/etcdserverpb.Lease/LeaseRevoke': revoke,
      '/etcdserverpb.Lease/LeaseTimeToLive': timeToLive,
      '/etcdserverpb.Lease/LeaseLeases': leases,
    },
    streams: { '/etcdserverpb.Lease/LeaseKeepAlive': keepAlive },
  };
}
