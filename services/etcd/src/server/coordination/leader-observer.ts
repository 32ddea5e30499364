/**
 * Election.Observe: who leads, every value it proclaims, then who leads next.
 *
 * 1. Of a leader's values none is left out, from the one it has when it is first seen.
 * 2. Not every leader is seen: one that has gone before it was looked for never was.
 * 3. The stream ends without an error when history is compacted under it, as the original's does.
 */
import { LeaderResponse, type KeyValue } from '@drydock/proto/etcd';
import type { EncodedEvent } from '../../mvcc/results.ts';
import type { KeyRange } from '../../mvcc/key-index.ts';
import { decodeKeyValue, toByteString } from '../../mvcc/version.ts';
import type { Watcher } from '../../mvcc/watch-hub.ts';
import { headerOf, type MemberCore } from '../core.ts';
import { failureOf, type MessageStream } from '../grpc.ts';
import { runKvOperation } from '../kv-operations.ts';
import { firstOf, oldestOf, prefixOf } from './contenders.ts';

/** Returns true when the watcher has seen what it was made for. */
type OnEvent = (event: EncodedEvent, headerRevision: number) => boolean;

export function observeLeader(core: MemberCore, stream: MessageStream, name: Uint8Array): void {
  new LeaderObserver(core, stream, Buffer.from(name)).look();
}

class LeaderObserver {
  readonly #core: MemberCore;
  readonly #stream: MessageStream;
  readonly #name: Buffer;
  #watcher: Watcher | undefined;

  constructor(core: MemberCore, stream: MessageStream, name: Buffer) {
    this.#core = core;
    this.#stream = stream;
    this.#name = name;
    stream.onReady(() => core.hub.resume());
    stream.onClose(() => this.#watcher?.cancel());
  }

  look(): void {
    this.#findLeader().catch((error: unknown) => {
      const { log } = this.#core;
      const path = '/v3electionpb.Election/Observe';
      this.#stream.fail(failureOf(error, { kind: 'stream', path, log }));
    });
  }

  async #findLeader(): Promise<void> {
    const prefix = prefixOf(this.#name);
    const request = oldestOf(prefix);
    const found = await runKvOperation(this.#core, this.#stream.call, { kind: 'range', request });
    if (this.#stream.isClosed) return;
    if (found.kind === 'failure') {
      this.#stream.end();
      return;
    }
    const leader = firstOf(found);
    if (leader === undefined) this.#awaitLeader(prefix, request.rangeEnd, found.revision);
    else this.#follow(leader, found.revision);
  }

  #awaitLeader(prefix: Buffer, end: Uint8Array, seenRevision: number): void {
    const range = { from: toByteString(prefix), to: toByteString(end), single: false };
    this.#watch(range, seenRevision + 1, (event) => {
      if (event.isDelete) return false;
      const leader = decodeKeyValue(event.kv);
      this.#follow(leader, leader.modRevision);
      return true;
    });
  }

  #follow(leader: KeyValue, seenRevision: number): void {
    this.#send(leader, seenRevision);
    const range = { from: toByteString(leader.key), to: undefined, single: true };
    this.#watch(range, seenRevision + 1, (event, headerRevision) => {
      if (event.isDelete) this.look();
      else this.#send(decodeKeyValue(event.kv), headerRevision);
      return event.isDelete;
    });
  }

  #watch(range: KeyRange, startRevision: number, onEvent: OnEvent): void {
    const stream = this.#stream;
    this.#watcher = this.#core.hub.create({
      range,
      startRevision,
      noPut: false,
      noDelete: false,
      previous: false,
      sink: {
        get isReady() {
          return stream.isReady;
        },
        deliver: (watcher, { groups }, headerRevision) => {
          for (const event of groups.flatMap((group) => group.events)) {
            if (!onEvent(event, headerRevision)) continue;
            watcher.cancel();
            return;
          }
        },
        compacted: () => stream.end(),
        synced: () => {},
      },
    });
  }

  #send(kv: KeyValue, revision: number): void {
    const header = headerOf(this.#core, revision);
    this.#stream.send(LeaderResponse.encode({ header, kv }));
  }
}
