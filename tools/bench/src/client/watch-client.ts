/**
 * A process that watches: some connections, a stream on each, many watchers on each stream. It tells
 * its parent how long after their puts were sent the events came.
 *
 * A put's value begins with the time at which it was sent, on the clock that all processes of a
 * machine share; events are cut by hand, because decoding them would cost more than sending them.
 */
import { WatchCreateRequest, WatchRequest } from '@drydock/proto/etcd';
import { GrpcConnection } from './connection.ts';

export interface WatchOrder {
  readonly url: string;
  readonly connections: number;
  readonly watchersEach: number;
  readonly prefix: string;
}

export type WatchCommand =
  | { readonly kind: 'open'; readonly order: WatchOrder }
  /** Tells as soon as `events` more have come. */
  | { readonly kind: 'expect'; readonly events: number };

export type WatchReport =
  | { readonly kind: 'opened' }
  | { readonly kind: 'expecting' }
  /** `lastMicros`: when the last event came. */
  | { readonly kind: 'seen'; readonly lastMicros: number; readonly latenciesMicros: Float64Array }
  | { readonly kind: 'failed'; readonly message: string };

const watchPath = '/etcdserverpb.Watch/Watch';
const eventsTag = 0x5a;
const createdTag = 0x18;
export const valueBytes = 256;
export const stampDigits = 16;

/** Microseconds on the machine's monotonic clock, the same for all processes. */
export function nowMicros(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanos / 1_000);
}

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

class Watching {
  #latencies = new Float64Array(0);
  #seen = 0;
  #created = 0;
  #wantedCreated = 0;
  readonly #report: (report: WatchReport) => void;

  constructor(report: (report: WatchReport) => void) {
    this.#report = report;
  }

  async open({ url, connections, watchersEach, prefix }: WatchOrder): Promise<void> {
    this.#wantedCreated = connections * watchersEach;
    const key = Buffer.from(prefix);
    const rangeEnd = Buffer.from(key);
    rangeEnd[rangeEnd.length - 1]!++;
    const create = WatchRequest.encode(
      WatchRequest.from({ createRequest: WatchCreateRequest.from({ key, rangeEnd }) }),
    );
    for (let one = 0; one < connections; one++) {
      const connection = await GrpcConnection.open(url);
      const stream = connection.call(watchPath, create, false, {
        onMessage: (bytes) => this.#take(bytes),
        onEnd: () => this.#report({ kind: 'failed', message: 'a watch ended' }),
      });
      for (let more = 1; more < watchersEach; more++) connection.send(stream, create, false);
    }
  }

  expect(events: number): void {
    this.#latencies = new Float64Array(events);
    this.#seen = 0;
    this.#report({ kind: 'expecting' });
  }

  #take(bytes: Buffer): void {
    const now = nowMicros();
    const created = walk(bytes, (end) => {
      const from = end - valueBytes;
      const sent = Number(bytes.toString('latin1', from, from + stampDigits));
      if (!(sent > 0)) {
        this.#report({ kind: 'failed', message: 'an event does not end with a value of ours' });
      }
      this.#latencies[this.#seen++] = now - sent;
      if (this.#seen === this.#latencies.length) {
        this.#report({ kind: 'seen', lastMicros: now, latenciesMicros: this.#latencies });
      }
    });
    if (created && ++this.#created === this.#wantedCreated) this.#report({ kind: 'opened' });
  }
}

function main(): void {
  const watching = new Watching((report) => process.send!(report));
  process.on('message', (command: WatchCommand) => {
    if (command.kind === 'expect') watching.expect(command.events);
    else {
      watching.open(command.order).catch((error: unknown) => {
        process.send!({ kind: 'failed', message: String(error) } satisfies WatchReport);
      });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

if (process.argv[1] === import.meta.filename) main();
