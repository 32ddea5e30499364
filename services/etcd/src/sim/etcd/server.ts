/**
 * A simulated member of etcd: the real state machine, watch hub and services, over simulated ports.
 * Clients reach it by the bytes of real requests.
 */
import { Registry } from 'prom-client';
import { MemberMeters } from '../../server/metrics/member-meters.ts';
import { createSeededRandom, silentLogger, type Random } from '@drydock/ports';
import type { LeaseKeepAliveRequest, LeaseTimeToLiveRequest } from '@drydock/proto/etcd';
import type { SimulatedProcess } from '@drydock/testing/simulation';
import { failures } from '../../mvcc/failure.ts';
import type { WatchHub, WatchHubOptions } from '../../mvcc/watch-hub.ts';
import type { Mutant } from '../../raft/mutants.ts';
import type { Replica } from '../../replica/types.ts';
import { createAuthenticator } from '../../server/auth/authenticator.ts';
import type { MemberCore } from '../../server/core.ts';
import type { GrpcMethods } from '../../server/grpc.ts';
import { followLeadership } from '../../server/follow-leadership.ts';
import { createKvService } from '../../server/kv-service.ts';
import {
  createLeaseAuthority,
  createLeaseService,
  startLeaseExpiry,
  type LeaderCalls,
  type LeaseAuthority,
} from '../../server/lease-service.ts';
import type { ApplyResult, EtcdStateMachine } from '../../server/state-machine.ts';
import { createWatchService } from '../../server/watch-service.ts';
import { createMutantHub, startMutantExpiry } from './mutants.ts';

export interface SimulatedServer {
  readonly core: MemberCore;
  readonly authority: LeaseAuthority;
  readonly methods: GrpcMethods;
}

export interface ServerParts {
  readonly id: number;
  readonly process: SimulatedProcess;
  readonly random: Random;
  readonly state: EtcdStateMachine;
  readonly hub: WatchHub;
  readonly loop: WatchHubOptions;
  readonly replica: Replica<ApplyResult>;
  readonly electionTimeout: number;
  readonly mutant: Mutant | undefined;
  /** The one who leads now, as far as this member can reach it. */
  readonly leader: () => LeaseAuthority | undefined;
}

export function createServer(parts: ServerParts): SimulatedServer {
  const { process, state, replica, mutant } = parts;
  const core: MemberCore = {
    clusterId: 1,
    memberId: parts.id,
    state,
    replica,
    hub: createMutantHub(parts.hub, mutant),
    loop: parts.loop,
    auth: createAuthenticator({
      store: state.auth,
      simpleTokens: state.tokens,
      appliedIndex: () => state.appliedIndex,
      clock: process.clock,
      tokens: { kind: 'simple' },
      trustsCertificates: false,
    }),
    clock: process.clock,
    random: createSeededRandom(parts.random.uint32()),
    log: silentLogger,
    limits: { requestBytesMax: 1 << 20, txnOpsMax: 128, quotaBytes: 2 ** 31 },
    electionTimeout: parts.electionTimeout,
    meters: new MemberMeters(new Registry()),
    watchProgressInterval: 600_000,
  };
  followLeadership(core);
  if (mutant === 'revoke-before-commit') startMutantExpiry(core);
  else startLeaseExpiry(core);
  const authority = createLeaseAuthority(core);
  const services = [
    createKvService(core),
    createLeaseService(core, authority, leaderCalls(parts)),
    createWatchService(core),
  ];
  return {
    core,
    authority,
    methods: {
      unary: Object.assign({}, ...services.map(({ unary }) => unary)) as GrpcMethods['unary'],
      streams: Object.assign(
        {},
        ...services.map(({ streams }) => streams),
      ) as GrpcMethods['streams'],
    },
  };
}

/** Members ask the leader over the network; here that takes its time both ways. */
function leaderCalls({ process, leader }: ServerParts): LeaderCalls {
  const travel = () => process.clock.sleep(1);
  return {
    keepAlive: async (request: LeaseKeepAliveRequest) => {
      await travel();
      const answer = await (leader()?.keepAlive(request) ?? failures.noLeader);
      await travel();
      return answer;
    },
    timeToLive: async (request: LeaseTimeToLiveRequest) => {
      await travel();
      const answer = await (leader()?.timeToLive(request) ?? failures.noLeader);
      await travel();
      return answer;
    },
  };
}
