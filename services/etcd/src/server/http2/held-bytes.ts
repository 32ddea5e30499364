/**
 * What connections hold in memory for their other sides: answers that no window lets out, requests
 * that are not whole. Each has a bound of its own, and all together have one: past it the connection
 * that holds most is ended.
 */

/** What a queued piece costs beside its bytes. */
export const pieceOverheadBytes = 128;

export interface HeldBytesOptions {
  readonly connectionBytesMax: number;
  readonly totalBytesMax: number;
}

export interface Holder {
  readonly heldBytes: number;
  /** Ends the connection at once and lets go of all it holds. */
  endForHolding(): void;
}

export class HeldBytes {
  readonly connectionBytesMax: number;
  readonly #totalBytesMax: number;
  readonly #holders = new Set<Holder>();
  #total = 0;

  constructor(options: HeldBytesOptions) {
    this.connectionBytesMax = options.connectionBytesMax;
    this.#totalBytesMax = options.totalBytesMax;
  }

  get total(): number {
    return this.#total;
  }

  join(holder: Holder): void {
    this.#holders.add(holder);
  }

  leave(holder: Holder): void {
    this.#holders.delete(holder);
  }

  add(bytes: number): void {
    this.#total += bytes;
    if (bytes > 0 && this.#total > this.#totalBytesMax) queueMicrotask(() => this.#shed());
  }

  #shed(): void {
    if (this.#total <= this.#totalBytesMax) return;
    let largest: Holder | undefined;
    for (const one of this.#holders) {
      if (largest === undefined || one.heldBytes > largest.heldBytes) largest = one;
    }
    largest?.endForHolding();
  }
}
