/**
 * The ports of a member with a watch beside them: each does what it did, and the meters know how long
 * it took.
 */
import type { Clock, Disk, DiskFile, Logger } from '@drydock/ports';
import type { Backend } from '../../mvcc/backend.ts';
import type { OpResult } from '../../mvcc/results.ts';
import type { Message, ReplicaNetwork, StateMachine } from '../../replica/types.ts';
import type { ApplyResult } from '../state-machine.ts';
import type { MemberMeters } from './member-meters.ts';

/** Real seconds: disks do not run at the cluster's pace. */
async function timed<Result>(
  run: () => Promise<Result>,
  observe: (seconds: number) => void,
): Promise<Result> {
  const started = performance.now();
  const result = await run();
  observe((performance.now() - started) / 1_000);
  return result;
}

/** The disk of the log: how much is written, and how long its syncs take. */
export function measuredDisk(disk: Disk, meters: MemberMeters): Disk {
  const measured = async (opening: Promise<DiskFile>): Promise<DiskFile> => {
    const file = await opening;
    return {
      ...file,
      write: (bytes, offset) => {
        meters.walBytesWritten += bytes.length;
        return file.write(bytes, offset);
      },
      sync: () =>
        timed(
          () => file.sync(),
          (seconds) => meters.walSync.observe(seconds),
        ),
    };
  };
  return {
    ...disk,
    create: (path) => measured(disk.create(path)),
    open: (path) => measured(disk.open(path)),
  };
}

/** The database: from the hand-over of a batch to its commit, defragmentations, copies. */
export function measuredBackend(backend: Backend, meters: MemberMeters): Backend {
  const started: { appliedIndex: number; at: number }[] = [];
  return {
    get size() {
      return backend.size;
    },
    get appliedIndex() {
      return backend.appliedIndex;
    },
    values: () => backend.values(),
    scan: (fromMain) => backend.scan(fromMain),
    versions: () => backend.versions(),
    hash: (revision) => backend.hash(revision),
    read: (main, sub) => backend.read(main, sub),
    readMany: (positions) => backend.readMany(positions),
    verify: () => backend.verify(),
    write: (batch) => {
      started.push({ appliedIndex: batch.appliedIndex, at: performance.now() });
      backend.write(batch);
    },
    sync: () => backend.sync(),
    defragment: async () => {
      meters.defragmenting++;
      try {
        await timed(
          () => backend.defragment(),
          (seconds) => meters.backendDefragment.observe(seconds),
        );
      } finally {
        meters.defragmenting--;
      }
    },
    snapshot: () =>
      timed(
        () => backend.snapshot(),
        (seconds) => meters.backendSnapshot.observe(seconds),
      ),
    install: (body) => {
      started.length = 0;
      return backend.install(body);
    },
    listen: (events) =>
      backend.listen({
        onCommitted: (appliedIndex) => {
          while (started.length > 0 && started[0]!.appliedIndex <= appliedIndex) {
            meters.backendCommit.observe((performance.now() - started.shift()!.at) / 1_000);
          }
          events.onCommitted(appliedIndex);
        },
        onFailure: (error) => events.onFailure(error),
      }),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

interface ApplyWatch {
  readonly log: Logger;
  readonly clock: Clock;
  /** Cluster milliseconds from which on applying a batch is called slow. */
  readonly warningDuration: number;
}

/** The state machine: what is applied, and what of it took long. */
export function measuredStateMachine(
  machine: StateMachine<ApplyResult>,
  meters: MemberMeters,
  { log, clock, warningDuration }: ApplyWatch,
): StateMachine<ApplyResult> {
  return {
    get appliedIndex() {
      return machine.appliedIndex;
    },
    get durableIndex() {
      return machine.durableIndex;
    },
    apply: (entries) => {
      const started = clock.now();
      const results = machine.apply(entries);
      for (const result of results) countResult(result, meters);
      const took = clock.now() - started;
      if (took > warningDuration) {
        meters.slowApplies += results.length;
        log.warn(
          { tookMillis: took, expectedMillis: warningDuration, entries: entries.length },
          'apply request took too long',
        );
      }
      return results;
    },
    persist: () => machine.persist(),
    openSnapshot: () => machine.openSnapshot(),
    installSnapshot: async (meta, body) => {
      meters.snapshotApplies++;
      try {
        await machine.installSnapshot(meta, body);
      } finally {
        meters.snapshotApplies--;
      }
    },
  };
}

function countResult(result: ApplyResult, meters: MemberMeters): void {
  switch (result.kind) {
    case 'put':
    case 'delete-range':
    case 'range':
    case 'txn':
      countOperation(result, meters);
      return;
    case 'lease':
      meters.leasesGranted++;
      return;
    default:
  }
}

function countOperation(result: OpResult, meters: MemberMeters): void {
  switch (result.kind) {
    case 'put':
      meters.puts++;
      return;
    case 'delete-range':
      meters.deletes++;
      return;
    case 'range':
      meters.ranges++;
      return;
    default:
      meters.txns++;
      for (const one of result.responses) countOperation(one, meters);
  }
}

/** The network: how long peers take to answer heartbeats, and which of those are sent late. */
export function measuredNetwork(
  network: ReplicaNetwork,
  meters: MemberMeters,
  { clock, heartbeatInterval }: { clock: Clock; heartbeatInterval: number },
): ReplicaNetwork {
  const last = new Map<number, { at: number; term: number }>();
  /** Real times of heartbeats that are not answered yet, the first one for each peer. */
  const asked = new Map<number, number>();
  const heard = (from: number, message: Message) => {
    const at = message.kind === 'heartbeat-response' ? asked.get(from) : undefined;
    if (at === undefined) return;
    asked.delete(from);
    meters.peerRoundTrip.observe({ To: from.toString(16) }, (performance.now() - at) / 1_000);
  };
  const sent = (to: number, message: Message) => {
    if (message.kind !== 'heartbeat') return;
    if (!asked.has(to)) asked.set(to, performance.now());
    const before = last.get(to);
    const at = clock.now();
    // A leader sees a slow disk or a busy process by this first, as the original counts it.
    if (before?.term === message.term && at - before.at > 2 * heartbeatInterval) {
      meters.lateHeartbeats++;
    }
    last.set(to, { at, term: message.term });
  };
  return {
    send: (to, message) => {
      sent(to, message);
      network.send(to, message);
    },
    flush: () => network.flush(),
    linkTo: (peer) => network.linkTo(peer),
    onMessage: (receive) =>
      network.onMessage((from, message) => {
        heard(from, message);
        receive(from, message);
      }),
    sendSnapshot: (to, message, body) => network.sendSnapshot(to, message, body),
    onSnapshot: (receive) => network.onSnapshot(receive),
  };
}
