/**
 * The keys that service account tokens are signed and verified with.
 *
 * 1. A key has one algorithm, given by its kind: what a token's header says cannot choose another.
 * 2. A key's id is the base64url SHA-256 of its public half (SPKI, DER), as upstream derives it.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

const algorithms = {
  RS256: { hash: 'sha256' },
  ES256: { hash: 'sha256', curve: 'prime256v1' },
  ES384: { hash: 'sha384', curve: 'secp384r1' },
  ES512: { hash: 'sha512', curve: 'secp521r1' },
} as const;

export type AlgorithmName = keyof typeof algorithms;

export interface TokenKey {
  readonly id: string;
  readonly algorithm: AlgorithmName;
  readonly publicKey: KeyObject;
}

export interface SigningKey extends TokenKey {
  readonly privateKey: KeyObject;
}

export const hashOf = (algorithm: AlgorithmName): string => algorithms[algorithm].hash;

/** @param source the file, for messages @throws Error */
export function readSigningKey(pem: string, source: string): SigningKey {
  const privateKey = reading(source, 'private key', () => createPrivateKey(pem));
  return { ...describe(createPublicKey(privateKey), source), privateKey };
}

/** Every key of a file that holds public or private keys, one after another. @throws Error */
export function readVerifyingKeys(pem: string, source: string): TokenKey[] {
  const blocks = pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`${source} holds no key in PEM`);
  return blocks
    .filter((block) => !block.startsWith('-----BEGIN EC PARAMETERS'))
    .map((block) =>
      describe(
        reading(source, 'key', () => createPublicKey(block)),
        source,
      ),
    );
}

/** What a relying party needs to verify with the key (RFC 7517). */
export function jwkOf({ id, algorithm, publicKey }: TokenKey): Record<string, unknown> {
  const { kty, ...numbers } = publicKey.export({ format: 'jwk' });
  return { use: 'sig', kty, kid: id, alg: algorithm, ...numbers };
}

function reading(source: string, what: string, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (error) {
    // The parser's own words could show what it stumbled over.
    const { code = 'malformed' } = error as NodeJS.ErrnoException;
    throw new Error(`cannot read a ${what} in ${source}: ${code}`, { cause: error });
  }
}

function describe(publicKey: KeyObject, source: string): TokenKey {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const id = createHash('sha256').update(der).digest('base64url');
  return { id, algorithm: algorithmOf(publicKey, source), publicKey };
}

function algorithmOf(key: KeyObject, source: string): AlgorithmName {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  const curve = key.asymmetricKeyDetails?.namedCurve;
  for (const name of ['ES256', 'ES384', 'ES512'] as const) {
    if (key.asymmetricKeyType === 'ec' && algorithms[name].curve === curve) return name;
  }
  throw new Error(`${source} must hold RSA keys or ECDSA keys on P-256, P-384 or P-521`);
}
