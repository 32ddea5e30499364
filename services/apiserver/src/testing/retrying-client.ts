/**
 * A client of several apiservers that repeats what client-go repeats, and nothing else: a request that
 * never reached a server (no connection, a refused stream, one that GOAWAY leaves out), an answer with
 * Retry-After, and a read whose connection broke. A write that broke off on its way is a failure.
 */
import { connect, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IssuedCertificate } from '@drydock/testing/certificates';

export interface RetriedAnswer {
  readonly code: number;
  readonly text: string;
}

export interface RetryingClient extends Disposable {
  request(method: string, path: string, options?: RetriedRequest): Promise<RetriedAnswer>;
  /** Lines of a stream as they come, until it ends; none when it is refused. */
  stream(path: string, onLine: (line: string) => void): Promise<void>;
  /** How often something was repeated. */
  readonly retries: number;
}

export interface RetriedRequest {
  readonly body?: unknown;
  readonly contentType?: string;
}

/** A write whose answer is not known. */
export class BrokenOffError extends Error {
  override readonly name = 'BrokenOffError';
}

/** What became of one try. */
type Try =
  | {
      readonly kind: 'answer';
      readonly code: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'broken'; readonly why: string };

const attemptsMax = 400;
const pauseMillis = 25;

export function createRetryingClient(
  ports: readonly number[],
  certificate: IssuedCertificate,
): RetryingClient {
  let current = 0;
  let session: ClientHttp2Session | undefined;
  let retries = 0;
  const connected = new WeakSet<ClientHttp2Session>();
  /** Of sessions that a server ended: later streams never reached it. */
  const lastStreams = new WeakMap<ClientHttp2Session, number>();

  const open = (): ClientHttp2Session => {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const opened = connect(`https://localhost:${ports[current % ports.length]!}`, {
      ...certificate,
    });
    opened.on('error', () => undefined);
    opened.on('connect', () => connected.add(opened));
    // A server that goes away says so; the next request finds another one.
    opened.on('goaway', (_code, lastStreamId) => {
      lastStreams.set(opened, lastStreamId);
      opened.close();
    });
    opened.on('close', () => {
      if (session === opened) session = undefined;
      current += 1;
    });
    session = opened;
    return opened;
  };

  const attempt = (
    fields: Record<string, string>,
    body: string | undefined,
    onData?: (chunk: Buffer) => void,
  ): Promise<Try> =>
    new Promise((resolve) => {
      const on = open();
      let stream: ReturnType<ClientHttp2Session['request']>;
      try {
        stream = on.request(fields, { endStream: body === undefined });
      } catch {
        resolve({ kind: 'unsent' });
        return;
      }
      let head: IncomingHttpHeaders | undefined;
      let error: (Error & { code?: string }) | undefined;
      const chunks: Buffer[] = [];
      stream.on('response', (received) => {
        head = received;
      });
      stream.on('data', (chunk: Buffer) =>
        onData === undefined || Number(head?.[':status']) !== 200
          ? chunks.push(chunk)
          : onData(chunk),
      );
      stream.on('error', (failure) => {
        error = failure;
      });
      stream.on('close', () => {
        const isWhole =
          head !== undefined &&
          stream.rstCode === constants.NGHTTP2_NO_ERROR &&
          error === undefined;
        if (isWhole) {
          const text = Buffer.concat(chunks).toString();
          resolve({ kind: 'answer', code: Number(head![':status']), headers: head!, text });
          return;
        }
        const isRefused =
          stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ||
          (stream.id ?? 0) > (lastStreams.get(on) ?? Infinity);
        if (head === undefined && (isRefused || !connected.has(on) || stream.id === undefined)) {
          resolve({ kind: 'unsent' });
        } else resolve({ kind: 'broken', why: `${stream.rstCode} ${String(error)}` });
      });
      if (body !== undefined) stream.end(body);
    });

  return {
    get retries() {
      return retries;
    },
    request: async (method, path, { body, contentType = 'application/json' } = {}) => {
      const fields: Record<string, string> = { ':method': method, ':path': path };
      if (body !== undefined) fields['content-type'] = contentType;
      const text = body === undefined ? undefined : JSON.stringify(body);
      for (let count = 0; count < attemptsMax; count += 1) {
        const tried = await attempt(fields, text);
        if (tried.kind === 'answer' && tried.headers['retry-after'] === undefined) return tried;
        if (tried.kind === 'broken' && method !== 'GET') {
          throw new BrokenOffError(`${method} ${path} broke off: ${tried.why}`);
        }
        retries += 1;
        await sleep(pauseMillis);
      }
      throw new Error(`${method} ${path} found no server`);
    },
    stream: async (path, onLine) => {
      let rest = '';
      const tried = await attempt({ ':method': 'GET', ':path': path }, undefined, (chunk) => {
        const parts = (rest + chunk.toString()).split('\n');
        rest = parts.pop()!;
        for (const part of parts) onLine(part);
      });
      if (tried.kind !== 'answer' || tried.code !== 200) await sleep(pauseMillis);
    },
    [Symbol.dispose]: () => session?.destroy(),
  };
}
