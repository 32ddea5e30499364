/**
 * Requests of every RPC, valid, odd and damaged, sent to a process as clients send them: each is answered,
 * none is answered by a bug, and afterwards the member serves as before. In process, with the store looked
 * at, sim/fuzz/handlers.ts does the same for keys, leases and watches.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { status, type Client, type ServiceError } from '@grpc/grpc-js';
import { createSeededRandom, type Random } from '@drydock/ports';
import {
  AuthService,
  ClusterService,
  ElectionService,
  KVService,
  LeaseService,
  LockService,
  MaintenanceService,
  WatchService,
} from '@drydock/proto/etcd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawRequest } from '../sim/fuzz/handlers.ts';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { connect } from '../testing/writers.ts';

interface AnyMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

const methods = [
  KVService,
  WatchService,
  LeaseService,
  ClusterService,
  MaintenanceService,
  AuthService,
  LockService,
  ElectionService,
].flatMap((service) => Object.values(service) as AnyMethod[]);

/** They wait for somebody else to let go. */
const maySilentlyWait = /\/(Lock|Campaign)$/;
const waitMillis = 100;
const answerMillis = 20_000;
const requestsPerSeed = 400;
const inFlight = 16;

let cluster: TestCluster;
let client: Client;
let accepted = 0;

beforeAll(async () => {
  cluster = await startTestCluster({ size: 1, flags: ['--bcrypt-cost=4'] });
  client = connect(cluster.members[0]!.endpoint);
});

afterAll(async () => {
  client?.close();
  await cluster?.[Symbol.asyncDispose]();
});

const asIs = (bytes: Buffer) => bytes;

/** What is wrong with the answer; undefined when nothing is. */
function sendUnary({ path }: AnyMethod, request: Buffer): Promise<string | undefined> {
  const waits = maySilentlyWait.test(path);
  const deadline = Date.now() + (waits ? waitMillis : answerMillis);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      asIs,
      asIs,
      request,
      { deadline },
      (error: ServiceError | null) => {
        if (error === null) accepted++;
        const isLate = error?.code === status.DEADLINE_EXCEEDED && !waits;
        const isGone =
          error?.code === status.UNAVAILABLE && /closed|reset|refused/i.test(error.details);
        resolve(
          isLate || isGone ? `${path} ${request.toString('hex')}: ${error.message}` : undefined,
        );
      },
    );
  });
}

async function sendStream(
  { path, requestStream }: AnyMethod,
  requests: readonly Buffer[],
): Promise<undefined> {
  const open = () => {
    if (!requestStream) return client.makeServerStreamRequest(path, asIs, asIs, requests[0]!);
    const stream = client.makeBidiStreamRequest(path, asIs, asIs);
    for (const request of requests) stream.write(request);
    return stream;
  };
  const stream = open();
  stream.on('error', () => undefined);
  stream.on('data', () => undefined);
  await sleep(20);
  stream.cancel();
}

async function sendOne(random: Random): Promise<string | undefined> {
  const method = random.pick(methods);
  const draw = () => drawRequest(random, method.path);
  if (!method.requestStream && !method.responseStream) return sendUnary(method, draw());
  return sendStream(method, [draw(), draw(), draw()]);
}

it.each([1, 2, 3])('odd requests are answered, and harm nobody: seed %i', async (seed) => {
  const random = createSeededRandom(seed);
  const wrong: string[] = [];
  let sent = 0;
  const worker = async () => {
    while (sent++ < requestsPerSeed) {
      const found = await sendOne(random);
      if (found !== undefined) wrong.push(found);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  expect(wrong).toEqual([]);
  // Some must get past the checks, or the rest proves little.
  expect(accepted).toBeGreaterThan(50);
  const member = cluster.members[0]!;
  expect(member.process?.exitCode).toBeNull();
  expect(
    member
      .log()
      .split('\n')
      .filter((line) => line.includes('"level":"error"')),
  ).toEqual([]);
  // An alarm is one of the things that requests ask for.
  expect(await cluster.etcdctl(['alarm', 'disarm'])).toMatchObject({ code: 0 });
  expect(await cluster.etcdctl(['put', 'still here', 'yes'])).toMatchObject({ code: 0 });
  expect((await cluster.etcdctl(['get', 'still here'])).stdout).toBe('still here\nyes\n');
});
