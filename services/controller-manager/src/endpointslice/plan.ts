/**
 * The EndpointSlices of a Service (upstream's staging/src/k8s.io/endpointslice/reconciler.go).
 *
 * 1. An endpoint is in exactly one slice of its address family and ports; a slice has at most
 *    `endpointsPerSliceMax` endpoints.
 * 2. As few slices as possible are written: an endpoint stays where it is, new ones fill slices that
 *    are written anyway, then one that has room, then new slices. Slices are not packed tighter.
 * 3. A Service with a selector always has at least one slice, if need be an empty one.
 */
import {
  controllerReference,
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  type Node,
  type Pod,
  type Service,
} from '@drydock/api';
import { isEqualButForZeros, isEqualJson } from '../equality.plan.ts';
import {
  addressFamilies,
  endpointOf,
  endpointPorts,
  isHeadless,
  mayBeEndpoint,
  type AddressFamily,
} from './endpoints.plan.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const managerName = 'endpointslice-controller.k8s.io';
const headlessLabel = 'service.kubernetes.io/headless';

export interface EndpointSliceSnapshot {
  readonly service: Service;
  /** The pods that the Service selects. */
  readonly pods: readonly Pod[];
  readonly nodes: (name: string) => Node | undefined;
  /** The slices of the Service that this controller manages. */
  readonly slices: readonly EndpointSlice[];
  readonly endpointsPerSliceMax: number;
}

export type EndpointSliceAction =
  | { readonly kind: 'create' | 'update'; readonly slice: EndpointSlice }
  | { readonly kind: 'delete'; readonly slice: EndpointSlice };

export function plan(snapshot: EndpointSliceSnapshot): EndpointSliceAction[] {
  const { service } = snapshot;
  const isSelecting = Object.keys(service.spec.selector ?? {}).length > 0;
  if (service.spec.type === 'ExternalName' || !isSelecting) return [];
  const slices = snapshot.slices.filter((one) => one.metadata.deletionTimestamp === undefined);
  const families = addressFamilies(service);
  const foreign = slices.filter((one) => !families.some((family) => family === one.addressType));
  return [
    ...families.flatMap((family) => planFamily(snapshot, family, slices)),
    ...foreign.map((slice) => ({ kind: 'delete' as const, slice })),
  ];
}

/** Endpoints that share their ports. */
interface PortGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

function planFamily(
  snapshot: EndpointSliceSnapshot,
  family: AddressFamily,
  allSlices: readonly EndpointSlice[],
): EndpointSliceAction[] {
  const slices = allSlices.filter((slice) => slice.addressType === family);
  const groups = desiredGroups(snapshot, family);
  const groupsOfSlices = Map.groupBy(slices, (slice) => portsKey(slice.ports ?? []));
  const actions: EndpointSliceAction[] = [];
  for (const [key, group] of groups) {
    actions.push(...planGroup(snapshot, { family, group, slices: groupsOfSlices.get(key) ?? [] }));
    groupsOfSlices.delete(key);
  }
  const unwanted = [...groupsOfSlices.values()].flat();
  if (groups.size > 0) {
    return [...actions, ...unwanted.map((slice) => ({ kind: 'delete' as const, slice }))];
  }
  return keepPlaceholder(
    newSlice(snapshot.service, { family, ports: [], endpoints: [] }),
    unwanted,
  );
}

/** No endpoints at all: one empty slice stays or comes, the rest goes. */
function keepPlaceholder(
  placeholder: EndpointSlice,
  slices: readonly EndpointSlice[],
): EndpointSliceAction[] {
  const kept = slices.find((slice) => isSameSlice(slice, placeholder));
  const deletions = slices
    .filter((slice) => slice !== kept)
    .map((slice) => ({ kind: 'delete' as const, slice }));
  return kept === undefined ? [{ kind: 'create', slice: placeholder }, ...deletions] : deletions;
}

function desiredGroups(
  { service, pods, nodes }: EndpointSliceSnapshot,
  family: AddressFamily,
): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>();
  const publishesAll = service.spec.publishNotReadyAddresses === true;
  for (const pod of pods) {
    if (!mayBeEndpoint(pod)) continue;
    const node = nodes(pod.spec.nodeName ?? '');
    // A pod of a node that is gone can be reached no more, whatever its last status says.
    if (node === undefined && !publishesAll) continue;
    const endpoint = endpointOf({ pod, node, service, family });
    if (endpoint === undefined) continue;
    const ports = endpointPorts(service, pod);
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: new Map<string, Endpoint>() };
    group.endpoints.set(endpointKey(endpoint), endpoint);
    groups.set(key, group);
  }
  return groups;
}

function planGroup(
  { service, endpointsPerSliceMax }: EndpointSliceSnapshot,
  options: {
    readonly family: AddressFamily;
    readonly group: PortGroup;
    readonly slices: readonly EndpointSlice[];
  },
): EndpointSliceAction[] {
  const { family, group, slices } = options;
  const waiting = new Map(group.endpoints);
  const labels = sliceLabels(service);
  const drafts = slices.map((slice) => {
    const endpoints = keepWanted(slice, waiting);
    const isChanged =
      !isEqualButForZeros(endpoints, slice.endpoints) ||
      !isEqualJson(labels, slice.metadata.labels);
    return { slice, endpoints, isChanged };
  });
  const fill = (draft: (typeof drafts)[number]) => {
    for (const [key, endpoint] of waiting) {
      if (draft.endpoints.length >= endpointsPerSliceMax) return;
      draft.endpoints.push(endpoint);
      draft.isChanged = true;
      waiting.delete(key);
    }
  };
  for (const draft of drafts) if (draft.isChanged && draft.endpoints.length > 0) fill(draft);
  if (waiting.size > 0) {
    // The fullest slice that takes all the rest leaves the most room elsewhere.
    const roomy = drafts
      .filter((draft) => draft.endpoints.length + waiting.size <= endpointsPerSliceMax)
      .sort((a, b) => b.endpoints.length - a.endpoints.length)[0];
    if (roomy !== undefined) fill(roomy);
  }
  const actions: EndpointSliceAction[] = [];
  for (const { slice, endpoints, isChanged } of drafts) {
    if (endpoints.length === 0) actions.push({ kind: 'delete', slice });
    else if (isChanged) {
      const metadata = { ...slice.metadata, labels };
      actions.push({ kind: 'update', slice: { ...slice, metadata, endpoints } });
    }
  }
  const rest = [...waiting.values()];
  for (let start = 0; start < rest.length; start += endpointsPerSliceMax) {
    const endpoints = rest.slice(start, start + endpointsPerSliceMax);
    const slice = newSlice(service, { family, ports: group.ports, endpoints });
    actions.push({ kind: 'create', slice });
  }
  // Creations first: a moment with an endpoint twice is better than one without it.
  return actions.sort((a, b) => order[a.kind] - order[b.kind]);
}

const order = { create: 0, update: 1, delete: 2 } as const;

/** The slice's endpoints that are still wanted, as they are now; they wait no longer. */
function keepWanted(slice: EndpointSlice, waiting: Map<string, Endpoint>): Endpoint[] {
  return slice.endpoints.flatMap((endpoint) => {
    const key = endpointKey(endpoint);
    const wanted = waiting.get(key);
    if (wanted === undefined) return [];
    waiting.delete(key);
    return [isEqualButForZeros(wanted, endpoint) ? endpoint : wanted];
  });
}

/** An endpoint stays the same one while its pod and address do. */
function endpointKey(endpoint: Endpoint): string {
  return `${endpoint.targetRef?.uid ?? ''} ${endpoint.addresses.join(' ')}`;
}

function portsKey(ports: readonly EndpointPort[]): string {
  return ports
    .map((port) => [
      port.name ?? '',
      port.protocol ?? 'TCP',
      port.port ?? 0,
      port.appProtocol ?? '',
    ])
    .map((parts) => JSON.stringify(parts))
    .sort()
    .join();
}

function sliceLabels(service: Service): Record<string, string> {
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {};
  return {
    ...own,
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: managerName,
  };
}

function newSlice(
  service: Service,
  content: {
    readonly family: AddressFamily;
    readonly ports: readonly EndpointPort[];
    readonly endpoints: readonly Endpoint[];
  },
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace ?? '',
      labels: sliceLabels(service),
      ownerReferences: [controllerReference(service)],
    },
    addressType: content.family,
    endpoints: [...content.endpoints],
    ports: [...content.ports],
  };
}

function isSameSlice(a: EndpointSlice, b: EndpointSlice): boolean {
  return (
    isEqualJson(a.metadata.labels, b.metadata.labels) &&
    portsKey(a.ports ?? []) === portsKey(b.ports ?? []) &&
    isEqualButForZeros(a.endpoints, b.endpoints)
  );
}
