/** A client of SPDY/3.1 for tests, as kubectl is one: no windows, headers compressed by zlib. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { createFrameReader, createHeaderEncoder, encodeFrame } from '@drydock/spdy';
import type { IssuedCertificate } from '@drydock/testing/certificates';

export interface TestSpdyStream {
  write(bytes: Buffer): void;
  end(): void;
  /** All that comes until the server's end. */
  whole(): Promise<Buffer>;
}

export interface SpdyClient extends Disposable {
  open(headers: Readonly<Record<string, string>>): TestSpdyStream;
  sendBytes(bytes: Buffer): void;
  /** The status of GOAWAY, once it came. */
  readonly goAway: number | undefined;
  readonly closed: Promise<unknown>;
  /** What was written and the connection has not taken. */
  readonly unsentBytes: number;
}

export type SpdyAnswer =
  | { readonly kind: 'open'; readonly client: SpdyClient }
  | { readonly kind: 'refused'; readonly code: number; readonly text: string };

export async function connectSpdy(
  port: number,
  certificate: IssuedCertificate,
  { path, protocols }: { readonly path: string; readonly protocols: readonly string[] },
): Promise<SpdyAnswer> {
  const socket = connect({
    port,
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
    ...certificate,
  });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'secureConnect');
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Length: 0',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    ...protocols.map((name) => `X-Stream-Protocol-Version: ${name}`),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let received = Buffer.alloc(0);
  while (!received.includes('\r\n\r\n')) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    received = Buffer.concat([received, bytes]);
  }
  socket.pause();
  const headEnd = received.indexOf('\r\n\r\n') + 4;
  const code = Number(received.toString('latin1', 9, 12));
  if (code !== 101) {
    socket.destroy();
    return { kind: 'refused', code, text: received.toString('latin1', headEnd) };
  }

  const reader = createFrameReader();
  const encoder = createHeaderEncoder();
  const streams = new Map<number, { pieces: Buffer[]; end: (all: Buffer) => void }>();
  let lastId = -1;
  let goAway: number | undefined;
  const receive = (bytes: Buffer) => {
    for (const frame of reader.push(bytes)) {
      if (frame.kind === 'go-away') goAway = frame.status;
      if (frame.kind !== 'data') continue;
      const stream = streams.get(frame.streamId);
      stream?.pieces.push(frame.data);
      if (frame.fin) stream?.end(Buffer.concat(stream.pieces));
    }
  };
  receive(received.subarray(headEnd));
  socket.on('data', receive);
  socket.resume();
  const client: SpdyClient = {
    closed,
    get goAway() {
      return goAway;
    },
    get unsentBytes() {
      return socket.writableLength;
    },
    sendBytes: (bytes) => void socket.write(bytes),
    open: (headers) => {
      const streamId = (lastId += 2);
      const ended = Promise.withResolvers<Buffer>();
      streams.set(streamId, { pieces: [], end: ended.resolve });
      const block = encoder.encode(new Map(Object.entries(headers)));
      socket.write(encodeFrame({ kind: 'syn-stream', streamId, fin: false, block }));
      const send = (data: Buffer, fin: boolean) =>
        void socket.write(encodeFrame({ kind: 'data', streamId, fin, data }));
      return {
        write: (bytes) => send(bytes, false),
        end: () => send(Buffer.alloc(0), true),
        whole: () => ended.promise,
      };
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
  return { kind: 'open', client };
}
