/** Unary calls to other members. */
import type { Client, Metadata } from '@grpc/grpc-js';
import type { Clock, Millis } from '@drydock/ports';
import { PeerService, HashKVRequest } from '@drydock/proto/etcd';
import type { HistoryHash } from '../mvcc/backend.ts';
import { failures, type Failure } from '../mvcc/failure.ts';

export interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

export interface PeerCallOptions {
  readonly clock: Clock;
  readonly metadata: Metadata;
}

/** Answers with the peer's failure, or `timeout` when it did not answer. */
export async function askPeer<Request, Response>(
  { clock, metadata }: PeerCallOptions,
  client: Client,
  call: { method: Method<Request, Response>; request: Request; timeout: Millis },
): Promise<Response | Failure> {
  const { method, request, timeout } = call;
  const { promise, resolve } = Promise.withResolvers<Response | Failure>();
  const running = client.makeUnaryRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    metadata,
    (error, response) => {
      timer.cancel();
      if (error === null) resolve(response!);
      else if (error.details.startsWith('etcdserver: ')) {
        resolve({ kind: 'failure', code: error.code, message: error.details });
      } else resolve(failures.timeout);
    },
  );
  const timer = clock.setTimer(timeout, () => running.cancel());
  return promise;
}

export interface DatabaseSize {
  readonly bytes: number;
  readonly bytesInUse: number;
}

/** What a member asks any other, by its id. */
export interface PeerCalls {
  defragment(id: number): Promise<DatabaseSize | Failure>;
  hash(id: number, revision: number): Promise<HistoryHash | Failure>;
}

/** A gibibyte takes seconds; a slow disk may be a hundred times slower. */
const defragmentTimeout: Millis = 600_000;
const hashTimeout: Millis = 60_000;

export function createPeerCalls(
  options: PeerCallOptions & { readonly clientOf: (id: number) => Client | undefined },
): PeerCalls {
  return {
    defragment: async (id) => {
      const client = options.clientOf(id);
      if (client === undefined) return failures.memberNotFound;
      const call = { method: PeerService.defragment, request: {}, timeout: defragmentTimeout };
      const answer = await askPeer(options, client, call);
      return 'kind' in answer ? answer : { bytes: answer.dbSize, bytesInUse: answer.dbSizeInUse };
    },
    hash: async (id, revision) => {
      const client = options.clientOf(id);
      if (client === undefined) return failures.memberNotFound;
      const request = HashKVRequest.from({ revision });
      const call = { method: PeerService.hashKV, request, timeout: hashTimeout };
      const answer = await askPeer(options, client, call);
      if ('kind' in answer) return answer;
      const { hash, compactRevision, header } = answer;
      return { hash, compactRevision, revision: revision > 0 ? revision : header!.revision };
    },
  };
}
