/**
 * What a process of watchers tells its parent: how long after their writes were sent the events came. A
 * write carries the time at which it was sent, on the clock that all processes of a machine share.
 */

export type WatchCommand<Order> =
  | { readonly kind: 'open'; readonly order: Order }
  /** Tells as soon as `events` more have come. */
  | { readonly kind: 'expect'; readonly events: number };

export type WatchReport =
  | { readonly kind: 'opened' }
  | { readonly kind: 'expecting' }
  /** `lastMicros`: when the last event came. */
  | { readonly kind: 'seen'; readonly lastMicros: number; readonly latenciesMicros: Float64Array }
  | { readonly kind: 'failed'; readonly message: string };

export const stampDigits = 16;

/** Microseconds on the machine's monotonic clock, the same for all processes. */
export function nowMicros(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanos / 1_000);
}

/** The time of sending, as text of `stampDigits` bytes. */
export const stamp = () => String(nowMicros()).padStart(stampDigits, '0');

const report = (message: WatchReport) => process.send!(message);

export class Tally {
  #latencies = new Float64Array(0);
  #seen = 0;

  expect(events: number): void {
    this.#latencies = new Float64Array(events);
    this.#seen = 0;
    report({ kind: 'expecting' });
  }

  /** An event has come whose write was sent at a time; NaN when it says no time. */
  take(sentMicros: number): void {
    if (!(sentMicros > 0)) this.fail('an event is none of ours');
    const now = nowMicros();
    this.#latencies[this.#seen++] = now - sentMicros;
    if (this.#seen === this.#latencies.length) {
      report({ kind: 'seen', lastMicros: now, latenciesMicros: this.#latencies });
    }
  }

  opened(): void {
    report({ kind: 'opened' });
  }

  fail(message: string): void {
    report({ kind: 'failed', message });
  }
}

/** Does what the parent says, for the life of this process. */
export function serveTally<Order>(tally: Tally, open: (order: Order) => Promise<void>): void {
  process.on('message', (command: WatchCommand<Order>) => {
    if (command.kind === 'expect') tally.expect(command.events);
    else open(command.order).catch((error: unknown) => tally.fail(String(error)));
  });
  process.on('disconnect', () => process.exit(0));
}
