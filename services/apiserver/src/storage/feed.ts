/**
 * Everything that happens in etcd, in order: one list of /registry, then one watch of all keys.
 *
 * 1. The watch covers the whole keyspace, not only /registry. Every revision of etcd changes some key,
 *    so the revision that was last delivered is exact, and a cache that has applied it is as new as
 *    the store was then. Progress notifications, which some releases of etcd send too early, carry no
 *    weight here; they only prove that the member is alive.
 * 2. The sink sees each revision whole and none twice. After history was compacted away it is reset.
 * 3. A member that goes silent is left for another one.
 */
import type { Clock, Logger, Millis } from '@drydock/ports';
import {
  WatchCreateRequest,
  WatchRequest,
  type Event,
  type KeyValue,
  type WatchResponse,
} from '@drydock/proto/etcd';
import { prefixEnd, type EtcdClient } from './etcd-client.ts';
import { registryPrefix } from './keys.ts';

export interface FeedSink {
  /** Begins to replace all that is known, page by page. */
  reset(): FeedReset;
  apply(events: readonly Event[], revision: number): void;
}

/** What is taken changes nothing before the end: one that is not brought to it never was. */
export interface FeedReset {
  /** Keeps none of the pairs' bytes: the next page comes when these may be forgotten. */
  take(pairs: readonly KeyValue[]): void;
  finish(revision: number): void;
}

export interface FeedOptions {
  readonly etcd: EtcdClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sink: FeedSink;
  /** Called whenever a member of etcd gives a sign of life. */
  readonly onHeard?: () => void;
}

const pageSize = 1_000;
const pauseMillis: Millis = 200;
const pingMillis: Millis = 1_500;
const silenceMillisMax: Millis = 4_000;
/** Until a member answers the first time: one whose machine is gone says nothing at all. */
const firstAnswerMillisMax: Millis = 1_500;

/** Runs until the signal; nothing that happens to etcd ends it. */
export async function runFeed(options: FeedOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  let delivered: number | undefined;
  while (!signal.aborted) {
    try {
      delivered ??= await listAll(options, signal);
      const outcome = await watchFrom(options, delivered, signal);
      delivered = outcome.compacted ? undefined : outcome.delivered;
      if (outcome.error !== undefined && !signal.aborted) {
        log.warn({ err: outcome.error, revision: delivered }, 'watch of etcd broke; trying again');
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'cannot list etcd; trying again');
    }
    await clock.sleep(pauseMillis, { signal }).catch(() => undefined);
  }
}

async function listAll({ etcd, sink }: FeedOptions, signal: AbortSignal): Promise<number> {
  const reset = sink.reset();
  const rangeEnd = prefixEnd(registryPrefix);
  const read = (key: Buffer, revision: number) =>
    etcd.range({ key, rangeEnd, limit: pageSize, revision });
  let page = await read(Buffer.from(registryPrefix), 0);
  const revision = page.header?.revision ?? 0;
  for (;;) {
    const last = page.kvs.at(-1);
    // A member reads the next page while this one is taken.
    const next =
      page.more && last !== undefined
        ? read(Buffer.concat([last.key, Buffer.of(0)]), revision)
        : undefined;
    // Its failure is told where it is awaited.
    next?.catch(() => undefined);
    reset.take(page.kvs);
    if (next === undefined) break;
    page = await next;
    signal.throwIfAborted();
  }
  reset.finish(revision);
  return revision;
}

interface WatchEnd {
  readonly delivered: number;
  readonly compacted: boolean;
  readonly error?: unknown;
}

function watchFrom(
  { etcd, sink, clock, onHeard }: FeedOptions,
  start: number,
  signal: AbortSignal,
): Promise<WatchEnd> {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const abort = () => end({ compacted: false });
    signal.addEventListener('abort', abort, { once: true });
    const watch = etcd.watch(
      {
        onMessage: (response) => onResponse(response),
        onEnd: (error) => end({ compacted: false, ...(error === undefined ? {} : { error }) }),
      },
      stop.signal,
    );
    const { endpoint } = watch;
    let delivered = start;
    let heardAt = clock.now();
    let patience = firstAnswerMillisMax;
    let ended = false;

    const end = (outcome: Omit<WatchEnd, 'delivered'>) => {
      if (ended) return;
      ended = true;
      ping.cancel();
      signal.removeEventListener('abort', abort);
      stop.abort();
      resolve({ delivered, ...outcome });
    };
    const keepAlive = () => {
      if (ended) return;
      if (clock.now() - heardAt >= patience) {
        watch.leave();
        const error = new Error(`etcd at ${endpoint} was silent for ${patience} ms`);
        end({ compacted: false, error });
        return;
      }
      watch.write(WatchRequest.from({ progressRequest: {} }));
      ping = clock.setTimer(pingMillis, keepAlive);
    };
    let ping = clock.setTimer(pingMillis, keepAlive);

    const onResponse = (response: WatchResponse) => {
      heardAt = clock.now();
      patience = silenceMillisMax;
      onHeard?.();
      if (ended) return;
      if (response.canceled) {
        const error = new Error(response.cancelReason || 'etcd cancelled the watch');
        end({ compacted: response.compactRevision > 0, error });
        return;
      }
      const last = response.events.at(-1)?.kv?.modRevision;
      if (last === undefined || last <= delivered) return;
      const fresh = response.events.filter((event) => event.kv!.modRevision > delivered);
      delivered = last;
      sink.apply(fresh, last);
    };
    watch.write(
      WatchRequest.from({
        createRequest: WatchCreateRequest.from({
          key: Buffer.of(0),
          rangeEnd: Buffer.of(0),
          startRevision: start + 1,
          watchId: 1n,
        }),
      }),
    );
  });
}
