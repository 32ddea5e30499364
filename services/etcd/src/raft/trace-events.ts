/**
 * What a step of Raft looks like to the trace validation of etcd-io/raft's TLA+ specification
 * (tla/Traceetcdraft.tla there): one JSON object a line, `{"tag":"trace","event":{...}}`.
 */

export const traceEventNames = [
  'InitState',
  'BecomeCandidate',
  'BecomeFollower',
  'BecomeLeader',
  'Commit',
  'Replicate',
  'ChangeConf',
  'ApplyConfChange',
  'Ready',
  'SendAppendEntriesRequest',
  'ReceiveAppendEntriesRequest',
  'SendAppendEntriesResponse',
  'ReceiveAppendEntriesResponse',
  'SendRequestVoteRequest',
  'ReceiveRequestVoteRequest',
  'SendRequestVoteResponse',
  'ReceiveRequestVoteResponse',
] as const;

export type TraceEventName = (typeof traceEventNames)[number];

export interface TraceMessage {
  readonly type: string;
  readonly term: number;
  readonly from: string;
  readonly to: string;
  /** How many; of a snapshot the index up to which it reaches. */
  readonly entries: number;
  readonly logTerm: number;
  readonly index: number;
  readonly commit: number;
  readonly vote: string;
  readonly reject: boolean;
  readonly rejectHint: number;
}

export interface TraceChange {
  readonly changes: readonly {
    readonly nid: string;
    readonly action: 'AddNewServer' | 'RemoveServer' | 'AddLearner';
  }[];
  readonly newconf: readonly string[];
}

export interface TraceEvent {
  readonly name: TraceEventName;
  readonly nid: string;
  readonly state: { readonly term: number; readonly vote: string; readonly commit: number };
  readonly role: 'StateFollower' | 'StateCandidate' | 'StateLeader';
  /** Entries from the beginning of time. */
  readonly log: number;
  readonly applied: number;
  readonly conf: readonly [readonly string[], readonly string[]];
  readonly msg?: TraceMessage;
  readonly prop?: { readonly cc: TraceChange };
}

export type Tracer = (event: TraceEvent) => void;

/** With the newline that ends it. */
export function traceLine(event: TraceEvent): string {
  return `${JSON.stringify({ tag: 'trace', event })}\n`;
}
