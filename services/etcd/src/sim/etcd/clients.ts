/**
 * Clients that write, read, compare, delete, hold leases and compact, through any member, and keep a
 * history of what they asked and were told.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import {
  CompactionRequest,
  CompareResult,
  CompareTarget,
  Compare,
  DeleteRangeRequest,
  DeleteRangeResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  RequestOp,
  TxnRequest,
  TxnResponse,
} from '@drydock/proto/etcd';
import type { KvInput, KvOutput, KvWrite, Operation } from '@drydock/testing/linearizability';
import type { Failure } from '../../mvcc/failure.ts';
import type { Mutant } from '../../raft/mutants.ts';
import { Violation } from '../violation.ts';
import type { EtcdMember, EtcdWorld } from './cluster.ts';
import { callMember, isBug, openStream } from './link.ts';
import { storedValueOf, textOf, type Oracle } from './oracle.ts';

const keys = ['a', 'b', 'c', 'd', 'e'];
const pauseMillisMax = 60;
/** Seconds. */
const leaseTtls = [1, 2, 4];

export interface EtcdClients {
  readonly operations: readonly Operation<KvInput, KvOutput>[];
  readonly reads: number;
  stop(): void;
}

export interface EtcdClientsOptions {
  readonly world: EtcdWorld;
  readonly oracle: Oracle;
  readonly seed: number;
  readonly count: number;
  readonly mutant: Mutant | undefined;
  readonly report: (violation: Violation) => void;
}

interface Recorded extends Operation<KvInput, KvOutput> {
  output: KvOutput | undefined;
  return: number;
}

const unknownOutcome = { output: undefined, return: Infinity };

type Answered = { readonly output: KvOutput } | 'nothing-happened' | 'unknown';

export function startEtcdClients(options: EtcdClientsOptions): EtcdClients {
  const { world, oracle, report } = options;
  const { scheduler } = world.members;
  const operations = new Set<Recorded>();
  let moment = 0;
  let reads = 0;
  let isStopped = false;

  /** Asks, and puts down what is known of the outcome; until then, nothing is. */
  const record = async (client: number, input: KvInput, ask: () => Promise<Answered>) => {
    const operation: Recorded = { client, input, call: ++moment, ...unknownOutcome };
    operations.add(operation);
    const answered = await ask();
    if (answered === 'nothing-happened') operations.delete(operation);
    if (typeof answered === 'string') return;
    operation.output = answered.output;
    operation.return = ++moment;
  };

  const act = async (client: Client): Promise<void> => {
    const { random } = client;
    const member = random.pick(world.members.members);
    if (world.serverOf(member) === undefined) return;
    const choice = random.float();
    const key = random.pick(keys);
    const ask = async <Message>(
      path: string,
      request: Buffer,
      codec: { decode(bytes: Uint8Array): Message },
    ): Promise<Message | Failure | undefined> => {
      const answer = await callMember(world, member, { path, request, random });
      return answer === undefined || !Buffer.isBuffer(answer) ? answer : codec.decode(answer);
    };
    if (choice < 0.35) await read(client, { ask, key });
    else if (choice < 0.42) await readLocally(client, { ask });
    else if (choice < 0.7) await put(client, { ask, key });
    else if (choice < 0.78) await remove(client, { ask, key });
    else if (choice < 0.88) await swap(client, { ask, key });
    else if (choice < 0.91) await grant(client, { ask });
    else if (choice < 0.96) await renew(client, member);
    else if (choice < 0.98) await revoke(client, { ask });
    else await compact(client, { ask });
  };

  const rangeOf = (client: Client, key: string) =>
    client.random.chance(0.2) ? { from: 'a', to: 'z' } : { from: key, to: `${key}\0` };

  const read = (client: Client, { ask, key }: Asking) => {
    const { from, to } = rangeOf(client, key);
    return record(client.id, { kind: 'get', from, to }, async () => {
      const serializable = options.mutant === 'read-locally';
      const answer = await ask(
        '/etcdserverpb.KV/Range',
        RangeRequest.encode(RangeRequest.from({ ...bytesOf({ from, to }), serializable })),
        RangeResponse,
      );
      if (isFailure(answer)) return outcomeOf(answer);
      reads++;
      return { output: { kind: 'get', revision: revisionOf(answer), found: foundIn(answer) } };
    });
  };

  /** A serializable read may be old, but what it shows was once so. */
  const readLocally = async (client: Client, { ask }: Pick<Asking, 'ask'>) => {
    const newest = oracle.history.last;
    const revision = client.random.chance(0.3) ? client.random.between(1, newest) : 0;
    const answer = await ask(
      '/etcdserverpb.KV/Range',
      RangeRequest.encode(
        RangeRequest.from({ ...bytesOf({ from: 'a', to: 'z' }), serializable: true, revision }),
      ),
      RangeResponse,
    );
    if (isFailure(answer)) return;
    const at = revision === 0 ? revisionOf(answer) : revision;
    const expected = JSON.stringify(oracle.history.range('a', 'z', at));
    const found = JSON.stringify(foundIn(answer));
    if (expected === found) return;
    report(new Violation(`serializable read: at ${at} it shows ${found} instead of ${expected}`));
  };

  const put = (client: Client, { ask, key }: Asking) => {
    const lease = client.random.chance(0.2) ? (client.leases.at(-1) ?? '0') : '0';
    const value = newValue(client);
    return record(client.id, { kind: 'put', key, value, lease }, async () => {
      const request = PutRequest.from({
        key: Buffer.from(key),
        value: Buffer.from(value),
        lease: BigInt(lease),
      });
      const answer = await ask('/etcdserverpb.KV/Put', PutRequest.encode(request), PutResponse);
      if (isFailure(answer)) return outcomeOf(answer);
      return { output: { kind: 'write', revision: revisionOf(answer) } };
    });
  };

  const remove = (client: Client, { ask, key }: Asking) =>
    record(client.id, { kind: 'delete', key }, async () => {
      const request = DeleteRangeRequest.encode(DeleteRangeRequest.from({ key: Buffer.from(key) }));
      const answer = await ask('/etcdserverpb.KV/DeleteRange', request, DeleteRangeResponse);
      if (isFailure(answer)) return outcomeOf(answer);
      return {
        output: { kind: 'deleted', revision: revisionOf(answer), count: answer.deleted },
      };
    });

  /** Two keys change at once if the first is as it was seen. */
  const swap = (client: Client, { ask, key }: Asking) => {
    const seen = oracle.history.at(key, oracle.history.last)?.modRevision ?? 0;
    const modRevision = client.random.chance(0.8) ? seen : 0;
    const other = client.random.pick(keys.filter((one) => one !== key));
    const success: KvWrite[] = [
      { kind: 'put', key, value: newValue(client), lease: '0' },
      { kind: 'put', key: other, value: newValue(client), lease: '0' },
    ];
    const failure: KvWrite[] = client.random.chance(0.5) ? [{ kind: 'delete', key: other }] : [];
    const compare = { key, modRevision };
    return record(client.id, { kind: 'txn', compare, success, failure }, async () => {
      const request = TxnRequest.from({
        compare: [
          Compare.from({
            key: Buffer.from(key),
            target: CompareTarget.mod,
            result: CompareResult.equal,
            modRevision,
          }),
        ],
        success: success.map(opOf),
        failure: failure.map(opOf),
      });
      const answer = await ask('/etcdserverpb.KV/Txn', TxnRequest.encode(request), TxnResponse);
      if (isFailure(answer)) return outcomeOf(answer);
      const { succeeded } = answer;
      return { output: { kind: 'write', revision: revisionOf(answer), succeeded } };
    });
  };

  const grant = async (client: Client, { ask }: Pick<Asking, 'ask'>) => {
    const lease = String(client.id * 100_000 + ++client.leaseCount);
    // It may end at any time from now on.
    operations.add({
      client: client.id,
      input: { kind: 'expire', lease },
      call: ++moment,
      ...unknownOutcome,
    });
    const asked = scheduler.now;
    await record(client.id, { kind: 'grant', lease }, async () => {
      const ttl = client.random.pick(leaseTtls);
      const request = LeaseGrantRequest.from({ id: BigInt(lease), ttl });
      const bytes = LeaseGrantRequest.encode(request);
      const answer = await ask('/etcdserverpb.Lease/LeaseGrant', bytes, LeaseGrantResponse);
      if (isFailure(answer)) return outcomeOf(answer);
      oracle.leaseHeld(lease, asked, answer.ttl);
      client.leases.push(lease);
      return { output: { kind: 'done', revision: revisionOf(answer) } };
    });
  };

  const renew = (client: Client, member: EtcdMember): Promise<void> => {
    const lease = client.leases.at(-1);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (lease === undefined) return Promise.resolve();
    const asked = scheduler.now;
    const stream = openStream(world, member, '/etcdserverpb.Lease/LeaseKeepAlive', {
      onMessage: (bytes) => {
        const { ttl } = LeaseKeepAliveResponse.decode(bytes);
        if (ttl > 0) oracle.leaseHeld(lease, asked, ttl);
        stream.close();
      },
      onClose: () => {
        scheduler.touchPromises();
        resolve();
      },
    });
    stream.send(LeaseKeepAliveRequest.encode(LeaseKeepAliveRequest.from({ id: BigInt(lease) })));
    scheduler.schedule(2_000, () => stream.close());
    return promise;
  };

  const revoke = async (client: Client, { ask }: Pick<Asking, 'ask'>) => {
    const lease = client.leases.pop();
    if (lease === undefined) return;
    oracle.leaseGivenUp(lease);
    await record(client.id, { kind: 'revoke', lease }, async () => {
      const request = LeaseRevokeRequest.encode(LeaseRevokeRequest.from({ id: BigInt(lease) }));
      const answer = await ask('/etcdserverpb.Lease/LeaseRevoke', request, LeaseRevokeResponse);
      if (isFailure(answer)) return outcomeOf(answer);
      return { output: { kind: 'done', revision: revisionOf(answer) } };
    });
  };

  const compact = async (client: Client, { ask }: Pick<Asking, 'ask'>) => {
    const revision = Math.max(1, oracle.history.last - client.random.between(0, 60));
    const request = CompactionRequest.encode(CompactionRequest.from({ revision }));
    await ask('/etcdserverpb.KV/Compact', request, { decode: () => undefined });
  };

  const loop = (client: Client) => {
    if (isStopped) return;
    const again = () =>
      void scheduler.schedule(client.random.between(1, pauseMillisMax), () => loop(client));
    act(client).then(again, (error: unknown) => {
      report(new Violation(`a handler threw: ${String(error)}`));
    });
  };
  for (let id = 1; id <= options.count; id++) {
    const random = createSeededRandom(options.seed + id);
    const client: Client = { id, random, leases: [], leaseCount: 0, valueCount: 0 };
    scheduler.schedule(random.between(1, 100), () => loop(client));
  }
  return {
    get operations() {
      return [...operations];
    },
    get reads() {
      return reads;
    },
    stop: () => (isStopped = true),
  };
}

interface Client {
  readonly id: number;
  readonly random: Random;
  /** Granted, and not given up by this client. */
  readonly leases: string[];
  leaseCount: number;
  valueCount: number;
}

type Ask = <Message>(
  path: string,
  request: Buffer,
  codec: { decode(bytes: Uint8Array): Message },
) => Promise<Message | Failure | undefined>;

interface Asking {
  readonly ask: Ask;
  readonly key: string;
}

const newValue = (client: Client) => `${client.id}.${++client.valueCount}`;

const bytesOf = ({ from, to }: { from: string; to: string }) => ({
  key: Buffer.from(from),
  rangeEnd: to === `${from}\0` ? Buffer.alloc(0) : Buffer.from(to),
});

function opOf(write: KvWrite): RequestOp {
  const key = Buffer.from(write.key);
  return write.kind === 'put'
    ? RequestOp.from({ requestPut: PutRequest.from({ key, value: Buffer.from(write.value) }) })
    : RequestOp.from({ requestDeleteRange: DeleteRangeRequest.from({ key }) });
}

function isFailure<Message extends object>(
  answer: Message | Failure | undefined,
): answer is Failure | undefined {
  return answer === undefined || ('kind' in answer && answer.kind === 'failure');
}

/** What a failure says about whether the request took effect. */
function outcomeOf(failure: Failure | undefined): Answered {
  if (failure === undefined) return 'unknown';
  if (isBug(failure)) throw new Error(failure.message);
  if (failure.message.includes('lease not found')) return { output: { kind: 'no-lease' } };
  const isOpen = /timed out|leader changed|server stopped/.test(failure.message);
  return isOpen ? 'unknown' : 'nothing-happened';
}

const revisionOf = ({ header }: { header: { revision: number } | undefined }) => header!.revision;

const foundIn = ({ kvs }: RangeResponse) =>
  kvs.map((kv) => ({ key: textOf(kv.key), value: storedValueOf(kv) }));
