/**
 * No request crashes or hangs the server, is answered by a bug, leaks memory or writes half an object.
 *
 * A seed makes the requests; one that fails is told with the command that makes it again.
 */
import * as fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { KindDefinition } from '@drydock/api';
import { validBody } from '@drydock/api/testing';
import { createSeededRandom, type Logger, type Random } from '@drydock/ports';
import type { IssuedCertificate } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { problemWith } from '../testing/fuzz/judge.ts';
import { drawRequest, fuzzNamespace, type FuzzWorld } from '../testing/fuzz/requests.ts';
import { createHttp1Sender, createHttp2Sender, type FuzzSender } from '../testing/fuzz/send.ts';
import { storeProblems } from '../testing/fuzz/stored.ts';
import { startTestServer, type TestClient, type TestServer } from '../testing/server.ts';
import { testAuthentication } from '../testing/tokens.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const requestCount = Number(process.env['FUZZ_REQUESTS'] ?? 1_500);
const workers = 12;

let etcd: TestEtcd;
let server: TestServer;
let admin: TestClient;
let certificate: IssuedCertificate;
/** What the server logged as its own failure. */
const failures: string[] = [];
const unhandled: unknown[] = [];
const noteUnhandled = (error: unknown) => unhandled.push(error);

const log: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields: object, message?: string) => {
    const { err, ...rest } = fields as { err?: Error };
    failures.push(`${message ?? ''} ${JSON.stringify(rest)} ${err?.stack ?? ''}`);
  },
  child: () => log,
};

beforeAll(async () => {
  process.on('unhandledRejection', noteUnhandled);
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd, { log, authentication: testAuthentication('ES256') });
  admin = await server.admin();
  certificate = await server.certificate('kubernetes-admin', 'system:masters');
  const body = { metadata: { name: fuzzNamespace } };
  await admin.request('POST', '/api/v1/namespaces', { body });
});
afterAll(async () => {
  admin[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
  process.off('unhandledRejection', noteUnhandled);
});
afterEach(() => {
  expect(failures.splice(0)).toEqual([]);
  expect(unhandled.splice(0)).toEqual([]);
});

/** A few valid bodies of each kind, the same for each run of a seed. */
const pools = new Map<KindDefinition, Record<string, unknown>[]>();
function bodyOf(kind: KindDefinition, random: Random): Record<string, unknown> {
  if (kind.view !== undefined) return { metadata: {} };
  let pool = pools.get(kind);
  if (pool === undefined) {
    pool = fc.sample(validBody(kind), { numRuns: 6, seed });
    pools.set(kind, pool);
  }
  return random.pick(pool);
}

/** How often each code was answered. */
const answers = new Map<string, number>();

/** Sends requests of a seed, some at a time, and tells what was wrong with an answer. */
async function run(
  from: number,
  { count, isDry, sender }: { count: number; isDry: boolean; sender: FuzzSender },
): Promise<string[]> {
  const random = createSeededRandom(from);
  const world: FuzzWorld = { bodyOf, isDry };
  const problems: string[] = [];
  let sent = 0;
  const work = async () => {
    while (sent < count && problems.length < 5) {
      sent += 1;
      const request = drawRequest(random, world);
      const outcome = await sender.send(request);
      const code = typeof outcome === 'string' ? outcome : String(outcome.code);
      answers.set(code, (answers.get(code) ?? 0) + 1);
      const problem = problemWith(request, outcome);
      if (problem === undefined) continue;
      const { body, ...head } = request;
      const shown = { ...head, body: body?.toString('latin1').slice(0, 2_000), outcome };
      problems.push(`${problem}: ${JSON.stringify(shown)}`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return problems;
}

const replay = `replay: FUZZ_SEED=${seed} vitest run --project integration requests.fuzz`;

async function gauge(name: string): Promise<number> {
  const lines = (await server.metrics.metrics()).split('\n');
  return lines
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** The server answers, nothing is under way any more, and what is stored is whole. */
async function expectSound(): Promise<void> {
  const answer = await admin.request('GET', '/api/v1/namespaces/default');
  expect(answer.code).toBe(200);
  for (const name of [
    'apiserver_current_inflight_requests',
    'apiserver_watchers',
    'apiserver_streams',
  ]) {
    await eventually(`${name} is 0`, async () => (await gauge(name)) === 0);
  }
  expect(await storeProblems(etcd), replay).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
}

test('requests over HTTP/2', async () => {
  using sender = createHttp2Sender(server.server.securePort, certificate);
  expect(await run(seed, { count: requestCount, isDry: false, sender }), replay).toEqual([]);
  await expectSound();
});

test('requests over HTTP/1.1, well formed and not', async () => {
  const { securePort } = server.server;
  using sender = createHttp1Sender(securePort, certificate, createSeededRandom(seed));
  expect(await run(seed + 1, { count: requestCount, isDry: false, sender }), replay).toEqual([]);
  await expectSound();
});

test('requests of a stranger, and of one who may do little', async () => {
  const { securePort } = server.server;
  const jane = await server.certificate('jane');
  using known = createHttp2Sender(securePort, jane);
  const count = requestCount / 3;
  expect(await run(seed + 2, { count, isDry: false, sender: known }), replay).toEqual([]);
  await expectSound();
});

test('the requests have met every sort of answer', () => {
  const wanted = ['200', '201', '400', '403', '404', '405', '409', '415', '422'];
  const shown = JSON.stringify([...answers]);
  expect(
    wanted.filter((code) => !answers.has(code)),
    shown,
  ).toEqual([]);
  expect(answers.get('201')).toBeGreaterThan(requestCount / 100);
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('memory does not grow with the number of requests', async () => {
  using sender = createHttp2Sender(server.server.securePort, certificate);
  // What writes leave in the history of the cache is bounded, but not by so few: these write nothing.
  const count = requestCount / 2;
  const round = () => run(seed + 3, { count, isDry: true, sender });
  await round();
  await expectSound();
  const before = heapBytes();
  for (let rounds = 0; rounds < 3; rounds += 1) await round();
  await expectSound();
  const grownBytes = heapBytes() - before;
  // A leak of a request's own objects would be some kilobytes each; the engine's own are less.
  expect(grownBytes / (3 * count)).toBeLessThan(1_000);
});
