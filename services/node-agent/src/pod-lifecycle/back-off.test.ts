import { describe, expect, it } from 'vitest';
import { backOffLeft, nextBackOff, type BackOff } from './back-off.ts';

describe('restart back-off', () => {
  it('doubles from 10 s to 5 min (kubelet: MaxContainerBackOff)', () => {
    const delays: number[] = [];
    let current: BackOff | undefined;
    for (let restart = 0, now = 0; restart < 7; restart++) {
      current = nextBackOff(current, now, 0);
      delays.push(current.delayMillis / 1000);
      now += current.delayMillis;
    }
    expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300]);
  });

  it('starts over after ten quiet minutes', () => {
    const long: BackOff = { delayMillis: 300_000, setAt: 0 };
    expect(nextBackOff(long, 600_001, 0).delayMillis).toBe(10_000);
    expect(nextBackOff(long, 600_000, 0).delayMillis).toBe(300_000);
  });

  it('counts from the failure, not from the last restart', () => {
    const current: BackOff = { delayMillis: 20_000, setAt: 0 };
    expect(backOffLeft(current, 100_000, 5_000)).toBe(15_000);
    expect(backOffLeft(current, 100_000, 20_000)).toBe(0);
    expect(backOffLeft(undefined, 100_000, 0)).toBe(0);
  });
});
