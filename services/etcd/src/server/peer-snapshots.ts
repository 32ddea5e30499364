/** Snapshots between members: a stream of frames with an announcement in front, held back by its reader. */
import { type Client, type ClientWritableStream, type Metadata } from '@grpc/grpc-js';
import { Frame, PeerService } from '@drydock/proto/etcd';
import { encodeMessages } from '../replica/mod.ts';
import type { SnapshotMessage } from '../replica/types.ts';
import type { MessageStream } from './grpc.ts';

const snapshotPartBytes = 256 * 1024;

/** The bodies of a stream's frames; reading holds the sender back. */
export async function* framesOf(stream: MessageStream): AsyncGenerator<Uint8Array> {
  const queue: Uint8Array[] = [];
  const progress: { state: 'open' | 'ended' | 'broken' } = { state: 'open' };
  let wake = () => {};
  stream.onMessage((bytes) => {
    queue.push(Frame.decode(bytes).body.slice());
    if (queue.length > 16) stream.pause();
    wake();
  });
  stream.onEnd(() => {
    if (progress.state === 'open') progress.state = 'ended';
    wake();
  });
  stream.onClose(() => {
    if (progress.state === 'open') progress.state = 'broken';
    wake();
  });
  for (;;) {
    const next = queue.shift();
    if (next !== undefined) {
      if (queue.length === 4) stream.resume();
      yield next;
    } else if (progress.state === 'ended') return;
    else if (progress.state === 'broken') throw new Error('the stream broke off');
    else {
      stream.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

export async function sendSnapshotTo(
  client: Client,
  metadata: Metadata,
  message: SnapshotMessage,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const stored = Promise.withResolvers<void>();
  const stream: ClientWritableStream<Frame> = client.makeClientStreamRequest(
    PeerService.snapshot.path,
    PeerService.snapshot.requestSerialize,
    PeerService.snapshot.responseDeserialize,
    metadata,
    (error) => {
      if (error === null) stored.resolve();
      else stored.reject(error);
    },
  );
  const answer = { isOver: false };
  let wake = () => {};
  const over = () => {
    answer.isOver = true;
    wake();
  };
  stored.promise.then(over, over);
  stream.on('drain', () => wake());
  const write = async (part: Uint8Array) => {
    if (stream.write({ body: part }) || answer.isOver) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  await write(encodeMessages([message]));
  for await (const part of body) {
    for (let at = 0; at < part.length && !answer.isOver; at += snapshotPartBytes) {
      await write(part.subarray(at, at + snapshotPartBytes));
    }
    if (answer.isOver) break;
  }
  stream.end();
  await stored.promise;
}
