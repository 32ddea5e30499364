/** Raft's facts as metrics: what `Raft.Watch` shows, in numbers. Names are etcd's where the meaning is. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { MemberCore } from './core.ts';
import { createAskedMetrics } from './metrics/asked-metrics.ts';

const roleNumbers = { follower: 0, 'pre-candidate': 1, candidate: 2, leader: 3 } as const;

export function registerRaftMetrics(core: MemberCore, registry: Registry): void {
  const { replica } = core;
  const status = () => replica.status();
  const { gauge } = createAskedMetrics(registry);

  gauge(
    'drydock_raft_role',
    '0 follower, 1 pre-candidate, 2 candidate, 3 leader',
    () => roleNumbers[status().role],
  );
  const votes = new Gauge({
    name: 'drydock_raft_vote',
    help: '1 for whom this member voted in its term',
    labelNames: ['member'],
    registers: [],
    collect() {
      this.reset();
      const { vote } = status();
      if (vote !== 0) this.set({ member: vote.toString(16) }, 1);
    },
  });
  registry.registerMetric(votes);
  gauge('drydock_raft_first_index', 'first entry of the log in memory', () => status().firstIndex);
  gauge('drydock_raft_last_index', 'last entry of the log', () => status().lastIndex);
  gauge('drydock_raft_joint', '1 while a joint change of membership is under way', () =>
    status().configuration.votersOutgoing.length > 0 ? 1 : 0,
  );
  gauge(
    'drydock_wal_last_sync_seconds',
    'time of the last write of the log until it was durable',
    () => status().lastSync / 1_000,
  );
  registerPeerMetrics(core, registry);
  const elections = new Counter({
    name: 'drydock_raft_elections_total',
    help: 'elections that this member began (campaign) or by which it lost its office (step-down, deposed), by cause',
    labelNames: ['event', 'cause'],
    registers: [],
    collect() {
      this.reset();
      for (const [key, count] of replica.metrics().electionsTotal) {
        const [event, cause] = key.split(' ') as [string, string];
        this.inc({ event, cause }, count);
      }
    },
  });
  registry.registerMetric(elections);
}

/** What a leader knows of each peer; nothing on the others. */
function registerPeerMetrics({ replica }: MemberCore, registry: Registry): void {
  type Peer = ReturnType<typeof replica.status>['peers'][number];
  const perPeer = (name: string, help: string, value: (peer: Peer) => number) =>
    new Gauge({
      name,
      help: `${help}; on the leader`,
      labelNames: ['peer'],
      registers: [registry],
      collect() {
        this.reset();
        for (const peer of replica.status().peers) {
          this.set({ peer: peer.id.toString(16) }, value(peer));
        }
      },
    });
  perPeer('drydock_raft_peer_match_index', 'last entry known to be there', (peer) => peer.match);
  perPeer('drydock_raft_peer_next_index', 'next entry to send', (peer) => peer.next);
  perPeer('drydock_raft_peer_in_flight', 'appends sent and not answered', (peer) => peer.inflight);
  perPeer('drydock_raft_peer_active', '1 when heard of late', (peer) => (peer.active ? 1 : 0));
  perPeer('drydock_raft_peer_snapshot', '1 while a snapshot is on its way', (peer) =>
    peer.state === 'snapshot' ? 1 : 0,
  );
}
