/**
 * What a path through the proxy leads to: a port of a pod, a node's agent, or an address.
 *
 * Pods have their addresses in their nodes' networks, which this server is not in: they are reached
 * through the agent of their node, on their loopback. What is no pod is called by its address.
 */
import {
  badRequestError,
  endpointSlices as endpointSlicesKind,
  findResource,
  notFoundError,
  type Endpoints,
  type EndpointSlice,
  type KindDefinition,
  type KubernetesObject,
  type Node,
  type Pod,
  type Service,
} from '@drydock/api';
import type { Random } from '@drydock/ports';
import { createSelection } from '../../cacher/selection.ts';
import type { Registry } from '../../registry/registry.ts';
import { servingAddresses, servingEndpoints, type ServingEndpoint } from './endpoints.ts';
import { unavailableError, unreachableError } from './failures.ts';
import { isReachable } from './reachable.ts';
import { splitPlace, type Place, type ProxyPath } from './path.ts';

export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  /** An address and a port, as messages and redirects name it. */
  readonly host: string;
  readonly way:
    | {
        readonly kind: 'pod';
        readonly nodeName: string;
        readonly namespace: string;
        readonly pod: string;
        readonly port: number;
      }
    | { readonly kind: 'node'; readonly nodeName: string }
    | { readonly kind: 'address'; readonly address: string; readonly port: number };
}

export interface TargetPowers {
  readonly registry: Pick<Registry, 'get' | 'list'>;
  readonly random: Random;
}

/** @throws ApiError in upstream's words when there is none */
export function findTarget(path: ProxyPath, powers: TargetPowers): Promise<ProxyTarget> {
  const singular = { pods: 'pod', services: 'service', nodes: 'node' } as const;
  const place = splitPlace(path.name);
  if (place === undefined) {
    throw badRequestError(
      `invalid ${singular[path.resource]} request ${JSON.stringify(path.name)}`,
    );
  }
  switch (path.resource) {
    case 'pods':
      return findPod(place, path.namespace, powers);
    case 'services':
      return findService(place, path.namespace, powers);
    case 'nodes':
      return findNode(place, powers);
    default:
      return path.resource satisfies never;
  }
}

const kindOf = (resource: string): KindDefinition => findResource('', resource)!;
const defaultPorts = { http: 80, https: 443 } as const;

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port > 0 && port < 65_536) return port;
  throw unreachableError(`dial tcp: lookup tcp/${text}: unknown port`);
}

const hostOf = (address: string, port: number) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function podTarget(pod: Pod, scheme: Place['scheme'], port: number): ProxyTarget {
  const address = pod.status.podIP ?? '';
  const nodeName = pod.spec.nodeName ?? '';
  if (address === '' || nodeName === '') throw badRequestError('address not allowed');
  const { name, namespace = '' } = pod.metadata;
  return {
    scheme,
    host: hostOf(address, port),
    way: { kind: 'pod', nodeName, namespace, pod: name, port },
  };
}

async function findPod(
  { scheme, name, port }: Place,
  namespace: string,
  { registry }: TargetPowers,
): Promise<ProxyTarget> {
  const target = { kind: kindOf('pods'), namespace, name };
  const pod = (await registry.get(target, 'consistent')).parse<Pod>();
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
  return podTarget(pod, scheme, port === '' ? (declared ?? defaultPorts[scheme]) : portOf(port));
}

async function findService(
  { scheme, name, port }: Place,
  namespace: string,
  powers: TargetPowers,
): Promise<ProxyTarget> {
  const { registry, random } = powers;
  const target = { kind: kindOf('services'), namespace, name };
  const service = (await registry.get(target, 'consistent')).parse<Service>();
  const serving = await servingOf(service, portNameOf(service, port), registry);
  const first = serving.length === 0 ? 0 : random.between(0, serving.length - 1);
  // Whoever is gone by now is passed over.
  for (const endpoint of [...serving.slice(first), ...serving.slice(0, first)]) {
    const found = await endpointTarget(endpoint, { scheme, namespace }, powers);
    if (found !== undefined) return found;
  }
  throw unavailableError(`no endpoints available for service ${JSON.stringify(name)}`);
}

async function servingOf(
  { metadata: { name, namespace = '' } }: Service,
  portName: string,
  registry: TargetPowers['registry'],
): Promise<ServingEndpoint[]> {
  const labelSelector = `kubernetes.io/service-name=${name}`;
  const slices = await listAll<EndpointSlice>(registry, endpointSlicesKind, {
    namespace,
    labelSelector,
  });
  if (slices.length > 0) return servingEndpoints(slices, portName);
  const fieldSelector = `metadata.name=${name}`;
  const byHand = await listAll<Endpoints>(registry, kindOf('endpoints'), {
    namespace,
    fieldSelector,
  });
  return byHand.flatMap((endpoints) => servingAddresses(endpoints, portName));
}

async function listAll<T extends KubernetesObject>(
  registry: TargetPowers['registry'],
  kind: KindDefinition,
  ask: Parameters<typeof createSelection>[1],
): Promise<T[]> {
  const { objects } = await registry.list(kind, createSelection(kind, ask), 'consistent');
  return Array.from(objects, (one) => one.parse<T>());
}

/** Endpoints know ports by name: a number is that of the Service. */
function portNameOf({ metadata, spec }: Service, port: string): string {
  if (!/^\d+$/.test(port)) return port;
  const found = (spec.ports ?? []).find((one) => one.port === Number(port));
  if (found !== undefined) return found.name ?? '';
  throw unavailableError(
    `no service port ${port} found for service ${JSON.stringify(metadata.name)}`,
  );
}

async function endpointTarget(
  { address, port, podName }: ServingEndpoint,
  { scheme, namespace }: { readonly scheme: Place['scheme']; readonly namespace: string },
  { registry }: TargetPowers,
): Promise<ProxyTarget | undefined> {
  if (podName === undefined) {
    if (!isReachable(address)) return undefined;
    return { scheme, host: hostOf(address, port), way: { kind: 'address', address, port } };
  }
  const fieldSelector = `metadata.name=${podName}`;
  const [pod] = await listAll<Pod>(registry, kindOf('pods'), { namespace, fieldSelector });
  const isAtAddress = pod?.status.podIPs?.some(({ ip }) => ip === address) === true;
  return pod !== undefined && isAtAddress ? podTarget(pod, scheme, port) : undefined;
}

async function findNode(
  { scheme, name, port }: Place,
  { registry }: TargetPowers,
): Promise<ProxyTarget> {
  const target = { kind: kindOf('nodes'), namespace: '', name };
  const node = (await registry.get(target, 'any')).parse<Node>();
  const agentPort = node.status.daemonEndpoints?.kubeletEndpoint?.Port || 10_250;
  const address = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (address === undefined) throw notFoundError(kindOf('nodes'), name);
  const host = hostOf(address, agentPort);
  if (port === '' || portOf(port) === agentPort) {
    // The agent's connection is safe already: what is on it is plain.
    return { scheme: 'http', host, way: { kind: 'node', nodeName: name } };
  }
  if (!isReachable(address)) throw badRequestError('address not allowed');
  return {
    scheme,
    host: hostOf(address, portOf(port)),
    way: { kind: 'address', address, port: portOf(port) },
  };
}
