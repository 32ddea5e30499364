/**
 * What a member counts where it happens, in plain numbers: cheap enough for every request, and read
 * only when somebody asks for the metrics.
 */
import { exponentialBuckets, Histogram, type Registry } from 'prom-client';

export class MemberMeters {
  readonly walSync: Histogram;
  readonly backendCommit: Histogram;
  readonly backendDefragment: Histogram;
  readonly backendSnapshot: Histogram;
  readonly peerRoundTrip: Histogram<'To'>;
  walBytesWritten = 0;
  defragmenting = 0;
  slowApplies = 0;
  snapshotApplies = 0;
  lateHeartbeats = 0;
  slowReads = 0;
  failedReads = 0;
  puts = 0;
  deletes = 0;
  ranges = 0;
  txns = 0;
  leasesGranted = 0;
  watchStreams = 0;
  clientBytesReceived = 0;
  clientBytesSent = 0;
  /** By the ids of peers. */
  readonly peerBytesReceived = new Map<number, number>();
  readonly peerBytesSent = new Map<number, number>();
  readonly peerFailures = new Map<number, number>();

  /** The distributions are registered; the rest is for who publishes it. */
  constructor(registry: Registry) {
    const seconds = (name: string, help: string, buckets: number[]) =>
      new Histogram({
        name: `etcd_disk_${name}_duration_seconds`,
        help,
        buckets,
        registers: [registry],
      });
    this.walSync = seconds('wal_fsync', 'syncs of the log', exponentialBuckets(0.001, 2, 14));
    this.backendCommit = seconds(
      'backend_commit',
      'commits of the database, from the hand-over of a batch on',
      exponentialBuckets(0.001, 2, 14),
    );
    this.backendDefragment = seconds(
      'backend_defrag',
      'defragmentations of the database',
      exponentialBuckets(0.1, 2, 13),
    );
    this.backendSnapshot = seconds(
      'backend_snapshot',
      'copies of the database',
      exponentialBuckets(0.01, 2, 17),
    );
    this.peerRoundTrip = new Histogram({
      name: 'etcd_network_peer_round_trip_time_seconds',
      help: 'time from a heartbeat to its answer, on the leader',
      labelNames: ['To'],
      buckets: exponentialBuckets(0.0001, 2, 16),
      registers: [registry],
    });
  }
}

export function addTo(counts: Map<number, number>, key: number, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
