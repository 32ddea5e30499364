/** The life of a process: when it is over, nothing that it asked for comes back, and nothing it planned happens. */
import type { Clock } from '@drydock/ports';

export interface Life {
  readonly isOver: boolean;
  end(): void;
  clock(clock: Clock): Clock;
  /** @param calls an object whose methods answer with promises */
  calls<T extends object>(calls: T): T;
}

export function createLife(): Life {
  let isOver = false;
  const never = () => new Promise<never>(() => undefined);
  const unlessOver = async (answer: Promise<unknown>): Promise<unknown> => {
    try {
      return await answer;
    } finally {
      if (isOver) await never();
    }
  };
  return {
    get isOver() {
      return isOver;
    },
    end: () => {
      isOver = true;
    },
    clock: (clock) => ({
      ...clock,
      now: () => clock.now(),
      wallTime: () => clock.wallTime(),
      elapsedSince: (then) => clock.elapsedSince(then),
      setTimer: (delay, run) => clock.setTimer(delay, () => (isOver ? undefined : run())),
      sleep: async (delay, options) => {
        await clock.sleep(delay, options);
        if (isOver) await never();
      },
    }),
    calls: (calls) =>
      new Proxy(calls, {
        get: (target, name) => {
          const value = Reflect.get(target, name) as unknown;
          if (typeof value !== 'function') return value;
          return (...args: unknown[]): unknown => {
            if (isOver) return never();
            const answer = Reflect.apply(value, target, args) as unknown;
            if (!(answer instanceof Promise)) return answer;
            return unlessOver(answer);
          };
        },
      }),
  };
}
