/**
 * Makes keys and certificates: ECDSA on P-256, SHA-256, in PEM.
 *
 * Lifetimes are kubeadm's: ten years for a CA, one year for what it signs. A certificate is valid
 * from an hour before it is made, so that a host and its containers may disagree about the time.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { CertificateRequest } from './plan.ts';

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hourMillis = 3_600_000;
const yearMillis = 365 * 24 * hourMillis;
/** What is about to expire is made anew: kubeadm renews within the last months as well. */
const renewBeforeMillis = 30 * 24 * hourMillis;

export interface KeyAndCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

export async function makeAuthority(
  commonName: string,
  wallTime: number,
): Promise<KeyAndCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerialNumber(),
    name: [{ CN: [commonName] }],
    notBefore: new Date(wallTime - hourMillis),
    notAfter: new Date(wallTime + 10 * yearMillis),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature |
          x509.KeyUsageFlags.keyEncipherment |
          x509.KeyUsageFlags.keyCertSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }]),
    ],
  });
  return {
    keyPem: await privateKeyPem(keys.privateKey),
    certificatePem: `${certificate.toString('pem')}\n`,
  };
}

export async function openAuthority(files: KeyAndCertificate): Promise<Authority> {
  return {
    certificate: new x509.X509Certificate(files.certificatePem),
    key: await importPrivateKey(files.keyPem),
  };
}

export async function issue(
  request: CertificateRequest,
  authority: Authority,
  wallTime: number,
): Promise<KeyAndCertificate> {
  const keys = await generateKeys();
  const usages = [
    ...(request.server ? [x509.ExtendedKeyUsage.serverAuth] : []),
    ...(request.client ? [x509.ExtendedKeyUsage.clientAuth] : []),
  ];
  const names = [
    ...request.dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...request.addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  const organization = request.organization === undefined ? [] : [{ O: [request.organization] }];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerialNumber(),
    subject: [...organization, { CN: [request.commonName] }],
    issuer: authority.certificate.subjectName,
    notBefore: new Date(wallTime - hourMillis),
    notAfter: new Date(Math.min(wallTime + yearMillis, +authority.certificate.notAfter)),
    signingAlgorithm: algorithm,
    signingKey: authority.key,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      new x509.ExtendedKeyUsageExtension(usages),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return {
    keyPem: await privateKeyPem(keys.privateKey),
    certificatePem: `${certificate.toString('pem')}\n`,
  };
}

/** The key pair that signs service account tokens. */
export async function makeTokenKeys(): Promise<{ keyPem: string; publicPem: string }> {
  const keys = await generateKeys();
  const spki = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return { keyPem: await privateKeyPem(keys.privateKey), publicPem: pem('PUBLIC KEY', spki) };
}

/**
 * Why an existing certificate no longer serves its request, or undefined when it does. A name more
 * in the certificate than asked for is no reason.
 */
export async function reasonToReissue(
  certificatePem: string,
  request: CertificateRequest,
  authority: Authority,
  wallTime: number,
): Promise<string | undefined> {
  let certificate: x509.X509Certificate;
  try {
    certificate = new x509.X509Certificate(certificatePem);
  } catch {
    return 'it cannot be read';
  }
  if (+certificate.notAfter - renewBeforeMillis < wallTime) return 'it expires soon';
  if (+certificate.notBefore > wallTime) return 'it is not valid yet';
  const signed = await certificate.verify({
    publicKey: authority.certificate.publicKey,
    signatureOnly: true,
  });
  if (!signed) return 'another CA signed it';
  if (certificate.subjectName.getField('CN')[0] !== request.commonName) return 'its name changed';
  const extension = certificate.getExtension(x509.SubjectAlternativeNameExtension);
  const present = new Set(extension?.names.items.map((name) => name.value) ?? []);
  const missing = [...request.dnsNames, ...request.addresses].filter((name) => !present.has(name));
  return missing.length > 0 ? `it lacks ${missing.join(', ')}` : undefined;
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));
}

async function importPrivateKey(text: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** 126 random bits: positive, and without the leading zero that DER would strip. */
function randomSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
