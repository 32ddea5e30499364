/** `--auth-token`: how users prove who they are after they have shown a password. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseDuration } from '@drydock/process';

/** A signature as JSON Web Algorithms (RFC 7518, RFC 8037) names it. */
export interface JwtMethod {
  readonly name: string;
  readonly family: 'HMAC' | 'RSA' | 'RSA-PSS' | 'ECDSA' | 'EdDSA';
  /** Undefined where the key says it. */
  readonly hash: string | undefined;
}

export interface JwtOptions {
  readonly method: JwtMethod;
  /** Undefined where this member can only check tokens. */
  readonly signKey: KeyObject | Buffer | undefined;
  readonly verifyKey: KeyObject | Buffer;
  /** Real seconds. */
  readonly ttlSeconds: number;
}

export type TokenOptions = { readonly kind: 'simple' } | ({ readonly kind: 'jwt' } & JwtOptions);

const defaultTtlMillis = 5 * 60_000;

const families = { HS: 'HMAC', RS: 'RSA', PS: 'RSA-PSS', ES: 'ECDSA' } as const;
const curves: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/**
 * Reads `simple`, or `jwt,sign-method=...,pub-key=FILE,priv-key=FILE,ttl=5m`.
 * @throws Error that says what is wrong with it
 */
export function readTokenOptions(text: string): TokenOptions {
  const [kind, ...rest] = text.split(',');
  const options = new Map<string, string>();
  for (const one of rest) {
    const parts = one.split('=');
    if (parts.length !== 2) throw wrong(`"${one}" is not of the form option=value`);
    if (options.has(parts[0]!)) throw wrong(`"${parts[0]}" is given twice`);
    options.set(parts[0]!, parts[1]!);
  }
  if (kind === 'simple') return { kind: 'simple' };
  if (kind === 'jwt') return { kind: 'jwt', ...readJwtOptions(options) };
  throw wrong(`"${kind}" is none of simple, jwt`);
}

const wrong = (problem: string, cause?: unknown) =>
  new Error(`--auth-token: ${problem}`, cause === undefined ? {} : { cause });

function readJwtOptions(options: ReadonlyMap<string, string>): JwtOptions {
  for (const name of options.keys()) {
    if (!['sign-method', 'pub-key', 'priv-key', 'ttl'].includes(name)) {
      throw wrong(`"${name}" is none of sign-method, pub-key, priv-key, ttl`);
    }
  }
  const method = methodOf(options.get('sign-method') ?? '');
  const ttlMillis = durationOf(options.get('ttl'));
  const privateFile = fileOf(options.get('priv-key'), 'priv-key');
  const publicFile = fileOf(options.get('pub-key'), 'pub-key');
  const keys =
    method.family === 'HMAC'
      ? secretKeys(privateFile)
      : asymmetricKeys(method, privateFile, publicFile);
  return { method, ...keys, ttlSeconds: Math.floor(ttlMillis / 1_000) };
}

function methodOf(name: string): JwtMethod {
  if (name === 'EdDSA') return { name, family: 'EdDSA', hash: undefined };
  const match = /^(HS|RS|PS|ES)(256|384|512)$/.exec(name);
  if (match === null) {
    throw wrong(`sign-method "${name}" is none of HS, RS, PS, ES with 256, 384, 512, and EdDSA`);
  }
  return { name, family: families[match[1] as 'HS'], hash: `sha${match[2]}` };
}

function durationOf(text: string | undefined): number {
  if (text === undefined || text === '') return defaultTtlMillis;
  try {
    return parseDuration(text);
  } catch (error) {
    throw wrong(`ttl "${text}" is not ${(error as Error).message}`, error);
  }
}

function fileOf(path: string | undefined, option: string): Buffer | undefined {
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw wrong(`cannot read ${option} "${path}": ${(error as Error).message}`, error);
  }
}

function secretKeys(secret: Buffer | undefined) {
  if (secret === undefined || secret.length === 0) {
    throw wrong('an HS method needs priv-key, a file with the secret');
  }
  return { signKey: secret, verifyKey: secret };
}

function asymmetricKeys(method: JwtMethod, privateFile?: Buffer, publicFile?: Buffer) {
  const signKey = parsed('priv-key', privateFile, createPrivateKey);
  const publicKey = parsed('pub-key', publicFile, createPublicKey);
  const verifyKey = signKey === undefined ? publicKey : createPublicKey(signKey);
  if (verifyKey === undefined)
    throw wrong(`${method.name} needs priv-key, or pub-key to check only`);
  if (publicKey !== undefined && !publicKey.equals(verifyKey)) {
    throw wrong('pub-key and priv-key do not belong together');
  }
  expectKeyOf(method, verifyKey);
  return { signKey, verifyKey };
}

function parsed(
  option: string,
  pem: Buffer | undefined,
  parse: (pem: Buffer) => KeyObject,
): KeyObject | undefined {
  if (pem === undefined) return undefined;
  try {
    return parse(pem);
  } catch (error) {
    throw wrong(`${option} is no key in PEM: ${(error as Error).message}`, error);
  }
}

function expectKeyOf({ name, family }: JwtMethod, key: KeyObject): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const fits =
    family === 'ECDSA'
      ? type === 'ec' && details?.namedCurve === curves[name]
      : family === 'EdDSA'
        ? type === 'ed25519'
        : type === 'rsa' || (family === 'RSA-PSS' && type === 'rsa-pss');
  if (!fits) throw wrong(`a key of type ${type} cannot be used with ${name}`);
}
