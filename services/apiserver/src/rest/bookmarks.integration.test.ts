/** Bookmarks of watches: every minute, and before a watch ends. The clock runs a hundred times faster. */
import { createSystemClock } from '@drydock/process';
import { eventually } from '@drydock/testing/eventually';
import { describe, expect, test } from 'vitest';
import { useTestServer } from '../testing/use-server.ts';

const timeScale = 0.01;

const { admin } = useTestServer({
  server: {
    clock: createSystemClock(timeScale),
    // What guards requests would be as quick.
    requestTimeoutMillis: 6_000_000,
  },
});

const configMaps = '/api/v1/namespaces/default/configmaps';
const secrets = '/api/v1/namespaces/default/secrets';

async function create(path: string, name: string): Promise<number> {
  const answer = await admin.request('POST', path, { body: { metadata: { name } } });
  expect(answer.code).toBe(201);
  return Number(answer.json<{ metadata: { resourceVersion: string } }>().metadata.resourceVersion);
}

const hour = 3_600;
const versions = (watch: { lines: readonly { object: { metadata: object } }[] }) =>
  watch.lines.map(({ object }) =>
    Number((object.metadata as { resourceVersion: string }).resourceVersion),
  );

describe('a watch that allows bookmarks', () => {
  test('gets one after another, each with a version and nothing else', async () => {
    const from = await create(configMaps, 'before');
    const query = `watch=true&timeoutSeconds=${hour}&resourceVersion=${from}`;
    using watch = admin.watch(`${configMaps}?${query}&allowWatchBookmarks=true`);
    using plain = admin.watch(`${configMaps}?${query}`);
    await eventually('three bookmarks', () => watch.lines.length >= 3);
    for (const { type, object } of watch.lines.slice(0, 3)) {
      expect(type).toBe('BOOKMARK');
      expect(object).toEqual({
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: {
          creationTimestamp: null,
          resourceVersion: expect.stringMatching(/^\d+$/) as string,
        },
      });
    }
    expect(plain.lines).toEqual([]);
  });

  test('learns of a version that another kind has reached, and can go on from there', async () => {
    const from = await create(configMaps, 'other');
    const query = `watch=true&timeoutSeconds=${hour}&allowWatchBookmarks=true`;
    using watch = admin.watch(`${configMaps}?${query}&resourceVersion=${from}`);
    const elsewhere = await create(secrets, 'elsewhere');
    await eventually('a bookmark that is as new', () => versions(watch).at(-1)! >= elsewhere);
    expect(watch.lines.every(({ type }) => type === 'BOOKMARK')).toBe(true);
    const version = versions(watch).at(-1)!;
    using again = admin.watch(`${configMaps}?${query}&resourceVersion=${version}`);
    const later = await create(configMaps, 'later');
    await eventually('the change', () => versions(again).includes(later));
    const first = again.lines.find(({ type }) => type !== 'BOOKMARK')!;
    expect([first.type, first.object.metadata.name]).toEqual(['ADDED', 'later']);
    // A bookmark is never ahead of what its watch has been told.
    const all = versions(again);
    expect(all).toEqual(all.toSorted((one, other) => one - other));
  });

  test('gets one before it ends, however short it is', async () => {
    const from = await create(configMaps, 'short');
    const query = `watch=true&timeoutSeconds=30&resourceVersion=${from}`;
    using watch = admin.watch(`${configMaps}?${query}&allowWatchBookmarks=true`);
    using plain = admin.watch(`${configMaps}?${query}`);
    await eventually('both have ended', () => watch.ended && plain.ended);
    expect(watch.lines.map(({ type }) => type)).toEqual(
      Array<string>(watch.lines.length).fill('BOOKMARK'),
    );
    expect(watch.lines.length).toBeGreaterThanOrEqual(1);
    expect(plain.lines).toEqual([]);
  });
});
