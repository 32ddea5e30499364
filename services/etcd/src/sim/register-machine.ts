/**
 * The simplest state machine worth replicating: registers, each with the index of its last write.
 * Its own durability lags behind, as a database's does that commits now and then.
 */
import type { SimulatedProcess } from '@drydock/testing/simulation';
import { decodeConfigurationEntry, entersJoint } from '../raft/configuration.ts';
import type {
  CommittedEntry,
  LogIndex,
  MemberId,
  SnapshotMeta,
  StateMachine,
} from '../replica/types.ts';

interface Registers {
  readonly index: LogIndex;
  /** Index of the last write, by register. */
  readonly writes: ReadonlyMap<number, LogIndex>;
}

/** Survives the crashes of its member. */
export interface RegisterStorage {
  durable: Registers;
  /** Who leaves with the joint configuration. Ids never come back, so nothing is taken out. */
  readonly leaving: Set<MemberId>;
  /** Snapshots that were installed. */
  installed: number;
}

export function createRegisterStorage(): RegisterStorage {
  return { durable: { index: 0, writes: new Map() }, leaving: new Set(), installed: 0 };
}

export interface RegisterMachine extends StateMachine<LogIndex> {
  lastWrite(register: number): LogIndex;
  dump(): string;
}

export interface RegisterMachineOptions {
  readonly process: SimulatedProcess;
  readonly storage: RegisterStorage;
  readonly onApply: (entry: CommittedEntry) => void;
  readonly onRemoved: (member: MemberId) => void;
  readonly persistLatency: number;
}

/** Long enough for the power to go meanwhile. */
const installLatency = 40;

export function createRegisterMachine(options: RegisterMachineOptions): RegisterMachine {
  const { process, storage, onApply, onRemoved, persistLatency } = options;
  let index = storage.durable.index;
  let writes = new Map(storage.durable.writes);

  const later = (run: () => void, latency = persistLatency) =>
    new Promise<void>((resolve) => {
      process.schedule(latency, () => {
        process.touchPromises();
        run();
        resolve();
      });
    });

  /** Who leaves goes on voting until the joint configuration has ended. */
  const applyChange = (data: Uint8Array) => {
    const entry = decodeConfigurationEntry(data)!;
    for (const { kind, member } of entry.changes) {
      if (kind !== 'remove') continue;
      if (entersJoint(entry)) storage.leaving.add(member);
      else onRemoved(member);
    }
    if (entry.transition === 'leave') for (const member of storage.leaving) onRemoved(member);
  };

  return {
    get appliedIndex() {
      return index;
    },
    get durableIndex() {
      return storage.durable.index;
    },
    apply(entries) {
      return entries.map((entry) => {
        if (entry.index !== index + 1) {
          throw new Error(`entry ${entry.index} applied after ${index}`);
        }
        index = entry.index;
        onApply(entry);
        if (entry.kind === 'data') writes.set(entry.data[0]!, entry.index);
        if (entry.kind === 'config') applyChange(entry.data);
        return entry.index;
      });
    },
    persist() {
      const copy: Registers = { index, writes: new Map(writes) };
      return later(() => {
        if (copy.index > storage.durable.index) storage.durable = copy;
      });
    },
    openSnapshot() {
      const body = encodeRegisters(writes);
      return Promise.resolve({
        index,
        async *body() {
          yield* [body.subarray(0, 10), body.subarray(10)];
        },
        close: () => Promise.resolve(),
      }).then((reader) => ({ ...reader, body: reader.body() }));
    },
    async installSnapshot(meta: SnapshotMeta, body: AsyncIterable<Uint8Array>) {
      const chunks: number[] = [];
      for await (const chunk of body) chunks.push(...chunk);
      const received = decodeRegisters(Uint8Array.from(chunks));
      await later(() => {
        storage.durable = { index: meta.index, writes: received };
        storage.installed++;
        index = meta.index;
        writes = new Map(received);
      }, installLatency);
    },
    lastWrite: (register) => writes.get(register) ?? 0,
    dump: () => JSON.stringify([...writes].sort(([a], [b]) => a - b)),
  };
}

const encodeRegisters = (writes: ReadonlyMap<number, LogIndex>): Uint8Array =>
  new TextEncoder().encode(JSON.stringify([...writes]));

const decodeRegisters = (bytes: Uint8Array): Map<number, LogIndex> =>
  new Map(JSON.parse(new TextDecoder().decode(bytes)) as [number, LogIndex][]);
