/**
 * proxy of pods, services and nodes: a request that goes on to what runs in the cluster, and its answer.
 *
 * 1. Bodies flow both ways in pieces, each side pushed back by the other.
 * 2. What cannot be reached is a Status with upstream's words; an answer that breaks off is shown to be
 *    broken, never ended as if it were whole.
 * 3. When the client goes, so does the connection that was made for it.
 */
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequestError, internalError, methodNotAllowedError } from '@drydock/api';
import type { Logger, Random } from '@drydock/ports';
import type { StreamCounts } from '../../metrics.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Exchange } from '../exchange.ts';
import type { NodeDialer } from '../node-client.ts';
import { connectTo } from './connection.ts';
import { unreachableError } from './failures.ts';
import { answerFor } from './answer.ts';
import { requestHeaders, plainHeaders } from './headers.ts';
import type { ProxyPath } from './path.ts';
import { findTarget, type ProxyTarget } from './target.ts';
import { joinConnections } from './upgrade.ts';

export interface ProxyRequest {
  readonly exchange: Exchange;
  readonly path: ProxyPath;
}

/** Resolves to the code of the answer. @throws ApiError */
export type ProxyHandler = (request: ProxyRequest) => Promise<number>;

export interface ProxyHandlerOptions {
  readonly registry: Registry;
  readonly dialNode: NodeDialer;
  readonly random: Random;
  readonly streams: StreamCounts;
  readonly log: Logger;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export function createProxyHandler(options: ProxyHandlerOptions): ProxyHandler {
  const { dialNode, streams, log } = options;
  return async ({ exchange, path }) => {
    const { method, signal } = exchange;
    if (!methods.includes(method)) {
      throw methodNotAllowedError({ group: '', resource: path.resource }, method.toLowerCase());
    }
    const target = await findTarget(path, options);
    if (path.rest === '' && exchange.upgrade === undefined && /^(GET|HEAD)$/.test(method)) {
      return redirectToRoot(exchange, path);
    }
    await using connection = await connectTo(target, dialNode);
    using _counted = streams.count(path.subresource);
    const { socket } = connection;
    // A request on a socket that is closed already would wait for ever.
    signal.throwIfAborted();
    if (socket.destroyed) throw unreachableError('EOF');
    const leave = () => void socket.destroy();
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await passOn({ exchange, path }, target, { socket, log });
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
}

/** The links of a page are relative to a folder, and its name ends with a slash. */
function redirectToRoot(exchange: Exchange, { prefix }: ProxyPath): number {
  exchange.respond(301, { location: `${prefix}/${queryOf(exchange)}` }, '');
  return 301;
}

function queryOf({ target }: Exchange): string {
  const mark = target.indexOf('?');
  return mark < 0 ? '' : target.slice(mark);
}

const hostOf = (exchange: Exchange) =>
  exchange.header('host') ?? exchange.header(':authority') ?? '';

function headersFor({ exchange, path }: ProxyRequest): string[] {
  const { rawHeaders, peerAddress, upgrade, body } = exchange;
  return requestHeaders({
    rawHeaders,
    peerAddress,
    path: path.prefix + path.rest,
    host: hostOf(exchange),
    upgrade: upgrade?.protocol ?? '',
    hasBody: upgrade === undefined && body !== undefined,
  });
}

async function passOn(
  request: ProxyRequest,
  target: ProxyTarget,
  { socket, log }: { readonly socket: Duplex; readonly log: Logger },
): Promise<number> {
  const { exchange, path } = request;
  const backend = beginRequest(request, socket);
  const over = new AbortController();
  const answer = answerOf(backend);
  backend.on('information', ({ statusCode, rawHeaders }) =>
    exchange.inform(statusCode, plainHeaders(rawHeaders)),
  );
  // A body that breaks off ends the request; why is told by the answer, or to nobody.
  void sendBody(exchange, backend, over.signal).catch(() => void backend.destroy());
  try {
    const { response, upgraded } = await answer;
    const code = response.statusCode ?? 0;
    if (upgraded !== undefined) {
      if (exchange.upgrade === undefined) throw unreachableError('an upgrade nobody asked for');
      await joinConnections(exchange.upgrade, response, upgraded);
      return code;
    }
    if (exchange.upgrade !== undefined && code < 400) {
      throw internalError(`invalid upgrade response: status code ${code}`);
    }
    const view = {
      prefix: path.prefix,
      backendHost: target.host,
      clientHost: hostOf(exchange),
    };
    const { headers, body } = answerFor(response, view);
    const { trailer } = response.headers;
    const announced = trailer === undefined ? {} : { trailer };
    const mayHaveTrailers = response.headers['transfer-encoding'] === 'chunked';
    const stream = exchange.stream(code, { ...headers, ...announced }, { mayHaveTrailers });
    try {
      for await (const chunk of body) await stream.write(chunk);
      stream.end(plainHeaders(response.rawTrailers));
    } catch (error) {
      stream.cut();
      log.debug({ err: error, target: target.host }, 'a proxied request broke off');
    }
    return code;
  } finally {
    over.abort();
    backend.destroy();
  }
}

/** @throws ApiError 400 for what HTTP/1.1 cannot say, though the client's HTTP could */
function beginRequest(request: ProxyRequest, socket: Duplex): ClientRequest {
  const { exchange, path } = request;
  try {
    return httpRequest({
      createConnection: () => socket,
      method: exchange.method,
      path: escapeTarget(`${path.rest || '/'}${queryOf(exchange)}`),
      headers: headersFor(request),
      setHost: false,
    });
  } catch (error) {
    throw badRequestError(`the request cannot be passed on: ${(error as Error).message}`);
  }
}

/** Bytes that no target may hold, as clients without manners send them. */
function escapeTarget(target: string): string {
  return Buffer.from(target, 'latin1')
    .toString('latin1')
    .replaceAll(
      /[^\x21-\x7e]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

interface BackendAnswer {
  readonly response: IncomingMessage;
  /** What came after the answer, when the other side goes on with another protocol. */
  readonly upgraded?: {
    readonly socket: Duplex;
    readonly head: Buffer;
  };
}

function answerOf(backend: ClientRequest): Promise<BackendAnswer> {
  return new Promise((resolve, reject) => {
    backend.on('response', (response) => resolve({ response }));
    backend.on('upgrade', (response, socket, head) => {
      resolve({
        response,
        upgraded: { socket, head },
      });
    });
    backend.on('error', (error: NodeJS.ErrnoException) => {
      const isHangUp = error.code === 'ECONNRESET';
      reject(unreachableError(isHangUp ? 'EOF' : error.message));
    });
  });
}

async function sendBody(
  exchange: Exchange,
  backend: ClientRequest,
  signal: AbortSignal,
): Promise<void> {
  const { body, upgrade } = exchange;
  if (body !== undefined && upgrade === undefined) {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      if (signal.aborted) return;
      if (!backend.write(chunk)) await once(backend, 'drain', { signal });
    }
    backend.addTrailers(Object.entries(plainHeaders(exchange.rawTrailers)) as [string, string][]);
  }
  backend.end();
}
