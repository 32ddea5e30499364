/**
 * Whether the other side of a connection is still there, and whether it asks that too often. Times are
 * real milliseconds from any zero.
 *
 * 1. Silence for the interval is answered with a ping, and silence after that with the end.
 * 2. Pings closer together than the client's interval are strikes, and the third one is too many;
 *    without open streams two hours are the interval. What the server sends in between forgives them.
 */

export interface KeepAliveOptions {
  /** 0: clients may ping as they like. */
  readonly minInterval: number;
  /** 0: never. */
  readonly interval: number;
  /** 0: for ever. */
  readonly timeout: number;
}

const idleInterval = 2 * 3_600_000;
const strikesMax = 2;

export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #heardAt: number;
  #pingedAt: number | undefined;
  #askedAt: number | undefined;
  #strikes = 0;
  #answers = 0;

  constructor(options: KeepAliveOptions, now: number) {
    this.#options = options;
    this.#heardAt = now;
  }

  /** Something came. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#pingedAt = undefined;
  }

  /** What is to be done now; to be asked about once a second. */
  due(now: number): 'ping' | 'end' | undefined {
    const { interval, timeout } = this.#options;
    if (this.#pingedAt !== undefined) {
      return timeout > 0 && now - this.#pingedAt >= timeout ? 'end' : undefined;
    }
    if (interval === 0 || now - this.#heardAt < interval) return undefined;
    this.#pingedAt = now;
    return 'ping';
  }

  /**
   * False when this ping of the other side is one too many. `answers` counts what was sent to it: with
   * anything new since its last ping this one is in order.
   */
  allowsPing(now: number, has: { readonly streams: boolean; readonly answers: number }): boolean {
    const { minInterval } = this.#options;
    const askedAt = this.#askedAt;
    this.#askedAt = now;
    if (minInterval === 0 || has.answers !== this.#answers) {
      this.#answers = has.answers;
      this.#strikes = 0;
      return true;
    }
    const interval = has.streams ? minInterval : idleInterval;
    if (askedAt !== undefined && now - askedAt < interval) this.#strikes++;
    return this.#strikes <= strikesMax;
  }
}
