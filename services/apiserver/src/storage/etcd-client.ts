/**
 * etcd as the API server uses it: reads and guarded writes over several members, in bounded time.
 *
 * 1. Every call ends within `budgetMillis`, with an answer or an ApiError that says what etcd said.
 * 2. Reads are linearizable and repeated on another member after any operational failure.
 * 3. A guarded write names the revision of every key it changes, so repeating it is safe: a repeat
 *    finds its own value and says so instead of reporting a conflict.
 * 4. Asking for the store's revision is shared: calls that arrive while one question is under way
 *    wait for the next one, because an answer may only serve calls made before it was asked.
 */
import type { ApiError } from '@drydock/api';
import { expiredError, internalError, timeoutError } from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import type { TxnRequest } from '@drydock/proto/etcd';
import {
  Compare,
  CompareResult,
  CompareTarget,
  KVService,
  LeaseService,
  PutRequest,
  RangeRequest,
  RequestOp,
  DeleteRangeRequest,
  LeaseGrantRequest,
  WatchService,
  type KeyValue,
  type RangeResponse,
  type WatchRequest,
  type WatchResponse,
} from '@drydock/proto/etcd';
import {
  StatusCode,
  toRpcError,
  type ChannelSet,
  type Method,
  type TalkEvents,
} from '@drydock/rpc';

export interface EtcdClientOptions {
  readonly channels: ChannelSet;
  readonly clock: Clock;
  /** Cluster milliseconds that one call may take, all its attempts together; default 10,000. */
  readonly budgetMillis?: Millis;
}

export interface GuardedWrite {
  /** The keys with the revision they must have; 0 for a key that must not exist. */
  readonly guards: readonly { readonly key: string; readonly revision: number }[];
  readonly puts: readonly {
    readonly key: string;
    readonly value: Uint8Array;
    readonly lease?: bigint;
  }[];
  readonly deletes: readonly string[];
}

export type WriteOutcome =
  | { readonly written: true; readonly revision: number }
  /** What the guarded keys hold instead, in the order of the guards; and as of which revision. */
  | {
      readonly written: false;
      readonly current: readonly (KeyValue | undefined)[];
      readonly revision: number;
    };

export interface EtcdClient {
  /** @throws ApiError */
  range(request: Partial<RangeRequest>): Promise<RangeResponse>;
  /** The revision of the whole store, at least as new as every write acknowledged before the call. */
  currentRevision(): Promise<number>;
  write(write: GuardedWrite): Promise<WriteOutcome>;
  grantLease(ttlSeconds: number): Promise<bigint>;
  /** Forgets the history before a revision. */
  compact(revision: number): Promise<void>;
  /** Not told of any more once the signal is aborted. */
  watch(events: TalkEvents<WatchResponse>, signal: AbortSignal): EtcdWatch;
}

export interface EtcdWatch {
  write(request: WatchRequest): void;
  /** The member's, host:port. */
  readonly endpoint: string;
  /** The next call uses another member, unless calls have left this one already. */
  leave(): void;
}

const retryPauseMillis = 100;
/** A member that takes a call and stays silent is left after this long. */
const readAttemptMillis = 2_500;
const writeAttemptMillis = 3_500;

const bytesOf = (text: string) => Buffer.from(text);

/** The end of the range of all keys with a prefix. */
export function prefixEnd(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1]! += 1;
  return end;
}

export function createEtcdClient(options: EtcdClientOptions): EtcdClient {
  const { channels, clock } = options;
  const budgetMillis = options.budgetMillis ?? 10_000;

  /** Repeats `request` on other members until the budget is used up. Only for repeatable requests. */
  const call = async <Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    attemptMillis: Millis,
  ): Promise<{ response: Response; attempts: number }> => {
    const deadline = clock.now() + budgetMillis;
    for (let attempts = 1; ; attempts += 1) {
      const left = deadline - clock.now();
      const { endpoint } = channels;
      try {
        const response = await channels.unary(method, request, {
          timeoutMillis: Math.ceil(Math.max(1, Math.min(attemptMillis, left))),
        });
        return { response, attempts };
      } catch (error) {
        const failure = toRpcError(error);
        if (!isTemporary(failure.code)) throw permanentFailure(failure.code, failure.message);
        // Another call may have moved on already; leaving its choice again would undo it.
        if (channels.endpoint === endpoint) channels.moveOn();
        if (clock.now() + retryPauseMillis >= deadline) {
          throw timeoutError(
            `etcdserver: request timed out: no member completed it within ${budgetMillis} ms; last: ${failure.message}`,
          );
        }
        await clock.sleep(retryPauseMillis);
      }
    }
  };

  const range = async (request: Partial<RangeRequest>) =>
    (await call(KVService.range, RangeRequest.from(request), readAttemptMillis)).response;

  const askRevision = async () => {
    const { header } = await range({ key: bytesOf('\0'), limit: 1, keysOnly: true });
    return header?.revision ?? 0;
  };
  let asking: Promise<number> | undefined;
  let next: Promise<number> | undefined;
  const currentRevision = (): Promise<number> => {
    if (next !== undefined) return next;
    const ask = (): Promise<number> => {
      next = undefined;
      const answer = askRevision();
      asking = answer;
      const clear = () => {
        if (asking === answer) asking = undefined;
      };
      answer.then(clear, clear);
      return answer;
    };
    if (asking === undefined) return ask();
    next = asking.then(ask, ask);
    return next;
  };

  return {
    range,
    currentRevision,
    write: async (write) => {
      const { response, attempts } = await call(KVService.txn, txnOf(write), writeAttemptMillis);
      const revision = response.header?.revision ?? 0;
      if (response.succeeded) return { written: true, revision };
      const current = response.responses.map((answer) => answer.responseRange?.kvs[0]);
      const own = attempts > 1 ? ownWrite(write, current, revision) : undefined;
      return own ?? { written: false, current, revision };
    },
    grantLease: async (ttlSeconds) => {
      const request = LeaseGrantRequest.from({ ttl: ttlSeconds });
      // A grant that was lost on the way ends by itself; repeating it is safe.
      return (await call(LeaseService.leaseGrant, request, writeAttemptMillis)).response.id;
    },
    compact: async (revision) => {
      await channels.unary(KVService.compact, { revision, physical: false });
    },
    watch: (events, signal) => {
      const { endpoint } = channels;
      // The member ends the stream when it loses its leader, instead of going silent.
      const headers = [['hasleader', 'true']] as const;
      const talk = channels.talk(WatchService.watch, events, { signal, headers });
      return {
        endpoint,
        write: (request) => talk.write(request),
        leave: () => {
          if (channels.endpoint === endpoint) channels.moveOn();
        },
      };
    },
  };
}

function isTemporary(code: StatusCode): boolean {
  return (
    code === StatusCode.UNAVAILABLE ||
    code === StatusCode.DEADLINE_EXCEEDED ||
    code === StatusCode.CANCELLED ||
    // etcd says "too many requests" with this code.
    code === StatusCode.UNKNOWN
  );
}

function permanentFailure(code: StatusCode, message: string): ApiError {
  if (code === StatusCode.OUT_OF_RANGE) return expiredError(message);
  return internalError(message);
}

function txnOf(write: GuardedWrite): TxnRequest {
  return {
    compare: write.guards.map(({ key, revision }) =>
      Compare.from({
        key: bytesOf(key),
        target: CompareTarget.mod,
        result: CompareResult.equal,
        modRevision: revision,
      }),
    ),
    success: [
      ...write.puts.map(({ key, value, lease }) =>
        RequestOp.from({
          requestPut: PutRequest.from({ key: bytesOf(key), value, lease: lease ?? 0n }),
        }),
      ),
      ...write.deletes.map((key) =>
        RequestOp.from({ requestDeleteRange: DeleteRangeRequest.from({ key: bytesOf(key) }) }),
      ),
    ],
    failure: write.guards.map(({ key }) =>
      RequestOp.from({ requestRange: RangeRequest.from({ key: bytesOf(key) }) }),
    ),
  };
}

/** Whether the state that defeated a repeated write is that write's own doing. */
function ownWrite(
  write: GuardedWrite,
  current: readonly (KeyValue | undefined)[],
  revision: number,
): WriteOutcome | undefined {
  const held = new Map(write.guards.map(({ key }, index) => [key, current[index]]));
  let written = 0;
  for (const { key, value } of write.puts) {
    const found = held.get(key);
    if (found === undefined || Buffer.compare(found.value, value) !== 0) return undefined;
    written = Math.max(written, found.modRevision);
  }
  if (write.deletes.some((key) => held.get(key) !== undefined)) return undefined;
  return { written: true, revision: written === 0 ? revision : written };
}
