/**
 * Wakes many watchers in several turns of the event loop: each of them writes to its client when it
 * wakes, and a thousand at once would keep whoever made the change waiting for his answer.
 *
 * The first of a turn are woken at once, so that few watchers wait for nothing.
 */

/** Writes of about a millisecond. */
const wakesEachTurn = 32;

export class WakeQueue {
  #waiting: (() => void)[] = [];
  #left = wakesEachTurn;
  #isScheduled = false;

  push(wake: () => void): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => this.#turn());
    }
    if (this.#left > 0) {
      this.#left -= 1;
      wake();
    } else this.#waiting.push(wake);
  }

  #turn(): void {
    const due = this.#waiting.slice(0, wakesEachTurn);
    this.#waiting = this.#waiting.slice(wakesEachTurn);
    this.#left = wakesEachTurn - due.length;
    this.#isScheduled = due.length > 0;
    if (this.#isScheduled) setImmediate(() => this.#turn());
    for (const wake of due) wake();
  }
}
