/**
 * Write load on etcd that remembers what was acknowledged, so that a test can say after a failure
 * whether anything was lost. A write that failed may or may not have happened: it is not counted.
 */
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { KVService, PutRequest } from '@drydock/proto/etcd';
import { createChannelSet, readTls } from '@drydock/rpc';
import { eventually } from '@drydock/testing/eventually';
import { command } from './command.ts';
import type { Cluster } from './cluster.ts';

export interface WriterReport {
  readonly acknowledged: readonly string[];
  readonly failed: number;
  /** The longest real time between two acknowledgements of any writer. */
  readonly longestGapMillis: number;
}

export interface Writers {
  readonly acknowledgedCount: number;
  /** Why the last write that failed did. */
  readonly lastFailure: string;
  stop(): Promise<WriterReport>;
}

export function startWriters(
  cluster: Cluster,
  options: { prefix: string; writers: number },
): Writers {
  const clock = createSystemClock(cluster.timeScale);
  const channels = createChannelSet({
    endpoints: etcdEndpoints(cluster).map((url) => url.replace(/^https?:\/\//, '')),
    tls: readTls({
      certFile: cluster.environment['ETCDCTL_CERT']!,
      keyFile: cluster.environment['ETCDCTL_KEY']!,
      caFile: cluster.environment['ETCDCTL_CACERT']!,
    }),
    clock,
    random: createSystemRandom(),
  });
  const stopped = new AbortController();
  const acknowledged: string[] = [];
  let failed = 0;
  let lastFailure = 'none';
  let lastAcknowledgement = performance.now();
  let longestGapMillis = 0;
  const encoder = new TextEncoder();

  const write = async (writer: number) => {
    for (let index = 0; !stopped.signal.aborted; index++) {
      const key = `${options.prefix}${writer}/${index}`;
      try {
        await channels.unary(
          KVService.put,
          PutRequest.from({ key: encoder.encode(key), value: encoder.encode(String(index)) }),
          { timeoutMillis: 5_000 },
        );
        const now = performance.now();
        longestGapMillis = Math.max(longestGapMillis, now - lastAcknowledgement);
        lastAcknowledgement = now;
        acknowledged.push(key);
      } catch (error) {
        // The outcome is unknown, which is what this load is about; the next key is tried elsewhere.
        failed++;
        lastFailure = (error as Error).message;
        channels.moveOn();
        await clock.sleep(50);
      }
    }
  };
  const running = Array.from({ length: options.writers }, (_, writer) => write(writer));
  return {
    get acknowledgedCount() {
      return acknowledged.length;
    },
    get lastFailure() {
      return lastFailure;
    },
    stop: async () => {
      stopped.abort();
      await Promise.all(running);
      channels[Symbol.dispose]();
      return { acknowledged, failed, longestGapMillis };
    },
  };
}

/** Waits until `count` more writes are acknowledged than there were. */
export async function waitForWrites(writers: Writers, count: number): Promise<void> {
  const goal = writers.acknowledgedCount + count;
  await eventually(`${count} more writes are acknowledged`, () => {
    if (writers.acknowledgedCount >= goal) return true;
    throw new Error(
      `${writers.acknowledgedCount} of ${goal}; last failure: ${writers.lastFailure}`,
    );
  });
}

export function etcdEndpoints(cluster: Cluster): string[] {
  return cluster.environment['ETCDCTL_ENDPOINTS']!.split(',');
}

/** The keys of the list that the store does not have. */
export async function missingKeys(
  cluster: Cluster,
  prefix: string,
  acknowledged: readonly string[],
): Promise<string[]> {
  const output = await command('etcdctl', ['get', prefix, '--prefix', '--keys-only'], {
    environment: cluster.environment,
  });
  const present = new Set(output.split('\n').filter((line) => line !== ''));
  return acknowledged.filter((key) => !present.has(key));
}
