/** The real Clock: the machine's time, scaled (see @drydock/ports). */
import type { Clock, Millis, Timer } from '@drydock/ports';

/** setTimeout's own limit; longer timers are chained. */
const longestTimeoutMillis = 2 ** 31 - 1;

/** `timeScale` 0.1 makes every timer ten times faster; it must be positive. */
export function createSystemClock(timeScale = 1): Clock {
  if (!(timeScale > 0)) throw new Error(`the time scale must be positive, not ${timeScale}`);

  const setTimer = (delay: Millis, fire: () => void): Timer => {
    const end = performance.now() + Math.max(0, delay) * timeScale;
    let timeout: NodeJS.Timeout;
    const arm = () => {
      const left = end - performance.now();
      timeout =
        left > longestTimeoutMillis
          ? setTimeout(arm, longestTimeoutMillis)
          : setTimeout(fire, Math.max(0, left));
    };
    arm();
    return { cancel: () => clearTimeout(timeout) };
  };

  return {
    now: () => performance.now() / timeScale,
    wallTime: () => Date.now(),
    elapsedSince: (wallTime) => Math.max(0, Date.now() - wallTime) / timeScale,
    setTimer,
    sleep: (delay, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const abort = () => {
          timer.cancel();
          reject(signal!.reason as Error);
        };
        const timer = setTimer(delay, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };
}
