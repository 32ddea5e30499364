/** A connection to a port of a pod: two streams of a session, one for its data and one for a refusal. */
import type { SpdyStream } from '@drydock/spdy';
import { RuntimeError, type PortConnection } from '../runtime.ts';
import { openSession } from './streaming.ts';

const portForwardProtocol = 'portforward.k8s.io';

export async function openPort(url: string, port: number): Promise<PortConnection> {
  const session = await openSession(url, portForwardProtocol);
  const open = (type: string) =>
    session.open(
      new Map([
        ['streamtype', type],
        ['port', String(port)],
        ['requestid', '0'],
      ]),
    );
  const error = open('error');
  // Nothing is said to it; a server waits for the end of what is.
  await error.end();
  const data = open('data');
  const refusal = readAll(error);
  refusal.catch(() => undefined);
  return {
    input: inputOf(data, refusal),
    write: (bytes) => data.write(bytes).catch(() => undefined),
    end: () => void data.end().catch(() => undefined),
    close: () => void session.close(),
  };
}

async function* inputOf(
  data: SpdyStream,
  refusal: Promise<string>,
): AsyncGenerator<Uint8Array, void> {
  yield* data.input;
  const text = await refusal;
  if (text !== '') throw new RuntimeError('FAILED', text);
}

async function readAll({ input }: SpdyStream): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of input) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
