/**
 * A certificate that a member makes for itself (--auto-tls, --peer-auto-tls): links are encrypted, and
 * nobody is verified. It is kept in the data folder and made again when its time is over.
 */
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const yearMillis = 365 * 24 * 3_600_000;

export interface AutoCertificateOptions {
  /** cert.pem and key.pem are in it. */
  readonly folder: string;
  /** Names and addresses that it is for. */
  readonly hosts: readonly string[];
  readonly years: number;
}

export async function autoCertificate(
  options: AutoCertificateOptions,
): Promise<{ certFile: string; keyFile: string }> {
  const certFile = join(options.folder, 'cert.pem');
  const keyFile = join(options.folder, 'key.pem');
  if (existsSync(certFile) && existsSync(keyFile)) {
    const known = new X509Certificate(readFileSync(certFile));
    if (known.validToDate.getTime() > Date.now()) return { certFile, keyFile };
  }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'O=etcd',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now),
    notAfter: new Date(now + options.years * yearMillis),
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      new SubjectAlternativeNameExtension(
        [...new Set(options.hosts)].map((value) => ({
          type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
          value,
        })),
      ),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`, {
    mode: 0o600,
  });
  writeFileSync(certFile, `${certificate.toString('pem')}\n`);
  return { certFile, keyFile };
}
