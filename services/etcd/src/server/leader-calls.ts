/** What a member asks the leader on behalf of its clients: when leases end is the leader's knowledge. */
import type { Client, Metadata } from '@grpc/grpc-js';
import type { Clock, Millis } from '@drydock/ports';
import {
  PeerService,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  type LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponse,
} from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { LeaderCalls } from './lease-service.ts';

const leaseCallTimeout: Millis = 5_000;

interface LeaderCallOptions {
  readonly clock: Clock;
  readonly metadata: Metadata;
  /** Undefined while nobody is known to lead, or its address is not. */
  readonly clientOfLeader: () => Client | undefined;
}

export function createLeaderCalls(options: LeaderCallOptions): LeaderCalls {
  const ask = async <Request, Response>(
    method: {
      path: string;
      requestSerialize: (value: Request) => Buffer;
      responseDeserialize: (bytes: Buffer) => Response;
    },
    request: Request,
  ): Promise<Response | Failure> => {
    const client = options.clientOfLeader();
    if (client === undefined) return failures.noLeader;
    const { promise, resolve } = Promise.withResolvers<Response | Failure>();
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      options.metadata,
      (error, response) => {
        timer.cancel();
        if (error === null) resolve(response!);
        else if (error.details.startsWith('etcdserver: ')) {
          resolve({ kind: 'failure', code: error.code, message: error.details });
        } else resolve(failures.timeout);
      },
    );
    const timer = options.clock.setTimer(leaseCallTimeout, () => call.cancel());
    return promise;
  };
  return {
    keepAlive: (request: LeaseKeepAliveRequest): Promise<LeaseKeepAliveResponse | Failure> =>
      ask(PeerService.leaseKeepAlive, request),
    timeToLive: (request: LeaseTimeToLiveRequest): Promise<LeaseTimeToLiveResponse | Failure> =>
      ask(PeerService.leaseTimeToLive, request),
  };
}
