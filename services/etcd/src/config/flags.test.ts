import { expect, it } from 'vitest';
import { describeDefault } from './flag.ts';
import { etcdFlags, flagSections } from './flags.ts';

/**
 * Every flag of etcd 3.5 with the default that its help tells. Where ours is another, it stands behind
 * a slash.
 */
const originals = `
name default
data-dir
wal-dir
snapshot-count 100000 / 10000
heartbeat-interval 100
election-timeout 1000
initial-election-tick-advance true
listen-peer-urls http://localhost:2380
listen-client-urls http://localhost:2379
listen-client-http-urls
max-snapshots 5
max-wals 5
quota-backend-bytes 0
backend-bbolt-freelist-type map
backend-batch-interval / 0s
backend-batch-limit 0
max-txn-ops 128
max-request-bytes 1572864
max-concurrent-streams 4294967295
enable-grpc-gateway true
grpc-keepalive-min-time 5s
grpc-keepalive-interval 2h
grpc-keepalive-timeout 20s
socket-reuse-port false
socket-reuse-address false
raft-read-timeout 5s
raft-write-timeout 5s
initial-advertise-peer-urls http://localhost:2380
initial-cluster default=http://localhost:2380 /
initial-cluster-state new
initial-cluster-token etcd-cluster
advertise-client-urls http://localhost:2379
discovery
discovery-fallback proxy
discovery-proxy
discovery-srv
discovery-srv-name
strict-reconfig-check true
pre-vote true
auto-compaction-retention 0
auto-compaction-mode periodic
enable-v2 false
v2-deprecation not-yet
cert-file
key-file
client-cert-auth false
client-cert-file
client-key-file
client-crl-file
client-cert-allowed-hostname
trusted-ca-file
auto-tls false
peer-cert-file
peer-key-file
peer-client-cert-auth false
peer-trusted-ca-file
peer-cert-allowed-cn
peer-cert-allowed-hostname
peer-auto-tls false
peer-client-cert-file
peer-client-key-file
self-signed-cert-validity 1
peer-crl-file
cipher-suites
cors *
host-whitelist *
tls-min-version TLS1.2
tls-max-version
auth-token simple
bcrypt-cost 10
auth-token-ttl 300
enable-pprof false
metrics basic
listen-metrics-urls
logger zap
log-outputs default
log-level info
enable-log-rotation false
log-rotation-config-json {"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}
experimental-enable-distributed-tracing false
experimental-distributed-tracing-address localhost:4317
experimental-distributed-tracing-service-name etcd
experimental-distributed-tracing-instance-id
experimental-distributed-tracing-sampling-rate 0
proxy off
proxy-failure-wait 5000
proxy-refresh-interval 30000
proxy-dial-timeout 1000
proxy-write-timeout 5000
proxy-read-timeout 0
experimental-initial-corrupt-check false
experimental-corrupt-check-time 0s
experimental-compact-hash-check-enabled false
experimental-compact-hash-check-time 1m
experimental-enable-v2v3
experimental-enable-lease-checkpoint false
experimental-enable-lease-checkpoint-persist false
experimental-compaction-batch-limit 1000
experimental-compaction-sleep-interval 10ms
experimental-peer-skip-client-san-verification false
experimental-watch-progress-notify-interval 10m
experimental-downgrade-check-time 5s
experimental-memory-mlock false
experimental-warning-apply-duration 100ms
experimental-txn-mode-write-with-shared-buffer true
experimental-bootstrap-defrag-threshold-megabytes 0
experimental-stop-grpc-service-on-defrag false
experimental-snapshot-catchup-entries 5000
force-new-cluster false
unsafe-no-fsync false
`;

it('has every flag of etcd 3.5, with its default', () => {
  for (const line of originals.trim().split('\n')) {
    const [name, ...rest] = line.split(' ');
    const [theirs, ours] = rest.join(' ').split(/ ?\/(?: |$)/);
    const flag = etcdFlags[name as keyof typeof etcdFlags];
    expect(flag, name).toBeDefined();
    expect(describeDefault(flag), name).toBe(`'${(ours ?? theirs)!.trim()}'`);
  }
});

it('shows each of them in one section of the help', () => {
  const shown = flagSections.flatMap(([, flags]) => Object.keys(flags));
  expect(shown.toSorted()).toEqual(Object.keys(etcdFlags).toSorted());
});

it('takes its own defaults', () => {
  for (const [name, flag] of Object.entries(etcdFlags)) {
    if (flag.default === undefined || flag.placeholder === 'DURATION') continue;
    expect(flag.parse(String(flag.default)), name).toEqual(flag.default);
  }
});
