/** Clients that write all the time and remember what was acknowledged. */
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import {
  KVService,
  PutRequest,
  RangeRequest,
  type PutResponse,
  type RangeResponse,
} from '@drydock/proto/etcd';

export function connect(endpoint: string): Client {
  return new Client(new URL(endpoint).host, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_reconnect_backoff_ms': 500,
    'grpc.initial_reconnect_backoff_ms': 50,
  });
}

export function put(
  client: Client,
  partial: Partial<PutRequest>,
  timeoutMillis = 3_000,
): Promise<PutResponse> {
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = KVService.put;
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      PutRequest.from(partial),
      { deadline: Date.now() + timeoutMillis },
      (error: ServiceError | null, response) => {
        if (error === null) resolve(response!);
        else reject(error);
      },
    );
  });
}

export function range(client: Client, partial: Partial<RangeRequest>): Promise<RangeResponse> {
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = KVService.range;
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      RangeRequest.from(partial),
      { deadline: Date.now() + 10_000 },
      (error: ServiceError | null, response) => {
        if (error === null) resolve(response!);
        else reject(error);
      },
    );
  });
}

export interface Writers extends AsyncDisposable {
  /** Keys whose write was acknowledged. */
  readonly acknowledged: readonly string[];
  stop(): Promise<void>;
}

/** Each writer puts keys of its own, to whichever member answers. */
export function startWriters(
  endpoints: readonly string[],
  options: { count: number; valueBytes: number },
): Writers {
  const clients = endpoints.map(connect);
  const acknowledged: string[] = [];
  const stopping = new AbortController();
  const value = Buffer.alloc(options.valueBytes, 'v');
  const write = async (writer: number) => {
    let next = writer;
    for (let count = 0; !stopping.signal.aborted; count++) {
      const key = `w${writer}/${String(count).padStart(6, '0')}`;
      try {
        await put(clients[next % clients.length]!, { key: Buffer.from(key), value });
        acknowledged.push(key);
      } catch {
        next++;
        await new Promise((resolve) => void setTimeout(resolve, 20));
      }
    }
  };
  const running = Promise.all(Array.from({ length: options.count }, (_, index) => write(index)));
  const stop = async () => {
    stopping.abort();
    await running;
    for (const client of clients) client.close();
  };
  return { acknowledged, stop, [Symbol.asyncDispose]: stop };
}

/** All keys of the writers that a member has in its own state. */
export async function keysAt(endpoint: string): Promise<Set<string>> {
  const client = connect(endpoint);
  try {
    const { kvs } = await range(client, {
      key: Buffer.from('w'),
      rangeEnd: Buffer.from('x'),
      keysOnly: true,
      serializable: true,
    });
    return new Set(kvs.map((kv) => Buffer.from(kv.key).toString()));
  } finally {
    client.close();
  }
}
