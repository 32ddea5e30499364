/**
 * Schedulers and controller managers: several processes, of which one leads. They are healthy when the one
 * that leads has renewed its lease in time (docs/decisions/0055).
 */
import { findResource, parseTime, reasonOf, type Lease } from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import type { Registry } from '../registry.ts';
import { healthy, unhealthy, type Component, type Health } from './component.ts';

const namespace = 'kube-system';

export function createLeaderComponent(
  name: string,
  leaseName: string,
  { registry, clock }: { readonly registry: Pick<Registry, 'get'>; readonly clock: Clock },
): Component {
  const target = {
    kind: findResource('coordination.k8s.io', 'leases')!,
    namespace,
    name: leaseName,
  };
  return {
    name,
    check: async () => {
      try {
        // The cache will do: without etcd nobody renews, and that is seen there, too.
        const lease = (await registry.get(target, 'any')).parse<Lease>();
        return healthOfLeader(lease, (wallTime) => clock.elapsedSince(wallTime));
      } catch (error) {
        const place = `${namespace}/${leaseName}`;
        if (reasonOf(error) === 'NotFound') {
          return unhealthy({ message: `nobody leads: there is no lease ${place}` });
        }
        const why = error instanceof Error ? error.message : String(error);
        return { status: 'Unknown', error: why };
      }
    },
  };
}

/** @param elapsedSince milliseconds of the cluster since a wall time */
export function healthOfLeader(
  { metadata, spec }: Lease,
  elapsedSince: (wallTime: number) => Millis,
): Health {
  const place = `${metadata.namespace}/${metadata.name}`;
  const { holderIdentity = '', leaseDurationSeconds = 0, renewTime } = spec;
  if (holderIdentity === '') {
    return unhealthy({ message: `nobody leads: nobody holds the lease ${place}` });
  }
  const seconds = elapsedSince(parseTime(renewTime ?? '')) / 1_000;
  if (seconds <= leaseDurationSeconds) return healthy;
  return unhealthy({
    message: `nobody leads: ${holderIdentity} renewed the lease ${place} ${Math.round(seconds)}s ago, and it lasts ${leaseDurationSeconds}s`,
  });
}
