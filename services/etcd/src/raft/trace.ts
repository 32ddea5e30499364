/**
 * Tells of Raft's steps, for a model checker to follow (trace-events.ts).
 *
 * 1. An event tells the state after its step, for messages that come in the state before it.
 * 2. The specification has no pre-votes: they are left out, and a pre-candidate is a follower.
 * 3. What this core does without a message is told as the messages that etcd-io/raft sends to itself: a
 *    candidate's own vote, and a leader's own log that has become durable.
 * 4. A commit notice is a heartbeat without an answer.
 */
import type { ConfigurationEntry } from './configuration.ts';
import type { RaftState } from './state.ts';
import type { TraceEvent, TraceEventName, TraceMessage } from './trace-events.ts';
import type { LogIndex, Message, Role } from './types.ts';

const roles: Record<Role, TraceEvent['role']> = {
  follower: 'StateFollower',
  'pre-candidate': 'StateFollower',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
};

const ids = (members: readonly number[]) => members.map(String);

export function traceStep(
  state: RaftState,
  name: TraceEventName,
  details: Pick<TraceEvent, 'msg' | 'prop'> = {},
): void {
  const { trace } = state.options;
  if (trace === undefined) return;
  const { voters, votersOutgoing } = state.configuration;
  trace({
    name,
    nid: String(state.id),
    state: { term: state.term, vote: String(state.vote), commit: state.log.committed },
    role: roles[state.role],
    log: state.log.lastIndex,
    applied: state.log.applied,
    conf: [ids(voters), ids(votersOutgoing)],
    ...details,
  });
}

const actions = {
  'add-voter': 'AddNewServer',
  'add-learner': 'AddLearner',
  remove: 'RemoveServer',
} as const;

/** A change of membership was appended; leaving a joint one names nobody, and is not told. */
export function traceChange(state: RaftState, entry: ConfigurationEntry): void {
  if (state.options.trace === undefined || entry.changes.length === 0) return;
  const changes = entry.changes.map(({ kind, member }) => ({
    nid: String(member),
    action: actions[kind],
  }));
  traceStep(state, 'ChangeConf', { prop: { cc: { changes, newconf: [] } } });
}

/** Called before the configuration takes effect. */
export function traceApplyChange(state: RaftState, voters: readonly number[]): void {
  if (state.options.trace === undefined) return;
  traceStep(state, 'ApplyConfChange', { prop: { cc: { changes: [], newconf: ids(voters) } } });
}

const kindsOfEvents: Partial<Record<Message['kind'], [what: string, type: string]>> = {
  append: ['AppendEntriesRequest', 'MsgApp'],
  heartbeat: ['AppendEntriesRequest', 'MsgHeartbeat'],
  commit: ['AppendEntriesRequest', 'MsgHeartbeat'],
  snapshot: ['AppendEntriesRequest', 'MsgSnap'],
  'append-response': ['AppendEntriesResponse', 'MsgAppResp'],
  'heartbeat-response': ['AppendEntriesResponse', 'MsgHeartbeatResp'],
  vote: ['RequestVoteRequest', 'MsgVote'],
  'vote-response': ['RequestVoteResponse', 'MsgVoteResp'],
};

export function traceMessage(
  state: RaftState,
  direction: 'Send' | 'Receive',
  message: Message,
): void {
  if (state.options.trace === undefined) return;
  const event = kindsOfEvents[message.kind];
  if (event === undefined) return;
  const [what, type] = event;
  traceStep(state, `${direction}${what}` as TraceEventName, { msg: describe(message, type) });
}

/** The leader's own log: `Send` when it has entries up to there, `Receive` when they are durable. */
export function traceOwnLog(
  state: RaftState,
  direction: 'Send' | 'Receive',
  index: LogIndex,
): void {
  if (state.options.trace === undefined || state.role !== 'leader') return;
  const { id, term } = state;
  traceMessage(state, direction, {
    kind: 'append-response',
    from: id,
    to: id,
    term,
    index,
    rejected: false,
    hintIndex: 0,
    hintTerm: 0,
  });
}

/** A candidate's own vote: `Send` when it is cast, `Receive` when it is durable. */
export function traceOwnVote(state: RaftState, direction: 'Send' | 'Receive'): void {
  const { id, term } = state;
  traceMessage(state, direction, { kind: 'vote-response', from: id, to: id, term, granted: true });
}

function describe(message: Message, type: string): TraceMessage {
  const { from, to, term } = message;
  const envelope = { type, term, from: String(from), to: String(to) };
  const nothing = { entries: 0, logTerm: 0, index: 0, commit: 0, vote: '0' };
  const base = { ...envelope, ...nothing, reject: false, rejectHint: 0 };
  switch (message.kind) {
    case 'append':
      return {
        ...base,
        entries: message.entries.length,
        logTerm: message.previousTerm,
        index: message.previousIndex,
        commit: message.commit,
      };
    case 'append-response': {
      const { index, rejected, hintTerm, hintIndex } = message;
      return { ...base, index, reject: rejected, logTerm: hintTerm, rejectHint: hintIndex };
    }
    case 'heartbeat':
    case 'commit':
      return { ...base, commit: message.commit };
    case 'snapshot':
      return { ...base, entries: message.snapshot.index };
    case 'vote':
      return { ...base, logTerm: message.lastTerm, index: message.lastIndex };
    case 'vote-response':
      return { ...base, reject: !message.granted };
    default:
      return base;
  }
}
