/**
 * What headers become on their way through the proxy, as upstream's proxy has it. Pure.
 *
 * 1. What speaks of one connection stays on that connection.
 * 2. What proves to this server who asks is not shown to the other side.
 * 3. The other side learns who asked, and under which path it is known.
 */
import { splitSubprotocols } from '../../authn/bearer.ts';
import type { ResponseHeaders } from '../exchange.ts';

const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

const isCredential = (name: string) =>
  name === 'authorization' || name.startsWith('impersonate-') || name.startsWith('x-remote-');

/** This server decides who may read its answers, not the other side. */
const crossOrigin: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
]);

/** Names in lower case, each with its value, in the order in which they were sent. */
function* fieldsOf(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    yield [raw[index]!.toLowerCase(), raw[index + 1]!];
  }
}

/** What the Connection header names is about this connection, too. */
function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  const names = Array.from(fieldsOf(raw), ([name, value]) => (name === 'connection' ? value : ''));
  return new Set(names.flatMap((value) => value.toLowerCase().split(',')).map((one) => one.trim()));
}

export interface ForwardedRequest {
  readonly rawHeaders: readonly string[];
  readonly peerAddress: string;
  /** The whole path that the client asked for. */
  readonly path: string;
  /** The host and port that the client called. */
  readonly host: string;
  /** What to go on with instead of HTTP; empty for nothing. */
  readonly upgrade: string;
  readonly hasBody: boolean;
}

/** Names and values in turn. */
export function requestHeaders(request: ForwardedRequest): string[] {
  const named = namedByConnection(request.rawHeaders);
  const headers = ['Host', request.host];
  const forwardedFor: string[] = [];
  const cookies: string[] = [];
  let hasLength = false;
  let takesTrailers = false;
  const trailers: string[] = [];
  for (const [name, value] of fieldsOf(request.rawHeaders)) {
    if (name.startsWith(':') || name === 'host' || name === 'x-forwarded-uri') continue;
    if (name === 'te') takesTrailers ||= /(^|,)\s*trailers\s*(,|$)/i.test(value);
    if (name === 'trailer') trailers.push(value);
    if (hopByHop.has(name) || named.has(name) || isCredential(name)) continue;
    if (name === 'x-forwarded-for') {
      forwardedFor.push(value);
      continue;
    }
    if (name === 'cookie') {
      cookies.push(value);
      continue;
    }
    const shown = name === 'sec-websocket-protocol' ? withoutToken(value) : value;
    if (shown === '') continue;
    hasLength ||= name === 'content-length';
    headers.push(name, shown);
  }
  // HTTP/2 may send them one by one, which HTTP/1.1 does not know (RFC 9113, 8.2.3).
  if (cookies.length > 0) headers.push('Cookie', cookies.join('; '));
  if (request.peerAddress !== '') forwardedFor.push(request.peerAddress);
  if (forwardedFor.length > 0) headers.push('X-Forwarded-For', forwardedFor.join(', '));
  headers.push('X-Forwarded-Uri', request.path);
  if (request.upgrade !== '') headers.push('Connection', 'Upgrade', 'Upgrade', request.upgrade);
  else headers.push('Connection', 'close');
  // Of what speaks of one connection these go on: what follows a body belongs to the message.
  if (takesTrailers) headers.push('TE', 'trailers');
  if (request.hasBody && !hasLength) {
    headers.push('Transfer-Encoding', 'chunked');
    if (trailers.length > 0) headers.push('Trailer', trailers.join(', '));
  }
  return headers;
}

/** A browser's WebSocket carries its bearer token among the subprotocols. */
function withoutToken(header: string): string {
  const subprotocols = splitSubprotocols(header);
  return subprotocols.kind === 'valid' ? subprotocols.protocols.join(', ') : '';
}

/** Of what comes before an answer or after it, where no address stands. */
export function plainHeaders(raw: readonly string[]): ResponseHeaders {
  return responseHeaders(raw, (location) => location);
}

export function responseHeaders(
  raw: readonly string[],
  rewrite: (location: string) => string,
): ResponseHeaders {
  const named = namedByConnection(raw);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of fieldsOf(raw)) {
    if (hopByHop.has(name) || named.has(name) || crossOrigin.has(name)) continue;
    const shown = name === 'location' ? rewrite(value) : value;
    const before = headers[name];
    headers[name] = before === undefined ? shown : [before, shown].flat();
  }
  return headers;
}
