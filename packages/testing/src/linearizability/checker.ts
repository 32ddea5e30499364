/**
 * Whether a history of operations is linearizable: whether each can be given a moment between its call
 * and its return so that a sequential model gives the same answers in that order.
 *
 * 1. An operation without an answer (a timeout, a dead server) may take effect at any time after its
 *    call, or never.
 * 2. The search is Wing and Gong's (1993) with Lowe's memory of what was tried (2017): the same
 *    operations done, the same state reached, is searched once.
 * 3. An operation that is possible now and changes nothing is done now: no order needs it later.
 * 4. Histories over independent objects are checked object by object (`partition`), since
 *    linearizability is local (Herlihy and Wing 1990).
 */

/** Call and return are instants of one clock that all clients share. */
export interface Operation<Input, Output> {
  readonly client: number;
  readonly input: Input;
  readonly call: number;
  /** Undefined when the outcome is unknown. */
  readonly output: Output | undefined;
  /** Infinity when the outcome is unknown. */
  readonly return: number;
}

export interface Model<State, Input, Output> {
  readonly initial: State;
  /**
   * The states that the operation may lead to; none when the answer is impossible. Without an answer,
   * all that may be. Returns the same object when nothing changes.
   */
  step(state: State, input: Input, output: Output | undefined): readonly State[];
  /** Equal for equal states. */
  key(state: State): string;
  /** Which object an operation is about, where objects are independent. */
  partition?(input: Input): string;
}

export type Verdict<Input, Output> =
  | { readonly kind: 'linearizable' }
  | {
      readonly kind: 'violation';
      /** The longest order that was found, and what could not follow it. */
      readonly order: readonly Operation<Input, Output>[];
      readonly stuck: readonly Operation<Input, Output>[];
      readonly state: string;
    }
  /** Too hard: nothing is known. */
  | { readonly kind: 'gave-up' };

export interface CheckOptions {
  /** Model steps after which the search gives up. */
  readonly stepsMax?: number;
}

export function checkLinearizable<State, Input, Output>(
  operations: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
  { stepsMax = 5_000_000 }: CheckOptions = {},
): Verdict<Input, Output> {
  const parts = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const name = model.partition?.(operation.input) ?? '';
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [operation]);
    else part.push(operation);
  }
  for (const part of parts.values()) {
    const verdict = new Search(part, model, stepsMax).run();
    if (verdict.kind !== 'linearizable') return verdict;
  }
  return { kind: 'linearizable' };
}

/** One decision of the search: which of the operations that could be next is next. */
interface Frame<State> {
  readonly state: State;
  readonly candidates: readonly number[];
  nextCandidate: number;
  /** What the operation tried last may still lead to. */
  outcomes: readonly State[];
  nextOutcome: number;
  /** The operation that is done in the frames above, or -1. */
  chosen: number;
}

class Search<State, Input, Output> {
  readonly #operations: readonly Operation<Input, Output>[];
  readonly #model: Model<State, Input, Output>;
  readonly #done: Uint8Array;
  readonly #order: number[] = [];
  readonly #seen = new Set<string>();
  #stepsLeft: number;
  #answeredLeft: number;
  /** Everything answered before it is done. */
  #frontier = 0;
  #best: { order: number[]; candidates: readonly number[]; state: string } | undefined;

  constructor(
    operations: readonly Operation<Input, Output>[],
    model: Model<State, Input, Output>,
    stepsMax: number,
  ) {
    this.#operations = operations.toSorted((a, b) => a.call - b.call);
    this.#model = model;
    this.#stepsLeft = stepsMax;
    this.#done = new Uint8Array(operations.length);
    this.#answeredLeft = operations.filter(isAnswered).length;
  }

  run(): Verdict<Input, Output> {
    const frames: Frame<State>[] = [];
    let frame: Frame<State> | undefined = this.#frameOf(this.#model.initial);
    while (frame !== undefined) {
      if (this.#answeredLeft === 0) return { kind: 'linearizable' };
      if (this.#stepsLeft <= 0) return { kind: 'gave-up' };
      const next: State | undefined = this.#tryNext(frame);
      if (next === undefined) {
        frame = frames.pop();
        if (frame !== undefined) this.#undo(frame);
        continue;
      }
      if (this.#isNew(next)) {
        frames.push(frame);
        frame = this.#frameOf(next);
      } else this.#undo(frame);
    }
    return this.#violation();
  }

  /** The state after the next thing to try, whose operation is marked as done. */
  #tryNext(frame: Frame<State>): State | undefined {
    const { candidates, state } = frame;
    for (;;) {
      if (frame.nextOutcome < frame.outcomes.length) {
        this.#do(frame, candidates[frame.nextCandidate - 1]!);
        return frame.outcomes[frame.nextOutcome++];
      }
      if (frame.nextCandidate === candidates.length) return undefined;
      const { input, output } = this.#operations[candidates[frame.nextCandidate++]!]!;
      this.#stepsLeft--;
      const outcomes = this.#model.step(state, input, output);
      const changesNothing = outcomes.length === 1 && outcomes[0] === state;
      if (changesNothing && output === undefined) continue;
      // Nothing else needs to be tried in its place.
      if (changesNothing) {
        this.#do(frame, candidates[frame.nextCandidate - 1]!);
        frame.nextCandidate = candidates.length;
        frame.outcomes = [];
        frame.nextOutcome = 0;
        return state;
      }
      frame.outcomes = outcomes;
      frame.nextOutcome = 0;
    }
  }

  #do(frame: Frame<State>, at: number): void {
    frame.chosen = at;
    this.#done[at] = 1;
    this.#order.push(at);
    if (isAnswered(this.#operations[at]!)) this.#answeredLeft--;
    this.#moveFrontier();
  }

  #undo(frame: Frame<State>): void {
    const at = frame.chosen;
    frame.chosen = -1;
    this.#done[at] = 0;
    this.#order.pop();
    if (!isAnswered(this.#operations[at]!)) return;
    this.#answeredLeft++;
    this.#frontier = Math.min(this.#frontier, at);
  }

  #moveFrontier(): void {
    const operations = this.#operations;
    while (
      this.#frontier < operations.length &&
      (this.#done[this.#frontier] === 1 || !isAnswered(operations[this.#frontier]!))
    ) {
      this.#frontier++;
    }
  }

  /** What may come next: called before the first return among all that is not done. */
  #frameOf(state: State): Frame<State> {
    const operations = this.#operations;
    const answered: number[] = [];
    let firstReturn = Infinity;
    for (let at = this.#frontier; at < operations.length; at++) {
      const operation = operations[at]!;
      if (operation.call > firstReturn) break;
      if (this.#done[at] === 1 || !isAnswered(operation)) continue;
      answered.push(at);
      firstReturn = Math.min(firstReturn, operation.return);
    }
    const candidates = answered
      .filter((at) => operations[at]!.call <= firstReturn)
      .sort((a, b) => operations[a]!.return - operations[b]!.return);
    // The unanswered ones come last: most never happened.
    for (let at = 0; at < operations.length && operations[at]!.call <= firstReturn; at++) {
      if (this.#done[at] === 0 && !isAnswered(operations[at]!)) candidates.push(at);
    }
    if (this.#best === undefined || this.#order.length > this.#best.order.length) {
      this.#best = { order: [...this.#order], candidates, state: this.#model.key(state) };
    }
    return { state, candidates, nextCandidate: 0, outcomes: [], nextOutcome: 0, chosen: -1 };
  }

  #isNew(state: State): boolean {
    let key = `${this.#frontier}`;
    for (let at = 0; at < this.#done.length; at++) {
      const isBeyond = at > this.#frontier || !isAnswered(this.#operations[at]!);
      if (isBeyond && this.#done[at] === 1) key += `,${at}`;
    }
    key += `|${this.#model.key(state)}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #violation(): Verdict<Input, Output> {
    const { order, candidates, state } = this.#best!;
    const operations = (list: readonly number[]) => list.map((at) => this.#operations[at]!);
    return {
      kind: 'violation',
      order: operations(order),
      stuck: operations(candidates).filter(isAnswered),
      state,
    };
  }
}

const isAnswered = (operation: Operation<unknown, unknown>) => operation.output !== undefined;
