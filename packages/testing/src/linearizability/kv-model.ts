/**
 * A store with revisions, one operation after the other: the model that histories of etcd's clients
 * are checked with.
 *
 * 1. A write that changes something makes the next revision; the answer must name exactly that one. A
 *    read must name the revision that it saw. So answered writes have one order only.
 * 2. Leases end by themselves: whoever records a grant also records an `expire` without an answer. One
 *    without keys ends unseen, so it counts as ended only when somebody is told so.
 * 3. With the store's history at hand, a revision must be what the history says: then also unanswered
 *    writes have one place at most.
 */
import type { Model } from './checker.ts';
import type { KeyChange, RevisionHistory, StoredValue } from './revision-history.ts';

export type KvWrite =
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly value: string;
      /** Decimal; "0" without one. */
      readonly lease: string;
    }
  | { readonly kind: 'delete'; readonly key: string };

export type KvInput =
  | { readonly kind: 'get'; readonly from: string; readonly to: string }
  | KvWrite
  /** Writes one list or the other; keys occur once in each. */
  | {
      readonly kind: 'txn';
      readonly compare: { readonly key: string; readonly modRevision: number };
      readonly success: readonly KvWrite[];
      readonly failure: readonly KvWrite[];
    }
  | { readonly kind: 'grant'; readonly lease: string }
  | { readonly kind: 'revoke'; readonly lease: string }
  | { readonly kind: 'expire'; readonly lease: string };

export type KvOutput =
  | {
      readonly kind: 'get';
      readonly revision: number;
      readonly found: readonly { readonly key: string; readonly value: StoredValue }[];
    }
  | { readonly kind: 'write'; readonly revision: number; readonly succeeded?: boolean }
  /** Of a delete. */
  | { readonly kind: 'deleted'; readonly revision: number; readonly count: number }
  /** Its revision may be a later one. */
  | { readonly kind: 'done'; readonly revision: number }
  | { readonly kind: 'no-lease' };

export interface KvState {
  readonly revision: number;
  readonly entries: ReadonlyMap<string, StoredValue>;
  readonly leases: ReadonlySet<string>;
  key: string | undefined;
}

const initial: KvState = { revision: 1, entries: new Map(), leases: new Set(), key: undefined };

export function createKvModel(history?: RevisionHistory): Model<KvState, KvInput, KvOutput> {
  /** The state after the writes; undefined when the history knows better. */
  const write = (state: KvState, writes: readonly KvWrite[]): KvState | undefined => {
    const revision = state.revision + 1;
    const changes = writes.flatMap((one) => changeOf(state, one, revision));
    if (changes.length === 0) return state;
    if (history !== undefined) {
      if (JSON.stringify(history.changesAt(revision)) !== JSON.stringify(changes)) return undefined;
    }
    const entries = new Map(state.entries);
    for (const { key, after } of changes) {
      if (after === undefined) entries.delete(key);
      else entries.set(key, after);
    }
    return { revision, entries, leases: state.leases, key: undefined };
  };
  const withLease = (state: KvState, lease: string, lives: boolean): KvState => {
    const leases = new Set(state.leases);
    if (lives) leases.add(lease);
    else leases.delete(lease);
    return { ...state, leases, key: undefined };
  };
  const endLease = (state: KvState, lease: string): KvState | undefined => {
    const writes = keysOf(state, lease).map((key): KvWrite => ({ kind: 'delete', key }));
    const after = write(state, writes);
    return after === undefined ? undefined : withLease(after, lease, false);
  };
  const lacksLease = (state: KvState, writes: readonly KvWrite[]) =>
    writes.some((one) => one.kind === 'put' && one.lease !== '0' && !state.leases.has(one.lease));

  const step = (
    state: KvState,
    input: KvInput,
    output: KvOutput | undefined,
  ): readonly (KvState | undefined)[] => {
    switch (input.kind) {
      case 'get':
        return output === undefined || isSeen(state, input, output) ? [state] : [];
      case 'grant':
        if (output?.kind === 'no-lease') return [];
        return [withLease(state, input.lease, true)];
      case 'revoke':
      case 'expire': {
        const lives = state.leases.has(input.lease);
        if (!lives) return output === undefined || output.kind === 'no-lease' ? [state] : [];
        const isUnseen = keysOf(state, input.lease).length === 0;
        if (output?.kind === 'no-lease') {
          return isUnseen ? [withLease(state, input.lease, false)] : [];
        }
        if (input.kind === 'expire' && isUnseen) return [];
        const after = endLease(state, input.lease);
        const isTooLate = output?.kind === 'done' && after && after.revision > output.revision;
        return isTooLate === true ? [] : [after];
      }
      default: {
        const succeeded =
          input.kind !== 'txn' ||
          (state.entries.get(input.compare.key)?.modRevision ?? 0) === input.compare.modRevision;
        const writes = input.kind !== 'txn' ? [input] : succeeded ? input.success : input.failure;
        if (lacksLease(state, writes)) {
          return output === undefined || output.kind === 'no-lease' ? [state] : [];
        }
        if (output?.kind === 'no-lease') {
          const unseen = writes.find(
            (one) => one.kind === 'put' && keysOf(state, one.lease).length === 0,
          );
          const isLeased = unseen?.kind === 'put' && unseen.lease !== '0';
          return isLeased ? [withLease(state, unseen.lease, false)] : [];
        }
        const after = write(state, writes);
        if (after === undefined || output === undefined) return [after];
        if (output.kind === 'get' || output.revision !== after.revision) return [];
        if (output.kind === 'deleted') {
          return output.count === state.entries.size - after.entries.size ? [after] : [];
        }
        if (output.kind === 'write' && output.succeeded !== undefined) {
          return output.succeeded === succeeded ? [after] : [];
        }
        return [after];
      }
    }
  };

  return {
    initial,
    step: (state, input, output) => step(state, input, output).filter((one) => one !== undefined),
    key: (state) => {
      state.key ??= keyOf(state);
      return state.key;
    },
  };
}

/** What hangs on a lease, in order. */
function keysOf(state: KvState, lease: string): string[] {
  return [...state.entries]
    .filter(([, value]) => value.lease === lease)
    .map(([key]) => key)
    .sort();
}

function keyOf({ revision, entries, leases }: KvState): string {
  const list = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = list.map(([key, { value, modRevision }]) => `${key}=${value}@${modRevision}`);
  return `${revision} ${text.join(' ')} ${[...leases].sort().join(' ')}`;
}

function changeOf(state: KvState, one: KvWrite, revision: number): KeyChange[] {
  const before = state.entries.get(one.key);
  if (one.kind === 'delete') {
    return before === undefined ? [] : [{ key: one.key, after: undefined }];
  }
  const after: StoredValue = {
    value: one.value,
    createRevision: before?.createRevision ?? revision,
    modRevision: revision,
    version: (before?.version ?? 0) + 1,
    lease: one.lease,
  };
  return [{ key: one.key, after }];
}

function isSeen(
  state: KvState,
  { from, to }: { from: string; to: string },
  output: KvOutput,
): boolean {
  if (output.kind !== 'get' || output.revision !== state.revision) return false;
  const found = [...state.entries]
    .filter(([key]) => key >= from && key < to)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
  return JSON.stringify(found) === JSON.stringify(output.found);
}
