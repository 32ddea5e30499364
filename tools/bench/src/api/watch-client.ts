/**
 * A process that watches pods: some connections, many watches on each. A write that is measured stamps an
 * annotation with the time at which it was sent.
 */
import { Tally, serveTally, stampDigits } from '../client/tally.ts';
import { nodeNameOf } from './pod.ts';
import { WatchConnection } from './watch-connection.ts';

export interface PodWatchOrder {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly connections: number;
  readonly watchersEach: number;
  /** What has happened after it is told. */
  readonly resourceVersion: string;
  /** As node-agents: each watches the pods of one node, from this one on. Undefined: all pods. */
  readonly firstNode?: number;
}

export const stampAnnotation = 'bench/sent';
const mark = `"${stampAnnotation}":"`;
const bookmark = '{"type":"BOOKMARK"';

/** Undefined for a bookmark; NaN for what has no stamp. */
function sentMicros(line: Buffer): number | undefined {
  if (line.toString('latin1', 0, bookmark.length) === bookmark) return undefined;
  const from = line.indexOf(mark, 0, 'latin1') + mark.length;
  return Number(line.toString('latin1', from, from + stampDigits));
}

async function open(tally: Tally, order: PodWatchOrder): Promise<void> {
  const { url, ca, token, connections, watchersEach, firstNode } = order;
  const path = `/api/v1/pods?watch=1&resourceVersion=${order.resourceVersion}`;
  for (let one = 0; one < connections; one++) {
    const connection = await WatchConnection.open(url, ca, {
      onLine: (line) => {
        const sent = sentMicros(line);
        if (sent !== undefined) tally.take(sent);
      },
      onEnd: () => tally.fail('a watch ended'),
    });
    for (let watcher = 0; watcher < watchersEach; watcher++) {
      const node = (firstNode ?? 0) + one * watchersEach + watcher;
      const selector = `fieldSelector=spec.nodeName%3D${nodeNameOf(node)}`;
      connection.watch(firstNode === undefined ? path : `${path}&${selector}`, token);
    }
  }
  tally.opened();
}

if (process.argv[1] === import.meta.filename) {
  const tally = new Tally();
  serveTally<PodWatchOrder>(tally, (order) => open(tally, order));
}
