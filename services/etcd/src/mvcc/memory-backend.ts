/** A backend without a disk, for tests and simulations: what is committed outlives its users only. */
import { deserialize, serialize } from 'node:v8';
import {
  neverCompacted,
  type Backend,
  type BackendEvents,
  type Batch,
  type Row,
} from './backend.ts';
import { hashHistory } from './hash.ts';
import { decodeKeyValue, toByteString, Version, type ByteString } from './version.ts';

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
    scan: (fromMain) => [state.rows.slice(indexOf(fromMain, 0))],
    versions: () => [state.rows.map(versionOf)],
    read: (main, sub): ByteString | undefined => {
      const row = state.rows[indexOf(main, sub)];
      return row?.main === main && row.sub === sub ? row.encoded : undefined;
    },
    readMany: (positions) =>
      positions.map(({ main, sub }) => {
        const row = state.rows[indexOf(main, sub)];
        if (row?.main !== main || row.sub !== sub) throw new Error(`no revision ${main}_${sub}`);
        return row.encoded;
      }),
    write: (batch) => {
      waiting.push(batch);
      if (commitAtOnce) commit();
    },
    sync: () => {
      commit();
      return Promise.resolve();
    },
    defragment: () => Promise.resolve(),
    hash: (asked) => {
      commit();
      const numberOf = (name: string, otherwise: number) =>
        Number(Buffer.from(state.values.get(name) ?? String(otherwise)).toString());
      const newest = numberOf('revision', 1);
      const compactRevision = numberOf('compact-revision', neverCompacted);
      if (asked > 0 && asked < compactRevision) return Promise.resolve(undefined);
      const finishedCompactRevision = numberOf('finished-compact-revision', neverCompacted);
      const history = { rows: () => [state.rows], versions: () => [state.rows.map(versionOf)] };
      const until = asked === 0 ? newest : asked;
      const range = { revision: until, compactRevision, finishedCompactRevision };
      const revision = asked > 0 ? asked : newest;
      return Promise.resolve({ revision, compactRevision, hash: hashHistory(history, range) });
    },
    verify: () => Promise.resolve(),
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

function versionOf({ main, sub, tombstone, encoded }: Row): Version {
  const kv = decodeKeyValue(encoded);
  return new Version({
    key: toByteString(kv.key),
    main,
    sub,
    createRevision: tombstone ? 0 : kv.createRevision,
    version: tombstone ? 0 : kv.version,
    lease: tombstone ? 0n : kv.lease,
    encoded: undefined,
  });
}
