/**
 * CertificateSigningRequests: who asks is what the connection says, when a condition came to be is what
 * the clock says, and the request must be signed with its own key.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import {
  CertificateRequestError,
  formatTime,
  goBytes,
  parseCertificateRequest,
  type CertificateSigningRequest,
  type FieldError,
} from '@drydock/api';
import type { PeerIdentity } from '@drydock/rpc';

export function setRequester(
  { spec }: CertificateSigningRequest,
  { user, groups }: PeerIdentity,
): void {
  delete spec.uid;
  delete spec.extra;
  spec.username = user;
  // Whoever has come as far as here is known.
  spec.groups = [...new Set([...groups, 'system:authenticated'])];
}

/** Sets the times of conditions that have none. @param wallTime milliseconds since the Unix epoch */
export function stampConditions(
  { status }: CertificateSigningRequest,
  { status: old }: CertificateSigningRequest,
  wallTime: number,
): void {
  const now = formatTime(wallTime);
  for (const condition of status.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    const same = old.conditions?.find(
      (one) => one.type === condition.type && one.status === condition.status,
    );
    condition.lastTransitionTime ??= same?.lastTransitionTime ?? now;
  }
}

type KeyType = 'rsa' | 'ec' | 'ed25519';

interface Scheme {
  readonly keyType: KeyType;
  /** Null when the algorithm brings its own. */
  readonly hash: string | null;
}

/** By object identifier; what was signed with MD5 or SHA-1 proves nothing any more. */
const schemes: Readonly<Record<string, Scheme>> = {
  '1.2.840.113549.1.1.11': { keyType: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', hash: 'sha512' },
  '1.3.101.112': { keyType: 'ed25519', hash: null },
};

/** What upstream calls a kind of key, and what it says of a signature that does not hold. */
const words: Readonly<Record<KeyType, { name: string; goType: string; failure: string }>> = {
  rsa: { name: 'RSA', goType: '*rsa.PublicKey', failure: 'crypto/rsa: verification error' },
  ec: {
    name: 'ECDSA',
    goType: '*ecdsa.PublicKey',
    failure: 'x509: ECDSA verification failure',
  },
  ed25519: {
    name: 'Ed25519',
    goType: 'ed25519.PublicKey',
    failure: 'x509: Ed25519 verification failure',
  },
};

function readKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  } catch (error) {
    // OpenSSL tells by a code that these bytes are no key that it knows.
    if ((error as { code?: unknown }).code === undefined) throw error;
    return undefined;
  }
}

function signatureProblem(pem: Uint8Array): string | undefined {
  const { signed, publicKey, algorithm, signature } = parseCertificateRequest(pem);
  const scheme = Object.hasOwn(schemes, algorithm) ? schemes[algorithm] : undefined;
  const key = readKey(publicKey);
  const keyType = key?.asymmetricKeyType;
  const isKnown = keyType === 'rsa' || keyType === 'ec' || keyType === 'ed25519';
  if (scheme === undefined || key === undefined || !isKnown) {
    return 'x509: cannot verify signature: algorithm unimplemented';
  }
  const { name, failure } = words[scheme.keyType];
  if (keyType !== scheme.keyType) {
    const { goType } = words[keyType];
    return `x509: signature algorithm specifies an ${name} public key, but have public key of type ${goType}`;
  }
  return verify(scheme.hash, signed, key, signature) ? undefined : failure;
}

/** Whether the one who asks holds the key; what is no request at all is the kind's to refuse. */
export function validateSignature({ spec }: CertificateSigningRequest): FieldError[] {
  const bytes = Uint8Array.fromBase64(spec.request);
  try {
    const detail = signatureProblem(bytes);
    if (detail === undefined) return [];
    return [{ type: 'Invalid', field: 'spec.request', badValue: goBytes(bytes), detail }];
  } catch (error) {
    if (error instanceof CertificateRequestError) return [];
    throw error;
  }
}
