/**
 * Large answers take turns: once those of this turn of the loop have some megabytes together, the
 * next are made in later turns, so that a thousand readers of everything do not hold up heartbeats
 * and the writes of others.
 */
import type { Answer, Asker } from './grpc.ts';

const turnBytesMax = 4 * 1024 * 1024;
/** Smaller answers are not worth the counting. */
const largeAnswerBytes = 16 * 1024;
/** What an answer counts that is not whole at once: it took its time of this turn already. */
const longAnswerBytes = turnBytesMax / 2;

const unwanted: Answer = {
  kind: 'failure',
  code: 8,
  message: 'grpc: too many answers of this connection are unread',
};

/** Undefined for an answer that nobody waits for any more. */
type Make = () => Answer | Promise<Answer | undefined>;

export class AnswerTurns {
  #bytes = 0;
  #isPlanned = false;
  #waiting: (() => void)[] = [];

  /** `make` is not called at all when nobody wants its answer by then; it may come to that later too. */
  run(asker: Asker, make: Make): Answer | Promise<Answer> {
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

  #make(asker: Asker, make: Make): Answer | Promise<Answer> {
    if (!asker.hasRoom) return unwanted;
    const answer = make();
    if (answer instanceof Promise) {
      this.#count(longAnswerBytes);
      return answer.then((whole = unwanted) => {
        if (Buffer.isBuffer(whole)) this.#count(whole.length);
        return whole;
      });
    }
    if (Buffer.isBuffer(answer)) this.#count(answer.length);
    return answer;
  }

  #count(bytes: number): void {
    if (bytes <= largeAnswerBytes) return;
    this.#bytes += bytes;
    this.#plan();
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
