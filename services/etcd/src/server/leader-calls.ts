/** What a member asks the leader on behalf of its clients: what only the leader knows or may do. */
import type { Client } from '@grpc/grpc-js';
import type { Millis } from '@drydock/ports';
import { PeerService } from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { LeaderCalls } from './lease-service.ts';
import { askPeer, type Method, type PeerCallOptions } from './peer-calls.ts';

const leaseCallTimeout: Millis = 5_000;

interface LeaderCallOptions extends PeerCallOptions {
  /** Undefined while nobody is known to lead, or its address is not. */
  readonly clientOfLeader: () => Client | undefined;
}

/** `noLeader` when there is nobody to ask, `timeout` when no answer of the leader's came. */
export type AskLeader = <Request, Response>(
  method: Method<Request, Response>,
  request: Request,
  timeout?: Millis,
) => Promise<Response | Failure>;

export function createAskLeader(options: LeaderCallOptions): AskLeader {
  return async (method, request, timeout = leaseCallTimeout) => {
    const client = options.clientOfLeader();
    if (client === undefined) return failures.noLeader;
    return askPeer(options, client, { method, request, timeout });
  };
}

export function createLeaderCalls(ask: AskLeader): LeaderCalls {
  return {
    keepAlive: (request) => ask(PeerService.leaseKeepAlive, request),
    timeToLive: (request) => ask(PeerService.leaseTimeToLive, request),
  };
}
