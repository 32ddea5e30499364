/**
 * Clients of real processes that put, get, delete and compare, and keep a history for the checkers of
 * @drydock/testing/linearizability. One operation at a time each, on whichever member answers.
 */
import { status, type Client, type ServiceError } from '@grpc/grpc-js';
import { createSeededRandom, type Random } from '@drydock/ports';
import {
  Compare,
  CompareResult,
  CompareTarget,
  DeleteRangeRequest,
  KVService,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  type KeyValue,
  type ResponseHeader,
} from '@drydock/proto/etcd';
import type { KvInput, KvOutput, Operation, StoredValue } from '@drydock/testing/linearizability';
import { connect } from './writers.ts';

const keys = ['a', 'b', 'c', 'd', 'e'];
const timeoutMillis = 3_000;

export const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

export function storedValueOf(kv: KeyValue): StoredValue {
  return {
    value: textOf(kv.value),
    createRevision: kv.createRevision,
    modRevision: kv.modRevision,
    version: kv.version,
    lease: String(kv.lease),
  };
}

interface Method<Request, Response> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Response;
}

function call<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      (value) => method.requestSerialize(value),
      (bytes) => method.responseDeserialize(bytes),
      request,
      { deadline: Date.now() + timeoutMillis },
      (error: ServiceError | null, response) => {
        if (error === null) resolve(response!);
        else reject(error);
      },
    );
  });
}

export interface RecordedClients extends AsyncDisposable {
  readonly operations: readonly Operation<KvInput, KvOutput>[];
  readonly answered: number;
  stop(): Promise<void>;
}

export function startRecordedClients(
  endpoints: readonly string[],
  options: { count: number; seed: number },
): RecordedClients {
  const operations: Operation<KvInput, KvOutput>[] = [];
  const connections = endpoints.map(connect);
  const stopping = new AbortController();
  let answered = 0;

  const run = async (id: number) => {
    const random = createSeededRandom(options.seed + id);
    const seen = new Map<string, number>();
    let target = id;
    for (let count = 0; !stopping.signal.aborted; count++) {
      const { input, ask } = draw(random, `${id}.${count}`, seen);
      const started = performance.now();
      let output: KvOutput | undefined;
      try {
        output = await ask(connections[target % connections.length]!);
        answered++;
      } catch (error) {
        target++;
        // The clients' own pace: members that are down refuse at once.
        await new Promise((resolve) => void setTimeout(resolve, 20));
        if (input.kind === 'get' || neverHappened(error as ServiceError)) continue;
      }
      operations.push({
        client: id,
        input,
        call: started,
        output,
        return: output === undefined ? Infinity : performance.now(),
      });
    }
  };
  const running = Promise.all(Array.from({ length: options.count }, (_, id) => run(id)));
  const stop = async () => {
    stopping.abort();
    await running;
    for (const connection of connections) connection.close();
  };
  return {
    operations,
    get answered() {
      return answered;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The replica says that these are never applied (replica/types.ts). */
const neverHappened = ({ code, details }: ServiceError) =>
  code === status.UNAVAILABLE && details === 'etcdserver: no leader';

interface Drawn {
  readonly input: KvInput;
  readonly ask: (client: Client) => Promise<KvOutput>;
}

const revisionOf = ({ header }: { header: ResponseHeader | undefined }) => header!.revision;

/** `seen` are the modification revisions that this client knows, by key. */
function draw(random: Random, value: string, seen: Map<string, number>): Drawn {
  const key = random.pick(keys);
  const bytes = Buffer.from(key);
  const choice = random.float();
  if (choice < 0.4) {
    return {
      input: { kind: 'get', from: key, to: `${key}\0` },
      ask: async (client) => {
        const answer = await call(client, KVService.range, RangeRequest.from({ key: bytes }));
        const found = answer.kvs.map((kv) => ({ key: textOf(kv.key), value: storedValueOf(kv) }));
        seen.set(key, found[0]?.value.modRevision ?? 0);
        return { kind: 'get', revision: revisionOf(answer), found };
      },
    };
  }
  if (choice < 0.75) {
    const request = PutRequest.from({ key: bytes, value: Buffer.from(value) });
    return {
      input: { kind: 'put', key, value, lease: '0' },
      ask: async (client) => ({
        kind: 'write',
        revision: revisionOf(await call(client, KVService.put, request)),
      }),
    };
  }
  if (choice < 0.85) {
    return {
      input: { kind: 'delete', key },
      ask: async (client) => {
        const request = DeleteRangeRequest.from({ key: bytes });
        const answer = await call(client, KVService.deleteRange, request);
        return { kind: 'deleted', revision: revisionOf(answer), count: answer.deleted };
      },
    };
  }
  const modRevision = seen.get(key) ?? 0;
  const request = TxnRequest.from({
    compare: [
      Compare.from({
        key: bytes,
        target: CompareTarget.mod,
        result: CompareResult.equal,
        modRevision,
      }),
    ],
    success: [
      RequestOp.from({ requestPut: PutRequest.from({ key: bytes, value: Buffer.from(value) }) }),
    ],
  });
  return {
    input: {
      kind: 'txn',
      compare: { key, modRevision },
      success: [{ kind: 'put', key, value, lease: '0' }],
      failure: [],
    },
    ask: async (client) => {
      const answer = await call(client, KVService.txn, request);
      return { kind: 'write', revision: revisionOf(answer), succeeded: answer.succeeded };
    },
  };
}
