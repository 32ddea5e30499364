/**
 * `drydock.etcd.v1.Raft`: Raft, live, for people and tools. The original's clients never see it.
 *
 * 1. A watcher gets whole states, each when something has changed, at most one an interval; so a slow or busy
 *    one skips states and never holds more than one of them here.
 * 2. With auth enabled only root may watch (auth/guard.ts).
 * 3. All watchers share one look at the state each shortest interval; without watchers there is none.
 */
import { RaftService, RaftState, WatchRaftRequest } from '@drydock/proto/etcd';
import type { Millis, Timer } from '@drydock/ports';
import type { MemberCore } from './core.ts';
import type { GrpcMethods, MessageStream } from './grpc.ts';
import { comparable, raftStateOf } from './raft-state.ts';

/** 20 states a second. */
const intervalMin: Millis = 50;
const watchersMax = 256;
const resourceExhausted = 8;

interface Watcher {
  readonly stream: MessageStream;
  interval: Millis;
  /** What it was sent last, and when; in the form that is compared. */
  sent: Buffer | undefined;
  sentAt: Millis;
}

export function createRaftService(core: MemberCore): GrpcMethods {
  const { clock, replica } = core;
  const watchers = new Set<Watcher>();
  let timer: Timer | undefined;

  const look = () => {
    timer = undefined;
    const now = clock.now();
    const state = raftStateOf(replica.status(), { clusterId: core.clusterId, now });
    const form = comparable(state);
    for (const watcher of watchers) {
      const isDue = watcher.sent === undefined || now - watcher.sentAt >= watcher.interval;
      if (!isDue || !watcher.stream.isReady) continue;
      if (watcher.sent !== undefined && form.equals(watcher.sent)) continue;
      watcher.sent = form;
      watcher.sentAt = now;
      watcher.stream.send(RaftState.encode(state));
    }
    plan();
  };
  const plan = () => {
    if (watchers.size > 0) timer ??= clock.setTimer(intervalMin, look);
  };
  // A change of leaders is seen at once, if a state is due.
  replica.onLeaderChange(() => {
    if (watchers.size === 0) return;
    timer?.cancel();
    timer = clock.setTimer(0, look);
  });

  const watch = (stream: MessageStream) => {
    if (watchers.size >= watchersMax) {
      const message = `this member's Raft has ${watchersMax} watchers already`;
      stream.fail({ kind: 'failure', code: resourceExhausted, message });
      return;
    }
    const watcher: Watcher = { stream, interval: intervalMin, sent: undefined, sentAt: 0 };
    stream.onMessage((bytes) => {
      const { intervalMillis } = WatchRaftRequest.decode(bytes);
      watcher.interval = Math.max(intervalMin, intervalMillis);
      watchers.add(watcher);
      timer?.cancel();
      look();
    });
    stream.onClose(() => {
      watchers.delete(watcher);
      if (watchers.size > 0) return;
      timer?.cancel();
      timer = undefined;
    });
  };
  return { unary: {}, streams: { [RaftService.watch.path]: watch } };
}
