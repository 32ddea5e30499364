/** A stream of HTTP/2 as an exchange. */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Subject } from '../../authz/subject.ts';
import type { Exchange, ResponseHeaders } from '../exchange.ts';
import { goneError, lazySignal, lengthOf, readAll, writer } from './body-streams.ts';

/** What is left of an unwanted body may still come in: so much, with pauses no longer than this. */
const discardedBytesMax = 1024 * 1024;
const discardMillisMax = 5_000;

export function http2Exchange(
  stream: ServerHttp2Stream,
  {
    headers,
    rawHeaders,
    identity,
  }: {
    readonly headers: IncomingHttpHeaders;
    readonly rawHeaders: readonly string[];
    readonly identity: Subject | undefined;
  },
): Exchange {
  const signal = lazySignal(
    (listener) => stream.once('close', listener),
    () => stream.destroyed || stream.closed,
  );
  let rawTrailers: readonly string[] = [];
  stream.once('trailers', (_trailers, _flags, raw: readonly string[]) => {
    rawTrailers = raw;
  });
  const head = (status: number, fields: ResponseHeaders, waitForTrailers = false) =>
    stream.respond(
      { ':status': status, ...(fields as Record<string, string>) },
      { waitForTrailers },
    );
  return {
    method: headers[':method'] ?? '',
    target: headers[':path'] ?? '',
    identity,
    rawHeaders,
    peerAddress: stream.session?.socket?.remoteAddress ?? '',
    body: stream.endAfterHeaders ? undefined : stream,
    get rawTrailers() {
      return rawTrailers;
    },
    get signal() {
      return signal();
    },
    get hasResponded() {
      return stream.headersSent;
    },
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    readBody: (bytesMax) =>
      stream.readableEnded || headers[':method'] === 'GET'
        ? Promise.resolve(Buffer.alloc(0))
        : readAll(stream, bytesMax, lengthOf(headers)),
    respond: (status, fields, body) => {
      if (stream.destroyed || stream.headersSent) return;
      head(status, { ...fields, 'content-length': String(Buffer.byteLength(body)) });
      stream.end(body);
      if (!stream.readableEnded && headers[':method'] !== 'GET') discardBody(stream);
    },
    inform: (status, fields) => {
      if (stream.destroyed || stream.headersSent || (status !== 102 && status !== 103)) return;
      stream.additionalHeaders({ ':status': status, ...(fields as Record<string, string>) });
    },
    stream: (status, fields, { mayHaveTrailers } = { mayHaveTrailers: false }) => {
      if (stream.destroyed) throw goneError();
      head(status, fields, mayHaveTrailers);
      const body = writer(stream);
      let trailers: ResponseHeaders = {};
      if (mayHaveTrailers) {
        stream.once('wantTrailers', () => stream.sendTrailers(trailers as Record<string, string>));
      }
      const end = (after: ResponseHeaders = {}) => {
        trailers = after;
        body.end();
        if (!stream.readableEnded && headers[':method'] !== 'GET') discardBody(stream);
      };
      return { ...body, end };
    },
  };
}

/**
 * Drops the rest of a body that nobody wants. Resetting its stream at once would count against the
 * connection: frames that are on their way would arrive as invalid ones.
 */
function discardBody(stream: ServerHttp2Stream): void {
  let bytes = 0;
  const cut = () => stream.close(constants.NGHTTP2_NO_ERROR);
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardedBytesMax) cut();
  });
  stream.setTimeout(discardMillisMax, cut);
}
