import { describe, expect, it } from 'vitest';
import { VersionCache } from './version-cache.ts';
import { Version } from './version.ts';

const versionAt = (main: number) =>
  new Version({
    key: 'k',
    main,
    sub: 0,
    createRevision: main,
    version: 1,
    lease: 0n,
    encoded: 'x'.repeat(100),
  });

describe('the cache of values', () => {
  it('lets go of the oldest first, but of nothing that the backend does not hold', () => {
    const cache = new VersionCache(250);
    const versions = [2, 3, 4, 5].map(versionAt);
    for (const version of versions) cache.add(version);
    cache.trim(2);
    expect(versions.map((one) => one.encoded === undefined)).toEqual([true, false, false, false]);
    versions[1]!.touched = true;
    cache.trim(5);
    expect(versions.map((one) => one.encoded === undefined)).toEqual([true, false, true, false]);
    expect(cache.bytes).toBe(200);
  });

  it('keeps few bytes of versions that were replaced, also when they come back', () => {
    const cache = new VersionCache(8_000);
    const kept = versionAt(1);
    cache.add(kept);
    const versions = Array.from({ length: 40 }, (_, index) => versionAt(index + 2));
    for (const version of versions) {
      cache.add(version);
      cache.replace(version);
      cache.trim(41);
    }
    expect(cache.bytes).toBe(1_100);
    expect(versions.findIndex((one) => one.encoded !== undefined)).toBe(30);
    versions[0]!.encoded = 'x'.repeat(100);
    cache.add(versions[0]!);
    cache.trim(41);
    expect(cache.bytes).toBe(1_100);
    expect(versions[30]!.encoded).toBeUndefined();
    expect(kept.encoded).toBeDefined();
  });

  it('counts no bytes of versions that are gone, and keeps none of them for long', () => {
    const cache = new VersionCache(1_000_000);
    const kept = versionAt(1);
    cache.add(kept);
    let last = kept;
    for (let main = 2; main < 20_000; main++) {
      last = versionAt(main);
      cache.add(last);
      cache.forget(last);
      cache.forget(last);
      expect(cache.length).toBeLessThan(10_000);
    }
    expect(cache.bytes).toBe(100);
    expect(kept.encoded).toBeDefined();
  });
});
