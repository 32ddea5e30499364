/** Exec and attach in SPDY: the client opens a stream for each channel and names it in a header. */
import { createSpdySession, type Carrier, type SpdyStream } from '@drydock/spdy';
import type { ProcessOptions } from './options.ts';
import type { RemoteCommandProtocol } from './protocols.ts';
import { createResizeRelay, renderEnd, type RemoteChannels } from './remote-channels.ts';
import { createSizeReader } from './terminal-size.ts';

/** Real milliseconds; upstream's bound. */
const creationMillisMax = 30_000;

type Channel = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

/** Undefined when the client does not open what it asked for; the session is then over. */
export async function createSpdyChannels(
  carrier: Carrier,
  { protocol, options }: { protocol: RemoteCommandProtocol; options: ProcessOptions },
): Promise<RemoteChannels | undefined> {
  const expected: ReadonlySet<string> = new Set<Channel>([
    'error',
    ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => options[name]),
    ...(options.tty && protocol.resizes ? (['resize'] as const) : []),
  ]);
  const streams = new Map<string, SpdyStream>();
  const complete = Promise.withResolvers<boolean>();
  const session = createSpdySession({
    carrier,
    onStream: (stream) => {
      const name = stream.headers.get('streamtype') ?? '';
      if (!expected.has(name) || streams.has(name)) return stream.reset();
      streams.set(name, stream);
      if (streams.size === expected.size) complete.resolve(true);
    },
  });
  const deadline = setTimeout(() => complete.resolve(false), creationMillisMax);
  carrier.signal.addEventListener('abort', () => complete.resolve(false), { once: true });
  const isComplete = await complete.promise;
  clearTimeout(deadline);
  if (!isComplete) {
    await session.close();
    return undefined;
  }
  const resizes = createResizeRelay();
  void readSizes(streams.get('resize'), resizes.tell);
  return {
    stdin: streams.get('stdin')?.input,
    onResize: resizes.onResize,
    // An output that was not asked for is dropped.
    write: async (name, bytes) => streams.get(name)?.write(bytes),
    finish: async (status) => {
      const end = renderEnd(status, protocol);
      const error = streams.get('error')!;
      await error.write(end).catch(() => undefined);
      for (const stream of streams.values()) await stream.end().catch(() => undefined);
      await session.close();
    },
    signal: session.signal,
    // A client of SPDY ends its input by itself, and waits for the end of its command.
    endsWithInput: () => false,
  };
}

/** Ends with the stream, however that ends. */
async function readSizes(
  stream: SpdyStream | undefined,
  tell: ReturnType<typeof createResizeRelay>['tell'],
): Promise<void> {
  const sizes = createSizeReader();
  try {
    for await (const bytes of stream?.input ?? []) sizes.push(bytes).forEach(tell);
  } catch {
    // The terminal keeps the size that it has.
  }
}
