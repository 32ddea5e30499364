/**
 * The properties of Raft (figure 3), checked after every step on what all members hold.
 *
 * 1. Election safety: at most one leader a term.
 * 2. Log matching: entries with the same index and term are the same, and so is what precedes them.
 * 3. Leader completeness: what was committed is in the log of every leader of a later term.
 * 4. State machine safety: what members commit, and what they apply, at an index is the same, for
 *    ever; nothing is applied before it is committed, and no proposal at two places.
 *
 * The checker looks only at what changed since the last step: a log can change only by growing or by
 * being cut and growing, and a cut shows in the term or in the length.
 */
import type { Raft } from '../raft/raft.ts';
import type { CommittedEntry, LogIndex, MemberId, Term } from '../replica/types.ts';
import type { Member } from './members.ts';
import { Violation } from './violation.ts';

interface Known {
  readonly origin: number;
  readonly sequence: number;
  readonly kind: string;
  readonly data: Uint8Array;
  readonly previousTerm: Term | undefined;
}

interface Seen {
  life: number;
  last: LogIndex;
  lastTerm: Term;
  committed: LogIndex;
  ledTerm: Term;
}

export interface Checker {
  /** Throws Violation. */
  afterStep(members: readonly Member[]): void;
  onApply(member: Member, entry: CommittedEntry): void;
  /** The register's and the position's facts, for clients. */
  appliedAt(index: LogIndex): CommittedEntry | undefined;
  readonly commits: number;
  readonly elections: number;
}

export function createChecker(): Checker {
  const leaders = new Map<Term, MemberId>();
  const entries = new Map<number, Known>();
  /** Terms of the committed entries, by index. */
  const committed: Term[] = [0];
  const applied: (CommittedEntry | undefined)[] = [];
  /** Where each proposal stands, by origin and sequence. */
  const places = new Map<string, LogIndex>();
  const seen = new Map<MemberId, Seen>();

  const checkLeader = (member: Member, raft: Raft, state: Seen) => {
    if (raft.role !== 'leader' || state.ledTerm === raft.term) return;
    state.ledTerm = raft.term;
    const other = leaders.get(raft.term);
    if (other !== undefined && other !== member.id) {
      throw new Violation(`election safety: ${other} and ${member.id} lead term ${raft.term}`);
    }
    leaders.set(raft.term, member.id);
    for (let index = raft.log.firstIndex; index < committed.length; index++) {
      if (committed[index]! < raft.term && raft.log.termAt(index) !== committed[index]) {
        throw new Violation(
          `leader completeness: ${member.id} leads term ${raft.term} without the committed entry ${index} ` +
            `of term ${committed[index]}`,
        );
      }
    }
  };

  const checkLog = (member: Member, { log }: Raft, state: Seen) => {
    const grownOnly = state.last <= log.lastIndex && log.termAt(state.last) === state.lastTerm;
    const from = grownOnly ? Math.max(state.last + 1, log.firstIndex) : log.firstIndex;
    if (from <= log.lastIndex) {
      for (const entry of log.slice(from, log.lastIndex, Infinity)) {
        const { index, term, origin, sequence, kind, data } = entry;
        const previousTerm = log.termAt(index - 1);
        const key = term * 2 ** 32 + index;
        const known = entries.get(key);
        if (known === undefined) {
          entries.set(key, { origin, sequence, kind, data, previousTerm });
        } else if (
          known.origin !== origin ||
          known.sequence !== sequence ||
          known.kind !== kind ||
          !isSame(known.data, data) ||
          known.previousTerm !== previousTerm
        ) {
          throw new Violation(
            `log matching: entry ${index} of term ${term} differs on ${member.id}`,
          );
        }
      }
    }
    state.last = log.lastIndex;
    state.lastTerm = log.termAt(log.lastIndex) ?? 0;
  };

  const checkCommitted = (member: Member, { log }: Raft, state: Seen) => {
    if (log.committed < state.committed || log.committed > log.lastIndex) {
      throw new Violation(
        `state machine safety: ${member.id} had committed ${state.committed}, now it has ` +
          `${log.committed} of ${log.lastIndex} entries`,
      );
    }
    for (
      let index = Math.max(state.committed + 1, log.firstIndex);
      index <= log.committed;
      index++
    ) {
      const term = log.termAt(index)!;
      committed[index] ??= term;
      if (committed[index] !== term) {
        throw new Violation(
          `state machine safety: ${member.id} committed entry ${index} of term ${term}, another ` +
            `member that of term ${committed[index]}`,
        );
      }
    }
    state.committed = log.committed;
  };

  const checkPlace = ({ kind, origin, sequence, index }: CommittedEntry) => {
    // What a leader adds by itself is nobody's proposal.
    if (kind === 'empty' || origin === 0) return;
    const place = places.get(`${origin}/${sequence}`);
    if (place !== undefined) {
      throw new Violation(`applied twice: one proposal stands at ${place} and at ${index}`);
    }
    places.set(`${origin}/${sequence}`, index);
  };

  return {
    afterStep(members) {
      for (const member of members) {
        const { raft } = member;
        if (raft === undefined) continue;
        let state = seen.get(member.id);
        if (state === undefined || state.life !== member.life) {
          const { life } = member;
          state = { life, last: 0, lastTerm: 0, committed: 0, ledTerm: 0 };
          seen.set(member.id, state);
        }
        const { log } = raft;
        const logChanged =
          log.lastIndex !== state.last || log.termAt(log.lastIndex) !== state.lastTerm;
        if (logChanged) checkLog(member, raft, state);
        if (log.committed !== state.committed || log.committed > log.lastIndex) {
          checkCommitted(member, raft, state);
        }
        checkLeader(member, raft, state);
      }
    },
    onApply(member, entry) {
      const before = applied[entry.index];
      if (before === undefined) {
        applied[entry.index] = entry;
        checkPlace(entry);
      } else if (
        before.term !== entry.term ||
        before.sequence !== entry.sequence ||
        before.origin !== entry.origin
      ) {
        throw new Violation(
          `state machine safety: ${member.id} applies another entry at ${entry.index} than others did`,
        );
      }
      if (member.raft !== undefined && entry.index > member.raft.log.committed) {
        throw new Violation(`${member.id} applies entry ${entry.index} before it is committed`);
      }
    },
    appliedAt: (index) => applied[index],
    get commits() {
      return committed.length - 1;
    },
    get elections() {
      return leaders.size;
    },
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, at) => byte === b[at]));
}
