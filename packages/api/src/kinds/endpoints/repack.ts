/**
 * Brings the subsets of an Endpoints object into the one form that is stored: addresses that offer
 * the same ports share a subset, sorted by address. Upstream sorts ports and subsets by hashes that
 * mean nothing to a reader; here they are in the order of their numbers and addresses.
 */
import type { EndpointAddress, CoreV1EndpointPort, EndpointSubset } from '../../generated/types.ts';

/** An address of one object behind it; not ready trumps ready. */
interface Offer {
  readonly address: EndpointAddress;
  ready: boolean;
}
type Offers = Map<string, Offer>;

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
const keyOfAddress = ({ ip, targetRef }: EndpointAddress) => `${ip} ${targetRef?.uid ?? ''}`;
const keyOfPort = ({ name = '', port, protocol, appProtocol }: CoreV1EndpointPort) =>
  JSON.stringify([port, name, protocol, appProtocol]);

function offersOf(subset: EndpointSubset, into: Offers, known: Map<string, EndpointAddress>) {
  const add = (address: EndpointAddress, ready: boolean) => {
    const key = keyOfAddress(address);
    if (!known.has(key)) known.set(key, address);
    const offer = into.get(key);
    if (offer === undefined) into.set(key, { address: known.get(key)!, ready });
    else offer.ready &&= ready;
  };
  for (const address of subset.addresses ?? []) add(address, true);
  for (const address of subset.notReadyAddresses ?? []) add(address, false);
}

export function repackSubsets(subsets: readonly EndpointSubset[]): EndpointSubset[] {
  const known = new Map<string, EndpointAddress>();
  // Of a headless service without ports only the addresses are kept: its port is undefined.
  const byPort = new Map<string, { port: CoreV1EndpointPort | undefined; offers: Offers }>();
  for (const subset of subsets) {
    const ports = subset.ports ?? [];
    for (const port of ports.length === 0 ? [undefined] : ports) {
      const key = port === undefined ? '' : keyOfPort(port);
      const entry = byPort.get(key) ?? { port, offers: new Map<string, Offer>() };
      byPort.set(key, entry);
      offersOf(subset, entry.offers, known);
    }
  }
  const groups = new Map<string, { ports: CoreV1EndpointPort[]; offers: Offer[] }>();
  for (const { port, offers } of byPort.values()) {
    const sorted = [...offers].sort(([left], [right]) => compare(left, right));
    const key = sorted.map(([address, { ready }]) => `${address} ${ready}`).join('\n');
    const group = groups.get(key) ?? { ports: [], offers: sorted.map(([, offer]) => offer) };
    if (port !== undefined) group.ports.push(port);
    groups.set(key, group);
  }
  return [...groups]
    .sort(([left], [right]) => compare(left, right))
    .map(([, { ports, offers }]) => subsetOf(ports, offers));
}

function subsetOf(ports: CoreV1EndpointPort[], offers: readonly Offer[]): EndpointSubset {
  const addresses = offers.filter(({ ready }) => ready).map(({ address }) => address);
  const notReadyAddresses = offers.filter(({ ready }) => !ready).map(({ address }) => address);
  ports.sort((left, right) => left.port - right.port || compare(keyOfPort(left), keyOfPort(right)));
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}
