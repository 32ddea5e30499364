/**
 * HTTPS, with client certificates or without: HTTP/2 and HTTP/1.1 on one port, told apart by ALPN.
 *
 * 1. A client without a certificate of the cluster's CA is not cut off: it may have a token, and else
 *    should read why it is refused.
 * 2. A broken or hostile connection ends alone. Headers, handshakes and bodies have deadlines; what a
 *    client resets or floods is bounded by node:http2's own limits.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp1Server, ServerResponse, type IncomingMessage } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { requestEntityTooLargeError } from '@drydock/api';
import type { Logger } from '@drydock/ports';
import { identityOfSubject, type TlsMaterial } from '@drydock/rpc';
import { authenticated, credentialIdKey, type Subject } from '../authz/subject.ts';
import type { Exchange, ResponseHeaders, ResponseStream, Upgrade } from './exchange.ts';

export interface TransportOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMaterial;
  readonly log: Logger;
  readonly handle: (exchange: Exchange) => void;
}

export interface Transport extends AsyncDisposable {
  readonly port: number;
}

const handshakeMillis = 10_000;
const headersMillis = 15_000;
const streamsPerConnectionMax = 250;
const windowBytes = 1024 * 1024;
/** Answers on their way count too: node's own 10 MB would refuse the second large list at a time. */
const sessionMegabytesMax = 512;
/** What is left of an unwanted body may still come in: so much, with pauses no longer than this. */
const discardedBytesMax = 1024 * 1024;
const discardMillisMax = 5_000;

const gone = () => new Error('the client has gone');

/** Real-time limits here guard sockets, not the cluster: they do not scale. */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const { log, handle } = options;
  const sockets = new Set<TLSSocket>();
  const sessions = new Set<ServerHttp2Session>();

  const http2 = createHttp2Server({
    maxSessionMemory: sessionMegabytesMax,
    settings: { maxConcurrentStreams: streamsPerConnectionMax, initialWindowSize: windowBytes },
  });
  http2.on('session', (session) => {
    sessions.add(session);
    session.setLocalWindowSize(windowBytes * 4);
    session.on('close', () => sessions.delete(session));
    session.on('error', (error) => log.debug({ err: error }, 'HTTP/2 connection failed'));
  });
  http2.on('sessionError', (error) => log.debug({ err: error }, 'HTTP/2 connection failed'));
  http2.on('stream', (stream, headers, _flags, rawHeaders) => {
    stream.on('error', (error) => log.debug({ err: error }, 'HTTP/2 stream failed'));
    const socket = stream.session?.socket as TLSSocket | undefined;
    if (socket === undefined) return;
    const request = { headers, rawHeaders, identity: identityOf(socket) };
    handle(http2Exchange(stream as ServerHttp2Stream, request));
  });

  const http1 = createHttp1Server({
    headersTimeout: headersMillis,
    requestTimeout: 0,
    keepAliveTimeout: 90_000,
    maxHeaderSize: 64 * 1024,
    // Any other wish is ignored, as HTTP allows.
    shouldUpgradeCallback: (request) => protocolOf(request) !== undefined,
  });
  http1.on('request', (request, response) => {
    response.on('error', (error) => log.debug({ err: error }, 'HTTP/1 response failed'));
    handle(http1Exchange(request, response, identityOf(request.socket as TLSSocket)));
  });

  http1.on('upgrade', (request, socket, head) => {
    handle(upgradeExchange(request, { socket: socket as TLSSocket, head }));
  });

  const server = createTlsServer({
    cert: options.tls.cert,
    key: options.tls.key,
    ca: options.tls.ca,
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeMillis,
  });
  server.on('tlsClientError', (error) => log.debug({ err: error }, 'TLS handshake failed'));
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // A watch whose client has vanished without a word is noticed.
    socket.setKeepAlive(true, 30_000);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', (error) => log.debug({ err: error }, 'connection failed'));
    (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket);
  });
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(
      `cannot listen on ${options.host}:${options.port}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }

  server.on('error', (error) => log.error({ err: error }, 'listening failed'));

  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const session of sessions) session.close();
      http1.closeIdleConnections();
      await drain(sockets);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Requests under way get a moment to end. */
async function drain(sockets: ReadonlySet<TLSSocket>): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (sockets.size > 0 && performance.now() < deadline) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

const identities = new WeakMap<TLSSocket, { identity: Subject | undefined }>();

function identityOf(socket: TLSSocket): Subject | undefined {
  let known = identities.get(socket);
  if (known === undefined) {
    known = { identity: socket.authorized ? readIdentity(socket) : undefined };
    identities.set(socket, known);
  }
  return known.identity;
}

function readIdentity(socket: TLSSocket): Subject | undefined {
  const { subject, raw } = socket.getPeerCertificate();
  const identity = identityOfSubject(subject);
  if (identity.user === '') return undefined;
  const credential = `X509SHA256=${createHash('sha256').update(raw).digest('hex')}`;
  const extra = { [credentialIdKey]: [credential] };
  return authenticated({ ...identity, extra });
}

/** Aborts on demand: most requests never ask. */
function lazySignal(closed: (listener: () => void) => void, isClosed: () => boolean) {
  let controller: AbortController | undefined;
  return () => {
    if (controller === undefined) {
      const made = new AbortController();
      controller = made;
      if (isClosed()) made.abort(gone());
      else closed(() => made.abort(gone()));
    }
    return controller.signal;
  };
}

function readAll(readable: Readable, bytesMax: number, announced: number): Promise<Buffer> {
  if (announced > bytesMax) return Promise.reject(requestEntityTooLargeError(bytesMax));
  // Whoever left while it was found out who he is: no event is to come any more.
  if (readable.destroyed) return Promise.reject(gone());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= bytesMax) return;
      readable.off('data', take);
      readable.pause();
      reject(requestEntityTooLargeError(bytesMax));
    };
    readable.on('data', take);
    readable.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    readable.on('error', reject);
    readable.on('close', () => {
      if (!readable.readableEnded) reject(gone());
    });
  });
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

function writer(writable: Writable): ResponseStream {
  return {
    write: async (bytes) => {
      if (writable.destroyed) throw gone();
      if (writable.write(bytes)) return;
      await new Promise<void>((resolve, reject) => {
        const onDrain = () => {
          writable.off('close', onClose);
          resolve();
        };
        const onClose = () => {
          writable.off('drain', onDrain);
          reject(gone());
        };
        writable.once('drain', onDrain);
        writable.once('close', onClose);
      });
    },
    end: () => writable.end(),
  };
}

const lengthOf = (headers: { 'content-length'?: string | undefined }) =>
  Number(headers['content-length'] ?? 0);

function http2Exchange(
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
  const head = (status: number, fields: ResponseHeaders) =>
    stream.respond({ ':status': status, ...(fields as Record<string, string>) });
  return {
    method: headers[':method'] ?? '',
    target: headers[':path'] ?? '',
    identity,
    rawHeaders,
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
    stream: (status, fields) => {
      if (stream.destroyed) throw gone();
      head(status, fields);
      return writer(stream);
    },
  };
}

function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  identity: Subject | undefined,
): Exchange {
  const signal = lazySignal(
    (listener) => response.once('close', listener),
    () => response.destroyed,
  );
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    identity,
    rawHeaders: request.rawHeaders,
    get signal() {
      return signal();
    },
    get hasResponded() {
      return response.headersSent;
    },
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    readBody: (bytesMax) => readAll(request, bytesMax, lengthOf(request.headers)),
    respond: (status, fields, body) => {
      if (response.headersSent) return;
      // The rest of a body that was refused would be read as the next request.
      const isWhole = request.complete || request.headers['content-length'] === undefined;
      response.writeHead(status, {
        ...(fields as Record<string, string | string[]>),
        'content-length': String(Buffer.byteLength(body)),
        ...(isWhole ? {} : { connection: 'close' }),
      });
      response.end(body);
    },
    stream: (status, fields) => {
      response.writeHead(status, fields as Record<string, string | string[]>);
      response.flushHeaders();
      return writer(response);
    },
  };
}

const upgradeProtocols = ['websocket', 'spdy/3.1'];

function protocolOf({ headers }: IncomingMessage): string | undefined {
  const asked = headers.upgrade?.toLowerCase() ?? '';
  return upgradeProtocols.find((protocol) => protocol === asked);
}

/** Answered as any other request until the connection is taken; then HTTP is through with it. */
function upgradeExchange(
  request: IncomingMessage,
  { socket, head }: { readonly socket: TLSSocket; readonly head: Buffer },
): Exchange {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.end());
  let isTaken = false;
  const upgrade: Upgrade = {
    protocol: protocolOf(request) ?? '',
    get isTaken() {
      return isTaken;
    },
    take: () => {
      isTaken = true;
      response.detachSocket(socket);
      return { request, socket, head };
    },
  };
  const signal = lazySignal(
    (listener) => socket.once('close', listener),
    () => socket.destroyed,
  );
  const plain = http1Exchange(request, response, identityOf(socket));
  return Object.defineProperties(plain, {
    signal: { get: signal },
    hasResponded: { get: () => isTaken || response.headersSent },
    upgrade: { value: upgrade },
  });
}
