/**
 * Clients that watch: each keeps one watcher at a time, on any member, from now on or from some
 * revision, with and without filters; goes on where it was when its member dies, or begins anew; is
 * slow now and then; asks for progress. What each watcher was sent is kept for checkWatch.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import {
  EventType,
  FilterType,
  WatchCreateRequest,
  WatchProgressRequest,
  WatchRequest,
  WatchResponse,
  type Event,
} from '@drydock/proto/etcd';
import type { WatchedEvent, WatchedResponse, WatchRecord } from '@drydock/testing/linearizability';
import type { EtcdMember, EtcdWorld } from './cluster.ts';
import { openStream, type ClientStream } from './link.ts';
import { storedValueOf, textOf, type Oracle } from './oracle.ts';

const watchPath = '/etcdserverpb.Watch/Watch';
const lifeMillisMax = 6_000;
const slowMillisMax = 1_500;

interface OpenRecord extends WatchRecord {
  readonly responses: WatchedResponse[];
  isComplete: boolean;
  stream: ClientStream | undefined;
  member: EtcdMember | undefined;
}

export interface Watchers {
  readonly records: readonly WatchRecord[];
  /** No watcher is opened, closed or slowed down any more. */
  settle(): void;
  /** Those that are still there, on members that have everything, have to be complete now. */
  complete(members: readonly EtcdMember[]): void;
}

export interface WatchersOptions {
  readonly world: EtcdWorld;
  readonly oracle: Oracle;
  readonly seed: number;
  readonly count: number;
}

export function startWatchers({ world, oracle, seed, count }: WatchersOptions): Watchers {
  const { scheduler } = world.members;
  const records: OpenRecord[] = [];
  let isSettled = false;

  const watch = (random: Random, resumed?: OpenRecord): void => {
    const member = random.pick(world.members.members);
    if (world.serverOf(member) === undefined) {
      scheduler.schedule(50, () => watch(random, resumed));
      return;
    }
    const record = resumed === undefined ? draw(random) : resume(resumed);
    records.push(record);
    open(record, member, random);
  };

  const draw = (random: Random): OpenRecord => {
    const newest = oracle.history.last;
    const [from, to] = random.pick([
      ['a', 'z'],
      ['a', 'a\0'],
      ['b', 'd'],
    ] as const);
    const isFromNow = random.chance(0.4);
    const noPut = random.chance(0.15);
    return {
      name: `${records.length}`,
      from,
      to,
      startRevision: isFromNow ? 0 : Math.max(1, newest + random.between(-80, 5)),
      previous: random.chance(0.5),
      noPut,
      noDelete: !noPut && random.chance(0.15),
      responses: [],
      isComplete: false,
      stream: undefined,
      member: undefined,
    };
  };

  /** From the revision after the last one that was seen whole. */
  const resume = (record: OpenRecord): OpenRecord => ({
    ...record,
    name: `${records.length}, after ${record.name}`,
    startRevision: nextRevision(record),
    responses: [],
    stream: undefined,
  });

  const open = (record: OpenRecord, member: EtcdMember, random: Random) => {
    let isOver = false;
    const next = (run: () => void) => {
      if (isOver) return;
      isOver = true;
      record.stream?.close();
      scheduler.schedule(random.between(1, 200), run);
    };
    const stream = openStream(world, member, watchPath, {
      onMessage: (bytes) => {
        const response = WatchResponse.decode(bytes);
        take(record, response);
        if (response.canceled) next(() => watch(random));
      },
      onClose: () => next(() => watch(random, random.chance(0.8) ? record : undefined)),
    });
    record.stream = stream;
    record.member = member;
    stream.send(createRequestOf(record));
    scheduler.schedule(random.between(500, lifeMillisMax), () => {
      if (!isSettled) next(() => watch(random, random.chance(0.5) ? record : undefined));
    });
    bother(stream, random);
  };

  /** Readers are slow now and then, and want to know how far they are. */
  const bother = (stream: ClientStream, random: Random) => {
    if (stream.isClosed) return;
    if (random.chance(0.3)) {
      const request = { progressRequest: WatchProgressRequest.from({}) };
      stream.send(WatchRequest.encode(WatchRequest.from(request)));
    }
    if (!isSettled && random.chance(0.3)) {
      stream.setSlow(true);
      scheduler.schedule(random.between(1, slowMillisMax), () => stream.setSlow(false));
    }
    scheduler.schedule(random.between(50, 600), () => bother(stream, random));
  };

  for (let at = 0; at < count; at++) {
    const random = createSeededRandom(seed + at);
    scheduler.schedule(random.between(1, 500), () => watch(random));
  }
  return {
    records,
    settle() {
      isSettled = true;
      for (const { stream } of records) stream?.setSlow(false);
    },
    complete(members) {
      for (const record of records) {
        const isWatching = record.responses.some(({ kind }) => kind === 'created');
        const isThere = record.stream?.isClosed === false && members.includes(record.member!);
        record.isComplete = isWatching && isThere;
      }
    },
  };
}

function createRequestOf(record: WatchRecord): Buffer {
  const { from, to, startRevision, previous, noPut, noDelete } = record;
  const createRequest = WatchCreateRequest.from({
    key: Buffer.from(from),
    rangeEnd: to === `${from}\0` ? Buffer.alloc(0) : Buffer.from(to),
    startRevision,
    prevKv: previous,
    filters: [...(noPut ? [FilterType.noput] : []), ...(noDelete ? [FilterType.nodelete] : [])],
  });
  return WatchRequest.encode(WatchRequest.from({ createRequest }));
}

function take(record: OpenRecord, response: WatchResponse): void {
  const revision = response.header!.revision;
  if (response.created) record.responses.push({ kind: 'created', revision });
  if (response.canceled) {
    record.responses.push({ kind: 'compacted', revision: response.compactRevision });
  } else if (response.events.length > 0) {
    const events = response.events.map(eventOf);
    record.responses.push({ kind: 'events', events, fragment: response.fragment });
  } else if (!response.created) record.responses.push({ kind: 'progress', revision });
}

function eventOf({ type, kv, prevKv }: Event): WatchedEvent {
  const isDelete = type === EventType.delete;
  return {
    kind: isDelete ? 'delete' : 'put',
    key: textOf(kv!.key),
    modRevision: kv!.modRevision,
    value: isDelete ? undefined : storedValueOf(kv!),
    previous: prevKv === undefined ? undefined : storedValueOf(prevKv),
  };
}

/** Where a client goes on that has seen this much. */
function nextRevision({ startRevision, responses }: WatchRecord): number {
  let next = startRevision;
  for (const response of responses) {
    if (response.kind === 'created' && next === 0) next = response.revision + 1;
    if (response.kind === 'progress') next = Math.max(next, response.revision + 1);
    if (response.kind === 'events') next = response.events.at(-1)!.modRevision + 1;
  }
  return next;
}
