/**
 * Forgets etcd's history every five minutes, as upstream's apiservers do, and in a way that they share:
 * a counter in `compact_rev_key` makes one of them do it each time. What is forgotten is what was
 * current five minutes ago, so that paged lists and watches have that long.
 */
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { EtcdClient } from './etcd-client.ts';

const key = 'compact_rev_key';
const intervalMillis: Millis = 300_000;

export async function runCompactor(
  { etcd, clock, log }: { etcd: EtcdClient; clock: Clock; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  let seen: { counter: number; revision: number } | undefined;
  while (!signal.aborted) {
    await clock.sleep(intervalMillis, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const pair = (await etcd.range({ key: Buffer.from(key) })).kvs[0];
      const counter = pair?.modRevision ?? 0;
      // Only whoever saw the counter unmoved for the whole interval has the turn.
      if (seen !== undefined && seen.counter === counter) {
        const outcome = await etcd.write({
          guards: [{ key, revision: counter }],
          puts: [{ key, value: Buffer.from(String(seen.revision)) }],
          deletes: [],
        });
        if (outcome.written) {
          await etcd.compact(seen.revision);
          log.info({ revision: seen.revision }, 'compacted etcd');
          seen = { counter: outcome.revision, revision: outcome.revision };
          continue;
        }
      }
      seen = { counter, revision: await etcd.currentRevision() };
    } catch (error) {
      log.warn({ err: error }, 'cannot compact etcd; trying again later');
    }
  }
}
