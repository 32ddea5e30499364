/**
 * The certificates of one kind of link, from files that may change under a running member.
 *
 * 1. Files are looked at for each new connection, so that a renewed certificate is used from then on.
 * 2. What cannot be read, or is no pair, changes nothing: the last good certificates stay, and the log
 *    says why.
 * 3. A certificate whose time is over is refused at the start: nobody would accept it.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureVersion } from 'node:tls';
import type { TlsMaterial } from '@drydock/rpc';

export interface TlsFileSet {
  readonly certFile: string;
  readonly keyFile: string;
  /** The certificate verifies itself where there is none. */
  readonly caFile: string | undefined;
  /** By which other servers are called; those above where there are none. */
  readonly clientCertFile: string | undefined;
  readonly clientKeyFile: string | undefined;
  readonly crlFile: string | undefined;
}

export interface TlsRules {
  readonly requireClientCertificate: boolean;
  /** Of which one must be the common name of a caller's certificate; empty for any. */
  readonly allowedCommonNames: readonly string[];
  /** Of which one must be a name in a caller's certificate; empty for any. */
  readonly allowedHostnames: readonly string[];
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** OpenSSL's list; undefined for its default. */
  readonly ciphers: string | undefined;
  /** Servers are called without verifying them, as with certificates that everybody makes. */
  readonly skipsVerification: boolean;
  /** For what the certificates of servers are checked; undefined for their URL's host. */
  readonly serverName: string | undefined;
}

/** What servers present, and what callers must. */
export interface ServerMaterial extends TlsMaterial {
  readonly crl: Buffer | undefined;
}

/** What this member presents as a client. */
export interface ClientMaterial extends TlsMaterial {
  /** Servers are not verified: certificates are what everybody makes for himself. */
  readonly skipsVerification: boolean;
  readonly serverName: string | undefined;
}

interface Read {
  readonly server: ServerMaterial;
  readonly client: ClientMaterial;
}

export type Warn = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export class TlsSource {
  readonly rules: TlsRules;
  readonly #files: TlsFileSet;
  readonly #paths: readonly string[];
  #seen: string;
  #read: Read;
  #warn: Warn = () => {};

  /** @throws Error that says which file cannot be used, and why */
  constructor(files: TlsFileSet, rules: TlsRules) {
    this.#files = files;
    this.rules = rules;
    this.#paths = Object.values(files).filter((path) => path !== undefined);
    this.#seen = this.#fingerprint();
    this.#read = readFiles(files, rules);
  }

  /** Where to tell of files that changed. */
  tellTo(warn: Warn): void {
    this.#warn = warn;
  }

  /** What a server presents now. The object stays the same until a file changes. */
  get material(): ServerMaterial {
    this.#look();
    return this.#read.server;
  }

  /** What this member presents as a client now. The object stays the same until a file changes. */
  get clientMaterial(): ClientMaterial {
    this.#look();
    return this.#read.client;
  }

  #fingerprint(): string {
    return this.#paths
      .map((path) => {
        const { mtimeMs = 0, size = 0, ino = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
        return `${mtimeMs}/${size}/${ino}`;
      })
      .join(' ');
  }

  #look(): void {
    const seen = this.#fingerprint();
    if (seen === this.#seen) return;
    this.#seen = seen;
    try {
      this.#read = readFiles(this.#files, this.rules);
      this.#warn(
        { certFile: this.#files.certFile },
        'certificates changed and are used from now on',
      );
    } catch (error) {
      const reason = (error as Error).message;
      this.#warn({ reason }, 'changed certificates cannot be used: the last good ones stay');
    }
  }
}

function readFiles(files: TlsFileSet, { skipsVerification, serverName }: TlsRules): Read {
  const pair = readPair(files.certFile, files.keyFile);
  const ca =
    files.caFile === undefined ? pair.cert : read(files.caFile, 'CA certificate', checkCertificate);
  const { clientCertFile, clientKeyFile } = files;
  const client =
    clientCertFile === undefined || clientKeyFile === undefined
      ? pair
      : readPair(clientCertFile, clientKeyFile);
  const crl =
    files.crlFile === undefined ? undefined : read(files.crlFile, 'revocation list', checkCrl);
  return { server: { ...pair, ca, crl }, client: { ...client, ca, skipsVerification, serverName } };
}

function readPair(certFile: string, keyFile: string): { cert: Buffer; key: Buffer } {
  const cert = read(certFile, 'certificate', checkCertificate);
  const key = read(keyFile, 'private key', (bytes) => createPrivateKey(bytes));
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) {
    throw new Error(`the private key ${keyFile} is not that of the certificate ${certFile}`);
  }
  if (certificate.validToDate.getTime() < Date.now()) {
    throw new Error(
      `the certificate ${certFile} expired on ${certificate.validToDate.toISOString()}: renew it, nobody would accept it`,
    );
  }
  return { cert, key };
}

const checkCertificate = (bytes: Buffer) => new X509Certificate(bytes);
const checkCrl = (bytes: Buffer) => createSecureContext({ crl: bytes });

function read(path: string, what: string, check: (bytes: Buffer) => unknown): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`cannot read the ${what} ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  try {
    check(bytes);
    return bytes;
  } catch (error) {
    throw new Error(`the ${what} ${path} is damaged: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
