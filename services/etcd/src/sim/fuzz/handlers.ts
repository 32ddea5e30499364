/**
 * Requests of every RPC, valid, odd and damaged, against a member in process.
 *
 * 1. Each is answered in time, with a message or an etcd failure; none is an internal error but for
 *    bytes that are no message.
 * 2. None stops the member, and afterwards it serves as before.
 * 3. The store stays whole: keys in order, every version readable, revisions as they were counted.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import { PutRequest, RangeRequest, RangeResponse, WireError } from '@drydock/proto/etcd';
import { decodeKeyValue } from '../../mvcc/version.ts';
import type { MvccStore } from '../../mvcc/store.ts';
import { createOracle } from '../etcd/oracle.ts';
import { createEtcdWorld, type EtcdMember, type EtcdWorld } from '../etcd/cluster.ts';
import type { Answer } from '../../server/grpc.ts';
import { callMember, isBug, openStream } from '../etcd/link.ts';
import { Violation } from '../violation.ts';
import { drawMessage, wireCodecs } from './codecs.ts';
import { mutate, randomBytes } from './mutate.ts';

const answerMillisMax = 4_500;

/** @throws Violation */
export async function fuzzHandlers(seed: number, requests: number): Promise<{ answered: number }> {
  const random = createSeededRandom(seed);
  const found: Violation[] = [];
  const world = createEtcdWorld({
    random: createSeededRandom(random.uint32()),
    size: 1,
    electionTimeout: 500,
    oracle: () => oracle,
    onRemoved: () => undefined,
  });
  const { scheduler, members } = world.members;
  const oracle = createOracle(
    () => scheduler.now,
    (violation) => void found.push(violation),
  );
  const member = members[0]!;
  world.members.start(member);
  await until(world, 'the member to lead', () => member.replica?.isLeader() === true);
  let answered = 0;
  for (let count = 0; count < requests; count++) {
    if (await sendOne(world, member, random)) answered++;
    if (member.failure !== undefined) {
      throw new Violation(`handlers: a request stopped the member: ${member.failure.message}`);
    }
  }
  await expectServing(world, member, random);
  checkStore(member.machine!.store);
  if (found.length > 0) throw found[0]!;
  return { answered };
}

async function until(world: EtcdWorld, what: string, isDone: () => boolean): Promise<void> {
  const { scheduler } = world.members;
  const end = scheduler.now + answerMillisMax;
  while (!isDone()) {
    if (scheduler.now > end) throw new Violation(`handlers: waited in vain for ${what}`);
    await scheduler.step();
  }
}

/** True when the answer was a message. */
async function sendOne(world: EtcdWorld, member: EtcdMember, random: Random): Promise<boolean> {
  const { methods } = world.serverOf(member)!;
  const isStream = random.chance(0.15);
  const path = random.pick(Object.keys(isStream ? methods.streams : methods.unary));
  const request = drawRequest(random, path);
  if (isStream) {
    const stream = openStream(world, member, path, {
      onMessage: () => undefined,
      onClose: () => undefined,
    });
    try {
      stream.send(request);
    } catch (error) {
      // The transport ends the stream for these (server/grpc-server.ts).
      if (!(error instanceof WireError)) throw asViolation(path, request, error);
    }
    await world.members.scheduler.runUntil(world.members.scheduler.now + 20);
    stream.close();
    return false;
  }
  const answer = await ask(world, member, { path, request, random });
  if (answer === undefined) throw new Violation(`handlers: ${path} never answers`);
  if (!Buffer.isBuffer(answer) && isBug(answer)) throw asViolation(path, request, answer.message);
  return Buffer.isBuffer(answer);
}

async function ask(
  world: EtcdWorld,
  member: EtcdMember,
  call: Parameters<typeof callMember>[2],
): Promise<Answer | undefined> {
  const answers: (Answer | undefined)[] = [];
  void callMember(world, member, call).then((answer) => answers.push(answer));
  await until(world, `an answer of ${call.path}`, () => answers.length > 0);
  return answers[0];
}

const asViolation = (path: string, request: Uint8Array, cause: unknown) =>
  new Violation(
    `handlers: ${path} with ${Buffer.from(request).toString('hex')} throws ${String(cause)}`,
    { cause },
  );

/** Where it is not named as the method. */
const requestNames: Readonly<Record<string, string>> = { Compact: 'CompactionRequest' };

/** The request's own message, or another; sometimes damaged. */
export function drawRequest(random: Random, path: string): Buffer {
  const name = requestNames[path.split('/').at(-1)!] ?? `${path.split('/').at(-1)}Request`;
  const own = wireCodecs.find(({ typeName }) => typeName.endsWith(name)) ?? wireCodecs[0]!;
  const codec = random.chance(0.9) ? own : random.pick(wireCodecs);
  const valid = codec.encode(drawMessage(random, codec));
  const kind = random.float();
  if (kind < 0.1) return Buffer.from(randomBytes(random, 40));
  return kind < 0.4 ? Buffer.from(mutate(random, valid)) : valid;
}

async function expectServing(world: EtcdWorld, member: EtcdMember, random: Random): Promise<void> {
  const key = Buffer.from('still here');
  const serve = async (path: string, request: Buffer): Promise<Buffer> => {
    const answer = await ask(world, member, { path, request, random });
    if (Buffer.isBuffer(answer)) return answer;
    throw new Violation(`handlers: afterwards ${path} answers ${JSON.stringify(answer)}`);
  };
  await serve('/etcdserverpb.KV/Put', PutRequest.encode(PutRequest.from({ key, value: key })));
  const bytes = await serve(
    '/etcdserverpb.KV/Range',
    RangeRequest.encode(RangeRequest.from({ key })),
  );
  const { kvs } = RangeResponse.decode(bytes);
  if (kvs.length !== 1) throw new Violation('handlers: afterwards a put is not there');
}

function checkStore(store: MvccStore): void {
  let before: string | undefined;
  store.keys.each({ from: '', to: undefined, single: false }, (record) => {
    if (before !== undefined && record.key <= before) {
      throw new Violation(`store: ${record.key} stands behind ${before}`);
    }
    before = record.key;
    let main = 0;
    let sub = 0;
    for (const version of record.versions()) {
      const follows = version.main > main || (version.main === main && version.sub > sub);
      if (!follows || version.main > store.revision) {
        throw new Violation(`store: ${record.key} has version ${version.main} after ${main}`);
      }
      ({ main, sub } = version);
      const encoded = store.encodedOf(version);
      if (encoded === undefined) throw new Violation(`store: ${record.key}@${main} is gone`);
      decodeKeyValue(encoded);
    }
  });
}
