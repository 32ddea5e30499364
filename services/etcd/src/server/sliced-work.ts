/**
 * Work that takes longer than others should wait goes in slices, one a turn of the event loop.
 *
 * 1. What is done within the first slice is done at once, however much long work is under way.
 * 2. Some pieces of long work run at a time, since each holds its result in memory. Of those that wait
 *    nothing is kept: they begin anew when their turn comes, and only if they are still wanted.
 */
import type { WatchHubOptions } from '../mvcc/watch-hub.ts';

/** Real milliseconds: the event loop is what is shared. */
const sliceMillis = 4;
const runningMax = 4;

type Steps<Result> = Generator<void, Result, void>;
type Work<Result> = (isOver: () => boolean) => Steps<Result>;

export class SlicedWork {
  readonly #turns: WatchHubOptions;
  #running = 0;
  /** Who is called has a place among those that run. */
  readonly #waiting: (() => void)[] = [];
  #end = 0;

  constructor(turns: WatchHubOptions) {
    this.#turns = turns;
  }

  /** Undefined when it is no longer wanted by the time that its turn comes. */
  run<Result>(work: Work<Result>, isWanted: () => boolean): Result | Promise<Result | undefined> {
    const steps = this.#begin(work);
    const first = steps.next();
    if (first.done === true) return first.value;
    if (this.#running < runningMax) {
      this.#running++;
      return this.#goOn(steps);
    }
    steps.return(undefined as Result);
    return this.#later(work, isWanted);
  }

  #begin<Result>(work: Work<Result>): Steps<Result> {
    const { now } = this.#turns;
    this.#end = now() + sliceMillis;
    return work(() => now() >= this.#end);
  }

  async #later<Result>(work: Work<Result>, isWanted: () => boolean): Promise<Result | undefined> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    if (isWanted()) return this.#goOn(this.#begin(work));
    this.#leave();
    return undefined;
  }

  /** The work has a place, and leaves it at its end. */
  async #goOn<Result>(steps: Steps<Result>): Promise<Result> {
    try {
      for (;;) {
        await new Promise<void>((resolve) => this.#turns.defer(resolve));
        this.#end = this.#turns.now() + sliceMillis;
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
