/**
 * No call of the component API crashes or hangs the server, is answered by a bug, or writes half an
 * object. A seed makes the calls; one that fails is told with the command that makes it again.
 */
import * as fc from 'fast-check';
import { Client, status, type ServiceError } from '@grpc/grpc-js';
import type { KindDefinition } from '@drydock/api';
import { validBody } from '@drydock/api/testing';
import { createSeededRandom, type Random } from '@drydock/ports';
import { channelCredentials } from '@drydock/rpc';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { drawCall, type FuzzCall } from '../testing/fuzz/calls.ts';
import { fuzzNamespace } from '../testing/fuzz/requests.ts';
import { storeProblems } from '../testing/fuzz/stored.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const callCount = Number(process.env['FUZZ_REQUESTS'] ?? 1_000);
const workers = 12;
const answerMillisMax = 60_000;

let etcd: TestEtcd;
let server: TestServer;
let client: Client;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd);
  using admin = await server.admin();
  const body = { metadata: { name: fuzzNamespace } };
  await admin.request('POST', '/api/v1/namespaces', { body });
  const certificate = await server.certificate('kubernetes-admin', 'system:masters');
  client = new Client(`localhost:${server.server.grpcPort}`, channelCredentials(certificate));
});
afterAll(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

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

const asIs = (bytes: Buffer) => bytes;

/** The code that a call ended with; of a watch, whatever it said until it was left. */
function codeOf({ path, bytes, isStream }: FuzzCall): Promise<{ code: number; details: string }> {
  return new Promise((resolve) => {
    const deadline = { deadline: Date.now() + answerMillisMax };
    const end = (error: ServiceError | null) =>
      resolve({ code: error?.code ?? status.OK, details: error?.details ?? '' });
    if (!isStream) {
      client.makeUnaryRequest(path, asIs, asIs, bytes, deadline, end);
      return;
    }
    const watch = client.makeServerStreamRequest(path, asIs, asIs, bytes, deadline);
    watch.on('data', () => watch.cancel());
    watch.on('error', (error: ServiceError) => end(error.code === status.CANCELLED ? null : error));
    watch.on('end', () => end(null));
    // A watch of nothing says nothing.
    setTimeout(() => watch.cancel(), 20);
  });
}

const bugs = new Set<number>([status.UNKNOWN, status.INTERNAL, status.DATA_LOSS]);
const late = new Set<number>([status.DEADLINE_EXCEEDED]);
/** grpc-js answers bytes that are no message so, before any handler. */
const noMessage = /deserializing request/;

test('calls of the component API', async () => {
  const random = createSeededRandom(seed);
  const problems: string[] = [];
  const codes = new Map<number, number>();
  let sent = 0;
  const work = async () => {
    while (sent < callCount && problems.length < 5) {
      sent += 1;
      const call = drawCall(random, bodyOf);
      const { code, details } = await codeOf(call);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      const isBug = bugs.has(code) && !noMessage.test(details);
      if (isBug || (late.has(code) && !details.includes('resource version'))) {
        problems.push(`${code} ${details}: ${JSON.stringify(call.shown)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const replay = `replay: FUZZ_SEED=${seed} vitest run --project integration calls.fuzz`;
  expect(problems, replay).toEqual([]);
  const wanted = [status.OK, status.NOT_FOUND, status.INVALID_ARGUMENT, status.UNIMPLEMENTED];
  expect(
    wanted.filter((code) => !codes.has(code)),
    JSON.stringify([...codes]),
  ).toEqual([]);
  for (const name of ['apiserver_current_inflight_requests', 'apiserver_watchers']) {
    await eventually(`${name} is 0`, async () => {
      const lines = (await server.metrics.metrics()).split('\n');
      const own = lines.filter((line) => line.startsWith(`${name}{`));
      return own.every((line) => line.endsWith(' 0'));
    });
  }
  expect(await storeProblems(etcd), replay).toEqual([]);
});
