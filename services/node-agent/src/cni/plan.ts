/**
 * The network of a node's pods, as commands for `ip` and a ruleset for `nft`: pure.
 *
 * Each pod has a cable (a veth pair) between its own namespace and the node's. The node's end of every
 * cable has the same address, the first of the node's range; a route of /32 leads into each cable. So
 * the node is a router, pods of one node meet on it without a bridge, and a pod that calls itself
 * through a service comes back through the cable it left by.
 *
 * 1. Routes and rules that others made are not touched: ours have a protocol number and a table.
 */

/** Marks our routes in the kernel's tables. */
export const routeProtocol = 157;

/** Linux's limit is 15 characters. */
export const cableName = (sandboxId: string) => `veth${sandboxId.slice(0, 10)}`;

export interface CableOptions {
  readonly sandboxId: string;
  readonly pid: number;
  readonly address: string;
  readonly gateway: string;
  readonly mtuBytes: number;
}

/** Lines for `ip -batch`, in the node's namespace and then in the pod's. */
export function cableCommands(options: CableOptions): {
  readonly outside: readonly string[];
  readonly inside: readonly string[];
} {
  const { pid, address, gateway, mtuBytes } = options;
  const name = cableName(options.sandboxId);
  return {
    outside: [
      `link add ${name} mtu ${mtuBytes} type veth peer name eth0 mtu ${mtuBytes} netns ${pid}`,
      `address add ${gateway}/32 dev ${name}`,
      `link set ${name} up`,
      `route replace ${address}/32 dev ${name} src ${gateway} proto ${routeProtocol}`,
    ],
    inside: [
      'link set lo up',
      `address add ${address}/32 dev eth0`,
      'link set eth0 up',
      `route add ${gateway}/32 dev eth0 scope link`,
      `route add default via ${gateway} dev eth0`,
    ],
  };
}

export interface NodeRange {
  readonly node: string;
  readonly podRange: string;
  readonly address: string;
}

/** As `ip -json route` tells it. */
export interface KernelRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
}

/** Lines for `ip -batch` that lead from the present routes to other nodes to the wanted ones. */
export function routeCommands(
  present: readonly KernelRoute[],
  others: readonly NodeRange[],
): readonly string[] {
  const wanted = new Map(others.map(({ podRange, address }) => [podRange, address]));
  const known = new Map(
    present.flatMap(({ dst, gateway }) => (gateway === undefined ? [] : [[dst, gateway]])),
  );
  const removed = [...known.keys()]
    .filter((range) => !wanted.has(range))
    .map((range) => `route del ${range} proto ${routeProtocol}`);
  const set = [...wanted]
    .filter(([range, address]) => known.get(range) !== address)
    .map(([range, address]) => `route replace ${range} via ${address} proto ${routeProtocol}`);
  return [...removed, ...set];
}

/**
 * Addresses of the node's range that no pod has are unreachable: without this they would leave by the
 * default route, and whoever is out there would answer for a pod that is gone.
 */
export const ownRangeCommands = (own: string): readonly string[] => [
  `route replace unreachable ${own} proto ${routeProtocol}`,
];

/** What leaves the cluster goes under the node's address: nobody out there has a route to pods. */
export function masqueradeRules(own: string, all: readonly string[]): string {
  const ranges = [...new Set([own, ...all])].toSorted();
  return [
    'table ip drydock-cni',
    'delete table ip drydock-cni',
    'table ip drydock-cni {',
    '  set pod-ranges {',
    '    type ipv4_addr',
    '    flags interval',
    '    auto-merge',
    `    elements = { ${ranges.join(', ')} }`,
    '  }',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    ip saddr ${own} ip daddr != @pod-ranges ip daddr != 224.0.0.0/4 fib daddr type != local masquerade`,
    '  }',
    '}',
    '',
  ].join('\n');
}
