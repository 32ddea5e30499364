/**
 * etcd's Raft, live: `drydock.etcd.v1.Raft/Watch` of one member over a bare HTTP/2 stream, as etcd-status.ts
 * asks its one question.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { RaftService, RaftState, WatchRaftRequest } from '@drydock/proto/etcd';
import type { ClientFiles } from './rest.ts';

/** The messages of a gRPC stream, whatever pieces it comes in: a zero byte, four of length, the message. */
export class GrpcMessages {
  #bytes: Buffer = Buffer.alloc(0);

  *add(chunk: Buffer): Generator<Buffer> {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const end = this.#bytes.length < 5 ? Infinity : 5 + this.#bytes.readUInt32BE(1);
      if (end > this.#bytes.length) return;
      const message = this.#bytes.subarray(5, end);
      this.#bytes = this.#bytes.subarray(end);
      yield message;
    }
  }
}

/** Calls `onState` with each state, and `onEnd` once, when the member is not there any more. */
export function watchRaft(
  port: number,
  files: ClientFiles,
  { onState, onEnd }: { onState: (state: RaftState) => void; onEnd: () => void },
): Disposable {
  const session = connect(`https://127.0.0.1:${port}`, {
    ca: readFileSync(files.caFile),
    cert: readFileSync(files.certFile),
    key: readFileSync(files.keyFile),
  });
  session.on('error', () => undefined);
  session.once('close', onEnd);
  const stream = session.request({
    ':method': 'POST',
    ':path': RaftService.watch.path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const messages = new GrpcMessages();
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    for (const message of messages.add(chunk)) onState(RaftState.decode(message));
  });
  stream.on('end', () => session.destroy());
  const request = WatchRaftRequest.encode(WatchRaftRequest.from({ intervalMillis: 200 }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(request.length, 1);
  stream.end(Buffer.concat([head, request]));
  return { [Symbol.dispose]: () => session.destroy() };
}
