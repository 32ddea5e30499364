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
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import { toBytes } from '../mvcc/version.ts';
import { checkQuota, headerOf, linearize, propose, type MemberCore } from './core.ts';
import type { Answer, GrpcMethods, MessageBytes, MessageStream } from './grpc.ts';

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
      if ((lessor.get(id)?.remainingTtl ?? 0) > 0) {
        // The checkpoint must not outlive the renewal: a new leader would count from it.
        const cleared = LeaseTimeToLiveResponse.from({ id, ttl: 0 });
        const result = await propose(core, 'lease-checkpoint', cleared);
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
const expiryBatch = 500;
const checkpointInterval = 300_000;
/** Seconds: shorter leases are simply renewed in full by a new leader. */
const checkpointTtlMin = 300;

/** Ends leases that have run out, while this member leads. */
export function startLeaseExpiry(core: MemberCore): Disposable {
  const { clock, state } = core;
  const pending = new Set<bigint>();
  const expire = () => {
    if (!core.replica.isLeader()) return;
    for (const id of state.lessor.expired(clock.now(), expiryBatch)) {
      if (pending.has(id)) continue;
      pending.add(id);
      void propose(core, 'lease-revoke', LeaseRevokeRequest.from({ id })).finally(() =>
        pending.delete(id),
      );
    }
  };
  const checkpoint = () => {
    if (!core.replica.isLeader()) return;
    for (const { id, remainingTtl } of state.lessor.checkpoints(clock.now(), checkpointTtlMin)) {
      const message = LeaseTimeToLiveResponse.from({ id, ttl: remainingTtl });
      void propose(core, 'lease-checkpoint', message);
    }
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
function newLeaseId(core: MemberCore): bigint {
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
    const full = checkQuota(core);
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

  const revoke = async (bytes: MessageBytes): Promise<Answer> => {
    const result = await propose(core, 'lease-revoke', LeaseRevokeRequest.decode(bytes));
    if (result.kind === 'failure') return result;
    return LeaseRevokeResponse.encode({ header: headerOf(core) });
  };

  const timeToLive = async (bytes: MessageBytes): Promise<Answer> => {
    const response = await asker().timeToLive(LeaseTimeToLiveRequest.decode(bytes));
    return 'kind' in response ? response : LeaseTimeToLiveResponse.encode(response);
  };

  const leases = async (): Promise<Answer> => {
    const stale = await linearize(core);
    if (stale !== undefined) return stale;
    const ids = Array.from(core.state.lessor.all(), ({ id }) => ({ id }));
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
        const response = await asker().keepAlive(request);
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
