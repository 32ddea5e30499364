/**
 * Waiting for a condition with a deadline, on real time: what tests of real processes do instead of
 * sleeping. A condition that throws counts as not yet true, and its last failure is what the reader
 * of a timed-out test sees.
 */

export interface EventuallyOptions {
  /** Default 30,000 real milliseconds. */
  readonly timeoutMillis?: number;
  /** Pause between two looks; default 50 real milliseconds. */
  readonly intervalMillis?: number;
}

/**
 * Resolves with the first value of `look` that is not undefined, null or false.
 * @throws Error that names `what` and the last failure or value.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const timeoutMillis = options.timeoutMillis ?? 30_000;
  const deadline = performance.now() + timeoutMillis;
  let last: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) {
      const reason = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`not within ${timeoutMillis} ms: ${what}; at last: ${reason}`, {
        cause: last,
      });
    }
    await new Promise((resolve) => {
      setTimeout(resolve, options.intervalMillis ?? 50);
    });
  }
}
