/** Requests at the limits, beyond them, and such as no client sends: the answers are the original's. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Metadata, type Client } from '@grpc/grpc-js';
import {
  AlarmAction,
  AlarmRequest,
  AlarmType,
  ClusterService,
  Compare,
  DeleteRangeRequest,
  KVService,
  LeaseKeepAliveRequest,
  LeaseService,
  MaintenanceService,
  MoveLeaderRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  StatusRequest,
  type StatusResponse,
  TxnRequest,
  WatchCancelRequest,
  WatchCreateRequest,
  WatchRequest,
  WatchService,
} from '@drydock/proto/etcd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOf, type UnaryOperation } from './operations.ts';
import { rawStream, rawUnary } from './raw-call.ts';
import { startPair, type RunningPair } from './random.ts';
import { callMethod, type Method, type Outcome } from './target.ts';

let running: RunningPair;

beforeAll(async () => {
  const installer = join(import.meta.dirname, '../../../../../scripts/install-tools');
  execFileSync(installer, ['etcd'], { stdio: 'inherit' });
  running = await startPair({ size: 1 });
});

afterAll(async () => {
  await running?.[Symbol.asyncDispose]();
});

async function same(title: string, ask: (client: Client) => Promise<Outcome>): Promise<Outcome> {
  const [[ours], [theirs]] = running.pair;
  const [left, right] = await Promise.all([ask(ours!), ask(theirs!)]);
  expect({ title, ...left }).toEqual({ title, ...right });
  return left;
}

const unaryMethods = [
  ...Object.values(KVService),
  ...Object.values(ClusterService),
  ...Object.values(LeaseService).filter((method) => !method.requestStream),
  ...Object.values(MaintenanceService).filter(
    (method) => !method.responseStream && !/Downgrade|Defragment|Hash$/.test(method.path),
  ),
] as unknown as Method[];

const send = (method: unknown, bytes: Uint8Array, metadata = new Metadata()) =>
  same((method as Method).path, (client) => rawUnary(client, method as Method, bytes, metadata));

describe('a cluster that is new', () => {
  it('has never been compacted, which is not the same as compacted at 0', async () => {
    const operations: UnaryOperation[] = [
      { op: 'hash', revision: 0 },
      { op: 'compact', revision: -1 },
      { op: 'txn', success: [{ op: 'range', key: 'a', revision: -1 }] },
      { op: 'txn', success: [{ op: 'range', key: 'a', revision: -2 }] },
      { op: 'compact', revision: 0 },
      { op: 'compact', revision: 0 },
      { op: 'hash', revision: 0 },
      { op: 'hash', revision: 1 },
      { op: 'put', key: 'a' },
      { op: 'compact', revision: 1 },
      { op: 'hash', revision: 0 },
      { op: 'hash', revision: -1 },
    ];
    for (const operation of operations) {
      const { method, request } = callOf(operation, 0);
      await same(JSON.stringify(operation), (client) => callMethod(client, method, request));
    }
  });
});

describe('bytes that are no message', () => {
  it.each(unaryMethods)('$path', async (method) => {
    for (const hex of ['ff', '0aff', '0a0501', '07', '0f', '80808080808080808080808001', '0c']) {
      await send(method, Buffer.from(hex, 'hex'));
    }
  });

  it('in streams', async () => {
    for (const method of [WatchService.watch, LeaseService.leaseKeepAlive]) {
      for (const hex of ['ff', '0aff', '0a0501']) {
        await same(`${method.path} ${hex}`, (client) =>
          rawStream(client, method as unknown as Method, [Buffer.from(hex, 'hex')], {
            metadata: new Metadata(),
            answers: 0,
          }),
        );
      }
    }
  });
});

describe('fields that nobody knows', () => {
  it.each(unaryMethods.filter((method) => /Range|Put|Txn|List|Leases|HashKV/.test(method.path)))(
    '$path leaves them out',
    async (method) => {
      await send(method, Buffer.from('c03e01ca3e0378797a', 'hex'));
    },
  );
});

describe('limits', () => {
  const value = (bytes: number) =>
    PutRequest.encode(
      PutRequest.from({
        key: Buffer.from('large'),
        value: Buffer.alloc(bytes, 'x'),
      }),
    );
  const mebi = 1024 * 1024;

  it('of a request', async () => {
    for (const bytes of [1.5 * mebi - 64, 1.5 * mebi, 2 * mebi - 64, 2 * mebi, 3 * mebi]) {
      await send(KVService.put, value(bytes));
    }
    const [[ours], [theirs]] = running.pair;
    for (const client of [ours!, theirs!]) {
      const request = DeleteRangeRequest.from({ key: Buffer.from('large') });
      await callMethod(client, KVService.deleteRange as Method, request);
    }
  });

  it('of the operations in a transaction', async () => {
    const puts = (count: number, name: string) =>
      Array.from({ length: count }, (_, index) =>
        RequestOp.from({ requestPut: PutRequest.from({ key: Buffer.from(`${name}${index}`) }) }),
      );
    const compares = (count: number) =>
      Array.from({ length: count }, () => Compare.from({ key: Buffer.from('a') }));
    const nested = (outer: number, inner: number) =>
      TxnRequest.from({
        success: [
          ...puts(outer - 1, 'outer'),
          RequestOp.from({ requestTxn: TxnRequest.from({ success: puts(inner, 'inner') }) }),
        ],
      });
    const txns = [
      TxnRequest.from({ success: puts(128, 'p') }),
      TxnRequest.from({ success: puts(129, 'p') }),
      TxnRequest.from({ failure: puts(129, 'p') }),
      TxnRequest.from({ success: puts(128, 'p'), failure: puts(128, 'p') }),
      TxnRequest.from({ compare: compares(129) }),
      TxnRequest.from({ compare: compares(128) }),
      nested(100, 28),
      nested(100, 29),
      nested(128, 1),
    ];
    for (const txn of txns) await send(KVService.txn, TxnRequest.encode(txn));
  });

  it('of nesting', async () => {
    let txn = TxnRequest.from({});
    for (let depth = 0; depth < 40; depth++) {
      txn = TxnRequest.from({ success: [RequestOp.from({ requestTxn: txn })] });
    }
    await send(KVService.txn, TxnRequest.encode(txn));
  });
});

describe('numbers beyond what there is', () => {
  it('in enums of compares and filters', async () => {
    for (const number of [4, 5, 99]) {
      const compare = Compare.from({
        key: Buffer.from('a'),
        result: number as never,
        target: number as never,
      });
      await send(KVService.txn, TxnRequest.encode(TxnRequest.from({ compare: [compare] })));
    }
  });

  it('in leases', async () => {
    const operations: UnaryOperation[] = [
      { op: 'grant', id: -5, ttl: 100 },
      { op: 'grant', id: 5, ttl: 0 },
      { op: 'grant', id: 6, ttl: -1 },
      { op: 'grant', id: 7, ttl: 9_000_000_000 },
      { op: 'grant', id: 8, ttl: 9_000_000_001 },
      { op: 'grant', id: 7, ttl: 1 },
      { op: 'put', key: 'negative', lease: -5 },
      { op: 'time-to-live', id: -5, keys: true },
      { op: 'revoke', id: -5 },
      { op: 'revoke', id: 0 },
      { op: 'time-to-live', id: 0 },
      { op: 'revoke', id: 7 },
    ];
    for (const operation of operations) {
      const { method, request } = callOf(operation, 0);
      await same(JSON.stringify(operation), (client) => callMethod(client, method, request));
    }
  });

  it('in leaders', async () => {
    for (const targetId of [0, 1, 2 ** 52]) {
      await send(
        MaintenanceService.moveLeader,
        MoveLeaderRequest.encode(MoveLeaderRequest.from({ targetId })),
      );
    }
  });
});

describe('metadata', () => {
  const range = RangeRequest.encode(RangeRequest.from({ key: Buffer.from('a') }));

  it.each([
    ['hasleader', 'true'],
    ['hasleader', 'nonsense'],
    ['x-large', 'x'.repeat(4_000)],
    ['user-agent', 'someone'],
  ])('%s: %s', async (name, value) => {
    const metadata = new Metadata();
    metadata.set(name, value);
    await send(KVService.range, range, metadata);
  });
});

describe('streams', () => {
  const stream = (method: unknown, messages: readonly Uint8Array[], answers: number) =>
    same((method as Method).path, (client) =>
      rawStream(client, method as Method, messages, { metadata: new Metadata(), answers }),
    );
  const watch = (partial: Partial<WatchRequest>) => WatchRequest.encode(WatchRequest.from(partial));
  const create = (partial: Partial<WatchCreateRequest>) =>
    watch({ createRequest: WatchCreateRequest.from(partial) });

  it('of watches: nothing, empty ranges, ids that are taken or negative, unknown filters', async () => {
    const key = Buffer.from('b');
    await stream(WatchService.watch, [], 0);
    await stream(
      WatchService.watch,
      [
        watch({}),
        create({ key, rangeEnd: Buffer.from('a') }),
        create({ key, rangeEnd: key }),
        create({ key, watchId: 7n }),
        create({ key, watchId: 7n }),
        create({ key, watchId: -3n }),
        create({ key, filters: [9 as never] }),
        create({}),
        watch({ cancelRequest: WatchCancelRequest.from({ watchId: 55n }) }),
        watch({ cancelRequest: WatchCancelRequest.from({ watchId: 7n }) }),
        create({ key, watchId: 7n }),
      ],
      9,
    );
  });

  it('of renewals: leases that are not there', async () => {
    const renew = (id: bigint) => LeaseKeepAliveRequest.encode(LeaseKeepAliveRequest.from({ id }));
    await stream(LeaseService.leaseKeepAlive, [renew(404n), renew(0n), renew(-1n)], 3);
    await stream(LeaseService.leaseKeepAlive, [], 0);
  });
});

describe('alarms', () => {
  it('that are raised say what may still be written', async () => {
    const ids = new Map<Client, number>();
    for (const [client] of running.pair) {
      const status = await new Promise<StatusResponse>((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = MaintenanceService.status;
        client!.makeUnaryRequest(
          path,
          (value: StatusRequest) => requestSerialize(value),
          responseDeserialize,
          StatusRequest.from({}),
          (error, response) => (error === null ? resolve(response!) : reject(error)),
        );
      });
      ids.set(client!, status.header!.memberId);
    }
    const alarm = (action: AlarmAction, kind: AlarmType) =>
      same(`alarm ${action} ${kind}`, async (client) => {
        const request = AlarmRequest.from({ action, memberId: ids.get(client)!, alarm: kind });
        const answer = await callMethod(client, MaintenanceService.alarm as Method, request);
        // Since 3.5 it has a header.
        return { ...answer, header: null };
      });
    const operations: UnaryOperation[] = [
      { op: 'put', key: 'full' },
      { op: 'range', key: 'full' },
      { op: 'delete', key: 'full' },
      { op: 'txn', success: [{ op: 'put', key: 'full' }] },
      { op: 'txn', success: [{ op: 'delete', key: 'full' }] },
      { op: 'txn', success: [{ op: 'range', key: 'full' }] },
      { op: 'txn', success: [{ op: 'txn', success: [{ op: 'put', key: 'full' }] }] },
      {
        op: 'txn',
        compare: [{ key: 'none', target: 0, result: 1, version: 0 }],
        success: [{ op: 'put', key: 'full' }],
      },
      { op: 'grant', id: 3_000, ttl: 100 },
      { op: 'revoke', id: 3_000 },
      { op: 'leases' },
      { op: 'compact', revision: 2 },
    ];
    for (const kind of [AlarmType.nospace, AlarmType.corrupt]) {
      await alarm(AlarmAction.get, kind);
      await alarm(AlarmAction.deactivate, kind);
      await alarm(AlarmAction.activate, kind);
      await alarm(AlarmAction.activate, kind);
      await alarm(AlarmAction.get, AlarmType.none);
      for (const operation of operations) {
        const { method, request } = callOf(operation, 0);
        await same(`${kind} ${JSON.stringify(operation)}`, (client) =>
          callMethod(client, method, request),
        );
      }
      await alarm(AlarmAction.deactivate, kind);
      await alarm(AlarmAction.get, AlarmType.none);
    }
  });
});
