/** The settings of the controller manager, named and defaulted as upstream's. */
import {
  boolean,
  decimal,
  duration,
  integer,
  list,
  path,
  text,
  type FlagSpec,
  type FlagValues,
} from '@drydock/process';

const syncs = (what: string, count: number) =>
  integer({ default: count, min: 1, help: `${what} synced at the same time` });

export const flags = {
  apiservers: list({ help: 'host:port of the component API of each API server' }),
  'tls-cert-file': path({ help: 'certificate of this process' }),
  'tls-private-key-file': path({ help: 'its key' }),
  'ca-file': path({ help: 'CA that signed the certificates of the API servers' }),
  controllers: list({
    default: ['*'],
    help: "which to run: '*' for all, 'foo' for foo, '-foo' for all but foo",
  }),
  'leader-elect': boolean({ default: true, help: 'act only while holding the lease' }),
  'leader-elect-lease-duration': duration({
    default: 15_000,
    help: 'how long others wait for a leader that no longer renews',
  }),
  'leader-elect-renew-deadline': duration({
    default: 10_000,
    help: 'how long a leader tries to renew before it stops leading',
  }),
  'leader-elect-retry-period': duration({ default: 2_000, help: 'time between tries' }),
  'leader-elect-identity': text({ default: '', help: 'name in the lease; empty: host and uuid' }),
  'cluster-cidr': text({ default: '10.244.0.0/16', help: 'range of all pod addresses' }),
  'node-cidr-mask-size': integer({
    default: 24,
    min: 1,
    max: 32,
    help: 'prefix length of the range of one node',
  }),
  'node-monitor-period': duration({ default: 5_000, help: 'how often nodes are looked at' }),
  'node-monitor-grace-period': duration({
    default: 50_000,
    help: 'silence after which a node is Unknown',
  }),
  'node-startup-grace-period': duration({
    default: 60_000,
    help: 'the same for a node that never posted its status',
  }),
  'node-eviction-rate': decimal({
    default: 0.1,
    above: 0,
    help: 'nodes a second whose pods are evicted, in a healthy zone',
  }),
  'secondary-node-eviction-rate': decimal({
    default: 0.01,
    above: 0,
    help: 'the same in a large zone that is partially disrupted',
  }),
  'large-cluster-size-threshold': integer({
    default: 50,
    help: 'a zone with more nodes is large',
  }),
  'unhealthy-zone-threshold': decimal({
    default: 0.55,
    above: 0,
    help: 'share of nodes not ready from which a zone is partially disrupted',
  }),
  'terminated-pod-gc-threshold': integer({
    default: 12_500,
    help: 'ended pods that are kept; 0: all',
  }),
  'max-endpoints-per-slice': integer({
    default: 100,
    min: 1,
    max: 1000,
    help: 'endpoints in one EndpointSlice',
  }),
  'concurrent-deployment-syncs': syncs('Deployments', 5),
  'concurrent-replicaset-syncs': syncs('ReplicaSets', 5),
  'concurrent-service-endpoint-syncs': syncs('Services', 5),
  'concurrent-namespace-syncs': syncs('Namespaces', 10),
  'concurrent-serviceaccount-syncs': syncs('namespaces given a ServiceAccount', 5),
  'concurrent-resource-quota-syncs': syncs('ResourceQuotas', 5),
  'resource-quota-sync-period': duration({
    default: 300_000,
    help: 'how often what a ResourceQuota bounds is counted anew',
  }),
  'concurrent-gc-syncs': syncs('objects looked at by the garbage collector', 20),
  'root-ca-file': path({
    default: undefined,
    help: 'CA bundle that every namespace gets as ConfigMap kube-root-ca.crt; default: --ca-file',
  }),
} as const satisfies FlagSpec;

type Config = FlagValues<typeof flags>;

/** As much of the settings as controllers read. */
export type ControllerOptions = Pick<
  Config,
  | 'cluster-cidr'
  | 'concurrent-deployment-syncs'
  | 'concurrent-gc-syncs'
  | 'concurrent-namespace-syncs'
  | 'concurrent-replicaset-syncs'
  | 'concurrent-resource-quota-syncs'
  | 'concurrent-service-endpoint-syncs'
  | 'concurrent-serviceaccount-syncs'
  | 'large-cluster-size-threshold'
  | 'max-endpoints-per-slice'
  | 'node-cidr-mask-size'
  | 'node-eviction-rate'
  | 'node-monitor-grace-period'
  | 'node-monitor-period'
  | 'node-startup-grace-period'
  | 'resource-quota-sync-period'
  | 'secondary-node-eviction-rate'
  | 'terminated-pod-gc-threshold'
  | 'unhealthy-zone-threshold'
> & {
  /** The PEM text of --root-ca-file. */
  readonly rootCa: string;
};

/** Whether --controllers asks for the controller. */
export function isEnabled(name: string, asked: readonly string[]): boolean {
  if (asked.includes(name)) return true;
  return !asked.includes(`-${name}`) && asked.includes('*');
}
