/**
 * Proposals of this member that wait for their entry to apply.
 *
 * 1. A proposal is in exactly one place: waiting to be submitted, or submitted in some term.
 * 2. A proposal submitted in a term becomes an entry of that term or none. Terms never decrease along
 *    the log, so when an entry of a later term applies, what was submitted before is known to be lost
 *    and is submitted again: a change of leaders neither loses nor repeats a write.
 * 3. What a leader proposes of its own knowledge (`termOnly`) becomes an entry of the term in which it was
 *    said or of none: another leader may know better.
 * 4. Deadlines are counted in ticks and swept once a tick; there is no timer for each proposal.
 */
import type { EntryKind, Proposal, Term } from '../raft/types.ts';
import { ReplicaError } from './types.ts';

export interface PendingProposal<Result> extends Proposal {
  readonly kind: EntryKind;
  readonly deadlineTick: number;
  /** In which it was submitted last. */
  term: Term;
  /** The only term in which it may be submitted; undefined when any will do. */
  readonly termOnly: Term | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

export class ProposalQueue<Result> {
  readonly #origin: number;
  #sequence = 0;
  /** In order of submission. */
  #submitted = new Map<number, PendingProposal<Result>>();
  #waiting: PendingProposal<Result>[] = [];
  #waitingBytes = 0;
  #newestTerm: Term = 0;
  failedTotal = 0;

  constructor(origin: number) {
    this.#origin = origin;
  }

  get size(): number {
    return this.#submitted.size + this.#waiting.length;
  }

  get total(): number {
    return this.#sequence;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(
    kind: EntryKind,
    data: Uint8Array,
    { deadlineTick, termOnly }: { deadlineTick: number; termOnly: Term | undefined },
  ): Promise<Result> {
    this.#waitingBytes += data.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        kind,
        origin: this.#origin,
        sequence: ++this.#sequence,
        data,
        deadlineTick,
        term: 0,
        termOnly,
        resolve,
        reject,
      });
    });
  }

  /** Takes all that wait; each goes to `submitted`, `putBack` or `reject`. */
  takeWaiting(): PendingProposal<Result>[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return waiting;
  }

  putBack(proposals: readonly PendingProposal<Result>[]): void {
    for (const proposal of proposals) this.#waitingBytes += proposal.data.length;
    this.#waiting = [...proposals, ...this.#waiting];
  }

  submitted(proposals: readonly PendingProposal<Result>[], term: Term): void {
    for (const proposal of proposals) {
      proposal.term = term;
      this.#submitted.set(proposal.sequence, proposal);
    }
  }

  reject(proposals: readonly PendingProposal<Result>[], error: ReplicaError): void {
    this.failedTotal += proposals.length;
    for (const proposal of proposals) proposal.reject(error);
  }

  /** An entry of this term is about to apply: what was submitted earlier and is not there is lost. */
  resubmitBefore(term: Term): boolean {
    if (term <= this.#newestTerm) return false;
    this.#newestTerm = term;
    const lost: PendingProposal<Result>[] = [];
    for (const proposal of this.#submitted.values()) if (proposal.term < term) lost.push(proposal);
    for (const proposal of lost) this.#submitted.delete(proposal.sequence);
    if (lost.length > 0) this.putBack(lost);
    return lost.length > 0;
  }

  /** An entry was applied. */
  settle(entry: Proposal, result: Result): void {
    if (entry.origin !== this.#origin) return;
    const proposal = this.#submitted.get(entry.sequence);
    if (proposal === undefined) return;
    this.#submitted.delete(entry.sequence);
    proposal.resolve(result);
  }

  expire(tick: number): void {
    const late: PendingProposal<Result>[] = [];
    for (const proposal of this.#submitted.values()) {
      if (proposal.deadlineTick > tick) break;
      late.push(proposal);
    }
    for (const proposal of late) this.#submitted.delete(proposal.sequence);
    const stillWaiting = this.#waiting.filter((proposal) => proposal.deadlineTick > tick);
    if (stillWaiting.length < this.#waiting.length) {
      late.push(...this.#waiting.filter((proposal) => proposal.deadlineTick <= tick));
      this.takeWaiting();
      this.putBack(stillWaiting);
    }
    if (late.length === 0) return;
    this.reject(
      late,
      new ReplicaError(
        'timeout',
        'the request timed out before a quorum answered; whether it takes effect is unknown',
      ),
    );
  }

  /** What was submitted may have applied without being seen here: its outcome is unknown. */
  rejectSubmitted(error: ReplicaError): void {
    const submitted = [...this.#submitted.values()];
    this.#submitted.clear();
    this.reject(submitted, error);
  }

  rejectWaiting(error: ReplicaError): void {
    this.reject(this.takeWaiting(), error);
  }

  rejectAll(error: ReplicaError): void {
    this.rejectSubmitted(error);
    this.rejectWaiting(error);
  }
}
