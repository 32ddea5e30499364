/**
 * The Watch service: one stream, any number of watchers.
 *
 * 1. A watcher's events follow its "created", and nothing follows its "canceled".
 * 2. A revision is split over responses only for watchers that allow fragments.
 * 3. Progress that was asked for is answered when every watcher of the stream is synced.
 */
import { varintSize, FilterType, WatchRequest, WatchResponse } from '@drydock/proto/etcd';
import type { WatchCreateRequest } from '@drydock/proto/etcd';
import { failures } from '../mvcc/failure.ts';
import { keyRange } from '../mvcc/key-index.ts';
import { encodeEvents, eventSize, type EncodedEvent } from '../mvcc/results.ts';
import { toByteString } from '../mvcc/version.ts';
import type { EventGroup, Watcher, WatchSink } from '../mvcc/watch-hub.ts';
import { headerOf, type MemberCore } from './core.ts';
import type { GrpcMethods, MessageStream } from './grpc.ts';

/** Cluster milliseconds between progress notifications of an idle watcher; the original's. */
const progressInterval = 600_000;
/** What a response may have beyond the largest request, as the original has it. */
const fragmentSlackBytes = 512 * 1024;
const noWatcher = -1n;
const checkInterval = 500;

interface StreamWatcher {
  readonly id: bigint;
  readonly fragment: boolean;
  readonly notify: boolean;
  watcher: Watcher | undefined;
  /** Something was sent since the last progress notification was due. */
  wasBusy: boolean;
}

class WatchStream implements WatchSink {
  readonly #core: MemberCore;
  readonly #stream: MessageStream;
  readonly #watchers = new Map<bigint, StreamWatcher>();
  readonly #byWatcher = new Map<Watcher, StreamWatcher>();
  #nextId = 0n;
  #progressAsked = false;
  #stopTimers: () => void = () => {};

  constructor(core: MemberCore, stream: MessageStream) {
    this.#core = core;
    this.#stream = stream;
    stream.onMessage((bytes) => this.#obey(WatchRequest.decode(bytes)));
    stream.onReady(() => core.hub.resume());
    stream.onEnd(() => stream.end());
    stream.onClose(() => this.#close());
    this.#startTimers();
  }

  get isReady(): boolean {
    return this.#stream.isReady;
  }

  #startTimers(): void {
    const { clock, replica, electionTimeout, random } = this.#core;
    const jitter = random.between(0, progressInterval / 10);
    let notify = clock.setTimer(progressInterval + jitter, () => this.#notifyIdle());
    const rearm = () => {
      notify = clock.setTimer(progressInterval, () => this.#notifyIdle());
    };
    this.#rearm = rearm;
    let check: { cancel(): void } | undefined;
    if (this.#stream.call.requireLeader) {
      const look = () => {
        if (replica.status().leaderlessFor > 3 * electionTimeout) {
          this.#stream.fail(failures.noLeader);
        } else check = clock.setTimer(checkInterval, look);
      };
      check = clock.setTimer(checkInterval, look);
    }
    this.#stopTimers = () => {
      notify.cancel();
      check?.cancel();
    };
  }

  #rearm: () => void = () => {};

  #obey(request: WatchRequest): void {
    if (request.createRequest !== undefined) this.#create(request.createRequest);
    else if (request.cancelRequest !== undefined) this.#cancel(request.cancelRequest.watchId);
    else if (request.progressRequest !== undefined) {
      this.#progressAsked = true;
      this.#answerProgress();
    }
  }

  #refuse(reason: string): void {
    this.#send({ watchId: noWatcher, created: true, canceled: true, cancelReason: reason });
  }

  #create(request: WatchCreateRequest): void {
    const key = request.key.length === 0 ? '\0' : toByteString(request.key);
    const rangeEnd = toByteString(request.rangeEnd);
    const range = keyRange(key, rangeEnd);
    if (!range.single && range.to !== undefined && range.to <= range.from) {
      return this.#refuse('mvcc: watcher range is empty');
    }
    if (request.watchId !== 0n && this.#watchers.has(request.watchId)) {
      return this.#refuse('mvcc: duplicate watch ID provided on the WatchStream');
    }
    if (request.startRevision < 0) return this.#refuse(failures.compacted.message);

    const id = request.watchId === 0n ? this.#freeId() : request.watchId;
    const one: StreamWatcher = {
      id,
      fragment: request.fragment,
      notify: request.progressNotify,
      watcher: undefined,
      wasBusy: false,
    };
    this.#watchers.set(id, one);
    this.#send({ watchId: id, created: true });
    one.watcher = this.#core.hub.create({
      range,
      startRevision: request.startRevision,
      noPut: request.filters.includes(FilterType.noput),
      noDelete: request.filters.includes(FilterType.nodelete),
      previous: request.prevKv,
      sink: this,
    });
    this.#byWatcher.set(one.watcher, one);
  }

  #freeId(): bigint {
    while (this.#watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  #cancel(id: bigint): void {
    const one = this.#watchers.get(id);
    if (one === undefined) return;
    this.#forget(one);
    this.#send({ watchId: id, canceled: true });
  }

  #forget(one: StreamWatcher): void {
    this.#watchers.delete(one.id);
    if (one.watcher === undefined) return;
    this.#byWatcher.delete(one.watcher);
    one.watcher.cancel();
  }

  #send(partial: Partial<WatchResponse>, revision?: number): void {
    const header = headerOf(this.#core, revision);
    this.#stream.send(WatchResponse.encode(WatchResponse.from({ ...partial, header })));
  }

  deliver(watcher: Watcher, groups: readonly EventGroup[], headerRevision: number): void {
    const one = this.#byWatcher.get(watcher);
    if (one === undefined) return;
    one.wasBusy = true;
    const bytesMax = this.#core.limits.requestBytesMax + fragmentSlackBytes;
    const header = headerOf(this.#core, headerRevision);
    let events: EncodedEvent[] = [];
    let bytes = 0;
    const flush = (fragment: boolean) => {
      this.#stream.send(encodeEvents(header, { watchId: one.id, fragment, events }));
      events = [];
      bytes = 0;
    };
    for (const group of groups) {
      const groupBytes = group.events.reduce((sum, event) => sum + wireSize(event), 0);
      if (events.length > 0 && bytes + groupBytes > bytesMax) flush(false);
      for (const event of group.events) {
        const size = wireSize(event);
        if (one.fragment && events.length > 0 && bytes + size > bytesMax) flush(true);
        events.push(event);
        bytes += size;
      }
    }
    flush(false);
  }

  compacted(watcher: Watcher, compactRevision: number): void {
    const one = this.#byWatcher.get(watcher);
    if (one === undefined) return;
    this.#forget(one);
    this.#send(
      {
        watchId: one.id,
        canceled: true,
        compactRevision,
        cancelReason: failures.compacted.message,
      },
      0,
    );
    this.#answerProgress();
  }

  synced(): void {
    this.#answerProgress();
  }

  #answerProgress(): void {
    if (!this.#progressAsked) return;
    const { revision } = this.#core.state.store;
    for (const { watcher } of this.#watchers.values()) {
      if (watcher === undefined || !watcher.isSynced || watcher.nextRevision > revision + 1) return;
    }
    this.#core.hub.flush();
    this.#progressAsked = false;
    this.#send({ watchId: noWatcher });
  }

  #notifyIdle(): void {
    this.#core.hub.flush();
    for (const one of this.#watchers.values()) {
      if (one.notify && !one.wasBusy && one.watcher?.isSynced === true) {
        this.#send({ watchId: one.id });
      }
      one.wasBusy = false;
    }
    this.#rearm();
  }

  #close(): void {
    this.#stopTimers();
    for (const one of this.#watchers.values()) this.#forget(one);
  }
}

function wireSize(event: EncodedEvent): number {
  const size = eventSize(event);
  return 1 + varintSize(size) + size;
}

export function createWatchService(core: MemberCore): GrpcMethods {
  return {
    unary: {},
    streams: {
      '/etcdserverpb.Watch/Watch': (stream) => {
        if (stream.call.requireLeader && core.replica.status().leader === 0) {
          stream.fail(failures.noLeader);
        } else void new WatchStream(core, stream);
      },
    },
  };
}
