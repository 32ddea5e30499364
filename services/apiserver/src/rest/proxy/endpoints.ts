/** Who serves a port of a Service at present. Pure. */
import type { Endpoints, EndpointSlice } from '@drydock/api';

export interface ServingEndpoint {
  readonly address: string;
  readonly port: number;
  /** Undefined for an address that is no pod's. */
  readonly podName: string | undefined;
}

/** `portName` is empty for a port without a name. Only endpoints that are ready. */
export function servingEndpoints(
  slices: readonly EndpointSlice[],
  portName: string,
): ServingEndpoint[] {
  return slices.flatMap(({ endpoints, ports = [] }) => {
    const port = ports.find((one) => (one.name ?? '') === portName)?.port;
    if (port === undefined) return [];
    return (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses, targetRef }) =>
        addresses.slice(0, 1).map((address) => ({
          address,
          port,
          podName: targetRef?.kind === 'Pod' ? targetRef.name : undefined,
        })),
      );
  });
}

/** The same of the older kind, which people write by hand for what is outside of the cluster. */
export function servingAddresses({ subsets = [] }: Endpoints, portName: string): ServingEndpoint[] {
  return subsets.flatMap(({ addresses = [], ports = [] }) => {
    const port = ports.find((one) => (one.name ?? '') === portName)?.port;
    if (port === undefined) return [];
    return addresses.map(({ ip, targetRef }) => ({
      address: ip,
      port,
      podName: targetRef?.kind === 'Pod' ? targetRef.name : undefined,
    }));
  });
}
