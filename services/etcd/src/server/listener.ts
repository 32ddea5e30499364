/**
 * One port for gRPC and for plain HTTP, as the original has it: what opens with HTTP/2's preface (or
 * negotiates `h2`) is gRPC, the rest is HTTP/1.1.
 *
 * 1. A connection that says nothing, or garbage, costs a socket for a bounded time and nothing else.
 * 2. With TLS and client authentication nobody without a certificate of the CA gets an answer, nor
 *    does one whose names are not allowed.
 * 3. Certificates that change are used from the next connection on.
 */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Logger } from '@drydock/ports';
import { refusalOf } from '../tls/admission.ts';
import type { ServerMaterial, TlsSource } from '../tls/tls-source.ts';

/** What is presented, looked up for each connection, and what callers must present. */
export type ServerTls = Pick<TlsSource, 'material' | 'rules'>;

export interface ListenerOptions {
  /** http://host:port or https://host:port. */
  readonly url: string;
  readonly tls: ServerTls | undefined;
  readonly log: Logger;
  /**
   * Takes over the connections that speak HTTP/2, with the name in their checked certificate; others
   * are refused without `onHttp1`.
   */
  readonly onHttp2: (socket: Socket, commonName?: string) => void;
  readonly onHttp1: RequestListener | undefined;
  /** The port may be taken by other processes too. */
  readonly sharesPort?: boolean;
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
}

const preface = Buffer.from('PRI * HTTP/2.0\r\n');
const silenceMillis = 10_000;

/** @throws when the URL needs TLS that is not there, or its address cannot be bound, naming it. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { url, tls } = options;
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === 'https:';
  if (isTls && tls === undefined) {
    throw new Error(`${url} needs a certificate: give the -cert-file and -key-file flags`);
  }
  const sockets = new Set<Socket>();
  const http = createHttpServer(
    { headersTimeout: silenceMillis, connectionsCheckingInterval: 1_000 },
    options.onHttp1 ?? ((request) => request.socket.destroy()),
  );
  // It gets its connections from us and never listens; its watch over slow requests starts with this.
  http.emit('listening');
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = isTls
    ? createTlsListener(options, tls!, (socket) => http.emit('connection', socket))
    : createServer({ noDelay: true }, (socket) => sniff(socket, options.onHttp2, http));
  server.on('connection', track);
  server.listen({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    backlog: 511,
    reusePort: options.sharesPort ?? false,
  });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`cannot listen on ${url}: ${(error as Error).message}`, { cause: error });
  }
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      http.close();
      await closed;
    },
  };
}

function contextOf({ cert, key, ca, crl }: ServerMaterial, { rules }: ServerTls) {
  const { minVersion, maxVersion, ciphers } = rules;
  return {
    cert,
    key,
    ca,
    minVersion,
    maxVersion,
    ...(crl === undefined ? {} : { crl }),
    ...(ciphers === undefined ? {} : { ciphers }),
  };
}

function createTlsListener(
  { url, onHttp2, log }: ListenerOptions,
  tls: ServerTls,
  onHttp1: (socket: Socket) => void,
): NetServer {
  const { rules } = tls;
  let material = tls.material;
  const server = createTlsServer(
    {
      ...contextOf(material, tls),
      requestCert: rules.requireClientCertificate,
      rejectUnauthorized: rules.requireClientCertificate,
      ALPNProtocols: ['h2', 'http/1.1'],
      noDelay: true,
      handshakeTimeout: silenceMillis,
    },
    (socket: TLSSocket) => {
      socket.on('error', () => socket.destroy());
      const refusal = refusalOf(rules, socket.getPeerCertificate());
      if (refusal !== undefined) {
        const peer = `${socket.remoteAddress}:${socket.remotePort}`;
        log.warn({ url, peer, reason: refusal }, 'refused a connection');
        socket.destroy();
      } else if (socket.alpnProtocol === 'http/1.1') onHttp1(socket);
      else onHttp2(socket, rules.requireClientCertificate ? commonNameOf(socket) : undefined);
    },
  );
  // Before the handshake begins, which takes the certificates that stand then.
  server.prependListener('connection', () => {
    if (tls.material === material) return;
    material = tls.material;
    server.setSecureContext(contextOf(material, tls));
  });
  const peers = new WeakMap<Socket, string>();
  server.on('connection', (socket: Socket) => {
    peers.set(socket, `${socket.remoteAddress}:${socket.remotePort}`);
  });
  // A failed handshake (a wrong certificate, plain text, garbage) ends its connection and no more.
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    // By now the address is known only of the connection below; Node.js has no public name for it.
    const { _parent: below } = socket as TLSSocket & { readonly _parent?: Socket };
    const peer = below === undefined ? undefined : peers.get(below);
    // What is wrong with a certificate, if it is that; OpenSSL's words for the rest.
    const { authorizationError } = socket as { readonly authorizationError?: unknown };
    const reason =
      typeof authorizationError === 'string' ? authorizationError : (error.code ?? error.message);
    log.warn({ url, peer, reason }, 'refused a connection');
    socket.destroy();
  });
  return server;
}

/** The last of several, as Go reads them; empty for a certificate that names nobody. */
function commonNameOf(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const name: string | string[] | undefined = socket.getPeerCertificate().subject?.CN;
  return (Array.isArray(name) ? name.at(-1) : name) ?? '';
}

function sniff(
  socket: Socket,
  onHttp2: (socket: Socket) => void,
  http: { emit(name: 'connection', socket: Socket): boolean },
): void {
  // From the first byte to the last: a byte now and then does not make it longer.
  const silence = setTimeout(() => socket.destroy(), silenceMillis);
  socket.once('close', () => clearTimeout(silence));
  let seen: Buffer = Buffer.alloc(0);
  const look = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, preface.length);
    const matches = seen.compare(preface, 0, length, 0, length) === 0;
    if (matches && length < preface.length) return;
    socket.removeListener('readable', look);
    clearTimeout(silence);
    socket.unshift(seen);
    if (matches) onHttp2(socket);
    else http.emit('connection', socket);
  };
  socket.on('readable', look);
}
