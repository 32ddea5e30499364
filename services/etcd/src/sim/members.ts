/**
 * Many whole replicas in one process on simulated ports, with any state machine. Members crash, lose
 * what they did not sync, stand still, keep their own time, join and leave, and start again from what
 * their disks hold.
 */
import { createSeededRandom, silentLogger, type Disk, type Random } from '@drydock/ports';
import {
  createScheduler,
  createSimulatedDisk,
  createSimulatedNetwork,
  createSimulatedProcess,
  type Scheduler,
  type SimulatedDisk,
  type SimulatedNetwork,
  type SimulatedProcess,
} from '@drydock/testing/simulation';
import type { Mutant } from '../raft/mutants.ts';
import type { Raft } from '../raft/raft.ts';
import { createReplica } from '../replica/replica.ts';
import type { MemberId, Message, Replica, ReplicaError, StateMachine } from '../replica/types.ts';
import { createMutantDisk } from './mutant-disk.ts';
import { createReplicaNetwork, type SnapshotReceivers } from './replica-network.ts';

export interface Member<Result = unknown, Machine = unknown> {
  readonly id: MemberId;
  readonly disk: SimulatedDisk;
  /** Who votes at the beginning of its log. */
  readonly voters: readonly MemberId[];
  /** Of its present life; ended while it is down. */
  process: SimulatedProcess;
  /** Undefined while it is down or starting. */
  replica: Replica<Result> | undefined;
  machine: Machine | undefined;
  raft: Raft | undefined;
  /** Counts its lives: what an earlier one left behind is ignored. */
  life: number;
  isUp: boolean;
  /** It stopped by itself. */
  failure: ReplicaError | undefined;
  /** It left the cluster, or was given up: it is not started again. */
  isRetired: boolean;
  /** Its disk lied or lost bits: it may have to be replaced. */
  isDamaged: boolean;
  /** Of its machine's clock: local milliseconds in a true one. */
  pace: number;
}

export interface MembersOptions {
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
  readonly preVote?: boolean;
}

export interface Members<Result, Machine> {
  readonly scheduler: Scheduler;
  readonly network: SimulatedNetwork<MemberId, Message>;
  /** All that there ever were. */
  readonly members: readonly Member<Result, Machine>[];
  start(member: Member<Result, Machine>): void;
  /** The power goes. */
  crash(member: Member<Result, Machine>): void;
  /** The process ends, the machine has power: its disk loses nothing. */
  kill(member: Member<Result, Machine>): void;
  /** A new member with an empty disk, not started yet; `voters` are those of the cluster that it joins. */
  add(voters: readonly MemberId[]): Member<Result, Machine>;
  leader(): Member<Result, Machine> | undefined;
  /** Called when a member has become leader. */
  onElected: ((member: Member<Result, Machine>) => void) | undefined;
}

/** What stands on a member's disk beside its log, and what is made of it at each start. */
export interface Software<Result, Machine> {
  /** Called at each start. The machine may be ready later. */
  createMachine(member: Member<Result, Machine>): Promise<Machine & StateMachine<Result>>;
  /** The replica runs; called once a life. */
  started?(member: Member<Result, Machine>): void;
  /** The member has just died; `power` went or stayed. */
  died?(member: Member<Result, Machine>, power: 'lost' | 'kept'): void;
}

export function createMembers<Result, Machine>(
  options: MembersOptions,
  software: Software<Result, Machine>,
): Members<Result, Machine> {
  type One = Member<Result, Machine>;
  const { random, spares = 0 } = options;
  const scheduler = createScheduler();
  const network = createSimulatedNetwork<MemberId, Message>({ scheduler, random });
  const snapshots: SnapshotReceivers = new Map();
  const founding = Array.from({ length: options.size }, (_, at) => at + 1);
  const members: One[] = [];

  const add = (voters: readonly MemberId[]): One => {
    const member: One = {
      id: members.length + 1,
      disk: createSimulatedDisk({
        random: createSeededRandom(random.uint32()),
        scheduler: {
          schedule: (delay, run) => scheduler.schedule(delay, () => member.process.receive(run)),
          touchPromises: () => scheduler.touchPromises(),
        },
        writeLatency: 0.02,
        syncLatency: 0.5,
      }),
      voters,
      process: createSimulatedProcess(scheduler),
      replica: undefined,
      machine: undefined,
      raft: undefined,
      life: 0,
      isUp: false,
      failure: undefined,
      isRetired: false,
      isDamaged: false,
      pace: 1,
    };
    members.push(member);
    return member;
  };
  for (const _ of founding) add(founding);
  for (let spare = 0; spare < spares; spare++) add([]);

  const launch = async (member: One, process: SimulatedProcess) => {
    const machine = await software.createMachine(member);
    if (!process.isAlive) return;
    const replica = await createReplica<Result>(
      {
        clock: process.clock,
        random: createSeededRandom(random.uint32()),
        disk: diskOf(member, options.mutant),
        network: createReplicaNetwork(member.id, process, { network, snapshots, random }),
        logger: silentLogger,
        stateMachine: machine,
        defer: (run) => void process.schedule(0, run),
      },
      { ...replicaOptions(options, member), observe: (raft) => (member.raft = raft) },
    );
    if (!process.isAlive) return;
    member.replica = replica;
    member.machine = machine;
    replica.onLeaderChange(({ role }) => {
      if (role === 'leader' && process.isAlive) group.onElected?.(member);
    });
    void replica.failed.then((failure) => {
      if (process.isAlive) member.failure = failure;
    });
    software.started?.(member);
  };

  const end = (member: One, power: 'lost' | 'kept') => {
    if (!member.isUp) return;
    member.isUp = false;
    member.life++;
    member.process.end();
    member.replica = member.machine = member.raft = undefined;
    network.disconnect(member.id);
    snapshots.delete(member.id);
    if (power === 'lost') member.disk.crash();
    else member.disk.kill();
    software.died?.(member, power);
    breakConnections(member);
  };

  /** Of a member that died, which the others notice soon; now and then those of another as well. */
  const breakConnections = (dead: One) => {
    for (const other of members) {
      const lost = random.chance(0.9) ? dead : members[random.between(0, members.length - 1)]!;
      scheduler.schedule(random.between(0, 20), () => {
        other.replica?.reportDisconnected(lost.id);
      });
    }
  };

  const group: Members<Result, Machine> = {
    onElected: undefined,
    scheduler,
    network,
    members,
    add,
    start(member) {
      if (member.isUp || member.isRetired) return;
      member.isUp = true;
      member.failure = undefined;
      member.life++;
      const process = createSimulatedProcess(scheduler);
      process.pace = member.pace;
      member.process = process;
      launch(member, process).catch((failure: ReplicaError) => {
        if (process.isAlive) member.failure = failure;
      });
    },
    crash: (member) => end(member, 'lost'),
    kill: (member) => end(member, 'kept'),
    leader: () => members.find((member) => member.replica?.isLeader() === true),
  };
  return group;
}

function replicaOptions(options: MembersOptions, { id, voters }: Member) {
  return {
    id,
    voters,
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
  };
}

const diskOf = ({ disk }: Member, mutant: Mutant | undefined): Disk =>
  mutant === undefined ? disk : createMutantDisk(disk, mutant);
