/**
 * Changes of membership take effect when their entry is handed out for applying (thesis 4.1 lets it
 * be any fixed point; etcd's is this one).
 */
import {
  changeConfiguration,
  decodeConfigurationEntry,
  isVoter,
  membersOf,
} from './configuration.ts';
import { becomeFollower } from './election.ts';
import { createProgress } from './progress.ts';
import { maybeCommit } from './replication.ts';
import type { RaftState } from './state.ts';
import type { Configuration, Entry, LogIndex, SnapshotMeta } from './types.ts';
import { nobody } from './types.ts';

/** An entry is about to be applied. */
export function noteCommitted(state: RaftState, entry: Entry): void {
  state.uncommittedBytes = Math.max(0, state.uncommittedBytes - entry.data.length);
  if (entry.kind !== 'config') return;
  const change = decodeConfigurationEntry(entry.data);
  if (change === undefined) return;
  useConfiguration(state, entry.index, changeConfiguration(state.configuration, change));
}

function useConfiguration(state: RaftState, index: LogIndex, configuration: Configuration): void {
  state.configuration = configuration;
  state.configurationHistory.push({ index, configuration });
  if (state.role !== 'leader') return;
  if (!isVoter(configuration, state.id)) {
    becomeFollower(state, state.term, nobody);
    return;
  }
  const members = membersOf(configuration);
  for (const id of state.progress.keys()) if (!members.includes(id)) state.progress.delete(id);
  for (const id of members) {
    if (id === state.id) continue;
    const learner = !isVoter(configuration, id);
    const known = state.progress.get(id);
    if (known !== undefined) {
      known.learner = learner;
      continue;
    }
    const peer = createProgress(id, { next: state.log.lastIndex + 1, learner });
    peer.active = true;
    state.progress.set(id, peer);
  }
  if (!members.includes(state.transferee)) state.transferee = nobody;
  // Fewer voters may make a commit of what was waiting.
  maybeCommit(state);
}

/** Undefined if the log no longer knows the entry. */
export function snapshotMeta(state: RaftState, index: LogIndex): SnapshotMeta | undefined {
  const term = state.log.termAt(index);
  const configured = state.configurationHistory.findLast((entry) => entry.index <= index);
  if (term === undefined || configured === undefined) return undefined;
  return { index, term, configuration: configured.configuration };
}
