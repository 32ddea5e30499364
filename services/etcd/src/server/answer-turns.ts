/**
 * Large answers take turns: once those of this turn of the loop have some megabytes together, the
 * next are made in later turns, so that a thousand readers of everything do not hold up heartbeats
 * and the writes of others.
 */
import type { Answer, Asker } from './grpc.ts';

const turnBytesMax = 4 * 1024 * 1024;
/** Smaller answers are not worth the counting. */
const largeAnswerBytes = 16 * 1024;

const unwanted: Answer = {
  kind: 'failure',
  code: 8,
  message: 'grpc: too many answers of this connection are unread',
};

export class AnswerTurns {
  #bytes = 0;
  #isPlanned = false;
  #waiting: (() => void)[] = [];

  /** `make` is not called at all when nobody wants its answer by then. */
  run(asker: Asker, make: () => Answer): Answer | Promise<Answer> {
    if (this.#bytes < turnBytesMax) return this.#make(asker, make);
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(this.#make(asker, make));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #make(asker: Asker, make: () => Answer): Answer {
    if (!asker.hasRoom) return unwanted;
    const answer = make();
    if (Buffer.isBuffer(answer) && answer.length > largeAnswerBytes) {
      this.#bytes += answer.length;
      this.#plan();
    }
    return answer;
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#bytes = 0;
      const waiting = this.#waiting;
      this.#waiting = [];
      let next = 0;
      while (next < waiting.length && this.#bytes < turnBytesMax) waiting[next++]!();
      // Those that came meanwhile stand behind those that waited.
      this.#waiting = [...waiting.slice(next), ...this.#waiting];
      if (this.#waiting.length > 0) this.#plan();
    });
  }
}
