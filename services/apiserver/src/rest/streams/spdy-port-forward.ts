/**
 * Port-forward in SPDY: for each connection the client opens two streams that name the same request,
 * `error` and `data`; connections come and go until the session ends.
 */
import { createSpdySession, type Carrier, type SpdyStream } from '@drydock/spdy';
import { forwardConnection, type ForwardedPod } from './forwarded-connection.ts';
import { parsePort } from './options.ts';

/** Real milliseconds between the two streams of a connection; upstream's bound. */
const pairMillisMax = 30_000;

interface Pair {
  readonly streams: Map<string, SpdyStream>;
  readonly deadline: NodeJS.Timeout;
}

/** Until the client has gone. */
export async function servePortForward(carrier: Carrier, pod: ForwardedPod): Promise<void> {
  const pairs = new Map<string, Pair>();
  const ended = Promise.withResolvers<void>();
  const session = createSpdySession({
    carrier,
    onStream: (stream) => {
      const type = stream.headers.get('streamtype') ?? '';
      const port = parsePort(stream.headers.get('port') ?? '');
      if (port === undefined || (type !== 'error' && type !== 'data')) return stream.reset();
      const request = requestOf(stream, type);
      const pair = pairs.get(request) ?? openPair(pairs, request);
      if (pair.streams.has(type)) return stream.reset();
      pair.streams.set(type, stream);
      const error = pair.streams.get('error');
      const data = pair.streams.get('data');
      if (error === undefined || data === undefined) return undefined;
      clearTimeout(pair.deadline);
      pairs.delete(request);
      void forwardStreams({ error, data }, pod, { port, signal: session.signal });
      return undefined;
    },
  });
  session.signal.addEventListener('abort', () => ended.resolve(), { once: true });
  if (session.signal.aborted) ended.resolve();
  await ended.promise;
  for (const { deadline } of pairs.values()) clearTimeout(deadline);
}

function openPair(pairs: Map<string, Pair>, request: string): Pair {
  const streams = new Map<string, SpdyStream>();
  const deadline = setTimeout(() => {
    pairs.delete(request);
    for (const stream of streams.values()) stream.reset();
  }, pairMillisMax);
  const pair = { streams, deadline };
  pairs.set(request, pair);
  return pair;
}

/** The oldest clients name no request: their data stream follows its error stream. */
function requestOf({ headers, id }: SpdyStream, type: 'error' | 'data'): string {
  return headers.get('requestid') ?? String(type === 'error' ? id : id - 2);
}

async function forwardStreams(
  { error, data }: { readonly error: SpdyStream; readonly data: SpdyStream },
  pod: ForwardedPod,
  options: { readonly port: number; readonly signal: AbortSignal },
): Promise<void> {
  const client = {
    input: data.input,
    write: data.write,
    end: data.end,
    fail: (message: string) => error.write(Buffer.from(message)),
  };
  await forwardConnection(client, pod, options);
  await Promise.allSettled([error.end(), data.end()]);
  // What the client still sends has nobody to go to.
  data.reset();
  error.reset();
}
