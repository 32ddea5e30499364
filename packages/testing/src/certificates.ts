/**
 * A certificate authority for tests: real certificates on real sockets, made in a few milliseconds
 * and valid for an hour. The cluster's own PKI is made by the command line tool.
 */
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** DNS names; localhost and 127.0.0.1 are always added. */
  readonly dnsNames?: readonly string[];
  /** Its time is over: the certificate was good until a minute ago. */
  readonly isExpired?: boolean;
}

/** PEM texts, in the shape that `@drydock/rpc` takes. */
export interface IssuedCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

export interface TestAuthority {
  readonly ca: Buffer;
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
  /** Writes ca.crt, NAME.crt and NAME.key into the folder and answers with their paths. */
  issueFiles(
    folder: string,
    name: string,
    request: CertificateRequest,
  ): Promise<{ certFile: string; keyFile: string; caFile: string }>;
}

async function toPem(key: CryptoKey): Promise<Buffer> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const lines = der.match(/.{1,64}/g)!.join('\n');
  return Buffer.from(`-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`);
}

export async function createTestAuthority(name = 'test-ca'): Promise<TestAuthority> {
  const validity = {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const ca = Buffer.from(`${authority.toString('pem')}\n`);

  const issue = async (request: CertificateRequest): Promise<IssuedCertificate> => {
    const own = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      subject: [
        { CN: [request.commonName] },
        ...(request.organizations ?? []).map((organization) => ({ O: [organization] })),
      ],
      issuer: authority.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      notBefore: new Date(validity.notBefore.getTime() - 3_600_000),
      notAfter: request.isExpired === true ? validity.notBefore : validity.notAfter,
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([serverAuth, clientAuth]),
        new SubjectAlternativeNameExtension([
          ...['localhost', ...(request.dnsNames ?? [])].map((value) => ({
            type: 'dns' as const,
            value,
          })),
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    });
    return {
      cert: Buffer.from(`${certificate.toString('pem')}\n`),
      key: await toPem(own.privateKey),
      ca,
    };
  };

  return {
    ca,
    issue,
    issueFiles: async (folder, fileName, request) => {
      const issued = await issue(request);
      const paths = {
        certFile: join(folder, `${fileName}.crt`),
        keyFile: join(folder, `${fileName}.key`),
        caFile: join(folder, 'ca.crt'),
      };
      mkdirSync(folder, { recursive: true });
      writeFileSync(paths.caFile, ca);
      writeFileSync(paths.certFile, issued.cert);
      writeFileSync(paths.keyFile, issued.key, { mode: 0o600 });
      return paths;
    },
  };
}
