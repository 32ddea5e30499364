/** The v3lock service: see contenders.ts for what a lock is. */
import {
  DeleteRangeRequest,
  LockRequest,
  LockResponse,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  UnlockRequest,
  UnlockResponse,
} from '@drydock/proto/etcd';
import type { Failure } from '../../mvcc/failure.ts';
import type { RangeResult } from '../../mvcc/results.ts';
import { headerOf, type MemberCore } from '../core.ts';
import { callSignal, type Answer, type GrpcMethods, type UnaryHandler } from '../grpc.ts';
import { runKvOperation } from '../kv-operations.ts';
import {
  contenderKey,
  createdAt,
  firstOf,
  oldestOf,
  prefixOf,
  sessionLease,
  throughClient,
  waitForTurn,
  type ContenderCall,
} from './contenders.ts';

const sessionExpired: Failure = {
  kind: 'failure',
  code: 2,
  message: 'mutex: session is expired',
};

interface Lock {
  readonly name: Uint8Array;
  readonly key: Buffer;
  readonly lease: bigint;
}

export function createLockService(core: MemberCore): GrpcMethods {
  /** Puts the key in line, if it is not there yet; tells who holds the lock. */
  const enqueue = async ({ name, key, lease }: Lock, { call }: ContenderCall) => {
    const owner = RequestOp.from({ requestRange: oldestOf(prefixOf(name)) });
    const request = TxnRequest.from({
      compare: [createdAt(key, 0)],
      success: [RequestOp.from({ requestPut: PutRequest.from({ key, lease }) }), owner],
      failure: [RequestOp.from({ requestRange: RangeRequest.from({ key }) }), owner],
    });
    const result = await runKvOperation(core, call, { kind: 'txn', request });
    if (result.kind === 'failure') return result;
    const [own, oldest] = result.responses as [RangeResult, RangeResult];
    const createRevision = result.succeeded ? result.revision : firstOf(own)!.createRevision;
    const isHeld = firstOf(oldest)?.createRevision === createRevision;
    return { kind: 'enqueued', revision: result.revision, createRevision, isHeld } as const;
  };

  const release = ({ key }: Lock, { call }: ContenderCall) =>
    runKvOperation(core, call, { kind: 'delete-range', request: DeleteRangeRequest.from({ key }) });

  /** The revision at which the lock is held. */
  const acquire = async (one: Lock, asked: ContenderCall): Promise<number | Failure> => {
    const entered = await enqueue(one, asked);
    if (entered.kind === 'failure') return entered;
    if (entered.isHeld && !asked.signal.aborted) return entered.revision;
    const failure = await waitForTurn(core, prefixOf(one.name), entered.createRevision, asked);
    if (failure !== undefined) {
      await release(one, asked);
      return failure;
    }
    // The lease may have ended meanwhile, and the key with it.
    const request = RangeRequest.from({ key: one.key });
    const found = await runKvOperation(core, asked.call, { kind: 'range', request });
    if (found.kind === 'failure') {
      await release(one, asked);
      return found;
    }
    return firstOf(found) === undefined ? sessionExpired : found.revision;
  };

  const lock: UnaryHandler = async (bytes, call, asker): Promise<Answer> => {
    const request = LockRequest.decode(bytes);
    // The name is kept longer than this turn.
    const name = Buffer.from(request.name);
    const lease = await sessionLease(core, call, request.lease);
    if (typeof lease !== 'bigint') return throughClient(lease);
    const key = contenderKey(name, lease);
    const held = await acquire({ name, key, lease }, { call, signal: callSignal(asker) });
    if (typeof held !== 'number') return throughClient(held);
    return LockResponse.encode({ header: headerOf(core, held), key });
  };

  const unlock: UnaryHandler = async (bytes, call): Promise<Answer> => {
    const { key } = UnlockRequest.decode(bytes);
    const request = DeleteRangeRequest.from({ key });
    const result = await runKvOperation(core, call, { kind: 'delete-range', request });
    if (result.kind === 'failure') return throughClient(result);
    return UnlockResponse.encode({ header: headerOf(core, result.revision) });
  };

  return { unary: { '/v3lockpb.Lock/Lock': lock, '/v3lockpb.Lock/Unlock': unlock }, streams: {} };
}
