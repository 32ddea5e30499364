/**
 * From Services, EndpointSlices and Nodes to the rules of one node: pure.
 *
 * A packet is looked up once, in a map from address, protocol and port to the chain of its service
 * port; that chain picks an endpoint at random and rewrites the destination. However many services
 * there are, a packet meets a handful of rules.
 *
 *     service-ips, node-ports   map   what comes in        -> goto ext/… or svc/…
 *     ext/…                     chain what comes from outside the cluster: masquerade, policies
 *     svc/…                     chain any endpoint; svl/…: endpoints of this node only
 *     ep/…                      chain one endpoint, for services that remember their clients
 *
 * 1. A service port without usable endpoints refuses at once: nobody waits for a timeout.
 * 2. Traffic of a policy Local that has no endpoint here is dropped: some other node will answer.
 */
import type { EndpointSlice, Node, Service, ServicePort } from '@drydock/api';
import {
  endpointsOf,
  isProxied,
  slicesByService,
  type EndpointAddress,
  type PortEndpoints,
} from './endpoints.ts';
import type { Ruleset } from './ruleset.ts';
import { markMasquerade } from './table.ts';

export interface ProxyInput {
  readonly nodeName: string;
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly nodes: readonly Node[];
}

interface Draft {
  readonly chains: Map<string, readonly string[]>;
  readonly maps: {
    readonly 'service-ips': Map<string, string>;
    readonly 'node-ports': Map<string, string>;
    readonly 'refused-ips': Map<string, string>;
    readonly 'refused-ports': Map<string, string>;
  };
  readonly sets: { readonly 'pod-ranges': Set<string>; readonly hairpin: Set<string> };
  readonly affinity: Map<string, number>;
}

const affinitySecondsDefault = 10_800;
/** The kernel takes longer names; people do not. */
const nameLengthMax = 120;

export function planRules({ nodeName, services, slices, nodes }: ProxyInput): Ruleset {
  const draft: Draft = {
    chains: new Map(),
    maps: {
      'service-ips': new Map(),
      'node-ports': new Map(),
      'refused-ips': new Map(),
      'refused-ports': new Map(),
    },
    sets: { 'pod-ranges': new Set(), hairpin: new Set() },
    affinity: new Map(),
  };
  for (const node of nodes) {
    const range = node.spec.podCIDR;
    if (range !== undefined && range !== '') draft.sets['pod-ranges'].add(range);
  }
  const byService = slicesByService(slices);
  const sorted = services.filter(isProxied).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const service of sorted) {
    const own = byService.get(keyOf(service)) ?? [];
    for (const port of service.spec.ports ?? []) {
      planPort(draft, service, port, endpointsOf(port, own, nodeName));
    }
  }
  return draft;
}

const keyOf = ({ metadata }: Service) => `${metadata.namespace ?? ''}/${metadata.name}`;

function planPort(
  draft: Draft,
  service: Service,
  port: ServicePort,
  endpoints: PortEndpoints,
): void {
  const { spec } = service;
  const protocol = (port.protocol ?? 'TCP').toLowerCase();
  const suffix = `${keyOf(service)}/${protocol}/${port.name ?? port.port}`.slice(0, nameLengthMax);
  const internalLocal = spec.internalTrafficPolicy === 'Local';
  const externalLocal = spec.externalTrafficPolicy === 'Local' && isExternal(service);
  const refusal = endpoints.isServed ? 'drop' : 'goto refuse';

  const all = addEndpoints(
    draft,
    service,
    { name: `svc/${suffix}`, protocol },
    endpoints.everywhere,
  );
  const here =
    internalLocal || externalLocal
      ? addEndpoints(draft, service, { name: `svl/${suffix}`, protocol }, endpoints.here)
      : undefined;
  for (const { address } of endpoints.here) draft.sets.hairpin.add(`${address} . ${address}`);

  const inside = internalLocal ? here : all;
  const clusterKey = `${spec.clusterIP!} . ${protocol} . ${port.port}`;
  if (inside === undefined) draft.maps['refused-ips'].set(clusterKey, refusal);
  else draft.maps['service-ips'].set(clusterKey, `goto ${inside}`);
  if (!isExternal(service)) return;

  const outside = addOutside(draft, `ext/${suffix}`, { all, here, isLocal: externalLocal });
  for (const address of externalAddresses(service)) {
    const key = `${address} . ${protocol} . ${port.port}`;
    if (outside !== undefined) draft.maps['service-ips'].set(key, `goto ${outside}`);
    if (outside === undefined || (externalLocal && here === undefined)) {
      draft.maps['refused-ips'].set(key, refusal);
    }
  }
  if (port.nodePort === undefined || port.nodePort === 0) return;
  const key = `${protocol} . ${port.nodePort}`;
  if (outside !== undefined) draft.maps['node-ports'].set(key, `goto ${outside}`);
  if (outside === undefined || (externalLocal && here === undefined)) {
    draft.maps['refused-ports'].set(key, refusal);
  }
}

function isExternal({ spec }: Service): boolean {
  const byType = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  return byType || (spec.externalIPs ?? []).length > 0;
}

function externalAddresses({ spec, status }: Service): readonly string[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  return [...(spec.externalIPs ?? []), ...ingress.flatMap(({ ip }) => ip ?? [])];
}

/** Undefined when no traffic from outside can be served here. */
function addOutside(
  draft: Draft,
  name: string,
  chains: {
    readonly all: string | undefined;
    readonly here: string | undefined;
    readonly isLocal: boolean;
  },
): string | undefined {
  const { all, here, isLocal } = chains;
  if (all === undefined) return undefined;
  const rules = isLocal
    ? [
        // Pods and the node itself are inside the cluster, whatever address they use.
        `ip saddr @pod-ranges goto ${all}`,
        `fib saddr type local ${markMasquerade}`,
        `fib saddr type local goto ${all}`,
        ...(here === undefined ? [] : [`goto ${here}`]),
      ]
    : // The answer must come back this way, whichever node the endpoint is on.
      [markMasquerade, `goto ${all}`];
  draft.chains.set(name, rules);
  return name;
}

/** Answers with the chain's name, or undefined when there is nothing to send to. */
function addEndpoints(
  draft: Draft,
  service: Service,
  { name, protocol }: { readonly name: string; readonly protocol: string },
  endpoints: readonly EndpointAddress[],
): string | undefined {
  if (endpoints.length === 0) return undefined;
  // Who is neither a pod nor this node has no way back to it but through this node.
  const strangers = `ip saddr != @pod-ranges fib saddr type != local ${markMasquerade}`;
  if (service.spec.sessionAffinity === 'ClientIP') {
    const seconds =
      service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? affinitySecondsDefault;
    draft.chains.set(name, [
      strangers,
      ...rememberClients(draft, name, protocol, endpoints, seconds),
    ]);
  } else {
    draft.chains.set(name, [strangers, balance(protocol, endpoints)]);
  }
  return name;
}

function balance(protocol: string, endpoints: readonly EndpointAddress[]): string {
  const [only, ...more] = endpoints;
  const rewrite = `meta l4proto ${protocol} dnat ip to`;
  if (more.length === 0) return `${rewrite} ${only!.address}:${only!.port}`;
  const choices = endpoints.map(({ address, port }, index) => `${index} : ${address} . ${port}`);
  return `${rewrite} numgen random mod ${endpoints.length} map { ${choices.join(', ')} }`;
}

function rememberClients(
  draft: Draft,
  service: string,
  protocol: string,
  endpoints: readonly EndpointAddress[],
  seconds: number,
): readonly string[] {
  const named = endpoints.map(({ address, port }) => {
    const suffix = `${service.slice(4)}/${address}/${port}`;
    return { address, port, chain: `ep/${suffix}`, clients: `clients/${suffix}` };
  });
  for (const { address, port, chain, clients } of named) {
    draft.affinity.set(clients, seconds);
    draft.chains.set(chain, [
      `update @${clients} { ip saddr }`,
      `meta l4proto ${protocol} dnat ip to ${address}:${port}`,
    ]);
  }
  const choices = named.map(({ chain }, index) => `${index} : goto ${chain}`);
  return [
    ...named.map(({ chain, clients }) => `ip saddr @${clients} goto ${chain}`),
    `numgen random mod ${named.length} vmap { ${choices.join(', ')} }`,
  ];
}
