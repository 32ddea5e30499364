/**
 * A member, put together: database, state machine, replica, network, services, ports. It starts from
 * the bottom up and stops in reverse.
 */
import { join } from 'node:path';
import type { Clock, Disk, Logger, Random } from '@drydock/ports';
import {
  Member,
  PeerService,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from '@drydock/proto/etcd';
import type { Registry } from 'prom-client';
import type { MemberConfig } from '../config.ts';
import { createSqliteBackend } from '../mvcc/sqlite-backend.ts';
import { WatchHub } from '../mvcc/watch-hub.ts';
import { createReplica } from '../replica/mod.ts';
import type { Replica } from '../replica/types.ts';
import { createClusterService } from './cluster-service.ts';
import { encodeCommand } from './command.ts';
import type { MemberCore } from './core.ts';
import type { GrpcMethods, UnaryHandler } from './grpc.ts';
import { createGrpcServer } from './grpc-server.ts';
import { createPlainHandler, notReadyReason, overHttp1 } from './http.ts';
import { createKvService } from './kv-service.ts';
import {
  createLeaseAuthority,
  createLeaseService,
  startLeaseExpiry,
  type LeaseAuthority,
} from './lease-service.ts';
import { findMembership } from './join.ts';
import { listen, type Listener, type ListenerTls } from './listener.ts';
import { createMaintenanceService } from './maintenance-service.ts';
import { registerMetrics } from './metrics.ts';
import { createPeerNetwork, type PeerNetworkServer } from './peer-network.ts';
import { EtcdStateMachine, messageOf, type ApplyResult } from './state-machine.ts';
import { createWatchService } from './watch-service.ts';

export interface MemberPowers {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Rooted at the data folder. */
  readonly disk: Disk;
  readonly metrics: Registry;
}

export interface RunningMember extends AsyncDisposable {
  readonly core: MemberCore;
  readonly clientPorts: readonly number[];
  readonly peerPorts: readonly number[];
  /** Why requests cannot be served now; undefined when they can. */
  notReadyReason(): string | undefined;
  /** Resolves when the member cannot go on: its process should end with this. */
  readonly failed: Promise<Error>;
}

const requestSlackBytes = 512 * 1024;
/** A frame of Raft messages: what a turn of the loop sent, bounded by the sender's queue. */
const peerMessageBytesMax = 128 * 1024 * 1024;
const publishPause = 500;

/** @throws Error that says what cannot be used */
export async function startMember(
  config: MemberConfig,
  powers: MemberPowers,
): Promise<RunningMember> {
  const { clock, random, log } = powers;
  await using starting = new AsyncDisposableStack();
  const failed = Promise.withResolvers<Error>();
  const membership = await findMembership(config, { clock, log });
  const { clusterId, memberId } = membership;

  const backend = starting.use(
    await createSqliteBackend(join(config.dataFolder, 'member', 'state.db')),
  );
  /** What is built later, as the callbacks of what is built first reach it. */
  const later: { hub?: WatchHub; network?: PeerNetworkServer; replica?: Replica<ApplyResult> } = {};
  const state = new EtcdStateMachine({
    backend,
    clock,
    leaseTtlMin: Math.ceil((1.5 * config.electionTimeout) / 1_000),
    foundingMembers: membership.members,
    onRevision: (revision) => later.hub?.onRevision(revision),
    onReplaced: (seen) => later.hub?.reset(seen),
    onMembers: () => later.network?.refresh(),
    onRemoved: (removed) => {
      if (removed !== memberId) return;
      failed.resolve(
        new Error('this member was removed from the cluster: its data may be deleted'),
      );
    },
  });
  const hub = new WatchHub(state.store, { defer: setImmediate, now: () => performance.now() });
  later.hub = hub;
  await state.open((error) => failed.resolve(error));
  starting.defer(() => state.close().catch((error: unknown) => failed.resolve(error as Error)));

  const network = starting.use(
    createPeerNetwork({
      clusterId,
      memberId,
      tls: config.peerTls?.material,
      clock,
      log,
      urlsOf: (id) => state.members.get(id)?.peerUrls,
      leader: () => later.replica?.status().leader ?? 0,
      onUnreachable: (id) => later.replica?.reportUnreachable(id),
    }),
  );
  later.network = network;
  const replica = starting.use(
    await createReplica(
      {
        clock,
        random,
        disk: powers.disk,
        network,
        logger: log,
        stateMachine: state,
        defer: (run) => void setImmediate(run),
      },
      {
        id: memberId,
        voters: membership.voters,
        folder: 'member/log',
        clusterId: BigInt(clusterId),
        heartbeatInterval: config.heartbeatInterval,
        electionTimeout: config.electionTimeout,
        snapshotCount: config.snapshotCount,
        catchUpEntries: config.catchUpEntries,
      },
    ),
  );
  later.replica = replica;
  void replica.failed.then((error) => failed.resolve(error));

  const core: MemberCore = {
    clusterId,
    memberId,
    state,
    replica,
    hub,
    clock,
    random,
    log,
    limits: {
      requestBytesMax: config.requestBytesMax,
      txnOpsMax: config.txnOpsMax,
      quotaBytes: config.quotaBytes,
    },
    electionTimeout: config.electionTimeout,
  };
  followLeadership(core);
  registerMetrics(core, powers.metrics);
  starting.use(startLeaseExpiry(core));
  const ports = await openPorts(core, config, { network, metrics: powers.metrics, starting });
  const publishing = new AbortController();
  starting.defer(() => publishing.abort());
  void publish(core, config, publishing.signal);
  starting.defer(() => handOver(core));

  const running = starting.move();
  return {
    core,
    ...ports,
    notReadyReason: () => notReadyReason(core),
    failed: failed.promise,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Leases run while this member leads. */
function followLeadership(core: MemberCore): void {
  const { lessor } = core.state;
  let wasLeading = false;
  const follow = () => {
    const isLeading = core.replica.isLeader();
    if (isLeading && !wasLeading) lessor.promote(core.clock.now(), core.electionTimeout);
    if (!isLeading && wasLeading) lessor.demote();
    wasLeading = isLeading;
  };
  core.replica.onLeaderChange(follow);
  follow();
}

interface PortsContext {
  readonly network: PeerNetworkServer;
  readonly metrics: Registry;
  readonly starting: AsyncDisposableStack;
}

async function openPorts(core: MemberCore, config: MemberConfig, context: PortsContext) {
  const { network, starting } = context;
  const authority = createLeaseAuthority(core);
  const clientServices = [
    createKvService(core),
    createWatchService(core),
    createLeaseService(core, authority, network.leaderCalls),
    createClusterService(core),
    createMaintenanceService(core),
  ];
  const peerServices = [network.methods, peerLeaseMethods(authority), createClusterService(core)];
  const plain = createPlainHandler(core, context.metrics);
  const open = async (
    urls: readonly string[],
    services: readonly GrpcMethods[],
    tls: ListenerTls | undefined,
    bytesMax: number,
  ) => {
    const server = starting.use(
      createGrpcServer({ services, messageBytesMax: bytesMax, plain, log: core.log }),
    );
    const listeners: Listener[] = [];
    for (const url of urls) {
      const listener = await listen({
        url,
        tls,
        log: core.log,
        onHttp2: (socket) => server.accept(socket),
        onHttp1: overHttp1(core, plain),
      });
      listeners.push(starting.use(listener));
    }
    return listeners.map((one) => one.port);
  };
  const clientBytesMax = config.requestBytesMax + requestSlackBytes;
  return {
    peerPorts: await open(config.listenPeerUrls, peerServices, config.peerTls, peerMessageBytesMax),
    clientPorts: await open(
      config.listenClientUrls,
      clientServices,
      config.clientTls,
      clientBytesMax,
    ),
    metricsPorts: await open(config.listenMetricsUrls, [], config.clientTls, 0),
  };
}

/** What other members ask the leader for. */
function peerLeaseMethods(authority: LeaseAuthority): GrpcMethods {
  const keepAlive: UnaryHandler = async (bytes) => {
    const response = await authority.keepAlive(LeaseKeepAliveRequest.decode(bytes));
    return 'kind' in response ? response : LeaseKeepAliveResponse.encode(response);
  };
  const timeToLive: UnaryHandler = async (bytes) => {
    const response = await authority.timeToLive(LeaseTimeToLiveRequest.decode(bytes));
    return 'kind' in response ? response : LeaseTimeToLiveResponse.encode(response);
  };
  return {
    unary: {
      [PeerService.leaseKeepAlive.path]: keepAlive,
      [PeerService.leaseTimeToLive.path]: timeToLive,
    },
    streams: {},
  };
}

/** Tells the cluster this member's name and client addresses, as often as it takes. */
async function publish(core: MemberCore, config: MemberConfig, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const known = core.state.members.get(core.memberId);
    const wanted = {
      id: core.memberId,
      isLearner: known?.isLearner ?? false,
      name: config.name,
      peerUrls: config.advertisePeerUrls,
      clientUrls: config.advertiseClientUrls,
    };
    const bytes = encodeCommand('member', messageOf(wanted));
    if (known !== undefined && Member.encode(messageOf(known)).equals(bytes.subarray(1))) return;
    try {
      await core.replica.propose(bytes);
      return;
    } catch (error) {
      core.log.debug({ err: error }, 'could not publish this member yet');
    }
    await core.clock.sleep(publishPause, { signal }).catch(() => undefined);
  }
}

/** A leader that stops makes the most advanced voter lead, so that nobody waits for an election. */
async function handOver(core: MemberCore): Promise<void> {
  const { role, peers } = core.replica.status();
  if (role !== 'leader') return;
  const [next] = peers
    .filter((one) => one.active && !one.learner)
    .toSorted((a, b) => b.match - a.match);
  if (next === undefined) return;
  try {
    await core.replica.transferLeadership(next.id);
    core.log.info({ to: next.id }, 'handed over the leadership');
  } catch (error) {
    core.log.warn({ err: error, to: next.id }, 'could not hand over the leadership');
  }
}
