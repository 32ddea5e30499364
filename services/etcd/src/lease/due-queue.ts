/** Ids by the time when they are due, earliest first: a binary heap in two flat lists. */

/** Any one clock's. */
type Time = number;

export class DueQueue {
  readonly #ids: bigint[] = [];
  readonly #times: Time[] = [];

  get size(): number {
    return this.#ids.length;
  }

  push(id: bigint, due: Time): void {
    let at = this.#ids.length;
    this.#ids.push(id);
    this.#times.push(due);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#times[parent]! <= due) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the earliest one if it is due. */
  shiftDue(now: Time): bigint | undefined {
    if (this.#ids.length === 0 || this.#times[0]! > now) return undefined;
    const id = this.#ids[0]!;
    const lastId = this.#ids.pop()!;
    const lastTime = this.#times.pop()!;
    if (this.#ids.length > 0) {
      this.#ids[0] = lastId;
      this.#times[0] = lastTime;
      this.#sink();
    }
    return id;
  }

  /** Lets go of all others. */
  retain(isWanted: (id: bigint) => boolean): void {
    const kept = this.#ids.map((id, at) => ({ id, due: this.#times[at]! }));
    this.clear();
    for (const { id, due } of kept) if (isWanted(id)) this.push(id, due);
  }

  clear(): void {
    this.#ids.length = 0;
    this.#times.length = 0;
  }

  #sink(): void {
    const times = this.#times;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= times.length) return;
      const right = left + 1;
      const child = right < times.length && times[right]! < times[left]! ? right : left;
      if (times[at]! <= times[child]!) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #swap(a: number, b: number): void {
    [this.#ids[a], this.#ids[b]] = [this.#ids[b]!, this.#ids[a]!];
    [this.#times[a], this.#times[b]] = [this.#times[b]!, this.#times[a]!];
  }
}
