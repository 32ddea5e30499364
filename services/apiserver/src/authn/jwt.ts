/**
 * JSON Web Tokens in their compact form (RFC 7519, RFC 7515).
 *
 * 1. A token has exactly one spelling: what base64url would read leniently is refused.
 * 2. Nothing that is read here may be believed before `isSignedBy`.
 */
import { sign, verify } from 'node:crypto';
import { hashOf, type SigningKey, type TokenKey } from './keys.ts';

export interface UnverifiedToken {
  readonly algorithm: unknown;
  readonly keyId: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** ECDSA signatures are two numbers of fixed width, not DER (RFC 7518, 3.4). */
const dsaEncoding = 'ieee-p1363';

export function signToken({ id, algorithm, privateKey }: SigningKey, claims: object): string {
  const signed = `${encode({ alg: algorithm, kid: id })}.${encode(claims)}`;
  const key = { key: privateKey, dsaEncoding } as const;
  const signature = sign(hashOf(algorithm), Buffer.from(signed), key);
  return `${signed}.${signature.toString('base64url')}`;
}

/** Undefined for what is no such token. */
export function readToken(token: string): UnverifiedToken | undefined {
  const parts = token.split('.', 4);
  const [header, claims, signature] = parts.map(decode);
  if (parts.length !== 3 || !header || !claims || !signature) return undefined;
  const head = parseObject(header);
  const body = parseObject(claims);
  if (head === undefined || body === undefined) return undefined;
  const signed = Buffer.from(token.slice(0, token.lastIndexOf('.')));
  return { algorithm: head['alg'], keyId: head['kid'], claims: body, signed, signature };
}

export function isSignedBy(token: UnverifiedToken, { algorithm, publicKey }: TokenKey): boolean {
  if (token.algorithm !== algorithm) return false;
  const key = { key: publicKey, dsaEncoding } as const;
  return verify(hashOf(algorithm), token.signed, key, token.signature);
}

function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
