/**
 * The flags of a member, named as etcd's; `ETCD_*` in the environment does as well. Times are in
 * milliseconds on the cluster's clock.
 */
import {
  boolean,
  choice,
  integer,
  list,
  path,
  text,
  type FlagSpec,
  type FlagValues,
} from '@drydock/process';
import { readTls, type TlsMaterial } from '@drydock/rpc';
import { checkUrl, parseInitialCluster, type ClusterMember } from './membership/members.ts';
import type { ListenerTls } from './server/listener.ts';

export const etcdFlags = {
  name: text({ default: 'default', help: 'name of this member' }),
  'data-dir': path({ default: undefined, help: 'folder of the data; NAME.etcd if not given' }),
  'initial-cluster': text({
    default: undefined,
    help: 'all founding members: name=peer URL, separated by commas',
  }),
  'initial-cluster-token': text({
    default: 'etcd-cluster',
    help: 'tells clusters with the same addresses apart',
  }),
  'initial-cluster-state': choice(['new', 'existing'], {
    default: 'new',
    help: 'existing: join a cluster that knows this member already (member add)',
  }),
  'initial-advertise-peer-urls': list({
    default: ['http://localhost:2380'],
    help: 'where other members reach this one',
  }),
  'listen-peer-urls': list({ default: ['http://localhost:2380'], help: 'where to serve members' }),
  'listen-client-urls': list({
    default: ['http://localhost:2379'],
    help: 'where to serve clients',
  }),
  'advertise-client-urls': list({
    default: ['http://localhost:2379'],
    help: 'where clients reach this member',
  }),
  'listen-metrics-urls': list({ default: [], help: 'more addresses for /metrics and /health' }),
  'heartbeat-interval': integer({ default: 100, min: 10, help: "the leader's heartbeat, ms" }),
  'election-timeout': integer({
    default: 1_000,
    min: 50,
    max: 50_000,
    help: 'silence of the leader that starts an election, ms; at least 5 heartbeats',
  }),
  'snapshot-count': integer({
    default: 10_000,
    min: 1,
    help: 'entries after which the log lets go of what the database holds',
  }),
  'experimental-snapshot-catchup-entries': integer({
    default: 5_000,
    min: 1,
    help: 'entries kept for slow members behind what the log could let go of',
  }),
  'quota-backend-bytes': integer({
    default: 0,
    help: 'size of the database from which writes are refused; 0: 2 GiB',
  }),
  'max-request-bytes': integer({ default: 1_572_864, min: 1, help: 'largest request' }),
  'max-txn-ops': integer({ default: 128, min: 1, help: 'most operations in a transaction' }),
  'cert-file': path({ default: undefined, help: 'certificate for clients' }),
  'key-file': path({ default: undefined, help: 'its private key' }),
  'trusted-ca-file': path({ default: undefined, help: 'CA of the clients' }),
  'client-cert-auth': boolean({ default: false, help: 'demand a certificate of clients' }),
  'peer-cert-file': path({ default: undefined, help: 'certificate for members' }),
  'peer-key-file': path({ default: undefined, help: 'its private key' }),
  'peer-trusted-ca-file': path({ default: undefined, help: 'CA of the members' }),
  'peer-client-cert-auth': boolean({ default: false, help: 'demand a certificate of members' }),
} as const satisfies FlagSpec;

export interface MemberConfig {
  readonly name: string;
  readonly dataFolder: string;
  readonly token: string;
  readonly isJoining: boolean;
  /** As --initial-cluster names them. */
  readonly foundingMembers: readonly ClusterMember[];
  readonly advertisePeerUrls: readonly string[];
  readonly listenPeerUrls: readonly string[];
  readonly listenClientUrls: readonly string[];
  readonly advertiseClientUrls: readonly string[];
  readonly listenMetricsUrls: readonly string[];
  /** Cluster milliseconds. */
  readonly heartbeatInterval: number;
  readonly electionTimeout: number;
  readonly snapshotCount: number;
  readonly catchUpEntries: number;
  readonly quotaBytes: number;
  readonly requestBytesMax: number;
  readonly txnOpsMax: number;
  readonly clientTls: ListenerTls | undefined;
  readonly peerTls: ListenerTls | undefined;
}

const defaultQuotaBytes = 2 * 1024 ** 3;

/** @throws Error that says which flag is wrong, and how */
export function readConfig(flags: FlagValues<typeof etcdFlags>): MemberConfig {
  const { name } = flags;
  const advertisePeerUrls = urlsOf(
    flags['initial-advertise-peer-urls'],
    'initial-advertise-peer-urls',
  );
  const cluster =
    flags['initial-cluster'] ?? advertisePeerUrls.map((url) => `${name}=${url}`).join(',');
  const token = flags['initial-cluster-token'];
  const foundingMembers = parseInitialCluster(cluster, token);
  if (!foundingMembers.some((one) => one.name === name)) {
    throw new Error(`--initial-cluster does not name this member, "${name}": it has ${cluster}`);
  }
  const heartbeatInterval = flags['heartbeat-interval'];
  const electionTimeout = flags['election-timeout'];
  if (electionTimeout < 5 * heartbeatInterval) {
    throw new Error(
      `--election-timeout (${electionTimeout}) must be at least 5 times --heartbeat-interval (${heartbeatInterval})`,
    );
  }
  return {
    name,
    dataFolder: flags['data-dir'] ?? `${name}.etcd`,
    token,
    isJoining: flags['initial-cluster-state'] === 'existing',
    foundingMembers,
    advertisePeerUrls,
    listenPeerUrls: urlsOf(flags['listen-peer-urls'], 'listen-peer-urls'),
    listenClientUrls: urlsOf(flags['listen-client-urls'], 'listen-client-urls'),
    advertiseClientUrls: urlsOf(flags['advertise-client-urls'], 'advertise-client-urls'),
    listenMetricsUrls: urlsOf(flags['listen-metrics-urls'], 'listen-metrics-urls'),
    heartbeatInterval,
    electionTimeout,
    snapshotCount: flags['snapshot-count'],
    catchUpEntries: flags['experimental-snapshot-catchup-entries'],
    quotaBytes:
      flags['quota-backend-bytes'] === 0 ? defaultQuotaBytes : flags['quota-backend-bytes'],
    requestBytesMax: flags['max-request-bytes'],
    txnOpsMax: flags['max-txn-ops'],
    clientTls: tlsOf(flags, ''),
    peerTls: tlsOf(flags, 'peer-'),
  };
}

function urlsOf(urls: readonly string[], flag: string): readonly string[] {
  for (const url of urls) checkUrl(url, `--${flag}`);
  return urls;
}

function tlsOf(flags: FlagValues<typeof etcdFlags>, prefix: '' | 'peer-'): ListenerTls | undefined {
  const certFile = flags[`${prefix}cert-file`];
  const keyFile = flags[`${prefix}key-file`];
  const caFile = flags[`${prefix}trusted-ca-file`];
  const isDemanding = flags[`${prefix}client-cert-auth`];
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw new Error(`--${prefix}cert-file and --${prefix}key-file go together`);
  }
  if (isDemanding && caFile === undefined) {
    throw new Error(`--${prefix}client-cert-auth needs --${prefix}trusted-ca-file`);
  }
  const material: TlsMaterial = readTls({ certFile, keyFile, caFile: caFile ?? certFile });
  return { material, requireClientCertificate: isDemanding };
}
