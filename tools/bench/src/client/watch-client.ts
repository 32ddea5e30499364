/**
 * A process that watches etcd: some connections, a stream on each, many watchers on each stream.
 *
 * A put's value begins with the time at which it was sent; events are cut by hand, because decoding them
 * would cost more than sending them.
 */
import { WatchCreateRequest, WatchRequest } from '@drydock/proto/etcd';
import { GrpcConnection } from './connection.ts';
import { Tally, serveTally, stampDigits } from './tally.ts';

export interface WatchOrder {
  readonly url: string;
  readonly connections: number;
  readonly watchersEach: number;
  readonly prefix: string;
}

const watchPath = '/etcdserverpb.Watch/Watch';
const eventsTag = 0x5a;
const createdTag = 0x18;
export const valueBytes = 256;

/** Reads a varint at `at`; returns [value, behind]. */
function varint(bytes: Buffer, at: number): [number, number] {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('a watch response is cut off');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at];
  }
}

/** Calls `visit` with the end of each event; returns whether the response says that a watcher stands. */
function walk(bytes: Buffer, visit: (end: number) => void): boolean {
  let created = false;
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    const [value, behind] = varint(bytes, at);
    at = behind;
    if (tag === createdTag) created = value === 1;
    if ((tag & 7) !== 2) continue;
    at += value;
    if (tag === eventsTag) visit(at);
  }
  return created;
}

async function open(tally: Tally, order: WatchOrder): Promise<void> {
  const { url, connections, watchersEach, prefix } = order;
  let missing = connections * watchersEach;
  const key = Buffer.from(prefix);
  const rangeEnd = Buffer.from(key);
  rangeEnd[rangeEnd.length - 1]!++;
  const create = WatchRequest.encode(
    WatchRequest.from({ createRequest: WatchCreateRequest.from({ key, rangeEnd }) }),
  );
  const take = (bytes: Buffer) => {
    const created = walk(bytes, (end) => {
      const from = end - valueBytes;
      tally.take(Number(bytes.toString('latin1', from, from + stampDigits)));
    });
    if (created && --missing === 0) tally.opened();
  };
  for (let one = 0; one < connections; one++) {
    const connection = await GrpcConnection.open(url);
    const stream = connection.call(watchPath, create, false, {
      onMessage: take,
      onEnd: () => tally.fail('a watch ended'),
    });
    for (let more = 1; more < watchersEach; more++) connection.send(stream, create, false);
  }
}

if (process.argv[1] === import.meta.filename) {
  const tally = new Tally();
  serveTally<WatchOrder>(tally, (order) => open(tally, order));
}
