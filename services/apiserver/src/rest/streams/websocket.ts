/** WebSockets: the handshake, and a connection of messages as a carrier of streams. */
import { once } from 'node:events';
import { badRequestError } from '@drydock/api';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { GoodbyeError, goneError, goodbyeMillisMax, type Carrier } from '@drydock/spdy';
import type { Upgrade } from '../exchange.ts';

/** Upstream's bound: some clients send a whole archive as one message. */
const messageBytesMax = 32 * 1024 * 1024;
const normalClosure = 1000;
/** What the library says of a goodbye without a reason. */
const noStatus = 1005;

/**
 * Answers the request; from then on the connection is a WebSocket's. `name` is the subprotocol that
 * was chosen: the library would refuse one with a slash.
 *
 * @throws ApiError 400 when the request is no proper handshake; the client has then been told
 */
export async function acceptWebSocket(upgrade: Upgrade, name: string): Promise<WebSocket> {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
  });
  if (name !== '') {
    server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${name}`));
  }
  const { request, socket, head } = upgrade.take();
  delete request.headers['sec-websocket-protocol'];
  return await new Promise((resolve, reject) => {
    server.on('wsClientError', (error) => {
      socket.end(`HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      reject(badRequestError(error.message));
    });
    server.handleUpgrade(request, socket, head, resolve);
  });
}

export interface MessageCodec {
  decode(message: Buffer): Buffer;
  encode(bytes: Buffer): Buffer | string;
}

export const binaryCodec: MessageCodec = {
  decode: (message) => message,
  encode: (bytes) => bytes,
};

const zero = 48;

/** The channel as a digit, the rest in base64: for clients that can send text alone. */
export const base64Codec: MessageCodec = {
  decode: (message) =>
    message.length === 0
      ? message
      : Buffer.concat([
          Buffer.of(message[0]! - zero),
          Buffer.from(message.toString('latin1', 1), 'base64'),
        ]),
  encode: (bytes) =>
    String.fromCharCode(zero + (bytes[0] ?? 0)) + bytes.subarray(1).toString('base64'),
};

/** Hands on whole messages. */
export function createWebSocketCarrier(socket: WebSocket, codec: MessageCodec): Carrier {
  const over = new AbortController();
  const closed = once(socket, 'close').catch(() => undefined);
  let take: ((bytes: Buffer) => void) | undefined;
  // 'close' follows an error, and tells all that matters.
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    const isInOrder = code === normalClosure || code === noStatus;
    over.abort(isInOrder ? new GoodbyeError() : goneError());
  });
  socket.on('message', (data: RawData) => take?.(codec.decode(data as Buffer)));
  const pong = () => {
    if (socket.readyState === socket.OPEN) socket.pong();
  };
  return {
    signal: over.signal,
    send: (bytes) =>
      new Promise((resolve, reject) => {
        const { buffer, byteOffset, length } = bytes;
        socket.send(codec.encode(Buffer.from(buffer, byteOffset, length)), (error) =>
          error ? reject(goneError()) : resolve(),
        );
      }),
    start: (taker) => {
      take = taker;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    // Unasked, as the standard allows: kubectl takes it for the answer to a ping that is held back.
    beat: pong,
    end: async () => {
      take = undefined;
      socket.resume();
      socket.close(normalClosure);
      const deadline = setTimeout(() => socket.terminate(), goodbyeMillisMax);
      await closed;
      clearTimeout(deadline);
    },
    destroy: () => socket.terminate(),
  };
}
