/** What the meters of a member have counted, by the names that the original has for it. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { clusterVersion } from '../downgrade.ts';
import type { MemberCore } from '../core.ts';
import { apiVersion } from '../maintenance-service.ts';
import { createAskedMetrics } from './asked-metrics.ts';

const hex = (id: number) => id.toString(16);

export function registerEtcdMetrics(core: MemberCore, registry: Registry): void {
  const { meters, state, hub, memberId } = core;
  const registers = [registry];
  const { gauge, counter } = createAskedMetrics(registry);
  const byPeer = (name: string, label: string, help: string, counts: ReadonlyMap<number, number>) =>
    new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [id, count] of counts) this.inc({ [label]: hex(id) }, count);
      },
    });
  /** Always 1: the label is what counts. */
  const telling = (name: string, label: string, value: string, help: string) =>
    new Gauge({ name, help, labelNames: [label], registers }).set({ [label]: value }, 1);
  const both = (rest: string, help: string, value: () => number) => {
    counter(`etcd_mvcc_${rest}`, help, value);
    counter(`etcd_debugging_mvcc_${rest}`, help, value);
  };

  telling('etcd_server_id', 'server_id', hex(memberId), 'this member, in hexadecimal');
  telling('etcd_server_version', 'server_version', apiVersion, 'the release of etcd it is like');
  telling('etcd_cluster_version', 'cluster_version', clusterVersion, "the cluster's version");
  counter(
    'etcd_server_slow_apply_total',
    'requests that took long to apply',
    () => meters.slowApplies,
  );
  counter(
    'etcd_server_heartbeat_send_failures_total',
    'heartbeats sent late, as a slow disk or a busy process makes them',
    () => meters.lateHeartbeats,
  );
  counter(
    'etcd_server_slow_read_indexes_total',
    'reads that waited long for the leader to confirm itself',
    () => meters.slowReads,
  );
  counter(
    'etcd_server_read_indexes_failed_total',
    'reads that no leader confirmed',
    () => meters.failedReads,
  );
  gauge(
    'etcd_server_snapshot_apply_in_progress_total',
    '1 while a snapshot of the leader is taken over',
    () => meters.snapshotApplies,
  );
  both('put_total', 'puts applied', () => meters.puts);
  both('delete_total', 'deletes applied', () => meters.deletes);
  both('txn_total', 'transactions applied', () => meters.txns);
  both('range_total', 'ranges read', () => meters.ranges);
  gauge('etcd_debugging_mvcc_watch_stream_total', 'watch streams', () => meters.watchStreams);
  gauge(
    'etcd_debugging_mvcc_pending_events_total',
    'events that wait to be sent',
    () => hub.pendingEventCount,
  );
  counter('etcd_debugging_lease_granted_total', 'leases granted', () => meters.leasesGranted);
  gauge(
    'etcd_disk_wal_write_bytes_total',
    'bytes written to the log',
    () => meters.walBytesWritten,
  );
  gauge(
    'etcd_debugging_mvcc_db_total_size_in_bytes',
    'size of the database',
    () => state.backend.size.bytes,
  );
  gauge('etcd_disk_defrag_inflight', '1 while this member defragments', () => meters.defragmenting);
  counter(
    'etcd_network_client_grpc_received_bytes_total',
    'bytes of messages from clients',
    () => meters.clientBytesReceived,
  );
  counter(
    'etcd_network_client_grpc_sent_bytes_total',
    'bytes of messages to clients',
    () => meters.clientBytesSent,
  );
  byPeer('etcd_network_peer_sent_bytes_total', 'To', 'bytes to peers', meters.peerBytesSent);
  byPeer(
    'etcd_network_peer_received_bytes_total',
    'From',
    'bytes from peers',
    meters.peerBytesReceived,
  );
  byPeer(
    'etcd_network_peer_sent_failures_total',
    'To',
    'connections to peers that were lost, and messages that found none',
    meters.peerFailures,
  );
}
