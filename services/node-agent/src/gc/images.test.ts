import { describe, expect, it } from 'vitest';
import type { ImageStatus } from '../runtime/runtime.ts';
import { bytesToFree, isOld, isStale, nextRecords, removable } from './images.ts';

const image = (id: string, ...names: readonly string[]): ImageStatus => ({
  id,
  names,
  sizeBytes: 100,
});
const nothing = { inUse: new Set<string>(), records: new Map() };

describe('an image may go', () => {
  const may = (of: ImageStatus, pulled: Record<string, string>, inUse: string[] = []) =>
    removable([of], {
      pulled: new Map(Object.entries(pulled)),
      inUse: new Set(inUse),
      records: new Map(),
    }).length === 1;

  it('when an agent pulled it, by whatever form of its name', () => {
    expect(may(image('i', 'web:latest'), { web: 'i' })).toBe(true);
    expect(may(image('i', 'web:1'), { 'docker.io/library/web:1': 'i' })).toBe(true);
    expect(may(image('i', 'team/web:1', 'team/web@sha256:ab'), { 'team/web:1': 'i' })).toBe(true);
    expect(may(image('i', 'localhost:5000/web:1'), { 'localhost:5000/web:1': 'i' })).toBe(true);
  });

  it('not when its owner had it, or has given it a name of their own', () => {
    expect(may(image('i', 'web:1'), {})).toBe(false);
    expect(may(image('i', 'web:1', 'mine:1'), { 'web:1': 'i' })).toBe(false);
    expect(may(image('i', 'web:1', 'other@sha256:ab'), { 'web:1': 'i' })).toBe(false);
  });

  it('not when something else has the name by now', () => {
    expect(may(image('built', 'web:1'), { 'web:1': 'pulled' })).toBe(false);
  });

  it('not while any container is made of it, nor when it has no name', () => {
    expect(may(image('i', 'web:1'), { 'web:1': 'i' }, ['i'])).toBe(false);
    expect(may(image('i'), { 'web:1': 'i' })).toBe(false);
  });
});

it('the least recently used goes first, of those never used the first seen', () => {
  const images = ['used', 'new', 'old', 'long-ago'].map((id) => image(id, `${id}:1`));
  const pulled = new Map(images.map(({ id, names }) => [names[0]!, id]));
  let records = nextRecords(
    new Map(),
    [image('long-ago'), image('used')],
    new Set(['long-ago']),
    0,
  );
  records = nextRecords(
    records,
    images.slice(0, 1).concat(image('old'), image('long-ago')),
    new Set(['used']),
    10,
  );
  records = nextRecords(records, images, new Set(), 20);
  const order = removable(images, { ...nothing, pulled, records }).map(({ id }) => id);
  expect(order).toEqual(['old', 'new', 'long-ago', 'used']);
});

it('room is made from the high threshold down to the low one', () => {
  const policy = {
    highThresholdPercent: 85,
    lowThresholdPercent: 80,
    ageMillisMin: 0,
    ageMillisMax: 0,
  };
  expect(bytesToFree({ available: 160, capacity: 1000 }, policy)).toBeUndefined();
  expect(bytesToFree({ available: 150, capacity: 1000 }, policy)).toEqual({
    usedPercent: 85,
    bytes: 50,
  });
});

it('an image stays for a while, and not for ever when unused', () => {
  const record = { firstSeenAt: 0, lastUsedAt: 50 };
  expect([isOld(record, 99, 100), isOld(record, 100, 100)]).toEqual([false, true]);
  expect([isStale(record, 150, 100), isStale(record, 151, 100)]).toEqual([false, true]);
  expect(isStale(record, 1e9, 0)).toBe(false);
});
