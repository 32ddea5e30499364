/** Who waits for leadership to move. */
import type { Raft } from '../raft/raft.ts';
import type { MemberId } from '../raft/types.ts';
import { ReplicaError } from './types.ts';

interface Transfer {
  readonly to: MemberId;
  readonly deadlineTick: number;
  readonly settle: (error?: ReplicaError) => void;
}

export class Transfers {
  readonly #raft: Raft;
  #waiting: Transfer[] = [];

  constructor(raft: Raft) {
    this.#raft = raft;
  }

  /** @throws ReplicaError not-leader at once */
  begin(to: MemberId): void {
    if (this.#raft.transferLeadership(to)) return;
    throw new ReplicaError(
      'not-leader',
      this.#raft.role === 'leader'
        ? `member ${to.toString(16)} is no voter of this cluster`
        : 'only the leader can hand over its leadership',
    );
  }

  /** Resolves when `to` leads; rejects with `timeout` at the tick. */
  wait(to: MemberId, deadlineTick: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        to,
        deadlineTick,
        settle: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
  }

  settle(tick: number): void {
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.filter(({ to, deadlineTick, settle }) => {
      if (this.#raft.leader === to) settle();
      else if (tick < deadlineTick) return true;
      else {
        settle(new ReplicaError('timeout', `member ${to.toString(16)} did not take over in time`));
      }
      return false;
    });
  }

  rejectAll(reason: ReplicaError): void {
    for (const { settle } of this.#waiting) settle(reason);
    this.#waiting = [];
  }
}
