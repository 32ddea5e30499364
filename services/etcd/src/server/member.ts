/**
 * A member, put together: database, state machine, replica, network, services, ports. It starts from
 * the bottom up and stops in reverse.
 */
import { join } from 'node:path';
import type { Clock, Disk, Logger, Random } from '@drydock/ports';
import { Member } from '@drydock/proto/etcd';
import type { Registry } from 'prom-client';
import type { MemberConfig } from '../config.ts';
import { createSqliteBackend } from '../mvcc/sqlite-backend.ts';
import { WatchHub } from '../mvcc/watch-hub.ts';
import { createReplica } from '../replica/mod.ts';
import type { Replica } from '../replica/types.ts';
import { encodeCommand } from './command.ts';
import type { MemberCore } from './core.ts';
import { notReadyReason } from './http.ts';
import { startLeaseExpiry } from './lease-service.ts';
import { findMembership, type Membership } from './join.ts';
import { registerMetrics } from './metrics.ts';
import { createPeerNetwork, type PeerNetworkServer } from './peer-network.ts';
import { openPorts } from './ports.ts';
import { EtcdStateMachine, messageOf, type ApplyResult } from './state-machine.ts';

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

const publishPause = 500;

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
    later: {},
    starting,
    fail: (error) => failed.resolve(error),
  };
  const { state, hub } = await openState(context);
  const { network, replica } = await openReplica(context, state);
  const { clock, random, log, metrics } = powers;
  const core: MemberCore = {
    clusterId: membership.clusterId,
    memberId: membership.memberId,
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
  registerMetrics(core, metrics);
  starting.use(startLeaseExpiry(core));
  const ports = await openPorts(core, config, { network, metrics, starting });
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
async function openState({ config, powers, membership, later, starting, fail }: StartContext) {
  const backend = starting.use(
    await createSqliteBackend(join(config.dataFolder, 'member', 'state.db')),
  );
  const state = new EtcdStateMachine({
    backend,
    clock: powers.clock,
    leaseTtlMin: Math.ceil((1.5 * config.electionTimeout) / 1_000),
    foundingMembers: membership.members,
    onRevision: (revision) => later.hub?.onRevision(revision),
    onReplaced: (seen) => later.hub?.reset(seen),
    onMembers: () => later.network?.refresh(),
    onRemoved: (removed) => {
      if (removed !== membership.memberId) return;
      fail(new Error('this member was removed from the cluster: its data may be deleted'));
    },
  });
  const hub = new WatchHub(state.store, { defer: setImmediate, now: () => performance.now() });
  later.hub = hub;
  await state.open(fail);
  starting.defer(() => state.close().catch((error: unknown) => fail(error as Error)));
  return { state, hub };
}

/** Raft over the log on disk and the network to the other members. */
async function openReplica(context: StartContext, state: EtcdStateMachine) {
  const { config, powers, membership, later, starting, fail } = context;
  const { clock, random, log, disk } = powers;
  const { clusterId, memberId } = membership;
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
        disk,
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
  void replica.failed.then(fail);
  return { network, replica };
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
