/** A backend without a disk, for tests and simulations: what is committed outlives its users only. */
import { deserialize, serialize } from 'node:v8';
import type { Backend, BackendEvents, Batch, Row } from './backend.ts';
import type { ByteString } from './version.ts';

interface State {
  appliedIndex: number;
  rows: Row[];
  values: Map<string, Uint8Array>;
}

export interface MemoryBackend extends Backend {
  /** Commits what was written; until then it is lost in a crash. */
  commit(): void;
  /** A backend that finds what was committed, as after SIGKILL. */
  crash(): MemoryBackend;
}

export function createMemoryBackend(
  options: { commitAtOnce?: boolean; state?: State } = {},
): MemoryBackend {
  const { commitAtOnce = true } = options;
  let state: State = options.state ?? { appliedIndex: 0, rows: [], values: new Map() };
  let waiting: Batch[] = [];
  let events: BackendEvents | undefined;

  const indexOf = (main: number, sub: number): number => {
    let low = 0;
    let high = state.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = state.rows[middle]!;
      if (row.main < main || (row.main === main && row.sub < sub)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const commitBatch = (batch: Batch) => {
    state.rows.push(...batch.rows);
    for (let index = 0; index < batch.drop.length; index += 2) {
      const at = indexOf(batch.drop[index]!, batch.drop[index + 1]!);
      const row = state.rows[at];
      if (row?.main === batch.drop[index] && row?.sub === batch.drop[index + 1]) {
        state.rows.splice(at, 1);
      }
    }
    for (const [name, value] of batch.values) {
      if (value === undefined) state.values.delete(name);
      else state.values.set(name, value.slice());
    }
    state.appliedIndex = batch.appliedIndex;
  };
  const commit = () => {
    const batches = waiting;
    waiting = [];
    for (const batch of batches) {
      commitBatch(batch);
      events?.onCommitted(batch.appliedIndex);
    }
  };
  const bytes = () => state.rows.reduce((sum, row) => sum + row.encoded.length + 32, 4096);

  return {
    get size() {
      return { bytes: bytes(), bytesInUse: bytes() };
    },
    get appliedIndex() {
      return state.appliedIndex;
    },
    values: () => state.values,
    scan: (fromMain) => state.rows.slice(indexOf(fromMain, 0)),
    read: (main, sub): ByteString | undefined => {
      const row = state.rows[indexOf(main, sub)];
      return row?.main === main && row.sub === sub ? row.encoded : undefined;
    },
    write: (batch) => {
      waiting.push(batch);
      if (commitAtOnce) commit();
    },
    sync: () => {
      commit();
      return Promise.resolve();
    },
    defragment: () => Promise.resolve(),
    snapshot: () => {
      commit();
      const copy = serialize(state);
      return Promise.resolve({
        appliedIndex: state.appliedIndex,
        bytes: copy.length,
        body: (async function* () {
          yield await Promise.resolve(copy);
        })(),
        close: () => Promise.resolve(),
      });
    },
    install: async (body) => {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      waiting = [];
      state = deserialize(Buffer.concat(parts)) as State;
    },
    listen: (listener) => {
      events = listener;
    },
    commit,
    crash: () =>
      createMemoryBackend({ commitAtOnce, state: deserialize(serialize(state)) as State }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
