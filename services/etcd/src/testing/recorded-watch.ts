/** A watcher of a real process that keeps what it was sent, and goes on elsewhere when it is cut off. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import {
  EventType,
  WatchCreateRequest,
  WatchProgressRequest,
  WatchRequest,
  WatchService,
  type Event,
  type WatchResponse,
} from '@drydock/proto/etcd';
import type { WatchedEvent, WatchedResponse, WatchRecord } from '@drydock/testing/linearizability';
import { storedValueOf, textOf } from './recorded-clients.ts';
import { connect } from './writers.ts';

interface OpenRecord extends WatchRecord {
  readonly responses: WatchedResponse[];
  isComplete: boolean;
}

export interface RecordedWatch extends Disposable {
  /** One for each stream; the last one goes on. */
  readonly records: readonly WatchRecord[];
  /** Everything up to here has come. */
  readonly nextRevision: number;
  /** What comes from now on tells nothing about the end. */
  complete(): void;
}

/** Watches all keys from a revision on, with what was before. */
export function startRecordedWatch(
  name: string,
  endpoints: readonly string[],
  startRevision: number,
): RecordedWatch {
  const records: OpenRecord[] = [];
  let next = startRevision;
  let isOver = false;
  let stream: ClientDuplexStream<WatchRequest, WatchResponse> | undefined;

  const open = (attempt: number): void => {
    if (isOver) return;
    const client = connect(endpoints[attempt % endpoints.length]!);
    const record: OpenRecord = {
      name: `${name}/${attempt}`,
      from: 'a',
      to: 'z',
      startRevision: next,
      previous: true,
      noPut: false,
      noDelete: false,
      responses: [],
      isComplete: false,
    };
    records.push(record);
    const { path, requestSerialize, responseDeserialize } = WatchService.watch;
    stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const createRequest = WatchCreateRequest.from({
      key: Buffer.from('a'),
      rangeEnd: Buffer.from('z'),
      startRevision: next,
      prevKv: true,
    });
    stream.write(WatchRequest.from({ createRequest }));
    const asking = setInterval(() => {
      stream?.write(WatchRequest.from({ progressRequest: WatchProgressRequest.from({}) }));
    }, 200);
    stream.on('data', (response: WatchResponse) => {
      next = Math.max(next, take(record, response));
    });
    stream.on('error', () => undefined);
    // A call that fails says so and has a status, but its stream does not close.
    stream.on('status', () => {
      clearInterval(asking);
      client.close();
      setTimeout(() => open(attempt + 1), 50);
    });
  };
  open(0);
  return {
    records,
    get nextRevision() {
      return next;
    },
    complete: () => (records.at(-1)!.isComplete = true),
    [Symbol.dispose]: () => {
      isOver = true;
      stream?.cancel();
    },
  };
}

/** Returns the revision to go on from. */
function take(record: OpenRecord, response: WatchResponse): number {
  const { revision } = response.header!;
  if (response.created) record.responses.push({ kind: 'created', revision });
  if (response.canceled) {
    record.responses.push({ kind: 'compacted', revision: response.compactRevision });
    return 0;
  }
  if (response.events.length > 0) {
    const events = response.events.map(eventOf);
    record.responses.push({ kind: 'events', events, fragment: response.fragment });
    return events.at(-1)!.modRevision + 1;
  }
  if (response.created) return 0;
  record.responses.push({ kind: 'progress', revision });
  return revision + 1;
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
