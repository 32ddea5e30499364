/**
 * One of the two clusters, as the random sequences talk to it: what comes back is turned into plain
 * data that may be compared with the other cluster's, without what may differ.
 */
import { Client, credentials, type ServiceError, type ClientDuplexStream } from '@grpc/grpc-js';
import {
  KVService,
  LeaseKeepAliveRequest,
  LeaseService,
  RangeRequest,
  type LeaseKeepAliveResponse,
} from '@drydock/proto/etcd';

/** As the service definitions of @drydock/proto/etcd have it. */
export interface Method<Request = unknown, Response = unknown> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseSerialize: (response: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

export type Plain = string | number | boolean | null | readonly Plain[] | { [name: string]: Plain };

/** An answer or an error. */
export type Outcome = { readonly [name: string]: Plain };

const deadlineMillis = 10_000;

export function connectTo(endpoint: string): Client {
  return new Client(new URL(endpoint).host, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
  });
}

export async function callMethod(
  client: Client,
  method: Method,
  request: unknown,
): Promise<Outcome> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      method.path,
      (value: unknown) => method.requestSerialize(value),
      (bytes: Buffer) => bytes,
      request,
      { deadline: Date.now() + deadlineMillis },
      (error: ServiceError | null, bytes) => {
        if (error !== null) resolve({ code: error.code, details: error.details });
        else resolve(answerOf(method, bytes!));
      },
    );
  });
}

/**
 * An encoding that is not ours (say, with a field that our codecs do not know) shows. By its length:
 * the original's ids are beyond the numbers that we read exactly.
 */
function answerOf(method: Method, bytes: Buffer): Outcome {
  const message = method.responseDeserialize(bytes);
  const answer = plainOf(message) as Outcome;
  const isOurs = method.responseSerialize(message).length === bytes.length;
  return isOurs ? answer : { ...answer, encoded: bytes.toString('hex') };
}

/** Renews a lease once, on a stream of its own. */
export async function keepAlive(client: Client, id: bigint): Promise<Outcome> {
  const { path, requestSerialize, responseDeserialize } = LeaseService.leaseKeepAlive;
  const stream: ClientDuplexStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse> =
    client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, {
      deadline: Date.now() + deadlineMillis,
    });
  try {
    return await new Promise((resolve) => {
      stream.on('data', (response: LeaseKeepAliveResponse) => {
        resolve(plainOf(response) as Outcome);
      });
      stream.on('error', (error: ServiceError) => {
        resolve({ code: error.code, details: error.details });
      });
      stream.on('end', () => resolve({ end: true }));
      stream.write(LeaseKeepAliveRequest.from({ id }));
    });
  } finally {
    stream.end();
  }
}

/** The store's revision now. */
export async function revisionNow(client: Client): Promise<number> {
  const request = RangeRequest.from({ key: Buffer.from('-'), countOnly: true });
  const answer = await callMethod(client, KVService.range as Method, request);
  const header = answer['header'] as { revision: number } | undefined;
  if (header === undefined) throw new Error(`no revision: ${JSON.stringify(answer)}`);
  return header.revision;
}

/** Two clusters differ in these by right: only whether they are there is compared. */
const identities = new Set(['clusterId', 'memberId', 'raftTerm', 'leader']);
const ownValues = new Set(['dbSize', 'dbSizeInUse', 'raftIndex', 'raftAppliedIndex', 'version']);

export function plainOf(value: unknown, name = ''): Plain {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return listOf(name, value);
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, plainOf(one, key)] as const),
    );
  }
  if (identities.has(name) || (name === 'id' && typeof value === 'number')) {
    return value === 0 ? 0 : 'ID';
  }
  if (ownValues.has(name)) return 'OWN';
  if (typeof value === 'string') return value.replace(/127\.0\.0\.1:\d+/, 'ADDRESS');
  // Seconds left depend on when they are asked for; that there is a lease does not.
  if (name === 'ttl') return (value as number) > 0 ? 'SECONDS' : (value as number);
  return value as Plain;
}

/** The original lists leases, and the keys of a lease, as its maps have them; members come by their ids. */
function listOf(name: string, list: readonly unknown[]): readonly Plain[] {
  const plain = list.map((one) => plainOf(one));
  if (!['keys', 'leases', 'members'].includes(name)) return plain;
  return plain.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
