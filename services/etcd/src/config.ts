/**
 * What a member is started with: the flags (config/), checked as a whole. Times are in milliseconds on
 * the cluster's clock.
 */
import { join } from 'node:path';
import type { EtcdFlagValues } from './config/flags.ts';
import { tlsOf } from './config/tls.ts';
import { readBootstrap, type Bootstrap } from './discovery/bootstrap.ts';
import { checkUrl } from './membership/members.ts';
import { readTokenOptions, type TokenOptions } from './server/auth/jwt-options.ts';
import { parseRetention, type AutoCompaction } from './server/auto-compaction.ts';
import type { CorruptionCheckOptions } from './server/corruption-check.ts';
import type { KeepAliveOptions } from './server/http2/keep-alive.ts';
import type { TlsSource } from './tls/tls-source.ts';

export interface MemberConfig {
  readonly name: string;
  readonly dataFolder: string;
  /** The disk of the log is rooted here, and `logPath` is the log's folder on it. */
  readonly logRoot: string;
  readonly logPath: string;
  readonly token: string;
  readonly isJoining: boolean;
  /** The other members are lost for good: this one goes on without them. */
  readonly isAlone: boolean;
  readonly preVote: boolean;
  /** How the founding members are known. */
  readonly bootstrap: Bootstrap;
  readonly advertisePeerUrls: readonly string[];
  readonly listenPeerUrls: readonly string[];
  readonly listenClientUrls: readonly string[];
  /** Where HTTP is served alone; the client URLs serve gRPC alone when there are any. */
  readonly listenClientHttpUrls: readonly string[];
  readonly advertiseClientUrls: readonly string[];
  readonly listenMetricsUrls: readonly string[];
  readonly sharesPorts: boolean;
  /** Cluster milliseconds. */
  readonly heartbeatInterval: number;
  readonly electionTimeout: number;
  readonly snapshotCount: number;
  readonly catchUpEntries: number;
  /** Refuse changes of membership that would cost the quorum. */
  readonly strictReconfigCheck: boolean;
  readonly learnersMax: number;
  /** Where Raft's steps are written, if anywhere. */
  readonly raftTraceFile: string | undefined;
  /** Infinity for none. */
  readonly quotaBytes: number;
  readonly autoCompaction: AutoCompaction;
  readonly recoversSpace: boolean;
  readonly checksBeforeStart: boolean;
  readonly corruptionCheck: CorruptionCheckOptions;
  readonly requestBytesMax: number;
  readonly txnOpsMax: number;
  readonly streamsMax: number;
  /** Real milliseconds, as networks have them; 0: never. */
  readonly keepAlive: KeepAliveOptions;
  readonly hasGateway: boolean;
  /** Empty for all. */
  readonly corsOrigins: readonly string[];
  readonly hostWhitelist: readonly string[];
  readonly watchProgressInterval: number;
  readonly applyWarningDuration: number;
  /** Bytes that a defragmentation at start must free to be made; 0: never. */
  readonly bootstrapDefragmentBytes: number;
  /** The health service says that clients are not served while this member defragments. */
  readonly stopOnDefragment: boolean;
  readonly tokens: TokenOptions;
  /** Of an unused simple token, cluster milliseconds. */
  readonly tokenTtl: number;
  readonly bcryptCost: number;
  readonly syncsLog: boolean;
  readonly extensiveMetrics: boolean;
  readonly clientTls: TlsSource | undefined;
  readonly peerTls: TlsSource | undefined;
}

/** Also for 0, as the original has it. */
const defaultTokenTtlSeconds = 300;
const defaultQuotaBytes = 2 * 1024 ** 3;
const electionTimeoutMax = 50_000;

/** `given` are the flags that were. @throws Error that says which flag is wrong, and how */
export async function readConfig(
  flags: EtcdFlagValues,
  given: ReadonlySet<string>,
): Promise<MemberConfig> {
  const { name } = flags;
  const dataFolder = flags['data-dir'] ?? `${name}.etcd`;
  const urls = urlsOf(flags, given);
  const givenToken = flags['initial-cluster-token'];
  const bootstrap = readBootstrap(flags, { ...urls, token: givenToken });
  // The token at a discovery service is as good as none other: clusters of two tokens never mix.
  const token = bootstrap.kind === 'service' ? bootstrap.url.href : givenToken;
  const mode = flags['auto-compaction-mode'];
  if (mode !== 'periodic' && mode !== 'revision') {
    throw new Error(`unknown auto-compaction-mode ${JSON.stringify(mode)}`);
  }
  const checkpoints = flags['experimental-enable-lease-checkpoint'];
  if (flags['experimental-enable-lease-checkpoint-persist'] && !checkpoints) {
    throw new Error(
      'setting experimental-enable-lease-checkpoint-persist requires experimental-enable-lease-checkpoint',
    );
  }
  if (flags['experimental-compact-hash-check-time'] === 0) {
    throw new Error('--experimental-compact-hash-check-time must be >0 (set to 0s)');
  }
  const walFolder = flags['wal-dir'];
  const quota = flags['quota-backend-bytes'];
  const hostsOf = (all: readonly string[]) => all.map((url) => new URL(url).hostname);
  return {
    name,
    dataFolder,
    logRoot: walFolder ?? dataFolder,
    logPath: walFolder === undefined ? 'member/log' : 'log',
    token,
    isJoining: flags['initial-cluster-state'] === 'existing',
    isAlone: flags['force-new-cluster'],
    preVote: flags['pre-vote'],
    bootstrap,
    ...urls,
    sharesPorts: flags['socket-reuse-port'],
    ...timing(flags),
    snapshotCount: flags['snapshot-count'],
    catchUpEntries: flags['experimental-snapshot-catchup-entries'],
    strictReconfigCheck: flags['strict-reconfig-check'],
    raftTraceFile: flags['experimental-raft-trace'],
    learnersMax: flags['experimental-max-learners'],
    quotaBytes: quota === 0 ? defaultQuotaBytes : quota < 0 ? Infinity : quota,
    autoCompaction: { mode, retention: parseRetention(mode, flags['auto-compaction-retention']) },
    checksBeforeStart: flags['experimental-initial-corrupt-check'],
    corruptionCheck: {
      interval: flags['experimental-corrupt-check-time'],
      compactInterval: flags['experimental-compact-hash-check-enabled']
        ? flags['experimental-compact-hash-check-time']
        : 0,
    },
    recoversSpace: flags['auto-recover-space'],
    requestBytesMax: flags['max-request-bytes'],
    txnOpsMax: flags['max-txn-ops'],
    streamsMax: flags['max-concurrent-streams'],
    keepAlive: {
      minInterval: flags['grpc-keepalive-min-time'],
      interval: flags['grpc-keepalive-interval'],
      timeout: flags['grpc-keepalive-timeout'],
    },
    hasGateway: flags['enable-grpc-gateway'],
    corsOrigins: flags.cors.includes('*') ? [] : flags.cors,
    hostWhitelist: flags['host-whitelist'].includes('*') ? [] : flags['host-whitelist'],
    watchProgressInterval: flags['experimental-watch-progress-notify-interval'],
    applyWarningDuration: flags['experimental-warning-apply-duration'],
    bootstrapDefragmentBytes:
      flags['experimental-bootstrap-defrag-threshold-megabytes'] * 1024 ** 2,
    stopOnDefragment: flags['experimental-stop-grpc-service-on-defrag'],
    tokens: readTokenOptions(flags['auth-token']),
    tokenTtl: (flags['auth-token-ttl'] || defaultTokenTtlSeconds) * 1_000,
    bcryptCost: flags['bcrypt-cost'],
    syncsLog: !flags['unsafe-no-fsync'],
    extensiveMetrics: flags.metrics === 'extensive',
    clientTls: await tlsOf(flags, '', { dataFolder, hosts: hostsOf(urls.listenClientUrls) }),
    peerTls: await tlsOf(flags, 'peer-', {
      dataFolder,
      hosts: hostsOf(urls.listenPeerUrls),
      // Without an authority one certificate is everybody's: it is for the domain, as in the original.
      serverName:
        bootstrap.kind === 'srv' && flags['peer-trusted-ca-file'] === undefined
          ? bootstrap.domain
          : undefined,
    }),
  };
}

/** Where a data folder keeps what is no log. */
export const memberFolder = (config: Pick<MemberConfig, 'dataFolder'>): string =>
  join(config.dataFolder, 'member');

function timing(flags: EtcdFlagValues) {
  const heartbeatInterval = flags['heartbeat-interval'];
  const electionTimeout = flags['election-timeout'];
  if (heartbeatInterval === 0) throw new Error('--heartbeat-interval must be >0 (set to 0ms)');
  if (electionTimeout < 5 * heartbeatInterval) {
    throw new Error(
      `--election-timeout[${electionTimeout}ms] should be at least as 5 times as --heartbeat-interval[${heartbeatInterval}ms]`,
    );
  }
  if (electionTimeout > electionTimeoutMax) {
    throw new Error(
      `--election-timeout[${electionTimeout}ms] is too long, and should be set less than ${electionTimeoutMax}ms`,
    );
  }
  return { heartbeatInterval, electionTimeout };
}

function urlsOf(flags: EtcdFlagValues, given: ReadonlySet<string>) {
  const checked = (flag: keyof EtcdFlagValues & `${string}-urls`): readonly string[] => {
    const urls = flags[flag];
    for (const url of urls) checkUrl(url, `--${flag}`);
    return urls;
  };
  if (given.has('listen-client-urls') && !given.has('advertise-client-urls')) {
    throw new Error(
      '--advertise-client-urls is required when --listen-client-urls is set explicitly',
    );
  }
  return {
    advertisePeerUrls: checked('initial-advertise-peer-urls'),
    listenPeerUrls: checked('listen-peer-urls'),
    listenClientUrls: checked('listen-client-urls'),
    listenClientHttpUrls: checked('listen-client-http-urls'),
    advertiseClientUrls: checked('advertise-client-urls'),
    listenMetricsUrls: checked('listen-metrics-urls'),
  };
}
