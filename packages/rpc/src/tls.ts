/**
 * Mutual TLS for both sides of a link. Every server demands a certificate of its own CA from every
 * client; the certificate's common name is the caller's user, its organizations are the groups.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Verifies the other side. */
  readonly caFile: string;
}

export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

/** @throws with the file's name when one cannot be read. */
export function readTls(files: TlsFiles): TlsMaterial {
  const read = (path: string, what: string) => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new Error(`cannot read the ${what} ${path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  return {
    cert: read(files.certFile, 'certificate'),
    key: read(files.keyFile, 'private key'),
    ca: read(files.caFile, 'CA certificate'),
  };
}

/** Undefined material means plain text, which only etcd offers, as the original does. */
export function serverCredentials(
  tls: TlsMaterial | undefined,
  options: { requireClientCertificate: boolean } = { requireClientCertificate: true },
): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(
    tls.ca,
    [{ cert_chain: tls.cert, private_key: tls.key }],
    options.requireClientCertificate,
  );
}

/**
 * A server that is dialled by address must have that address in its certificate; grpc-js alone would
 * give the address to TLS as a server's name, which Node refuses (see `serverNameOptions`).
 */
export function channelCredentials(
  tls: TlsMaterial | undefined,
  endpoint = '',
): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  const host = hostOf(endpoint);
  if (isIP(host) === 0) return ChannelCredentials.createSsl(tls.ca, tls.key, tls.cert);
  return ChannelCredentials.createSsl(tls.ca, tls.key, tls.cert, {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  });
}

/** Channel options that go with `channelCredentials`: a name for TLS where there is only an address. */
export function serverNameOptions(endpoint: string): { 'grpc.ssl_target_name_override'?: string } {
  return isIP(hostOf(endpoint)) === 0 ? {} : { 'grpc.ssl_target_name_override': 'localhost' };
}

/** The same for a socket of node:tls that speaks HTTP/2. */
export function socketOptions(tls: TlsMaterial, endpoint: string): ConnectionOptions {
  const host = hostOf(endpoint);
  const { ca, cert, key } = tls;
  const options = { ca, cert, key, ALPNProtocols: ['h2'] };
  if (isIP(host) === 0) return { ...options, servername: host };
  return {
    ...options,
    servername: 'localhost',
    checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate),
  };
}

/** Where an endpoint is dialled. */
export function addressOf(endpoint: string): { readonly host: string; readonly port: number } {
  return { host: hostOf(endpoint), port: Number(/:(\d+)$/.exec(endpoint)?.[1] ?? 443) };
}

function hostOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

export interface PeerIdentity {
  /** The certificate's common name. */
  readonly user: string;
  /** The certificate's organizations. */
  readonly groups: readonly string[];
}

/** The caller behind a certificate's subject as node:tls gives it. */
export function identityOfSubject(subject: {
  CN?: string | string[];
  O?: string | string[];
}): PeerIdentity {
  const list = (value: string | string[] | undefined) =>
    value === undefined ? [] : typeof value === 'string' ? [value] : value;
  return { user: list(subject.CN)[0] ?? '', groups: list(subject.O) };
}
