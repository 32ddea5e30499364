/** The store of etcd behind a test's server: read whole, and put back. */
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { createChannelSet } from '@drydock/rpc';
import { createEtcdClient, type EtcdClient } from '../../storage/etcd-client.ts';
import type { TestEtcd } from '../etcd.ts';
import { takeSnapshot, type Snapshot } from './changes.ts';

export interface Store extends Disposable {
  readonly etcd: EtcdClient;
}

export function connectStore({ endpoints, tls }: TestEtcd): Store {
  const powers = { clock: createSystemClock(), random: createSystemRandom() };
  const channels = createChannelSet({ endpoints, tls, pingsIdle: false, ...powers });
  return {
    etcd: createEtcdClient({ channels, clock: powers.clock }),
    [Symbol.dispose]: () => channels[Symbol.dispose](),
  };
}

/** Puts back what was there, and nothing else. */
export async function restore(etcd: EtcdClient, then: Snapshot): Promise<void> {
  const now = await takeSnapshot(etcd);
  const isOurs = (key: string) => !key.startsWith('/registry/masterleases/');
  const puts = [...then]
    .filter(([key]) => isOurs(key))
    .filter(([key, { revision }]) => now.get(key)?.revision !== revision)
    .map(([key, { bytes }]) => ({ key, value: bytes }));
  const deletes = [...now.keys()].filter((key) => !then.has(key) && isOurs(key));
  // As many as one transaction of etcd may hold.
  while (puts.length + deletes.length > 0) {
    await etcd.write({
      guards: [],
      puts: puts.splice(0, 60),
      deletes: deletes.splice(0, 60),
    });
  }
}

/** Takes away what has come since, but for what components keep up: they would miss it. */
export async function removeNew(etcd: EtcdClient, then: Snapshot): Promise<void> {
  const now = await takeSnapshot(etcd);
  const kept = /^\/registry\/(?:minions|leases|csinodes|masterleases|ranges)\//;
  const deletes = [...now.keys()].filter((key) => !then.has(key) && !kept.test(key));
  while (deletes.length > 0)
    await etcd.write({ guards: [], puts: [], deletes: deletes.splice(0, 60) });
}
