/**
 * A member, put together: database, state machine, replica, network, services, ports. It starts from
 * the bottom up and stops in reverse.
 */
import { join } from 'node:path';
import type { Clock, Disk, Logger, Random } from '@drydock/ports';
import { Member } from '@drydock/proto/etcd';
import type { Registry } from 'prom-client';
import { memberFolder, type MemberConfig } from '../config.ts';
import { createSqliteBackend } from '../mvcc/sqlite-backend.ts';
import { createSnapshotExporter } from '../mvcc/sqlite-export.ts';
import { WatchHub } from '../mvcc/watch-hub.ts';
import { createReplica } from '../replica/mod.ts';
import type { Replica } from '../replica/types.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { createPasswords } from './auth/passwords.ts';
import { encodeCommand } from './command.ts';
import type { MemberCore } from './core.ts';
import { followLeadership } from './follow-leadership.ts';
import { notReadyReason } from './http/health.ts';
import { startLeaseExpiry, writeDownLeases } from './lease-service.ts';
import { askMembers, findMembership, type Membership } from './join.ts';
import { registerMetrics } from './metrics.ts';
import {
  measuredBackend,
  measuredDisk,
  measuredNetwork,
  measuredStateMachine,
} from './metrics/measured.ts';
import { addTo, MemberMeters } from './metrics/member-meters.ts';
import { createPeerNetwork, type PeerNetworkServer } from './peer-network.ts';
import { openPorts } from './ports.ts';
import { registerRaftMetrics } from './raft-metrics.ts';
import {
  isStillCounted,
  removalError,
  removalPause,
  untilOthersKnow,
  type RemovalPowers,
} from './removal.ts';
import { openRaftTrace } from './raft-trace.ts';
import { EtcdStateMachine, messageOf, type ApplyResult } from './state-machine.ts';
import { checkInitialCorruption, startTending } from './tending.ts';

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

/** Turns of the event loop. */
const loop = { defer: (run: () => void) => void setImmediate(run), now: () => performance.now() };
const publishPause = 500;
const databaseOf = (config: MemberConfig) => join(memberFolder(config), 'state.db');

/** What is built later, as the callbacks of what is built first reach it. */
interface Later {
  hub?: WatchHub;
  network?: PeerNetworkServer;
  replica?: Replica<ApplyResult>;
}

interface StartContext {
  readonly config: MemberConfig;
  readonly powers: MemberPowers;
  readonly membership: Membership;
  readonly meters: MemberMeters;
  readonly later: Later;
  /** What has been started, to be stopped in reverse. */
  readonly starting: AsyncDisposableStack;
  readonly fail: (error: Error) => void;
}

/** @throws Error that says what cannot be used */
export async function startMember(
  config: MemberConfig,
  powers: MemberPowers,
): Promise<RunningMember> {
  await using starting = new AsyncDisposableStack();
  const failed = Promise.withResolvers<Error>();
  const membership = await findMembership(config, powers);
  const context: StartContext = {
    config,
    powers,
    membership,
    meters: new MemberMeters(powers.metrics),
    later: {},
    starting,
    fail: (error) => failed.resolve(error),
  };
  const { state, hub } = await openState(context);
  const { network, replica } = await openReplica(context, state);
  const { clock, random, log, metrics } = powers;
  const passwords = starting.use(createPasswords({ cost: config.bcryptCost }));
  const core: MemberCore = {
    clusterId: membership.clusterId,
    memberId: membership.memberId,
    state,
    replica,
    hub,
    loop,
    auth: createAuthenticator({
      store: state.auth,
      simpleTokens: state.tokens,
      appliedIndex: () => state.appliedIndex,
      clock,
      tokens: config.tokens,
      trustsCertificates: config.clientTls?.rules.requireClientCertificate ?? false,
    }),
    clock,
    random,
    log,
    limits: {
      requestBytesMax: config.requestBytesMax,
      txnOpsMax: config.txnOpsMax,
      quotaBytes: config.quotaBytes,
    },
    meters: context.meters,
    electionTimeout: config.electionTimeout,
    watchProgressInterval: config.watchProgressInterval,
  };
  tellOfCertificates(config, log);
  followLeadership(core);
  registerMetrics(core, metrics);
  registerRaftMetrics(core, metrics);
  starting.use(startLeaseExpiry(core));
  startTending(core, config, { metrics, peerCalls: network.peerCalls, starting });
  const snapshots = starting.use(createSnapshotExporter(databaseOf(config)));
  const ports = await openPorts(core, config, {
    network,
    metrics,
    passwords,
    snapshots,
    starting,
  });
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

/** The database, what is applied to it, and who watches. */
async function openState(context: StartContext) {
  const { config, powers, membership, meters, later, starting, fail } = context;
  const backend = measuredBackend(
    starting.use(await createSqliteBackend(databaseOf(config))),
    meters,
  );
  const state = new EtcdStateMachine({
    backend,
    clock: powers.clock,
    tokenTtl: config.tokenTtl,
    leaseTtlMin: Math.ceil((1.5 * config.electionTimeout) / 1_000),
    foundingMembers: membership.members,
    hashSeed: { low: powers.random.uint32(), high: powers.random.uint32() },
    onRevision: (revision) => later.hub?.onRevision(revision),
    onReplaced: (seen) => later.hub?.reset(seen),
    onMembers: () => later.network?.refresh(),
    onRemoved: (removed) => {
      if (removed === membership.memberId) void stopRemoved(context, state);
    },
  });
  const hub = new WatchHub(state.store, loop);
  later.hub = hub;
  await state.open(fail);
  if (state.members.removed.has(membership.memberId)) {
    if (!(await isStillCounted(membership.memberId, removalPowers(context, state)))) {
      throw removalError();
    }
    void stopRemoved(context, state);
  }
  await defragmentAtStart(state, config, powers.log);
  starting.defer(() => state.close().catch((error: unknown) => fail(error as Error)));
  return { state, hub };
}

function removalPowers({ config, powers }: StartContext, state: EtcdStateMachine): RemovalPowers {
  const { clock, log } = powers;
  return {
    clock,
    log,
    others: () => state.members.list(),
    idsAt: async (url) => {
      const answer = await askMembers(url, config, { clock, linearizable: false });
      return typeof answer === 'string' ? undefined : answer.members.map((one) => one.id);
    },
  };
}

async function stopRemoved(context: StartContext, state: EtcdStateMachine): Promise<void> {
  await untilOthersKnow(context.membership.memberId, removalPowers(context, state));
  context.fail(removalError());
}

/** --experimental-bootstrap-defrag-threshold-megabytes: before anybody waits for it. */
async function defragmentAtStart(
  { backend }: EtcdStateMachine,
  { bootstrapDefragmentBytes }: MemberConfig,
  log: Logger,
): Promise<void> {
  const { bytes, bytesInUse } = backend.size;
  if (bootstrapDefragmentBytes === 0 || bytes - bytesInUse < bootstrapDefragmentBytes) return;
  log.info({ bytes, bytesInUse }, 'defragmenting the database before serving it');
  await backend.defragment();
  log.info({ bytes: backend.size.bytes }, 'defragmented the database');
}

function tellOfCertificates({ clientTls, peerTls }: MemberConfig, log: Logger): void {
  for (const source of [clientTls, peerTls]) {
    source?.tellTo((fields, message) => log.warn(fields, message));
  }
}

/** Raft over the log on disk and the network to the other members. */
async function openReplica(context: StartContext, state: EtcdStateMachine) {
  const { config, powers, membership, meters, later, starting, fail } = context;
  const { clock, random, log, disk } = powers;
  const { clusterId, memberId } = membership;
  const network = starting.use(
    createPeerNetwork({
      clusterId,
      memberId,
      tls: () => config.peerTls?.clientMaterial,
      clock,
      log,
      urlsOf: (id) => state.members.get(id)?.peerUrls,
      peers: () =>
        state.members
          .list()
          .map((one) => one.id)
          .filter((id) => id !== memberId),
      isMember: (id) => state.members.get(id) !== undefined,
      isRemoved: (id) => state.members.removed.has(id),
      isLeader: () => later.replica?.isLeader() ?? false,
      onRemoved: () => void clock.sleep(removalPause).then(() => fail(removalError())),
      leader: () => later.replica?.status().leader ?? 0,
      onUnreachable: (id) => {
        addTo(meters.peerFailures, id, 1);
        later.replica?.reportUnreachable(id);
      },
      onDisconnected: (id) => later.replica?.reportDisconnected(id),
      onSent: (id, bytes) => addTo(meters.peerBytesSent, id, bytes),
      onReceived: (id, bytes) => addTo(meters.peerBytesReceived, id, bytes),
    }),
  );
  later.network = network;
  const { raftTraceFile } = config;
  const tracing =
    raftTraceFile === undefined ? undefined : starting.use(openRaftTrace(raftTraceFile, log));
  if (config.checksBeforeStart) {
    const { peerCalls } = network;
    await checkInitialCorruption({ memberId, state, log, peerCalls });
  }
  const replica = starting.use(
    await createReplica(
      {
        clock,
        random,
        disk: measuredDisk(disk, meters),
        network: measuredNetwork(network, meters, {
          clock,
          heartbeatInterval: config.heartbeatInterval,
        }),
        logger: log,
        stateMachine: measuredStateMachine(state, meters, {
          log,
          clock,
          warningDuration: config.applyWarningDuration,
        }),
        defer: (run) => void setImmediate(run),
      },
      {
        id: memberId,
        voters: membership.voters,
        folder: config.logPath,
        clusterId: BigInt(clusterId),
        heartbeatInterval: config.heartbeatInterval,
        electionTimeout: config.electionTimeout,
        preVote: config.preVote,
        alone: config.isAlone,
        snapshotCount: config.snapshotCount,
        catchUpEntries: config.catchUpEntries,
        trace: tracing?.trace,
      },
    ),
  );
  later.replica = replica;
  void replica.failed.then(fail);
  return { network, replica };
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
    // Without a quorum the stop must not wait for it.
    await Promise.race([writeDownLeases(core), core.clock.sleep(core.electionTimeout)]);
    await core.replica.transferLeadership(next.id);
    core.log.info({ to: next.id }, 'handed over the leadership');
  } catch (error) {
    core.log.warn({ err: error, to: next.id }, 'could not hand over the leadership');
  }
}
