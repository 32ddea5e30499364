/**
 * Two apiservers are restarted one after the other, again and again, under reads, writes and watches: in
 * order, as processes by SIGTERM, and by SIGKILL. Clients repeat what client-go repeats
 * (testing/retrying-client.ts): then no request fails, and an informer hears of every change once, in
 * order, or sees it in a list. What a killed server had been sent and not answered is the one exception:
 * whether such a write was done is for its client to find out, and it was done whole or not at all.
 */
import {
  createTestAuthority,
  type IssuedCertificate,
  type TestAuthority,
} from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { freePort } from '@drydock/testing/ports';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from './testing/etcd.ts';
import {
  BrokenOffError,
  createRetryingClient,
  type RetriedAnswer,
  type RetryingClient,
} from './testing/retrying-client.ts';
import { startTestServer } from './testing/server.ts';
import { startServerProcess } from './testing/server-process.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const rounds = 2;
/** In milliseconds; a busy machine takes many seconds to start a process. */
const timeout = 600_000;

let etcd: TestEtcd;
let authority: TestAuthority;
let certificate: IssuedCertificate;
let ports: number[];

/** A server that can be stopped in the way that is tried. */
interface Restarted extends AsyncDisposable {
  stop(): Promise<unknown>;
}

interface Way {
  readonly title: string;
  readonly start: (securePort: number) => Promise<Restarted>;
  /** Whether a write may break off. */
  readonly isKilled: boolean;
}

const asProcess =
  (signal: 'SIGTERM' | 'SIGKILL', code: number | null) =>
  async (securePort: number): Promise<Restarted> => {
    const server = await startServerProcess(etcd, { authority, securePort });
    const stop = async () => expect(await server.stop(signal)).toBe(code);
    return { stop, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };

const ways: readonly Way[] = [
  {
    title: 'in this process, in order',
    start: async (securePort) => {
      const server = await startTestServer(etcd, { authority, securePort });
      const stop = async () => server[Symbol.asyncDispose]();
      return { stop, [Symbol.asyncDispose]: stop };
    },
    isKilled: false,
  },
  { title: 'by sigterm', start: asProcess('SIGTERM', 0), isKilled: false },
  { title: 'by sigkill', start: asProcess('SIGKILL', null), isKilled: true },
];

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  authority = await createTestAuthority('kubernetes');
  ports = [await freePort(), await freePort()];
  certificate = await authority.issue({
    commonName: 'kubernetes-admin',
    organizations: ['system:masters'],
  });
});
afterAll(() => etcd[Symbol.asyncDispose]());

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

/** The answer to a write; undefined when it broke off and may. */
async function write(
  isKilled: boolean,
  send: () => Promise<RetriedAnswer>,
): Promise<RetriedAnswer | undefined> {
  try {
    return await send();
  } catch (error) {
    if (isKilled && error instanceof BrokenOffError) return undefined;
    throw error;
  }
}

/** Counts up in an object of its own, with the version that it read. */
function countUp(name: string, isKilled: boolean): Step {
  const path = `${configMaps}/${name}`;
  let known = 0;
  /** Whether the last write broke off: it may have been done, and may yet be. */
  let isOpen = false;
  return async (client, _turn, { failures, written }) => {
    const read = await client.request('GET', path);
    const seen = JSON.parse(read.text) as Stored;
    if (read.code !== 200) {
      failures.push(`read: ${read.code} ${read.text}`);
      return;
    }
    // What was acknowledged is never read as it was before, whichever server answers.
    const count = Number(seen.data.count);
    if (isOpen && count === known + 1) {
      known = count;
      isOpen = false;
      written.push(seen.metadata.resourceVersion);
    } else if (count !== known) failures.push(`read ${count}, not ${known}`);
    const body = { ...seen, data: { count: String(known + 1) } };
    const answer = await write(isKilled, () => client.request('PUT', path, { body }));
    if (answer?.code === 200) {
      known += 1;
      isOpen = false;
      written.push((JSON.parse(answer.text) as Stored).metadata.resourceVersion);
    } else if (answer === undefined) isOpen = true;
    // The one that broke off came first after all.
    else if (answer.code !== 409 || !isOpen) {
      failures.push(`update: ${answer.code} ${answer.text}`);
    }
  };
}

/** Makes an object and takes it away again. */
function comeAndGo(name: string, isKilled: boolean): Step {
  return async (client, turn, { failures }) => {
    const body = { metadata: { name: `${name}-${turn}` }, data: {} };
    const path = `${configMaps}/${name}-${turn}`;
    const made = await write(isKilled, () => client.request('POST', configMaps, { body }));
    if (made !== undefined && made.code !== 201) failures.push(`create: ${made.code} ${made.text}`);
    const gone = await write(isKilled, () => client.request('DELETE', path));
    const isGone =
      gone === undefined || gone.code === 200 || (made === undefined && gone.code === 404);
    if (!isGone) failures.push(`delete: ${gone.code} ${gone.text}`);
  };
}

const listAll: Step = async (client, _turn, { failures }) => {
  const answer = await client.request('GET', `${configMaps}?labelSelector=counted`);
  if (answer.code !== 200) failures.push(`list: ${answer.code} ${answer.text}`);
};

/** What an informer makes of lists and watches. */
interface Informed {
  /** Of the objects that it follows. */
  readonly label: string;
  /** The versions that a watch told of, in its order. */
  readonly seen: string[];
  /** By name, the last version known. */
  readonly known: Map<string, string>;
  /** After the first and up to the second, only what a list showed is known. */
  readonly gaps: (readonly [number, number])[];
}

/**
 * Lists, watches from there, and goes on from the last version wherever it is answered. A server that has
 * just started knows no history: it says that the version is too old, and is listed again.
 */
async function inform(
  client: RetryingClient,
  { label, seen, known, gaps }: Informed,
  isOver: () => boolean,
): Promise<void> {
  const counted = `labelSelector=counted%3D${label}`;
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

describe.each(ways)('restarts $title', ({ title, start, isKilled }) => {
  test(
    'fail no request, and no informer misses a change or hears of it twice',
    { timeout },
    async () => {
      await using parts = new AsyncDisposableStack();
      const label = title.replaceAll(/\W+/g, '-');
      const servers: Restarted[] = [];
      parts.defer(async () => {
        for (const server of servers) await server[Symbol.asyncDispose]();
      });
      for (const port of ports) servers.push(await start(port));
      const client = () => parts.use(createRetryingClient(ports, certificate));
      const names = ['one', 'two', 'three'].map((name) => `${name}-${label}`);
      const setup = client();
      for (const name of names) {
        const body = { metadata: { name, labels: { counted: label } }, data: { count: '0' } };
        const made = await setup.request('POST', configMaps, { body });
        expect(made.code, made.text).toBe(201);
      }

      let isOver = false;
      const over = () => isOver;
      const watchClients = [client(), client(), client()];
      const informers = watchClients.map((one) => {
        const informed: Informed = { label, seen: [], known: new Map(), gaps: [] };
        return { ...informed, ended: inform(one, informed, over) };
      });
      await eventually('all informers have listed', () =>
        informers.every(({ known }) => known.size === names.length),
      );
      const writers = names.map((name) => work(client(), over, countUp(name, isKilled)));
      const others = [
        work(client(), over, comeAndGo(`brief-${label}`, isKilled)),
        work(client(), over, listAll),
      ];
      const workers = [...writers, ...others];

      for (let round = 0; round < rounds; round += 1) {
        for (const index of [0, 1]) {
          const before = workers.map(({ requests }) => requests);
          await servers[index]!.stop();
          // The one that is left serves everybody.
          await eventually('every worker goes on', () =>
            workers.every(
              ({ requests, failures }, at) => failures.length > 0 || requests > before[at]!,
            ),
          );
          servers[index] = await start(ports[index]!);
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
    },
  );
});
