import { describe, expect, it } from 'vitest';
import { KeepAlive } from './keep-alive.ts';

const options = { minInterval: 5_000, interval: 60_000, timeout: 20_000 };
const busy = (answers = 0) => ({ streams: true, answers });
const idle = { streams: false, answers: 0 };

describe('a connection that is silent', () => {
  it('is pinged after the interval, and ended when no answer comes in time', () => {
    const alive = new KeepAlive(options, 0);
    expect(alive.due(59_999)).toBeUndefined();
    expect(alive.due(60_000)).toBe('ping');
    expect(alive.due(70_000)).toBeUndefined();
    expect(alive.due(80_000)).toBe('end');
  });

  it('goes on when anything comes', () => {
    const alive = new KeepAlive(options, 0);
    expect(alive.due(60_000)).toBe('ping');
    alive.heard(61_000);
    expect(alive.due(80_000)).toBeUndefined();
    expect(alive.due(121_000)).toBe('ping');
  });

  it('is never pinged, or waited for for ever, where the times are 0', () => {
    expect(new KeepAlive({ ...options, interval: 0 }, 0).due(1e12)).toBeUndefined();
    const patient = new KeepAlive({ ...options, timeout: 0 }, 0);
    expect(patient.due(60_000)).toBe('ping');
    expect(patient.due(1e12)).toBeUndefined();
  });
});

describe('pings of the other side', () => {
  it('may come too early twice', () => {
    const alive = new KeepAlive(options, 0);
    const allowed = [0, 1, 2, 3].map((at) => alive.allowsPing(at, busy()));
    expect(allowed).toEqual([true, true, true, false]);
  });

  it('may come at the interval for ever, with streams', () => {
    const alive = new KeepAlive(options, 0);
    const times = Array.from({ length: 9 }, (_, at) => at * 5_000);
    expect(times.every((at) => alive.allowsPing(at, busy()))).toBe(true);
  });

  it('without streams may come every two hours', () => {
    const alive = new KeepAlive(options, 0);
    const allowed = [0, 10_000, 20_000, 30_000].map((at) => alive.allowsPing(at, idle));
    expect(allowed).toEqual([true, true, true, false]);
  });

  it('are forgiven when something was sent since', () => {
    const alive = new KeepAlive(options, 0);
    const allowed = [0, 1, 2, 3, 4, 5].map((at) => alive.allowsPing(at, busy(at)));
    expect(allowed).toEqual([true, true, true, true, true, true]);
  });

  it('may come as they like where no interval is asked for', () => {
    const alive = new KeepAlive({ ...options, minInterval: 0 }, 0);
    expect([0, 0, 0, 0, 0, 0].every((at) => alive.allowsPing(at, idle))).toBe(true);
  });
});
