/**
 * Many whole replicas in one process on simulated ports. Members crash, lose what they did not sync,
 * and start again from what their disks hold.
 */
import { createSeededRandom, silentLogger, type Clock, type Random } from '@drydock/ports';
import {
  createScheduler,
  createSimulatedDisk,
  createSimulatedNetwork,
  type Scheduler,
  type SimulatedDisk,
  type SimulatedNetwork,
} from '@drydock/testing/simulation';
import { decodeMessages, encodeMessages } from '../raft/codec.ts';
import type { Mutant } from '../raft/mutants.ts';
import type { Raft } from '../raft/raft.ts';
import { createReplica } from '../replica/replica.ts';
import type {
  CommittedEntry,
  LogIndex,
  MemberId,
  Message,
  Replica,
  ReplicaError,
  ReplicaNetwork,
  SnapshotMessage,
} from '../replica/types.ts';
import {
  createRegisterMachine,
  createRegisterStorage,
  type RegisterMachine,
  type RegisterStorage,
} from './register-machine.ts';

export interface Member {
  readonly id: MemberId;
  readonly disk: SimulatedDisk;
  readonly storage: RegisterStorage;
  /** Undefined while it is down or starting. */
  replica: Replica<LogIndex> | undefined;
  machine: RegisterMachine | undefined;
  raft: Raft | undefined;
  /** Counts its lives: what an earlier one left behind is ignored. */
  life: number;
  isUp: boolean;
  /** It stopped by itself. */
  failure: ReplicaError | undefined;
}

export interface ClusterOptions {
  readonly random: Random;
  readonly size: number;
  /** Further members that are not in the first configuration and are not started by themselves. */
  readonly spares?: number;
  readonly mutant?: Mutant | undefined;
  readonly snapshotCount?: number;
  readonly catchUpEntries?: number;
  readonly segmentBytesMax?: number;
  readonly messageBytesMax?: number;
  readonly inflightMax?: number;
  readonly electionTimeout?: number;
  readonly heartbeatInterval?: number;
  readonly onApply?: (member: Member, entry: CommittedEntry) => void;
}

export interface Cluster {
  readonly scheduler: Scheduler;
  readonly network: SimulatedNetwork<MemberId, Message>;
  readonly members: readonly Member[];
  start(member: Member): void;
  crash(member: Member): void;
  leader(): Member | undefined;
  /** Called when a member has become leader. */
  onElected: ((member: Member) => void) | undefined;
}

export function createCluster(options: ClusterOptions): Cluster {
  const { random } = options;
  const scheduler = createScheduler();
  const network = createSimulatedNetwork<MemberId, Message>({ scheduler, random });
  const ids = Array.from({ length: options.size }, (_, at) => at + 1);
  const snapshots = new Map<
    MemberId,
    (message: SnapshotMessage, body: AsyncIterable<Uint8Array>) => Promise<void>
  >();

  const { spares = 0 } = options;
  const everyone = Array.from({ length: options.size + spares }, (_, at) => at + 1);
  const members: Member[] = everyone.map((id) => ({
    id,
    disk: createSimulatedDisk({
      random: createSeededRandom(random.uint32()),
      scheduler,
      writeLatency: 0.02,
      syncLatency: 0.5,
    }),
    storage: createRegisterStorage(),
    replica: undefined,
    machine: undefined,
    raft: undefined,
    life: 0,
    isUp: false,
    failure: undefined,
  }));

  const start = (member: Member) => {
    if (member.isUp) return;
    member.isUp = true;
    member.failure = undefined;
    const life = ++member.life;
    const isAlive = () => member.life === life && member.isUp;
    const machine = createRegisterMachine({
      scheduler,
      storage: member.storage,
      isAlive,
      onApply: (entry) => options.onApply?.(member, entry),
      persistLatency: 1,
    });
    createReplica<LogIndex>(
      {
        clock: mortalClock(scheduler.clock, isAlive),
        random: createSeededRandom(random.uint32()),
        disk: member.disk,
        network: createReplicaNetwork(member.id, isAlive, {
          network,
          snapshots,
          scheduler,
          random,
        }),
        logger: silentLogger,
        stateMachine: machine,
        defer: (run) => {
          scheduler.schedule(0, () => {
            if (isAlive()) run();
          });
        },
      },
      {
        id: member.id,
        voters: ids.includes(member.id) ? ids : [],
        folder: 'member',
        clusterId: 1n,
        snapshotCount: options.snapshotCount ?? 50,
        catchUpEntries: options.catchUpEntries ?? 20,
        segmentBytesMax: options.segmentBytesMax ?? 4096,
        preallocateBytes: 256,
        requestTimeout: 3_000,
        inflightMax: options.inflightMax ?? 8,
        messageBytesMax: options.messageBytesMax ?? 600,
        heartbeatInterval: options.heartbeatInterval ?? 100,
        electionTimeout: options.electionTimeout ?? 1_000,
        mutant: options.mutant,
        observe: (raft) => {
          if (isAlive()) member.raft = raft;
        },
      },
    ).then(
      (replica) => {
        if (!isAlive()) return;
        member.replica = replica;
        member.machine = machine;
        replica.onLeaderChange(({ role }) => {
          if (role === 'leader' && isAlive()) cluster.onElected?.(member);
        });
        void replica.failed.then((failure) => {
          if (isAlive()) member.failure = failure;
        });
      },
      (failure: ReplicaError) => {
        if (isAlive()) member.failure = failure;
      },
    );
  };

  const cluster: Cluster = {
    onElected: undefined,
    scheduler,
    network,
    members,
    start,
    crash(member) {
      if (!member.isUp) return;
      member.isUp = false;
      member.life++;
      member.replica = member.machine = member.raft = undefined;
      network.disconnect(member.id);
      snapshots.delete(member.id);
      member.disk.crash();
    },
    leader: () => members.find((member) => member.replica?.isLeader() === true),
  };
  return cluster;
}

/** The timers of a dead process do not fire. */
function mortalClock(clock: Clock, isAlive: () => boolean): Clock {
  return {
    ...clock,
    setTimer: (delay, fire) =>
      clock.setTimer(delay, () => {
        if (isAlive()) fire();
      }),
  };
}

interface NetworkParts {
  readonly network: SimulatedNetwork<MemberId, Message>;
  readonly snapshots: Map<
    MemberId,
    (message: SnapshotMessage, body: AsyncIterable<Uint8Array>) => Promise<void>
  >;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

function createReplicaNetwork(
  id: MemberId,
  isAlive: () => boolean,
  { network, snapshots, scheduler, random }: NetworkParts,
): ReplicaNetwork {
  const endpoint = network.connect(id);
  return {
    send(to, message) {
      if (!isAlive()) return;
      // Now and then the message takes its binary form, so that the codec is part of the run.
      const sent = random.chance(0.05) ? decodeMessages(encodeMessages([message]))[0]! : message;
      endpoint.send(to, sent);
    },
    onMessage: (receive) =>
      endpoint.onMessage((from, message) => {
        if (isAlive()) receive(from, message);
      }),
    async sendSnapshot(to, message, body) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      await scheduler.clock.sleep(random.between(1, 20));
      const receive = snapshots.get(to);
      if (!isAlive() || receive === undefined || !network.isConnected(id, to)) {
        throw new Error('the peer is unreachable');
      }
      await Promise.race([receive(message, replay(chunks)), scheduler.clock.sleep(5_000)]);
    },
    onSnapshot: (receive) => snapshots.set(id, receive),
  };
}

async function* replay(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}
