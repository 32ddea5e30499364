/**
 * The fixed part of the table: where packets enter, and what happens to those that no service wants.
 *
 * Destinations are rewritten before routing (for what comes in) and in output (for what the node
 * itself sends); refusals are told by the filter hooks, which see a packet only if it was not
 * rewritten; sources are rewritten at the very end.
 */
import type { MapName, SetName } from './ruleset.ts';

export const tableName = 'drydock-proxy';

/** Marks a packet whose source must become the node's own. */
const masqueradeBit = '0x4000';
export const markMasquerade = `meta mark set meta mark | ${masqueradeBit}`;

const byAddress = 'type ipv4_addr . inet_proto . inet_service : verdict;';
const byPort = 'type inet_proto . inet_service : verdict;';

export const mapTypes: Readonly<Record<MapName, string>> = {
  'service-ips': byAddress,
  'node-ports': byPort,
  'refused-ips': byAddress,
  'refused-ports': byPort,
};

export const setTypes: Readonly<Record<SetName, string>> = {
  'pod-ranges': 'type ipv4_addr; flags interval;',
  hairpin: 'type ipv4_addr . ipv4_addr;',
};

interface FixedChain {
  /** Where packets enter it; undefined: from other chains only. */
  readonly hook?: string;
  readonly rules: readonly string[];
}

const isNode = 'fib daddr type local ip daddr != 127.0.0.0/8';
const lookUp = [
  'ip daddr . meta l4proto . th dport vmap @service-ips',
  `${isNode} meta l4proto . th dport vmap @node-ports`,
];
const lookUpRefusals = [
  'ct state new ip daddr . meta l4proto . th dport vmap @refused-ips',
  `ct state new ${isNode} meta l4proto . th dport vmap @refused-ports`,
];

/** In an order in which every chain is known before it is named. */
export const fixedChains: Readonly<Record<string, FixedChain>> = {
  refuse: { rules: ['meta l4proto tcp reject with tcp reset', 'reject'] },
  services: { rules: lookUp },
  refusals: { rules: lookUpRefusals },
  'nat-prerouting': {
    hook: 'type nat hook prerouting priority dstnat; policy accept;',
    rules: ['jump services'],
  },
  'nat-output': {
    hook: 'type nat hook output priority -100; policy accept;',
    rules: ['jump services'],
  },
  'nat-postrouting': {
    hook: 'type nat hook postrouting priority srcnat; policy accept;',
    rules: [
      `meta mark & ${masqueradeBit} == ${masqueradeBit} masquerade fully-random`,
      // A pod that reaches itself through a service must not see its own address as the caller's.
      'ct status dnat ip saddr . ip daddr @hairpin masquerade fully-random',
    ],
  },
  'filter-input': {
    hook: 'type filter hook input priority filter; policy accept;',
    rules: ['jump refusals'],
  },
  'filter-forward': {
    hook: 'type filter hook forward priority filter; policy accept;',
    rules: ['jump refusals'],
  },
  'filter-output': {
    hook: 'type filter hook output priority filter; policy accept;',
    rules: ['jump refusals'],
  },
};
