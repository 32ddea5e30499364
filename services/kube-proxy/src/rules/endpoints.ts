/**
 * Which endpoints a service port sends traffic to, seen from one node: pure (upstream's
 * CategorizeEndpoints).
 *
 * 1. Ready endpoints are used; when there are none, those that are terminating but still serve.
 * 2. A policy Local uses endpoints of this node only, by the same two steps.
 */
import type { EndpointSlice, Service, ServicePort } from '@drydock/api';

export interface EndpointAddress {
  readonly address: string;
  readonly port: number;
}

export interface PortEndpoints {
  /** For traffic that any endpoint may serve. */
  readonly everywhere: readonly EndpointAddress[];
  readonly here: readonly EndpointAddress[];
  /** The service has endpoints that could serve, wherever they are. */
  readonly isServed: boolean;
}

interface Candidate extends EndpointAddress {
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  readonly isLocal: boolean;
}

export function endpointsOf(
  port: ServicePort,
  slices: readonly EndpointSlice[],
  nodeName: string,
): PortEndpoints {
  const all = candidates(port, slices, nodeName);
  const local = all.filter((one) => one.isLocal);
  const everywhere = usable(all);
  return { everywhere, here: usable(local), isServed: everywhere.length > 0 };
}

function usable(candidates: readonly Candidate[]): readonly EndpointAddress[] {
  const ready = candidates.filter((one) => one.isReady);
  const chosen =
    ready.length > 0 ? ready : candidates.filter((one) => one.isServing && one.isTerminating);
  return chosen.map(({ address, port }) => ({ address, port }));
}

function candidates(
  port: ServicePort,
  slices: readonly EndpointSlice[],
  nodeName: string,
): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const target = slice.ports?.find((one) => (one.name ?? '') === (port.name ?? ''))?.port;
    if (target === undefined) continue;
    for (const { addresses, conditions = {}, nodeName: home } of slice.endpoints ?? []) {
      const [address] = addresses;
      if (address === undefined) continue;
      const isReady = conditions.ready !== false;
      found.set(`${address}:${target}`, {
        address,
        port: target,
        isReady,
        isServing: conditions.serving ?? isReady,
        isTerminating: conditions.terminating === true,
        isLocal: home === nodeName,
      });
    }
  }
  return [...found.keys()].toSorted().map((key) => found.get(key)!);
}

export const slicesByService = (
  slices: readonly EndpointSlice[],
): ReadonlyMap<string, readonly EndpointSlice[]> =>
  Map.groupBy(slices, (slice) => {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'] ?? '';
    return `${slice.metadata.namespace ?? ''}/${service}`;
  });

/** A service that has an address of its own for proxies to serve. */
export function isProxied(service: Service): boolean {
  const { clusterIP = '', type } = service.spec;
  const proxyName = service.metadata.labels?.['service.kubernetes.io/service-proxy-name'];
  return (
    clusterIP !== '' && clusterIP !== 'None' && type !== 'ExternalName' && proxyName === undefined
  );
}
