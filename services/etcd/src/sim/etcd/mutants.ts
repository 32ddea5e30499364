/** Known bugs that are put in between the parts of a member (raft/mutants.ts says what they are). */
import { LeaseRevokeRequest } from '@drydock/proto/etcd';
import { EncodedEvent } from '../../mvcc/results.ts';
import { EventBatch, EventGroup } from '../../mvcc/watch-events.ts';
import type { WatchHub, WatcherOptions } from '../../mvcc/watch-hub.ts';
import type { Mutant } from '../../raft/mutants.ts';
import { propose, type MemberCore } from '../../server/core.ts';

export function createMutantHub(hub: WatchHub, mutant: Mutant | undefined): WatchHub {
  if (mutant !== 'lose-watch-backlog' && mutant !== 'wrong-previous') return hub;
  const create = ({ sink, ...options }: WatcherOptions) =>
    hub.create({
      ...options,
      sink: {
        get isReady() {
          return mutant === 'lose-watch-backlog' || sink.isReady;
        },
        deliver(watcher, batch, revision) {
          if (mutant === 'lose-watch-backlog') {
            if (sink.isReady) sink.deliver(watcher, batch, revision);
            return;
          }
          const wrong = batch.groups.map(({ revision: main, events }) => {
            const changed = events.map(({ isDelete, kv, previous }) => {
              return new EncodedEvent(isDelete, kv, previous === undefined ? undefined : kv);
            });
            return new EventGroup(main, changed);
          });
          sink.deliver(watcher, new EventBatch(wrong), revision);
        },
        compacted: (watcher, revision) => sink.compacted(watcher, revision),
        synced: (watcher) => sink.synced(watcher),
      },
    });
  return {
    create,
    flush: () => hub.flush(),
    resume: () => hub.resume(),
  } as Pick<WatchHub, 'create' | 'flush' | 'resume'> as WatchHub;
}

/** Deletes the keys of leases that have run out at once, and tells the others afterwards. */
export function startMutantExpiry(core: MemberCore): void {
  const { clock, state } = core;
  const expire = () => {
    clock.setTimer(500, expire);
    if (!core.replica.isLeader()) return;
    for (const id of state.lessor.expired(clock.now(), 100)) {
      const transaction = state.store.begin();
      for (const key of state.lessor.get(id)!.keys) {
        transaction.deleteRange({ from: key, to: undefined, single: true });
      }
      transaction.end();
      void propose(core, 'lease-revoke', LeaseRevokeRequest.from({ id }));
    }
  };
  expire();
}
