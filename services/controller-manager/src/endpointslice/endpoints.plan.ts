/** Which endpoints a Service's pods make, and on which ports (upstream's endpointslice/utils.go). */
import {
  isPodFinished,
  isPodReady,
  isPodTerminating,
  isSidecar,
  type Endpoint,
  type EndpointPort,
  type Node,
  type ObjectReference,
  type Pod,
  type Service,
  type ServicePort,
} from '@drydock/api';

export type AddressFamily = 'IPv4' | 'IPv6';

const familyOf = (address: string): AddressFamily => (address.includes(':') ? 'IPv6' : 'IPv4');

export function addressFamilies(service: Service): readonly AddressFamily[] {
  const families = (service.spec.ipFamilies ?? []).filter((family) => family !== '');
  if (families.length > 0) return families;
  const clusterIP = service.spec.clusterIP ?? '';
  return clusterIP === '' || clusterIP === 'None' ? ['IPv4'] : [familyOf(clusterIP)];
}

export const isHeadless = (service: Service) => service.spec.clusterIP === 'None';

/** Pods that have ended, or have no address yet, are no endpoints; terminating ones still are. */
export function mayBeEndpoint(pod: Pod): boolean {
  return !isPodFinished(pod) && addressesOf(pod).length > 0;
}

function addressesOf({ status }: Pod): string[] {
  const several = (status.podIPs ?? []).map((one) => one.ip ?? '');
  return [...new Set([status.podIP ?? '', ...several])].filter((address) => address !== '');
}

export function endpointOf(options: {
  readonly pod: Pod;
  readonly node: Node | undefined;
  readonly service: Service;
  readonly family: AddressFamily;
}): Endpoint | undefined {
  const { pod, node, service, family } = options;
  const address = addressesOf(pod).find((one) => familyOf(one) === family);
  if (address === undefined) return undefined;
  const serving = isPodReady(pod);
  const terminating = isPodTerminating(pod);
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
  const { name, namespace, uid } = pod.metadata;
  // Upstream leaves the apiVersion of a pod's reference out here.
  const targetRef = { kind: 'Pod', namespace, name, uid } as ObjectReference;
  const { hostname = '', subdomain, nodeName = '' } = pod.spec;
  const isNamed = hostname !== '' && subdomain === service.metadata.name;
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(isNamed ? { hostname } : {}),
    targetRef,
    ...(nodeName === '' ? {} : { nodeName }),
    ...(zone === '' ? {} : { zone }),
  };
}

/** The ports at which the pod serves; a named target port that it lacks is left out. */
export function endpointPorts(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [
      { name, protocol, port: number, ...(appProtocol === undefined ? {} : { appProtocol }) },
    ];
  });
}

function targetPort({ targetPort, port, protocol = 'TCP' }: ServicePort, pod: Pod) {
  if (targetPort === undefined) return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  return [...pod.spec.containers, ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)?.containerPort;
}
