/**
 * Changes of membership take effect when their entry is handed out for applying (thesis 4.1 lets it
 * be any fixed point; etcd's is this one).
 */
import { assert } from './assert.ts';
import {
  changeConfiguration,
  decodeConfigurationEntry,
  encodeConfigurationEntry,
  isVoter,
  leaveEntry,
  membersOf,
} from './configuration.ts';
import { becomeFollower } from './election.ts';
import { createProgress } from './progress.ts';
import { appendOwn, maybeCommit } from './replication.ts';
import type { RaftState } from './state.ts';
import { traceApplyChange } from './trace.ts';
import type { Configuration, Entry, LogIndex, SnapshotMeta } from './types.ts';
import { nobody } from './types.ts';

/** An entry is about to be applied. */
export function noteCommitted(state: RaftState, entry: Entry): void {
  state.uncommittedBytes = Math.max(0, state.uncommittedBytes - entry.data.length);
  if (entry.kind !== 'config') return;
  const change = decodeConfigurationEntry(entry.data);
  assert(change !== undefined, `entry ${entry.index} is no change of membership known here`);
  const next = changeConfiguration(state.configuration, change);
  // A leader proposes no such change; one that is impossible changes nothing, on every member alike.
  if (typeof next !== 'string') useConfiguration(state, entry.index, next);
}

/**
 * The leader ends a joint configuration that was to end by itself, also one that an earlier leader
 * began: once nothing that it does not know yet could change membership.
 */
export function maybeLeaveJoint(state: RaftState): void {
  const { configuration, log } = state;
  const isDue = configuration.autoLeave && state.pendingConfigurationIndex <= log.handed;
  if (state.role !== 'leader' || !isDue || state.transferee !== nobody) return;
  const data = encodeConfigurationEntry(leaveEntry);
  appendOwn(state, [{ kind: 'config', origin: 0, sequence: 0, data }]);
}

function useConfiguration(state: RaftState, index: LogIndex, configuration: Configuration): void {
  traceApplyChange(state, configuration.voters);
  state.configuration = configuration;
  state.configurationHistory.push({ index, configuration });
  if (state.role !== 'leader') return;
  if (!isVoter(configuration, state.id)) {
    state.why = 'removed';
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
