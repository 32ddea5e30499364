/** One member of etcd, asked by itself: it is healthy when it answers with what a majority knows. */
import type { Clock, Millis, Random } from '@drydock/ports';
import { KVService, RangeRequest } from '@drydock/proto/etcd';
import { createChannelSet, toRpcError, type TlsMaterial } from '@drydock/rpc';
import { healthy, unhealthy, type Component } from './component.ts';

/** Longer than an election. */
const timeoutMillis: Millis = 5_000;
const key = Buffer.from('/registry/health');

export interface EtcdMemberOptions {
  readonly name: string;
  /** host:port */
  readonly endpoint: string;
  readonly tls: TlsMaterial | undefined;
}

export function createEtcdMember(
  { name, endpoint, tls }: EtcdMemberOptions,
  powers: { readonly clock: Clock; readonly random: Random },
): Component {
  return {
    name,
    check: async () => {
      using channels = createChannelSet({
        ...powers,
        endpoints: [endpoint],
        tls,
        pingsIdle: false,
      });
      try {
        await channels.unary(KVService.range, RangeRequest.from({ key }), { timeoutMillis });
        return healthy;
      } catch (error) {
        return unhealthy({ error: `${endpoint}: ${toRpcError(error).message}` });
      }
    },
  };
}
