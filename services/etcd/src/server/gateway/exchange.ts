/** A request and its answer over plain HTTP, in parts, whatever version of HTTP carries them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { encodeHeaders } from '@drydock/rpc/http2';
import type { RequestHeaders } from '../http2/request-headers.ts';
import type { Http2Stream } from '../http2/stream.ts';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  /** Of a checked client certificate; empty when that names nobody, or there is none. */
  readonly commonName: string;
  /** False while the other side reads more slowly than we send. */
  readonly isReady: boolean;
  readonly isClosed: boolean;
  /** Has one listener. `isLast` comes once. */
  onBody(listener: (chunk: Buffer, isLast: boolean) => void): void;
  /** Has one listener. */
  onReady(listener: () => void): void;
  /** The answer is over, however it ended. */
  onClose(listener: () => void): void;
  start(status: number, headers: Readonly<Record<string, string>>): void;
  write(text: string): void;
  end(): void;
}

function commonNameOf(socket: Socket): string {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return '';
  const name: string | string[] | undefined = socket.getPeerCertificate().subject?.CN;
  return (Array.isArray(name) ? name.at(-1) : name) ?? '';
}

const pathOf = (url: string) => url.split('?')[0]!;

export function overHttp1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  extraHeaders: Readonly<Record<string, string>>,
): Exchange {
  return {
    method: request.method ?? 'GET',
    path: pathOf(request.url ?? '/'),
    authorization: request.headers.authorization,
    commonName: commonNameOf(request.socket),
    get isReady() {
      return !response.writableNeedDrain;
    },
    get isClosed() {
      return response.destroyed || response.writableEnded;
    },
    onBody: (listener) => {
      request.on('data', (chunk: Buffer) => listener(chunk, false));
      request.on('end', () => listener(Buffer.alloc(0), true));
    },
    onReady: (listener) => void response.on('drain', listener),
    onClose: (listener) => void response.on('close', listener),
    start: (status, headers) => {
      response.writeHead(status, { ...extraHeaders, ...headers });
      response.flushHeaders();
    },
    write: (text) => void response.write(text),
    end: () => void response.end(),
  };
}

export function overHttp2Exchange(stream: Http2Stream, headers: RequestHeaders): Exchange {
  return {
    method: headers.method,
    path: pathOf(headers.path),
    authorization: headers.authorization,
    commonName: headers.commonName ?? '',
    get isReady() {
      return stream.isReady;
    },
    get isClosed() {
      return stream.isSettled;
    },
    onBody: (listener) => {
      stream.onData = listener;
    },
    onReady: (listener) => {
      stream.onReady = listener;
    },
    onClose: (listener) => stream.onGone(listener),
    start: (status, more) =>
      stream.sendHeaders(encodeHeaders([[':status', String(status)], ...Object.entries(more)])),
    write: (text) => stream.sendRaw(Buffer.from(text)),
    end: () => stream.sendTrailers(encodeHeaders([])),
  };
}
