/**
 * HTTPS, with client certificates or without: HTTP/2 and HTTP/1.1 on one port, told apart by ALPN.
 *
 * 1. A client without a certificate of the cluster's CA is not cut off: it may have a token, and else
 *    should read why it is refused.
 * 2. A broken or hostile connection ends alone. Headers, handshakes and bodies have deadlines; what a
 *    client resets or floods is bounded by node:http2's own limits.
 */
import { once } from 'node:events';
import { createServer as createHttp1Server } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Logger } from '@drydock/ports';
import type { TlsMaterial } from '@drydock/rpc';
import type { Exchange } from '../exchange.ts';
import { identityOf } from './client-identity.ts';
import { http1Exchange, protocolOf, upgradeExchange } from './http1-exchange.ts';
import { http2Exchange } from './http2-exchange.ts';

export interface TransportOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMaterial;
  readonly log: Logger;
  readonly handle: (exchange: Exchange) => void;
  /** Whether a target may go on with a protocol that is not ours, on its way to someone else. */
  readonly passesUpgrades: (target: string) => boolean;
  /** Whether requests are under way that end by themselves: a stop waits for them. */
  readonly isBusy: () => boolean;
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
/** Real-time limits here guard sockets, not the cluster: they do not scale. */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const { log, handle } = options;
  const sockets = new Set<TLSSocket>();
  const sessions = new Set<ServerHttp2Session>();
  let isStopping = false;

  const http2 = createHttp2Server({
    maxSessionMemory: sessionMegabytesMax,
    settings: { maxConcurrentStreams: streamsPerConnectionMax, initialWindowSize: windowBytes },
  });
  http2.on('session', (session) => {
    sessions.add(session);
    session.setLocalWindowSize(windowBytes * 4);
    session.on('close', () => sessions.delete(session));
    session.on('error', (error) => log.debug({ err: error }, 'HTTP/2 connection failed'));
    // It was being made when the others were told.
    if (isStopping) sendAway(session);
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
    shouldUpgradeCallback: (request) =>
      protocolOf(request) !== undefined || options.passesUpgrades(request.url ?? ''),
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
      isStopping = true;
      server.close();
      for (const session of sessions) sendAway(session);
      http1.closeIdleConnections();
      await drain(sockets, options.isBusy);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Go's goAwayTimeout: in it a client reads what it was told, and leaves. */
const leaveMillis = 1_000;

/**
 * Tells a client to go elsewhere with its next request, and closes when it has had time to (RFC 9113, 6.8). To close
 * at once would cut off what it has just sent: it then cannot know whether that was done. The frame names
 * the last stream that was begun, for nghttp2 passes over all that come after it has sent one: a client
 * sends those again elsewhere.
 */
function sendAway(session: ServerHttp2Session): void {
  if (session.destroyed) return;
  session.goaway(constants.NGHTTP2_NO_ERROR);
  // No ping tells whether it knows: one that leaves at once answers none.
  const timer = setTimeout(() => session.close(), leaveMillis);
  session.once('close', () => clearTimeout(timer));
}

const goodbyeMillisMax = 4_000;
/** Longer than etcd may take to answer, and shorter than the patience of whoever stops this process. */
const busyMillisMax = 10_000;

/**
 * Streams get a moment to end. A write that were cut off would fail at its client, who cannot know
 * whether it was done.
 */
async function drain(sockets: ReadonlySet<TLSSocket>, isBusy: () => boolean): Promise<void> {
  const start = performance.now();
  let deadline = start + goodbyeMillisMax;
  while (sockets.size > 0 && performance.now() < deadline) {
    if (isBusy()) {
      deadline = Math.min(performance.now() + goodbyeMillisMax, start + busyMillisMax);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
