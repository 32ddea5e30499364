/**
 * What the watchers of one stream were told, in a form that two servers must agree on. How events are
 * grouped into responses is a server's own affair, with limits that are checked here:
 *
 * 1. Events of a watcher never go back in revision, and a revision is never split.
 * 2. Events follow "created"; nothing follows "canceled".
 * 3. A response's header is not older than its events.
 */
import type { Client, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { EventType, WatchRequest, WatchService, type WatchResponse } from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { plainOf, type Outcome, type Plain } from './target.ts';

interface WatcherLog {
  readonly controls: Outcome[];
  readonly events: Plain[];
  lastRevision: number;
  lastDeleteRevision: number;
  isOver: boolean;
}

const refusedId = '-1';

export class WatchLog {
  readonly #stream: ClientDuplexStream<WatchRequest, WatchResponse>;
  readonly #watchers = new Map<string, WatcherLog>();
  /** Answers to create requests, in order. */
  readonly #created: Outcome[] = [];
  readonly #broken: string[] = [];
  #progress = 0;
  #failure: Outcome | undefined;

  constructor(client: Client) {
    const { path, requestSerialize, responseDeserialize } = WatchService.watch;
    this.#stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    this.#stream.on('data', (response: WatchResponse) => this.#take(response));
    this.#stream.on('error', (error: ServiceError) => {
      this.#failure = { code: error.code, details: error.details };
    });
  }

  send(partial: Partial<WatchRequest>): void {
    this.#stream.write(WatchRequest.from(partial));
  }

  close(): void {
    this.#stream.cancel();
  }

  /** Sends a create request and waits for its answer. */
  async create(request: NonNullable<WatchRequest['createRequest']>): Promise<Outcome> {
    const count = this.#created.length;
    this.send({ createRequest: request });
    return this.#until('the watch is answered', () => this.#created[count] ?? this.#failure);
  }

  /** Cancels a watcher, which may have been canceled by a compaction already, and waits for the answer. */
  async cancel(id: number, request: Partial<WatchRequest>): Promise<Outcome> {
    const log = this.#watchers.get(String(id));
    const count = log?.controls.length ?? 0;
    this.send(request);
    return this.#until(`watch ${id} is canceled`, () => log?.controls[count] ?? this.#failure);
  }

  async progressed(count: number): Promise<Outcome> {
    return this.#until('progress is told', () =>
      this.#progress >= count ? { progress: this.#progress } : this.#failure,
    );
  }

  /** Waits until a watcher has seen a revision (with deletes: a delete of it) or is over. */
  async seen(id: number, revision: number, withDelete: boolean): Promise<Outcome> {
    return this.#until(`watch ${id} has seen revision ${revision}`, () => {
      const log = this.#watchers.get(String(id));
      if (log === undefined) return this.#failure;
      const last = withDelete ? log.lastDeleteRevision : log.lastRevision;
      return last >= revision || log.isOver ? { seen: true } : this.#failure;
    });
  }

  /** Everything so far, but what was told of a key that only the set-up uses. */
  told(leftOut: string): Outcome {
    const isTold = (event: Plain) => (event as { kv: { key: string } }).kv.key !== leftOut;
    const watchers = Object.fromEntries(
      [...this.#watchers].map(
        ([id, { controls, events }]) => [id, { controls, events: events.filter(isTold) }] as const,
      ),
    );
    return { watchers, created: this.#created, broken: this.#broken };
  }

  #until(what: string, look: () => Outcome | undefined): Promise<Outcome> {
    return eventually(what, look, { timeoutMillis: 3_000, intervalMillis: 1 }).catch(
      (error: unknown) => ({ missing: what, reason: (error as Error).message.slice(0, 40) }),
    );
  }

  #take(response: WatchResponse): void {
    const id = String(response.watchId);
    const control = plainOf({ ...response, events: [] }) as Outcome;
    if (response.created) {
      this.#created.push(control);
      if (id === refusedId) return;
      this.#watchers.set(id, {
        controls: [...(this.#watchers.get(id)?.controls ?? [])],
        events: [...(this.#watchers.get(id)?.events ?? [])],
        lastRevision: 0,
        lastDeleteRevision: 0,
        isOver: false,
      });
    } else if (id === refusedId) {
      this.#progress++;
      return;
    }
    const log = this.#watchers.get(id);
    if (log === undefined) {
      this.#broken.push(`watch ${id} is told something before it is created`);
      return;
    }
    if (log.isOver && !response.canceled) this.#broken.push(`watch ${id} goes on after its end`);
    if (response.created || response.canceled) log.controls.push(control);
    if (response.canceled) log.isOver = true;
    this.#takeEvents(id, log, response);
  }

  #takeEvents(id: string, log: WatcherLog, { events, header }: WatchResponse): void {
    const first = events[0]?.kv?.modRevision ?? Infinity;
    if (first <= log.lastRevision) this.#broken.push(`watch ${id}: revision ${first} again`);
    for (const event of events) {
      const revision = event.kv?.modRevision ?? 0;
      if (revision < log.lastRevision) this.#broken.push(`watch ${id}: ${revision} goes back`);
      log.lastRevision = revision;
      if (event.type === EventType.delete) log.lastDeleteRevision = revision;
      log.events.push(plainOf(event));
    }
    if (events.length > 0 && (header?.revision ?? 0) < log.lastRevision) {
      this.#broken.push(`watch ${id}: the header is older than its events`);
    }
  }
}
