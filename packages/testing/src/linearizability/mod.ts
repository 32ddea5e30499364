/** Checkers of what clients of a store saw: linearizability, and the promises to watchers. */
export {
  checkLinearizable,
  type CheckOptions,
  type Model,
  type Operation,
  type Verdict,
} from './checker.ts';
export {
  createKvModel,
  type KvInput,
  type KvOutput,
  type KvState,
  type KvWrite,
} from './kv-model.ts';
export { RevisionHistory, type KeyChange, type StoredValue } from './revision-history.ts';
export {
  checkWatch,
  type WatchContext,
  type WatchedEvent,
  type WatchedResponse,
  type WatchRecord,
} from './watch-guarantees.ts';
