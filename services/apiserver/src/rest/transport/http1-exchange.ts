/** A request of HTTP/1.1 as an exchange, or one that wants to leave HTTP behind. */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Subject } from '../../authz/subject.ts';
import type { Exchange, ResponseHeaders, Upgrade } from '../exchange.ts';
import { lazySignal, lengthOf, readAll, writer } from './body-streams.ts';
import { identityOf } from './client-identity.ts';

export function http1Exchange(
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
    peerAddress: request.socket.remoteAddress ?? '',
    body: hasBody(request) ? request : undefined,
    get rawTrailers() {
      return request.rawTrailers;
    },
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
    inform: (status, fields) => {
      if (request.httpVersion === '1.0' || response.headersSent) return;
      if (status === 102) response.writeProcessing();
      else if (status === 103)
        response.writeEarlyHints(fields as Record<string, string | string[]>);
    },
    stream: (status, fields) => {
      const { trailer, ...others } = fields;
      // Trailers end a body in chunks, which HTTP/1.0 and an answer without a body do not have.
      const isChunked = request.httpVersion === '1.1' && request.method !== 'HEAD';
      const announced = trailer === undefined || !isChunked ? {} : { trailer };
      response.writeHead(status, { ...others, ...announced } as Record<string, string | string[]>);
      response.flushHeaders();
      const end = (trailers?: ResponseHeaders) => {
        if (trailers !== undefined) {
          response.addTrailers(Object.entries(trailers) as [string, string][]);
        }
        response.end();
      };
      return { ...writer(response), end };
    },
  };
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || lengthOf(headers) > 0;

const upgradeProtocols = ['websocket', 'spdy/3.1'];

/** The protocol of our own that a request wants to go on with; undefined for any other. */
export function protocolOf({ headers }: IncomingMessage): string | undefined {
  const asked = headers.upgrade?.toLowerCase() ?? '';
  return upgradeProtocols.find((protocol) => protocol === asked);
}

/** Answered as any other request until the connection is taken; then HTTP is through with it. */
export function upgradeExchange(
  request: IncomingMessage,
  { socket, head }: { readonly socket: TLSSocket; readonly head: Buffer },
): Exchange {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.end());
  let isTaken = false;
  const upgrade: Upgrade = {
    protocol: request.headers.upgrade?.toLowerCase() ?? '',
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
