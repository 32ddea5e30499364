import { describe, expect, it } from 'vitest';
import { DueQueue } from './due-queue.ts';
import { Lessor } from './lessor.ts';

function leading(ttls: readonly number[]): Lessor {
  const lessor = new Lessor({ ttlMin: 2 });
  lessor.promote(0, 0);
  for (const [index, ttl] of ttls.entries()) lessor.grant(BigInt(index + 1), { ttl, now: 0 });
  return lessor;
}

describe('a queue of what is due', () => {
  it('hands out the earliest first, and nothing that is not due', () => {
    const queue = new DueQueue();
    const times = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 1_000);
    for (const time of times) queue.push(BigInt(time), time);
    const found: number[] = [];
    for (let id = queue.shiftDue(899); id !== undefined; id = queue.shiftDue(899)) {
      found.push(Number(id));
    }
    expect(found).toEqual(times.filter((time) => time < 900).toSorted((a, b) => a - b));
    expect(queue.size).toBe(times.length - found.length);
  });
});

describe('the end of a lease', () => {
  it('comes when it has not been renewed for its TTL, earliest first', () => {
    const lessor = leading([30, 10, 20]);
    expect(lessor.expired(9_999, 10)).toEqual([]);
    lessor.renew(2n, 9_000);
    expect(lessor.expired(30_000, 10)).toEqual([2n, 3n, 1n]);
  });

  it('is handed out again while it is not applied, but not at once', () => {
    const lessor = leading([10, 10]);
    expect(lessor.expired(10_000, 10)).toEqual([1n, 2n]);
    expect(lessor.expired(12_999, 10)).toEqual([]);
    lessor.revoke(1n);
    expect(lessor.expired(13_000, 10)).toEqual([2n]);
  });

  it('comes in portions', () => {
    const lessor = leading(Array.from({ length: 5 }, () => 10));
    expect(lessor.expired(10_000, 2)).toHaveLength(2);
    expect(lessor.expired(10_000, 9)).toHaveLength(3);
  });

  it('leaves nothing in memory of leases that are revoked long before it', () => {
    const lessor = leading([1_000_000]);
    for (let id = 10n; id < 20_000n; id++) {
      lessor.grant(id, { ttl: 1_000_000, now: 0 });
      lessor.revoke(id);
    }
    expect(lessor.queued).toBeLessThan(3_000);
    expect(lessor.expired(1_000_000_000, 10)).toEqual([1n]);
  });

  it('is spread by a new leader, so that a thousand leases do not end at once', () => {
    const lessor = new Lessor({ ttlMin: 2 });
    for (let id = 1n; id <= 3_000n; id++) lessor.grant(id, { ttl: 5, now: 0 });
    lessor.promote(0, 0);
    expect(lessor.expired(5_001, 5_000).length).toBeLessThan(10);
    expect(lessor.expired(6_000, 5_000).length).toBeLessThanOrEqual(751);
    expect(lessor.expired(9_000, 5_000).length).toBeGreaterThan(1_400);
  });
});

describe('checkpoints', () => {
  it('of a lease that ended long ago and could not be revoked end as well', () => {
    const lessor = leading([60]);
    expect(lessor.checkpoints(120_000, 10)).toEqual([]);
    expect(lessor.checkpoints(240_000, 10)).toEqual([]);
  });

  it('are due each time half is gone, and not for a lease that is renewed in time', () => {
    const lessor = leading([100, 100]);
    lessor.renew(1n, 40_000);
    expect(lessor.checkpoints(50_000, 10)).toEqual([{ id: 2n, remainingTtl: 50 }]);
    lessor.checkpoint(2n, 50);
    expect(lessor.checkpoints(74_000, 10)).toEqual([]);
    expect(lessor.checkpoints(75_000, 10)).toEqual([{ id: 2n, remainingTtl: 25 }]);
    lessor.checkpoint(2n, 25);
    expect(lessor.checkpoints(90_000, 10)).toEqual([
      { id: 2n, remainingTtl: 10 },
      { id: 1n, remainingTtl: 50 },
    ]);
    for (const id of [1n, 2n]) lessor.checkpoint(id, 50);
    expect(lessor.checkpoints(99_000, 10)).toEqual([]);
  });

  it('count from the moment they are handed out, so that no renewal overtakes them', () => {
    const lessor = leading([100]);
    expect(lessor.hasCheckpoint(1n)).toBe(false);
    lessor.checkpoints(60_000, 10);
    expect(lessor.hasCheckpoint(1n)).toBe(true);
    lessor.checkpoint(1n, 40);
    expect(lessor.hasCheckpoint(1n)).toBe(true);
    lessor.checkpoint(1n, 0);
    expect(lessor.hasCheckpoint(1n)).toBe(false);
  });

  it('make a new leader give a lease at most twice what it had, and never less', () => {
    const old = leading([100]);
    const [{ remainingTtl } = { remainingTtl: 0 }] = old.checkpoints(60_000, 10);
    const next = new Lessor({ ttlMin: 2 });
    next.grant(1n, { ttl: 100, remainingTtl, now: 0 });
    next.promote(60_000, 0);
    expect(next.expired(99_999, 1)).toEqual([]);
    expect(next.expired(140_000, 1)).toEqual([1n]);
  });

  it('that a new leader applies late count when it is promoted again, and each lease ends once', () => {
    const lessor = new Lessor({ ttlMin: 2 });
    for (const id of [1n, 2n]) lessor.grant(id, { ttl: 100, now: 0 });
    lessor.promote(0, 0);
    lessor.checkpoint(1n, 20);
    lessor.promote(500, 0);
    expect(lessor.expired(20_499, 10)).toEqual([]);
    expect(lessor.expired(20_500, 10)).toEqual([1n]);
    lessor.revoke(1n);
    expect(lessor.queued).toBe(4);
    expect(lessor.expired(100_500, 10)).toEqual([2n]);
  });

  it('of a lease that ran out and is not revoked yet come to an end', () => {
    const lessor = leading([2, 100]);
    // Found by `node --run sim -- --world etcd --seed 199`: it was due again at once, for ever.
    for (const now of [3_000, 10_000, 11_000, 12_000]) {
      expect(lessor.checkpoints(now, 10)).toEqual([]);
    }
    expect(lessor.queued).toBe(4);
  });

  it('of all leases tell a successor what is left', () => {
    const lessor = leading([100, 50]);
    lessor.renew(2n, 30_000);
    expect(lessor.allCheckpoints(30_500)).toEqual([{ id: 1n, remainingTtl: 70 }]);
  });
});
