/**
 * Whether this member serves, as gRPC's health protocol tells it.
 *
 * 1. The server as a whole ("") serves from its start to its end, also without a leader: clients then
 *    get errors that say why, and must not look for a server elsewhere. A learner does not serve, and
 *    neither does a member that defragments where --experimental-stop-grpc-service-on-defrag asks so.
 * 2. A service by its name also needs a leader: it says whether requests can be served now.
 */
import { ServingStatus } from '@drydock/proto/etcd';
import type { MemberCore } from './core.ts';

export class ServingState {
  readonly #core: MemberCore;
  readonly #stopsOnDefragment: boolean;
  readonly #listeners = new Set<() => void>();
  #defragmenting = 0;

  constructor(core: MemberCore, options: { stopOnDefragment: boolean }) {
    this.#core = core;
    this.#stopsOnDefragment = options.stopOnDefragment;
  }

  /** `service` is empty for the server as a whole. */
  statusOf(service: string): ServingStatus {
    const { state, memberId, replica } = this.#core;
    const isStopped = this.#defragmenting > 0 && this.#stopsOnDefragment;
    const isLearner = state.members.get(memberId)?.isLearner === true;
    const lacksLeader = service !== '' && replica.status().leader === 0;
    return isStopped || isLearner || lacksLeader ? ServingStatus.notServing : ServingStatus.serving;
  }

  get isDefragmenting(): boolean {
    return this.#defragmenting > 0;
  }

  /** Runs a defragmentation; the status tells while it does. */
  async whileDefragmenting<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#defragmenting++;
    this.changed();
    try {
      return await run();
    } finally {
      this.#defragmenting--;
      this.changed();
    }
  }

  /** Looks again: something that the status depends on may have changed. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener when the status may have changed; returns its removal. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
