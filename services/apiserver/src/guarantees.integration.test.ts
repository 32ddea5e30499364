/**
 * What readers and watchers of several apiservers may rely on, tried while others write: reads are never
 * behind what was acknowledged, a watcher that does not read bothers nobody, pages show one state, and
 * a watch tells of each change once, wherever it goes on.
 */
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { createChannelSet } from '@drydock/rpc';
import { eventually } from '@drydock/testing/eventually';
import { describe, expect, test } from 'vitest';
import { createEtcdClient } from './storage/etcd-client.ts';
import { useTestServers } from './testing/use-server.ts';

const { etcd, servers, clients } = useTestServers(2);

const configMaps = '/api/v1/namespaces/default/configmaps';
const mergePatch = { 'content-type': 'application/merge-patch+json' };

interface Listed {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly { readonly metadata: Meta; readonly data?: Record<string, string> }[];
}
interface Meta {
  readonly name: string;
  readonly resourceVersion: string;
}

const make = async (name: string, more: object = {}, at = 0) => {
  const body = { metadata: { name, ...more }, data: { count: '0' } };
  const answer = await clients[at]!.request('POST', configMaps, { body });
  expect(answer.code, answer.text).toBe(201);
  return answer.json<{ metadata: Meta }>().metadata;
};
const set = async (name: string, count: number, at = 0) => {
  const body = { data: { count: String(count) } };
  const answer = await clients[at]!.request('PATCH', `${configMaps}/${name}`, {
    body,
    headers: mergePatch,
  });
  expect(answer.code, answer.text).toBe(200);
  return answer.json<{ metadata: Meta }>().metadata.resourceVersion;
};

async function watchers(at: number): Promise<number> {
  const text = await servers[at]!.metrics.metrics();
  const line = text
    .split('\n')
    .find((one) => one.startsWith('apiserver_watchers{resource="configmaps"}'));
  return Number(line?.split(' ').at(-1) ?? 0);
}

describe('reads', () => {
  test('show what was acknowledged through the other apiserver, while many write', async () => {
    const chain = async (index: number) => {
      const [writer, reader] = index % 2 === 0 ? [0, 1] : [1, 0];
      const name = `chain-${index}`;
      await make(name, { labels: { chain: String(index) } }, writer);
      for (let count = 1; count <= 25; count += 1) {
        const version = await set(name, count, writer);
        const [one, list, page] = await Promise.all([
          clients[reader]!.request('GET', `${configMaps}/${name}`),
          clients[reader]!.request('GET', `${configMaps}?labelSelector=chain%3D${index}`),
          clients[reader]!.request('GET', `${configMaps}?labelSelector=chain%3D${index}&limit=1`),
        ]);
        expect(one.json<{ data: { count: string } }>().data.count).toBe(String(count));
        for (const answer of [list, page]) {
          const { metadata, items } = answer.json<Listed>();
          expect(items[0]!.data).toEqual({ count: String(count) });
          expect(Number(metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(version));
        }
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(chain));
  });

  /** Upstream's table of resourceVersion and resourceVersionMatch, for lists. */
  test('are as new as they are asked to be', async () => {
    const first = await make('versions', { labels: { table: 'yes' } });
    const second = await set('versions', 1);
    const third = await set('versions', 2);
    const list = async (query: string) => {
      const path = `${configMaps}?labelSelector=table${query === '' ? '' : `&${query}`}`;
      const answer = await clients[1]!.request('GET', path);
      return { code: answer.code, text: answer.text, list: answer.json<Listed>() };
    };
    const countOf = async (query: string) => {
      const { code, text, list: shown } = await list(query);
      expect(code, text).toBe(200);
      return {
        count: shown.items[0]?.data?.['count'],
        version: Number(shown.metadata.resourceVersion),
      };
    };
    // Most recent.
    expect(await countOf('')).toMatchObject({ count: '2' });
    expect(await countOf('limit=10')).toMatchObject({ count: '2' });
    // Not older than.
    for (const match of ['', '&resourceVersionMatch=NotOlderThan']) {
      expect(await countOf(`resourceVersion=${third}${match}`)).toMatchObject({ count: '2' });
      const older = await countOf(`resourceVersion=${second}${match}`);
      expect(older.version).toBeGreaterThanOrEqual(Number(second));
      expect((await countOf(`resourceVersion=0${match}`)).count).toBeDefined();
    }
    // Exact.
    const exact = (version: string, more = '') =>
      countOf(`resourceVersion=${version}&resourceVersionMatch=Exact${more}`);
    const { resourceVersion: created } = first;
    expect(await exact(created)).toEqual({ count: '0', version: Number(created) });
    expect(await exact(second)).toEqual({ count: '1', version: Number(second) });
    expect(await exact(second, '&limit=1')).toEqual({ count: '1', version: Number(second) });
    // Not allowed.
    for (const query of [
      'resourceVersionMatch=Exact',
      'resourceVersionMatch=NotOlderThan',
      'resourceVersion=0&resourceVersionMatch=Exact',
      `resourceVersion=${second}&resourceVersionMatch=Newest`,
    ]) {
      expect((await list(query)).code, query).toBe(422);
    }
    // Not there yet.
    const future = String(Number(third) + 1_000_000);
    for (const match of ['', '&resourceVersionMatch=NotOlderThan', '&resourceVersionMatch=Exact']) {
      const { code, text } = await list(`resourceVersion=${future}${match}`);
      expect(code, text).toBe(504);
      expect(text).toContain(`Too large resource version: ${future}, current: `);
    }
  });
});

describe('pages', () => {
  const names = Array.from({ length: 12 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
  const pageOf = async (at: number, query: string) => {
    const path = `${configMaps}?labelSelector=paged&limit=5${query}`;
    return clients[at]!.request('GET', path);
  };
  const namesOf = (list: Listed) => list.items.map(({ metadata }) => metadata.name);

  test('of one list show one state, through either apiserver, whatever is written meanwhile', async () => {
    for (const name of names) await make(name, { labels: { paged: 'yes' } });
    const seen: string[] = [];
    let query = '';
    let state: string | undefined;
    for (let turn = 0; ; turn += 1) {
      const list = (await pageOf(turn % 2, query)).json<Listed>();
      state ??= list.metadata.resourceVersion;
      expect(list.metadata.resourceVersion).toBe(state);
      seen.push(...namesOf(list));
      for (const { data } of list.items) expect(data).toEqual({ count: '0' });
      if (list.metadata.continue === undefined) break;
      query = `&continue=${list.metadata.continue}`;
      await make(`page-05-${turn}`, { labels: { paged: 'yes' } });
      await clients[0]!.request('DELETE', `${configMaps}/page-11`);
      await set('page-10', turn + 1);
    }
    expect(seen).toEqual(names);
  });

  test('of a state that is forgotten are refused, with a token that goes on with the newest', async () => {
    const first = (await pageOf(0, '')).json<Listed>();
    const before = await set('page-10', 99);
    const clock = createSystemClock();
    using channels = createChannelSet({
      endpoints: etcd.endpoints,
      tls: etcd.tls,
      clock,
      random: createSystemRandom(),
    });
    await createEtcdClient({ channels, clock }).compact(Number(before));
    const refused = await pageOf(1, `&continue=${first.metadata.continue!}`);
    expect(refused.code).toBe(410);
    const status = refused.json<{
      reason: string;
      message: string;
      metadata: { continue: string };
    }>();
    expect(status.reason).toBe('Expired');
    expect(status.message).toContain('or use the continue token in this response to retrieve');
    const rest: string[] = [];
    let token: string | undefined = status.metadata.continue;
    const states = new Set<string>();
    while (token !== undefined) {
      const list: Listed = (await pageOf(0, `&continue=${token}`)).json<Listed>();
      states.add(list.metadata.resourceVersion);
      rest.push(...namesOf(list));
      token = list.metadata.continue;
    }
    const now = (
      await clients[0]!.request('GET', `${configMaps}?labelSelector=paged`)
    ).json<Listed>();
    expect([...namesOf(first), ...rest]).toEqual(namesOf(now));
    expect(states.size).toBe(1);
    expect(Number([...states][0])).toBeGreaterThanOrEqual(Number(before));
  });

  test('of a version that is forgotten are refused without one', async () => {
    const answer = await pageOf(0, '&resourceVersion=2&resourceVersionMatch=Exact');
    expect(answer.code).toBe(410);
    expect(answer.json<{ message: string }>().message).toBe(
      'The resourceVersion for the provided list is too old.',
    );
  });
});

describe('watches', () => {
  test('go on from any version, through either apiserver, with every change after it once', async () => {
    const versions = [(await make('history', { labels: { history: 'yes' } })).resourceVersion];
    for (let count = 1; count <= 20; count += 1)
      versions.push(await set('history', count, count % 2));
    for (const [index, from] of versions.entries()) {
      using watch = clients[index % 2]!.watch(
        `${configMaps}?watch=true&labelSelector=history&resourceVersion=${from}`,
      );
      const wanted = versions.slice(index + 1);
      await eventually('all that came after', () => watch.lines.length >= wanted.length);
      expect(watch.lines.map(({ object }) => object.metadata.resourceVersion)).toEqual(wanted);
    }
  });

  test('with the present objects at first end them with a mark, and miss nothing after it', async () => {
    const present = await make('initial', { labels: { initial: 'yes' } });
    using watch = clients[1]!.watch(
      `${configMaps}?watch=true&labelSelector=initial&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    await eventually('the mark', () => watch.lines.length >= 2);
    const next = await set('initial', 1);
    await eventually('the change', () => watch.lines.length >= 3);
    const [first, mark, change] = watch.lines;
    expect(first).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'initial' } } });
    expect(mark).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    const marked = Number(mark!.object.metadata.resourceVersion);
    expect(marked).toBeGreaterThanOrEqual(Number(present.resourceVersion));
    expect(marked).toBeLessThan(Number(next));
    expect(change).toMatchObject({
      type: 'MODIFIED',
      object: { metadata: { resourceVersion: next } },
    });
  });

  test('that are not read are dropped; writers and other watches do not notice', async () => {
    const before = await watchers(0);
    await make('large', { labels: { large: 'yes' } });
    using slowClient = await servers[0]!.admin();
    const slow = slowClient.session.request({
      ':method': 'GET',
      ':path': `${configMaps}?watch=true&labelSelector=large`,
    });
    let isEnded = false;
    slow.on('error', () => undefined);
    slow.on('end', () => {
      isEnded = true;
    });
    slow.pause();
    using quick = clients[0]!.watch(`${configMaps}?watch=true&labelSelector=large`);
    await eventually('both watch', async () => (await watchers(0)) === before + 2);
    const text = 'x'.repeat(300_000);
    // More than a connection and a queue hold together.
    const writes = 120;
    const versions: string[] = [];
    for (let count = 0; count < writes; count += 1) {
      const body = { data: { text, count: String(count) } };
      const answer = await clients[0]!.request('PATCH', `${configMaps}/large`, {
        body,
        headers: mergePatch,
      });
      expect(answer.code).toBe(200);
      versions.push(answer.json<{ metadata: Meta }>().metadata.resourceVersion);
    }
    await eventually('the quick one has seen all', () => quick.lines.length >= writes + 1);
    expect(quick.lines.slice(1).map(({ object }) => object.metadata.resourceVersion)).toEqual(
      versions,
    );
    await eventually('the slow one is dropped', async () => (await watchers(0)) === before + 1);
    slow.resume();
    await eventually('its stream ends', () => isEnded);
  });
});
