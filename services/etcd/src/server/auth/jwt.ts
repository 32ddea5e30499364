/**
 * Signed tokens: JSON Web Tokens with the claims `username`, `revision` and `exp`, as the original makes
 * and takes them.
 *
 * 1. A token says at which auth revision it was made, and is void after the next change of auth: what it
 *    claims may not be so any more. Clients then authenticate again.
 * 2. Its times are of the real day: others may have made it, or look at it.
 * 3. Signatures that were good are remembered, so that a token is worked on once and not with each call.
 */
import {
  constants,
  createHmac,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
  type SignKeyObjectInput,
} from 'node:crypto';
import type { AuthInfo } from '../../auth/types.ts';
import type { JwtMethod, JwtOptions } from './jwt-options.ts';

export interface JwtTokens {
  /** Undefined where this member has no key to sign with. */
  assign(info: AuthInfo): string | undefined;
  /** Whose token it is; undefined when it is not (or no longer) good. */
  use(token: string): AuthInfo | undefined;
}

interface Claims {
  readonly username: string;
  readonly revision: number;
  /** Seconds since 1970; undefined for no bound. */
  readonly exp: number | undefined;
  readonly nbf: number | undefined;
  readonly iat: number | undefined;
}

const rememberedMax = 1_000;

/** `wallTime` is in milliseconds since 1970. */
export function createJwtTokens(options: JwtOptions, wallTime: () => number): JwtTokens {
  const { method, signKey, verifyKey, ttlSeconds } = options;
  const remembered = new Map<string, Claims>();
  const seconds = () => wallTime() / 1_000;
  return {
    assign: ({ user, revision }) => {
      if (signKey === undefined) return undefined;
      const exp = Math.floor(seconds()) + ttlSeconds;
      const header = encodePart({ alg: method.name, typ: 'JWT' });
      const signed = `${header}.${encodePart({ exp, revision, username: user })}`;
      return `${signed}.${signatureOf(method, signKey, signed).toString('base64url')}`;
    },
    use: (token) => {
      let claims = remembered.get(token);
      if (claims === undefined) {
        claims = verifiedClaims(method, verifyKey, token);
        if (claims === undefined) return undefined;
        if (remembered.size >= rememberedMax) remembered.clear();
        remembered.set(token, claims);
      }
      if (!isTimely(claims, seconds())) return undefined;
      return { user: claims.username, revision: claims.revision };
    },
  };
}

const encodePart = (part: object): string =>
  Buffer.from(JSON.stringify(part)).toString('base64url');

/** How node:crypto is told the padding or the shape of a signature. */
function keyInput({ family }: JwtMethod, key: KeyObject): SignKeyObjectInput {
  if (family === 'ECDSA') return { key, dsaEncoding: 'ieee-p1363' };
  if (family !== 'RSA-PSS') return { key };
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return { key, padding, saltLength };
}

function signatureOf(method: JwtMethod, key: KeyObject | Buffer, signed: string): Buffer {
  if (Buffer.isBuffer(key)) return createHmac(method.hash!, key).update(signed).digest();
  return sign(method.hash, Buffer.from(signed), keyInput(method, key));
}

function isSignature(
  method: JwtMethod,
  key: KeyObject | Buffer,
  signed: string,
  signature: Buffer,
): boolean {
  if (!Buffer.isBuffer(key)) {
    return verify(method.hash, Buffer.from(signed), verifyInput(method, key), signature);
  }
  const expected = signatureOf(method, key, signed);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

/** Others may have chosen another length of salt. */
function verifyInput(method: JwtMethod, key: KeyObject): SignKeyObjectInput {
  const input = keyInput(method, key);
  if (method.family === 'RSA-PSS') input.saltLength = constants.RSA_PSS_SALTLEN_AUTO;
  return input;
}

function verifiedClaims(
  method: JwtMethod,
  key: KeyObject | Buffer,
  token: string,
): Claims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  const [header, payload, signature] = parts as [string, string, string];
  // Never the method that a token names, but ours: "none", or a public key as a secret, get nowhere.
  if (decodePart(header)?.['alg'] !== method.name) return undefined;
  const bytes = Buffer.from(signature, 'base64url');
  if (!isSignature(method, key, `${header}.${payload}`, bytes)) return undefined;
  return claimsOf(decodePart(payload));
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function claimsOf(part: Record<string, unknown> | undefined): Claims | undefined {
  if (part === undefined) return undefined;
  const { username, revision, exp, nbf, iat } = part;
  if (typeof username !== 'string' || typeof revision !== 'number') return undefined;
  if (![exp, nbf, iat].every((one) => one === undefined || typeof one === 'number')) {
    return undefined;
  }
  const times = { exp, nbf, iat } as Pick<Claims, 'exp' | 'nbf' | 'iat'>;
  return { username, revision: Math.floor(revision), ...times };
}

function isTimely({ exp, nbf, iat }: Claims, now: number): boolean {
  return (
    (exp === undefined || now < exp) &&
    (nbf === undefined || now >= nbf) &&
    (iat === undefined || now >= iat)
  );
}
