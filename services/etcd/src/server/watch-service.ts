/**
 * The Watch service: one stream, any number of watchers.
 *
 * 1. A watcher's events follow its "created", and nothing follows its "canceled".
 * 2. A revision is split over responses only for watchers that allow fragments.
 * 3. A watcher that is too late for its history is canceled, but keeps its id until its client cancels it.
 * 4. Progress that was asked for is answered when every watcher of the stream is synced.
 */
import { FilterType, WatchRequest, WatchResponse } from '@drydock/proto/etcd';
import type { WatchCreateRequest } from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import { keyRange } from '../mvcc/key-index.ts';
import { encodeEventsHead } from '../mvcc/results.ts';
import { toByteString } from '../mvcc/version.ts';
import type { EventBatch } from '../mvcc/watch-events.ts';
import type { Watcher, WatchSink } from '../mvcc/watch-hub.ts';
import { catchUp, isAhead, refuse } from './auth/permitted.ts';
import { headerOf, type MemberCore } from './core.ts';
import type { GrpcMethods, MessageStream } from './grpc.ts';

/** What a response may have beyond the largest request, as the original has it. */
const fragmentSlackBytes = 512 * 1024;
const noWatcher = -1n;
const checkInterval = 500;

interface StreamWatcher {
  readonly id: bigint;
  readonly fragment: boolean;
  readonly notify: boolean;
  /** Undefined while it is created, and once its history is compacted. */
  watcher: Watcher | undefined;
  isCompacted: boolean;
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
  /** What came while a user is found out; undefined while nobody is. */
  #held: WatchRequest[] | undefined;
  #stopTimers: () => void = () => {};

  constructor(core: MemberCore, stream: MessageStream) {
    this.#core = core;
    this.#stream = stream;
    stream.onMessage((bytes) => this.#take(WatchRequest.decode(bytes)));
    stream.onReady(() => core.hub.resume());
    // A client that has no more to ask still wants its events: only a closed stream ends them.
    stream.onClose(() => this.#close());
    this.#startTimers();
  }

  get isReady(): boolean {
    return this.#stream.isReady;
  }

  #startTimers(): void {
    const { clock, replica, electionTimeout, random, watchProgressInterval } = this.#core;
    const jitter = random.between(0, watchProgressInterval / 10);
    let notify = clock.setTimer(watchProgressInterval + jitter, () => this.#notifyIdle());
    const rearm = () => {
      notify = clock.setTimer(watchProgressInterval, () => this.#notifyIdle());
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

  /** In order: a watcher whose user this member cannot know yet holds up what comes after it. */
  #take(request: WatchRequest): void {
    if (this.#held !== undefined) {
      this.#held.push(request);
    } else if (request.createRequest !== undefined && isAhead(this.#core, this.#stream.call)) {
      this.#hold(request);
    } else this.#obey(request);
  }

  #hold(request: WatchRequest): void {
    const stream = this.#stream;
    this.#held = [];
    stream.pause();
    catchUp(this.#core, stream.call).then(
      (stale) => {
        const held = this.#held ?? [];
        this.#held = undefined;
        if (stream.isClosed) return;
        if (stale !== undefined) return stream.fail(stale);
        stream.resume();
        this.#obey(request);
        for (const one of held) this.#take(one);
      },
      (error: unknown) => {
        this.#core.log.error({ err: error }, 'a watch failed by a bug');
        stream.fail(failures.stopped);
      },
    );
  }

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
    if (request.startRevision < 0) return this.#refuse(failures.compacted.message);
    const refusal = refuse(this.#core, this.#stream.call, (by) =>
      this.#core.state.auth.refuseRead(by, key, rangeEnd),
    );
    if (refusal !== undefined) return this.#refuse(reasonOf(refusal));
    const range = keyRange(key, rangeEnd);
    if (!range.single && range.to !== undefined && range.to <= range.from) {
      return this.#refuse('mvcc: watcher range is empty');
    }
    if (request.watchId !== 0n && this.#watchers.has(request.watchId)) {
      return this.#refuse('mvcc: duplicate watch ID provided on the WatchStream');
    }

    const id = request.watchId === 0n ? this.#freeId() : request.watchId;
    const one: StreamWatcher = {
      id,
      fragment: request.fragment,
      notify: request.progressNotify,
      watcher: undefined,
      isCompacted: false,
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

  deliver(watcher: Watcher, batch: EventBatch, headerRevision: number): void {
    const one = this.#byWatcher.get(watcher);
    if (one === undefined) return;
    one.wasBusy = true;
    const bytesMax = this.#core.limits.requestBytesMax + fragmentSlackBytes;
    const send = (fragment: boolean, wire: Buffer) => {
      const header = headerOf(this.#core, headerRevision);
      this.#stream.sendInTwo(encodeEventsHead(header, { watchId: one.id, fragment }), wire);
    };
    if (batch.bytes <= bytesMax) send(false, batch.wire);
    else this.#deliverInParts(batch, { bytesMax, fragment: one.fragment }, send);
  }

  #deliverInParts(
    { groups }: EventBatch,
    { bytesMax, fragment }: { bytesMax: number; fragment: boolean },
    send: (fragment: boolean, wire: Buffer) => void,
  ): void {
    let events: Buffer[] = [];
    let bytes = 0;
    const flush = (isFragment: boolean) => {
      send(isFragment, Buffer.concat(events, bytes));
      events = [];
      bytes = 0;
    };
    for (const group of groups) {
      if (events.length > 0 && bytes + group.bytes > bytesMax) flush(false);
      for (const { wire } of group.events) {
        if (fragment && events.length > 0 && bytes + wire.length > bytesMax) flush(true);
        events.push(wire);
        bytes += wire.length;
      }
    }
    flush(false);
  }

  compacted(watcher: Watcher, compactRevision: number): void {
    const one = this.#byWatcher.get(watcher);
    if (one === undefined) return;
    this.#byWatcher.delete(watcher);
    one.watcher = undefined;
    one.isCompacted = true;
    this.#send({ watchId: one.id, canceled: true, compactRevision }, 0);
    this.#answerProgress();
  }

  synced(): void {
    this.#answerProgress();
  }

  #answerProgress(): void {
    if (!this.#progressAsked) return;
    const { revision } = this.#core.state.store;
    for (const { watcher, isCompacted } of this.#watchers.values()) {
      if (isCompacted) continue;
      if (watcher === undefined || !watcher.isSynced) return;
      if (watcher.nextRevision > revision + 1) {
        // As in the original, one that begins in the future makes the question forgotten.
        this.#progressAsked = false;
        return;
      }
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

const codeNames: Readonly<Record<number, string>> = {
  3: 'InvalidArgument',
  7: 'PermissionDenied',
  16: 'Unauthenticated',
};

/** As the original words it: clients look for their errors in this text. */
const reasonOf = ({ code, message }: Failure): string =>
  `rpc error: code = ${codeNames[code] ?? 'Unknown'} desc = ${message}`;

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
