/** Sends a request over HTTP/2, or as bytes over HTTP/1.1, in the manner that it asks for. */
import { connect, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import type { Random } from '@drydock/ports';
import type { IssuedCertificate } from '@drydock/testing/certificates';
import type { FuzzRequest } from './requests.ts';

export interface FuzzAnswer {
  readonly code: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * `none`: the connection ended without an answer; `refused`: as no HTTP, or too much of it; `unsent`: the
 * client's own library would not send it; `silence`: nothing came for very long.
 */
export type FuzzOutcome = FuzzAnswer | 'none' | 'refused' | 'unsent' | 'silence';

export interface FuzzSender extends Disposable {
  send(request: FuzzRequest): Promise<FuzzOutcome>;
}

/** Real time: a server that is alive answers long before, on the busiest machine. */
const answerMillisMax = 60_000;

export function createHttp2Sender(port: number, certificate: IssuedCertificate): FuzzSender {
  let session: ClientHttp2Session | undefined;
  const open = () => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(`https://localhost:${port}`, { ...certificate });
      session.on('error', () => undefined);
    }
    return session;
  };
  return {
    send: (request) =>
      new Promise((resolve) => {
        const { method, target, headers, body, manner } = request;
        const isLie = manner === 'half' && body !== undefined;
        const fields = {
          ...headers,
          ':method': method,
          ':path': target,
          ...(isLie ? { 'content-length': String(body.length + 10) } : {}),
        };
        let stream: ReturnType<ClientHttp2Session['request']>;
        try {
          stream = open().request(fields, { endStream: body === undefined });
        } catch {
          // Node's own client refuses what is no header.
          resolve('unsent');
          return;
        }
        const timer = setTimeout(() => {
          stream.close(constants.NGHTTP2_CANCEL);
          resolve('silence');
        }, answerMillisMax);
        const finish = (outcome: FuzzOutcome) => {
          clearTimeout(timer);
          resolve(outcome);
        };
        let head: IncomingHttpHeaders | undefined;
        const chunks: Buffer[] = [];
        stream.on('response', (received) => {
          head = received;
        });
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        // A close follows each error, and an answer may have come before.
        stream.on('error', () => undefined);
        stream.on('close', () => {
          // What is no path is reset by the framing layer.
          if (head === undefined) return finish(/^\/[!-~]*$/.test(target) ? 'none' : 'refused');
          const text = Buffer.concat(chunks).toString();
          const isPacked = head['content-encoding'] !== undefined;
          finish({
            code: Number(head[':status']),
            contentType: isPacked ? 'packed' : (head['content-type'] ?? ''),
            text,
          });
        });
        if (body !== undefined) {
          if (manner === 'resets') stream.write(body.subarray(0, body.length >> 1));
          else stream.end(body);
        }
        if (manner === 'leaves') setImmediate(() => stream.close(constants.NGHTTP2_CANCEL));
        if (manner === 'resets') setImmediate(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
      }),
    [Symbol.dispose]: () => session?.destroy(),
  };
}

/** Ways to write the same request wrongly. */
const framings = ['length', 'length', 'chunked', 'short', 'long', 'badChunks', 'both'] as const;
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', 'http/1.1'];
const extras = [
  'Expect: 100-continue',
  'Expect: something',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA',
  'Upgrade: SPDY/3.1\r\nConnection: Upgrade',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  'Host: other\r\nHost: again',
  'X-Empty:',
  'No colon here',
  ' folded: line',
  `X-Large: ${'x'.repeat(70_000)}`,
  'Transfer-Encoding: gzip, chunked',
  'Content-Length: 5\r\nContent-Length: 6',
];

function bodyBytes(body: Buffer, framing: (typeof framings)[number]): [string, Buffer] {
  const chunk = (bytes: Buffer) =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  const chunks = Buffer.concat([chunk(body), Buffer.from('0\r\n\r\n')]);
  switch (framing) {
    case 'length':
      return [`Content-Length: ${body.length}`, body];
    case 'short':
      return [`Content-Length: ${Math.max(0, body.length - 3)}`, body];
    case 'long':
      return [`Content-Length: ${body.length + 1_000}`, body];
    case 'chunked':
      return ['Transfer-Encoding: chunked', body.length === 0 ? Buffer.from('0\r\n\r\n') : chunks];
    case 'badChunks':
      return ['Transfer-Encoding: chunked', Buffer.concat([Buffer.from('zz\r\n'), chunks])];
    case 'both':
      return [`Content-Length: ${body.length}\r\nTransfer-Encoding: chunked`, chunks];
    default:
      return framing satisfies never;
  }
}

interface Written {
  readonly bytes: Buffer;
  /** Not as HTTP has it, perhaps: a server may just hang up. */
  readonly isOdd: boolean;
}

/** A request as bytes, well formed most of the time. */
function written({ method, target, headers, body }: FuzzRequest, random: Random): Written {
  const isOdd = random.chance(0.3);
  const lines = [`${method} ${target} ${isOdd ? random.pick(versions) : 'HTTP/1.1'}`];
  lines.push('Host: localhost', 'Connection: close');
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (isOdd) lines.push(random.pick(extras));
  let payload: Buffer = Buffer.alloc(0);
  if (body !== undefined) {
    const [framing, bytes] = bodyBytes(body, isOdd ? random.pick(framings) : 'length');
    lines.push(framing);
    payload = bytes;
  }
  const end = isOdd && random.chance(0.1) ? '\n' : '\r\n';
  const head = Buffer.from(`${lines.join(end)}${end}${end}`, 'latin1');
  return { bytes: Buffer.concat([head, payload]), isOdd };
}

export function createHttp1Sender(
  port: number,
  certificate: IssuedCertificate,
  random: Random,
): FuzzSender {
  return {
    send: (request) =>
      new Promise((resolve) => {
        const { bytes, isOdd } = written(request, random);
        const socket = connectTls({
          port,
          servername: 'localhost',
          ALPNProtocols: ['http/1.1'],
          ...certificate,
        });
        const chunks: Buffer[] = [];
        const timer = setTimeout(() => {
          socket.destroy();
          resolve('silence');
        }, answerMillisMax);
        socket.on('error', () => undefined);
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        socket.on('close', () => {
          clearTimeout(timer);
          const outcome = readAnswer(Buffer.concat(chunks));
          resolve(outcome === 'none' && isOdd ? 'refused' : outcome);
        });
        socket.on('secureConnect', () => {
          const { manner } = request;
          if (manner === 'waits') {
            socket.write(bytes);
            // Whoever announced more than he sends says so by his end.
            if (isOdd) socket.end();
            return;
          }
          socket.write(bytes.subarray(0, manner === 'leaves' ? bytes.length : bytes.length >> 1));
          if (manner === 'half') socket.end();
          else setImmediate(() => socket.destroy());
        });
      }),
    [Symbol.dispose]: () => undefined,
  };
}

/** The first answer that is no interim one. */
function readAnswer(bytes: Buffer): FuzzOutcome {
  const text = bytes.toString('latin1');
  const start = text.startsWith('HTTP/1.1 100') ? text.indexOf('\r\n\r\n') + 4 : 0;
  const line = /^HTTP\/1\.[01] (\d{3})/.exec(text.slice(start));
  if (line === null) return 'none';
  const split = text.indexOf('\r\n\r\n', start);
  const head = text.slice(start, split).toLowerCase();
  const contentType = /\r\ncontent-type: *([^\r]*)/.exec(head)?.[1] ?? '';
  const code = Number(line[1]);
  // The parser's own refusal: the bytes were no HTTP, or too many.
  if (contentType === '' && [400, 408, 413, 417, 431].includes(code)) return 'refused';
  const isPlain = /\r\ncontent-length: /.test(head) && !head.includes('content-encoding');
  return {
    code,
    contentType: isPlain ? contentType : 'packed',
    text: bytes.subarray(split + 4).toString(),
  };
}
