/**
 * Leases that let Events expire. Many share one: a lease is handed out for a minute, and lives that
 * minute longer than the Events' own time.
 */
import type { KindDefinition } from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import type { EtcdClient } from './etcd-client.ts';

export interface EventLeases {
  /** The lease for an Event that is written now. */
  current(): Promise<bigint>;
}

/** What a write of the kind is told: Events go by themselves after a while. */
export async function leaseFor(
  kind: KindDefinition,
  eventLeases: EventLeases,
): Promise<{ lease?: bigint }> {
  return kind.resource === 'events' ? { lease: await eventLeases.current() } : {};
}

const reuseMillis: Millis = 60_000;
const usesMax = 1_000;

export function createEventLeases(options: {
  readonly etcd: EtcdClient;
  readonly clock: Clock;
  readonly ttlMillis: Millis;
}): EventLeases {
  const { etcd, clock } = options;
  let granted: Promise<bigint> | undefined;
  let grantedAt = 0;
  let uses = 0;
  return {
    current: () => {
      const now = clock.now();
      uses += 1;
      if (granted === undefined || now - grantedAt > reuseMillis || uses > usesMax) {
        const lease = etcd.grantLease(Math.ceil((options.ttlMillis + reuseMillis) / 1_000));
        granted = lease;
        grantedAt = now;
        uses = 1;
        lease.catch(() => {
          if (granted === lease) granted = undefined;
        });
      }
      return granted;
    },
  };
}
