/**
 * What a cluster consists of, as far as certificates and commands need to know it.
 *
 * The default cluster is three etcd members, two apiservers, two schedulers, two controller-managers,
 * a load balancer and N nodes; names are also the DNS names inside the cluster's network.
 */

export interface ClusterShape {
  /** Also the compose project and the prefix of every container's name. */
  readonly clusterName: string;
  readonly etcd: readonly string[];
  readonly apiservers: readonly string[];
  readonly schedulers: readonly string[];
  readonly controllerManagers: readonly string[];
  readonly loadBalancer: string;
  readonly nodes: readonly string[];
  /** One process simulates all nodes, and needs an identity that may speak for each. */
  readonly simulatedNodes: boolean;
  /** Names or addresses by which people reach the apiservers besides loopback. */
  readonly extraHosts: readonly string[];
  /** Pod addresses are cut from this range, a /24 a node. */
  readonly podSubnet: string;
  /** Service addresses; its first is that of the service `kubernetes`. */
  readonly serviceSubnet: string;
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);

export interface ShapeOptions {
  readonly clusterName?: string;
  readonly nodes?: number;
  readonly nodeNames?: readonly string[];
  readonly simulatedNodes?: boolean;
  readonly extraHosts?: readonly string[];
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
}

export function createShape(options: ShapeOptions = {}): ClusterShape {
  return {
    clusterName: options.clusterName ?? 'drydock',
    etcd: numbered('etcd', 3),
    apiservers: numbered('apiserver', 2),
    schedulers: numbered('scheduler', 2),
    controllerManagers: numbered('controller-manager', 2),
    loadBalancer: 'load-balancer',
    nodes: options.nodeNames ?? numbered('node', options.nodes ?? 3),
    simulatedNodes: options.simulatedNodes ?? false,
    extraHosts: options.extraHosts ?? [],
    podSubnet: options.podSubnet ?? '10.244.0.0/16',
    serviceSubnet: options.serviceSubnet ?? '10.96.0.0/16',
  };
}

/** The first address of a range, which Kubernetes gives to the service `kubernetes`. */
export function firstAddressOf(subnet: string): string {
  const [address = '', bits = '0'] = subnet.split('/');
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const mask = 2 ** (32 - Number(bits));
  const first = Math.floor(value / mask) * mask + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}
