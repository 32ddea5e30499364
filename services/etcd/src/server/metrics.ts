/** A member's metrics; names are etcd's where the meaning is. */
import type { Registry } from 'prom-client';
import type { MemberCore } from './core.ts';
import { registerEtcdMetrics } from './metrics/etcd-metrics.ts';
import { createAskedMetrics } from './metrics/asked-metrics.ts';

export function registerMetrics(core: MemberCore, registry: Registry): void {
  registerEtcdMetrics(core, registry);
  const { gauge, counter } = createAskedMetrics(registry);
  const { replica, state, hub } = core;
  const status = () => replica.status();
  const metrics = () => replica.metrics();

  gauge('etcd_server_has_leader', '1 with a leader, 0 without', () =>
    status().leader === 0 ? 0 : 1,
  );
  gauge('etcd_server_is_leader', '1 on the leader', () => (replica.isLeader() ? 1 : 0));
  gauge('etcd_server_is_learner', '1 on a learner', () =>
    core.state.members.get(core.memberId)?.isLearner === true ? 1 : 0,
  );
  gauge('drydock_raft_term', 'the current term', () => status().term);
  gauge(
    'etcd_server_proposals_pending',
    'proposals not decided yet',
    () => status().pendingProposals,
  );
  gauge('etcd_server_proposals_applied_total', 'last entry applied', () => status().applied);
  gauge('etcd_server_proposals_committed_total', 'last entry committed', () => status().commit);
  gauge(
    'drydock_raft_pending_reads',
    'reads that wait for leadership',
    () => status().pendingReads,
  );
  counter(
    'etcd_server_leader_changes_seen_total',
    'changes of leader seen',
    () => metrics().leaderChangesTotal,
  );
  counter(
    'etcd_server_proposals_failed_total',
    'proposals that failed',
    () => metrics().proposalsFailedTotal,
  );
  counter('drydock_proposals_total', 'proposals made here', () => metrics().proposalsTotal);
  counter('drydock_read_rounds_total', 'rounds of ReadIndex', () => metrics().readRoundsTotal);
  counter('drydock_wal_syncs_total', 'fsyncs of the log', () => metrics().walSyncsTotal);
  counter(
    'drydock_wal_sync_seconds_total',
    'time of fsyncs of the log',
    () => metrics().walSyncSecondsTotal,
  );
  gauge('drydock_wal_bytes', 'size of the log', () => status().walBytes);
  gauge('etcd_mvcc_db_total_size_in_bytes', 'size of the database', () => state.backend.size.bytes);
  gauge(
    'etcd_mvcc_db_total_size_in_use_in_bytes',
    'size of the data in the database',
    () => state.backend.size.bytesInUse,
  );
  gauge('etcd_server_quota_backend_bytes', 'quota of the database', () => core.limits.quotaBytes);
  gauge('etcd_debugging_mvcc_keys_total', 'keys with history', () => state.store.keys.size);
  gauge('etcd_debugging_mvcc_current_revision', 'the revision', () => state.store.revision);
  gauge(
    'etcd_debugging_mvcc_compact_revision',
    'last compaction',
    () => state.store.compactRevision,
  );
  gauge('etcd_debugging_mvcc_watcher_total', 'watchers', () => hub.watcherCount);
  gauge(
    'etcd_debugging_mvcc_slow_watcher_total',
    'watchers that catch up',
    () => hub.unsyncedCount,
  );
  gauge('etcd_debugging_auth_revision', 'the revision of auth', () => state.auth.revision);
  gauge(
    'drydock_superseded_versions',
    'versions that were replaced or deleted, and are not forgotten yet',
    () => state.store.supersededCount,
  );
  gauge('drydock_lease_count', 'leases', () => state.lessor.size);
  gauge('drydock_value_cache_bytes', 'values in memory', () => state.store.cachedBytes);
}
