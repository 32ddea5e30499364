/**
 * An HTTP/2 client that does what it is told, also what no client should: the frames of a test go out
 * as they are, and what comes back is kept as frames.
 */
import { connect, type Socket } from 'node:net';
import { eventually } from '@drydock/testing/eventually';
import { encodeHeaders } from '@drydock/rpc/http2';

const prefaceText = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  window: 8,
  continuation: 9,
} as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(
  type: keyof typeof types | number,
  flags = 0,
  stream = 0,
  payload: Uint8Array | string = '',
): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const header = Buffer.alloc(9);
  header.writeUIntBE(body.length, 0, 3);
  header[3] = typeof type === 'number' ? type : types[type];
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, body]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** A gRPC message with its prefix. */
export function message(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0), uint32(bytes.length), bytes]);
}

export function requestBlock(
  path: string,
  more: readonly (readonly [string, string])[] = [],
): Buffer {
  return encodeHeaders([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...more,
  ]);
}

/** A whole unary call. */
export function call(
  stream: number,
  path: string,
  body: Uint8Array,
  more: readonly (readonly [string, string])[] = [],
): Buffer {
  return Buffer.concat([
    frame('headers', 4, stream, requestBlock(path, more)),
    frame('data', 1, stream, message(body)),
  ]);
}

export interface RawConnection extends Disposable {
  readonly socket: Socket;
  readonly frames: readonly Frame[];
  readonly isClosed: boolean;
  /** Waits while the kernel takes no more; ends quietly once the server has hung up. */
  write(...parts: readonly Uint8Array[]): Promise<void>;
  waitFor(what: string, wanted: (frame: Frame) => boolean): Promise<Frame>;
  /** The error code of the GOAWAY, whose coming is waited for. */
  goAway(): Promise<number>;
  /** The error code of the stream's RST_STREAM, whose coming is waited for. */
  reset(stream: number): Promise<number>;
  /** Status and message of the stream's end. */
  status(stream: number): Promise<string>;
  closed(): Promise<void>;
}

export interface RawOptions {
  /** Without it the client sends the preface and its SETTINGS first. */
  readonly isSilent?: boolean;
  readonly settings?: readonly Uint8Array[];
}

export function openRaw(port: number, options: RawOptions = {}): RawConnection {
  const socket = connect(port, '127.0.0.1');
  const frames: Frame[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let isClosed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => (isClosed = true));
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      frames.push({
        type: rest[3]!,
        flags: rest[4]!,
        stream: rest.readUInt32BE(5) & 0x7fffffff,
        payload: Buffer.from(rest.subarray(9, end)),
      });
      rest = rest.subarray(end);
    }
  });
  if (options.isSilent !== true) {
    socket.write(prefaceText);
    socket.write(frame('settings', 0, 0, Buffer.concat(options.settings ?? [])));
  }
  const waitFor = (what: string, wanted: (frame: Frame) => boolean) =>
    eventually(what, () => frames.find(wanted), { intervalMillis: 5 });
  return {
    socket,
    frames,
    get isClosed() {
      return isClosed;
    },
    write: async (...parts) => {
      if (isClosed) return;
      const isTaken = socket.write(Buffer.concat(parts));
      // One turn of the loop, so that what has come is read between two writes: a client that only
      // writes finds its connection reset before it has read the GOAWAY that says why.
      await new Promise(setImmediate);
      if (isTaken) return;
      await eventually('the kernel takes it', () => isClosed || !socket.writableNeedDrain, {
        intervalMillis: 2,
      });
    },
    waitFor,
    goAway: async () => {
      const found = await waitFor('GOAWAY', (one) => one.type === types.goAway);
      return found.payload.readUInt32BE(4);
    },
    reset: async (stream) => {
      const found = await waitFor(
        `a reset of stream ${stream}`,
        (one) => one.type === types.reset && one.stream === stream,
      );
      return found.payload.readUInt32BE(0);
    },
    status: async (stream) => {
      const { payload } = await waitFor(
        `the end of stream ${stream}`,
        (one) => one.type === types.headers && one.stream === stream && (one.flags & 1) !== 0,
      );
      const text = payload.toString('latin1');
      const code = /grpc-status.(\d+)/s.exec(text)?.[1] ?? 'none';
      const words = /grpc-message.(.*)$/s.exec(text)?.[1] ?? '';
      return `${code} ${decodeURIComponent(words)}`.trim();
    },
    closed: async () => {
      await eventually('the server hangs up', () => isClosed);
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

export const preface = Buffer.from(prefaceText);
