/** A WebSocket client of exec, attach and port-forward, as its messages come. */
import { once } from 'node:events';
import type { IssuedCertificate } from '@drydock/testing/certificates';
import { WebSocket } from 'ws';

export interface Conversation {
  readonly socket: WebSocket;
  /** What came on each channel so far. */
  readonly channels: Map<number, Buffer>;
  /** The code of its end. */
  readonly closed: Promise<number>;
  text(channel: number): string;
}

export async function connectWebSocket({
  port,
  certificate,
  path,
  protocols,
}: {
  readonly port: number;
  readonly certificate: IssuedCertificate;
  readonly path: string;
  readonly protocols: readonly string[];
}): Promise<Conversation> {
  const socket = new WebSocket(`wss://localhost:${port}${path}`, [...protocols], {
    ...certificate,
  });
  const channels = new Map<number, Buffer>();
  socket.on('message', (message: Buffer) => {
    const before = channels.get(message[0]!) ?? Buffer.alloc(0);
    channels.set(message[0]!, Buffer.concat([before, message.subarray(1)]));
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  closed.catch(() => undefined);
  await once(socket, 'open');
  return {
    socket,
    channels,
    closed,
    text: (channel) => channels.get(channel)?.toString() ?? '',
  };
}
