/**
 * Two apiservers are restarted one after the other, again and again, under reads, writes and watches.
 * Clients repeat what client-go repeats (testing/retrying-client.ts): then no request fails, and an
 * informer hears of every change once, in order, or sees it in a list.
 */
import {
  createTestAuthority,
  type IssuedCertificate,
  type TestAuthority,
} from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from './testing/etcd.ts';
import { freePort } from '@drydock/testing/ports';
import { createRetryingClient, type RetryingClient } from './testing/retrying-client.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const rounds = 2;

let etcd: TestEtcd;
let authority: TestAuthority;
let certificate: IssuedCertificate;
let ports: number[];
const servers: TestServer[] = [];

const start = (index: number) => startTestServer(etcd, { authority, securePort: ports[index]! });

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  authority = await createTestAuthority('kubernetes');
  ports = [await freePort(), await freePort()];
  certificate = await authority.issue({
    commonName: 'kubernetes-admin',
    organizations: ['system:masters'],
  });
  for (const index of [0, 1]) servers.push(await start(index));
});
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

interface Stored {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly data: { readonly count: string };
}

/** Works until it is told to stop, one request after the other. */
interface Worker {
  readonly failures: string[];
  /** The versions that were acknowledged. */
  readonly written: string[];
  readonly requests: number;
  readonly stopped: Promise<void>;
}

function work(client: RetryingClient, isOver: () => boolean, step: Step): Worker {
  const failures: string[] = [];
  const written: string[] = [];
  let requests = 0;
  const run = async () => {
    for (let turn = 0; !isOver(); turn += 1) {
      try {
        await step(client, turn, { failures, written });
      } catch (error) {
        failures.push(String(error));
      }
      requests += 1;
    }
  };
  return {
    failures,
    written,
    get requests() {
      return requests;
    },
    stopped: run(),
  };
}

type Step = (
  client: RetryingClient,
  turn: number,
  result: { readonly failures: string[]; readonly written: string[] },
) => Promise<void>;

/** Counts up in an object of its own, with the version that it read. */
const countUp =
  (name: string): Step =>
  async (client, turn, { failures, written }) => {
    const path = `${configMaps}/${name}`;
    const read = await client.request('GET', path);
    const seen = JSON.parse(read.text) as Stored;
    if (read.code !== 200) {
      failures.push(`read: ${read.code} ${read.text}`);
      return;
    }
    // What was acknowledged is never read as it was before, whichever server answers.
    if (seen.data.count !== String(turn)) failures.push(`read ${seen.data.count}, not ${turn}`);
    const body = { ...seen, data: { count: String(turn + 1) } };
    const answer = await client.request('PUT', path, { body });
    if (answer.code !== 200) failures.push(`update: ${answer.code} ${answer.text}`);
    else written.push((JSON.parse(answer.text) as Stored).metadata.resourceVersion);
  };

/** Makes an object and takes it away again. */
const comeAndGo =
  (name: string): Step =>
  async (client, turn, { failures }) => {
    const body = { metadata: { name: `${name}-${turn}` }, data: {} };
    const made = await client.request('POST', configMaps, { body });
    if (made.code !== 201) failures.push(`create: ${made.code} ${made.text}`);
    const gone = await client.request('DELETE', `${configMaps}/${name}-${turn}`);
    if (gone.code !== 200) failures.push(`delete: ${gone.code} ${gone.text}`);
  };

const listAll: Step = async (client, _turn, { failures }) => {
  const answer = await client.request('GET', `${configMaps}?labelSelector=counted`);
  if (answer.code !== 200) failures.push(`list: ${answer.code} ${answer.text}`);
};

/** What an informer makes of lists and watches. */
interface Informed {
  /** The versions that a watch told of, in its order. */
  readonly seen: string[];
  /** By name, the last version known. */
  readonly known: Map<string, string>;
  /** After the first and up to the second, only what a list showed is known. */
  readonly gaps: (readonly [number, number])[];
}

const counted = 'labelSelector=counted';

/**
 * Lists, watches from there, and goes on from the last version wherever it is answered. A server that has
 * just started knows no history: it says that the version is too old, and is listed again.
 */
async function inform(
  client: RetryingClient,
  { seen, known, gaps }: Informed,
  isOver: () => boolean,
): Promise<void> {
  let version = '';
  while (!isOver()) {
    const listed = await client.request('GET', `${configMaps}?${counted}`);
    const list = JSON.parse(listed.text) as Stored & { readonly items: readonly Stored[] };
    for (const { metadata } of list.items) known.set(metadata.name, metadata.resourceVersion);
    if (version !== '') gaps.push([Number(version), Number(list.metadata.resourceVersion)]);
    version = list.metadata.resourceVersion;
    const watch = { isExpired: false };
    do {
      const query = `watch=true&${counted}&allowWatchBookmarks=true&resourceVersion=${version}`;
      await client.stream(`${configMaps}?${query}`, (line) => {
        const { type, object } = JSON.parse(line) as { type: string; object: Stored };
        if (type === 'ERROR') {
          watch.isExpired = true;
          return;
        }
        version = object.metadata.resourceVersion;
        if (type === 'BOOKMARK') return;
        seen.push(version);
        known.set(object.metadata.name, version);
      });
    } while (!watch.isExpired && !isOver());
  }
}

test('no request fails, and no informer misses a change or hears of it twice', async () => {
  await using parts = new AsyncDisposableStack();
  const client = () => parts.use(createRetryingClient(ports, certificate));
  const names = ['one', 'two', 'three'];
  const setup = client();
  for (const name of names) {
    const metadata = { name, labels: { counted: 'yes' } };
    await setup.request('POST', configMaps, { body: { metadata, data: { count: '0' } } });
  }

  let isOver = false;
  const over = () => isOver;
  const watchClients = [client(), client(), client()];
  const informers = watchClients.map((one) => {
    const informed: Informed = { seen: [], known: new Map(), gaps: [] };
    return { ...informed, ended: inform(one, informed, over) };
  });
  await eventually('all informers have listed', () =>
    informers.every(({ known }) => known.size === names.length),
  );
  const writers = names.map((name) => work(client(), over, countUp(name)));
  const others = [work(client(), over, comeAndGo('brief')), work(client(), over, listAll)];
  const workers = [...writers, ...others];

  for (let round = 0; round < rounds; round += 1) {
    for (const index of [0, 1]) {
      const before = workers.map(({ requests }) => requests);
      await servers[index]![Symbol.asyncDispose]();
      // The one that is left serves everybody.
      await eventually('every worker goes on', () =>
        workers.every(
          ({ requests, failures }, at) => failures.length > 0 || requests > before[at]!,
        ),
      );
      servers[index] = await start(index);
    }
  }
  isOver = true;
  await Promise.all(workers.map(({ stopped }) => stopped));
  expect(workers.flatMap(({ failures }) => failures)).toEqual([]);

  const written = writers.flatMap((one) => one.written).sort((a, b) => Number(a) - Number(b));
  expect(written.length).toBeGreaterThan(rounds * 2);
  const last = new Map(names.map((name, index) => [name, writers[index]!.written.at(-1)]));
  for (const { seen, known, gaps } of informers) {
    await eventually('the informer knows the last of each', () =>
      names.every((name) => known.get(name) === last.get(name)),
    );
    const isInGap = (version: string) =>
      gaps.some(([after, upTo]) => Number(version) > after && Number(version) <= upTo);
    expect(seen).toEqual(written.filter((version) => !isInGap(version)));
    // Once a server has started, at most: it knows what comes after.
    expect(gaps.length).toBeLessThanOrEqual(rounds * servers.length);
  }
  for (const one of watchClients) one[Symbol.dispose]();
  await Promise.all(informers.map(({ ended }) => ended));
});
