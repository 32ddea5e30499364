import { describe, expect, it } from 'vitest';
import { entryOfToken, SimpleTokens } from './simple-tokens.ts';

describe('simple tokens', () => {
  it('live as long as they are used, and no longer than their TTL after', () => {
    const tokens = new SimpleTokens({ ttl: 100 });
    tokens.assign('a.1', 'ann', 0);
    tokens.assign('b.2', 'bob', 10);
    expect(tokens.use('a.1', 99)).toBe('ann');
    expect(tokens.use('b.2', 110)).toBeUndefined();
    expect(tokens.use('a.1', 198)).toBe('ann');
    expect(tokens.use('a.1', 298)).toBeUndefined();
    expect(tokens.size).toBe(0);
  });

  it('do not pile up when nobody uses them', () => {
    const tokens = new SimpleTokens({ ttl: 100 });
    for (let now = 0; now < 10_000; now += 10) tokens.assign(`t.${now}`, 'ann', now);
    expect(tokens.size).toBeLessThanOrEqual(10);
  });

  it('are gone with their user, and those of others are not', () => {
    const tokens = new SimpleTokens({ ttl: 100 });
    tokens.assign('a.1', 'ann', 0);
    tokens.assign('b.2', 'bob', 0);
    tokens.forgetUser('ann');
    expect(tokens.use('a.1', 1)).toBeUndefined();
    expect(tokens.use('b.2', 1)).toBe('bob');
  });

  it('name the log entry that made them', () => {
    expect(entryOfToken('abcdefgh.17')).toBe(17);
    for (const none of ['', '.', 'abc', 'abc.', 'abc.x', 'a.b.1', '.1', 'abc.-1']) {
      expect(entryOfToken(none), none).toBeUndefined();
    }
  });
});
