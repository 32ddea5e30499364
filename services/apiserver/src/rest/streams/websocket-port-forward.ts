/**
 * Port-forward in a plain WebSocket, as client libraries speak it: the request names the ports, and
 * each has one connection, which is two channels: data, and an error to read. The first message on
 * each says which port it is for, as two bytes with the lower first. A channel cannot be ended alone.
 */
import { createByteQueue, createInputGate, type ByteQueue, type Carrier } from '@drydock/spdy';
import { forwardConnection, type ForwardedPod } from './forwarded-connection.ts';

/** Until the connections of all ports are over, or the client has gone. */
export async function serveWebSocketPortForward(
  carrier: Carrier,
  pod: ForwardedPod,
  ports: readonly number[],
): Promise<void> {
  const gate = createInputGate(carrier);
  const inputs: ByteQueue[] = ports.map(() => createByteQueue((bytes) => gate.leave(bytes)));
  carrier.signal.addEventListener('abort', () => inputs.forEach((input) => input.end()));
  carrier.start((message) => {
    const channel = message[0] ?? 1;
    const input = channel % 2 === 0 ? inputs[channel / 2] : undefined;
    if (input === undefined || message.length < 2) return;
    gate.enter(message.length - 1);
    input.push(message.subarray(1));
  });
  const send = (channel: number, bytes: Uint8Array) =>
    carrier.send(Buffer.concat([Buffer.of(channel), bytes]));
  const connect = async (port: number, index: number) => {
    const name = Buffer.alloc(2);
    name.writeUInt16LE(port);
    await Promise.all([send(index * 2, name), send(index * 2 + 1, name)]).catch(() => undefined);
    const client = {
      input: inputs[index]!,
      write: (bytes: Uint8Array) => send(index * 2, bytes),
      end: () => Promise.resolve(),
      fail: (text: string) => send(index * 2 + 1, Buffer.from(text)),
    };
    await forwardConnection(client, pod, { port, signal: carrier.signal });
    inputs[index]!.end();
  };
  await Promise.all(ports.map(connect));
  await carrier.end();
}
