/**
 * Whether a certificate and a private key belong together, in the words of Go's tls.X509KeyPair, which are
 * what upstream warns with.
 */
import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { pemBlocks } from '@drydock/api';

const isPrivateKey = (type: string) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY');

/** Undefined when they do. @param certificate and `key` are PEM in base64, as Secrets hold them */
export function keyPairProblem(certificate: string, key: string): string | undefined {
  const blocks = pemBlocks(Buffer.from(certificate, 'base64').toString('latin1'));
  const leaf = blocks.find(({ type }) => type === 'CERTIFICATE');
  if (leaf === undefined) return noCertificate(blocks.map(({ type }) => type));
  const keyText = Buffer.from(key, 'base64').toString('latin1');
  const keyBlocks = pemBlocks(keyText);
  if (!keyBlocks.some(({ type }) => isPrivateKey(type))) {
    return noKey(keyBlocks.map(({ type }) => type));
  }
  const parsed = parse(leaf.bytes);
  if (parsed === undefined) return 'x509: malformed certificate';
  const privateKey = parseKey(keyText);
  if (privateKey === undefined) return 'tls: failed to parse private key';
  return parsed.checkPrivateKey(privateKey)
    ? undefined
    : 'tls: private key does not match public key';
}

function noCertificate(types: readonly string[]): string {
  if (types.length === 0) return 'tls: failed to find any PEM data in certificate input';
  if (types.length === 1 && types[0]!.endsWith('PRIVATE KEY')) {
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
  }
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
}

function noKey(types: readonly string[]): string {
  if (types.length === 0) return 'tls: failed to find any PEM data in key input';
  if (types.length === 1 && types[0] === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  }
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
}

function parse(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
