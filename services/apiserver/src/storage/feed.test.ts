import { silentLogger } from '@drydock/ports';
import { EventType, type Event, type WatchResponse } from '@drydock/proto/etcd';
import type { TalkEvents } from '@drydock/rpc';
import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, test } from 'vitest';
import type { EtcdClient } from './etcd-client.ts';
import { runFeed } from './feed.ts';

test('a member that does not even answer is left early, once, and not a better one in its place', async () => {
  const clock = createManualClock();
  const opened: { events: TalkEvents<WatchResponse>; isLeft: boolean }[] = [];
  const etcd = {
    range: async () => ({ header: { revision: 5 }, kvs: [], more: false, count: 0 }),
    watch: (events: TalkEvents<WatchResponse>) => {
      const watch = { events, isLeft: false };
      opened.push(watch);
      return {
        write: () => undefined,
        endpoint: `etcd-${opened.length}`,
        leave: () => {
          watch.isLeft = true;
        },
      };
    },
  } as unknown as EtcdClient;
  const applied: number[] = [];
  const sink = {
    reset: () => ({ take: () => undefined, finish: () => undefined }),
    apply: (_events: readonly Event[], at: number) => applied.push(at),
  };
  const stop = new AbortController();
  const feed = runFeed({ etcd, clock, log: silentLogger, sink }, stop.signal);
  await clock.settle();
  expect(opened).toHaveLength(1);

  await clock.advance(1_500);
  await clock.advance(200);
  expect(opened.map((one) => one.isLeft)).toEqual([true, false]);

  const event = { type: EventType.put, kv: { modRevision: 6 } } as Event;
  opened[1]!.events.onMessage({ events: [event], compactRevision: 0 } as unknown as WatchResponse);
  await clock.settle();
  expect(applied).toEqual([6]);
  await clock.advance(3_000);
  expect(opened).toHaveLength(2);
  stop.abort();
  await clock.advance(200);
  await feed;
});
