import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJwtTokens } from './jwt.ts';
import { readTokenOptions, type JwtOptions } from './jwt-options.ts';

let folder: string;
const info = { user: 'ann', revision: 7 };
let now = 1_700_000_000_000;
const wallTime = () => now;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jwt-'));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  write('rsa', rsa);
  write('other-rsa', otherRsa);
  for (const [name, namedCurve] of [
    ['ec256', 'P-256'],
    ['ec384', 'P-384'],
    ['ec521', 'P-521'],
  ] as const) {
    write(name, generateKeyPairSync('ec', { namedCurve }));
  }
  write('ed', generateKeyPairSync('ed25519'));
  writeFileSync(join(folder, 'secret'), 'a secret that nobody knows');
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, keys: { publicKey: KeyObject; privateKey: KeyObject }): void {
  writeFileSync(
    join(folder, `${name}.pub`),
    keys.publicKey.export({ type: 'spki', format: 'pem' }),
  );
  writeFileSync(join(folder, name), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

const keyFiles: Readonly<Record<string, string>> = {
  HS256: 'secret',
  HS384: 'secret',
  HS512: 'secret',
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  ES256: 'ec256',
  ES384: 'ec384',
  ES512: 'ec521',
  EdDSA: 'ed',
};

function options(text: string): JwtOptions {
  const read = readTokenOptions(text.replaceAll('=@', `=${folder}/`));
  if (read.kind !== 'jwt') throw new Error('not for signed tokens');
  return read;
}

describe('signed tokens', () => {
  it.each(Object.keys(keyFiles))('made with %s say whose they are', (method) => {
    const file = keyFiles[method]!;
    const tokens = createJwtTokens(
      options(`jwt,sign-method=${method},priv-key=@${file}`),
      wallTime,
    );
    const token = tokens.assign(info)!;
    expect(tokens.use(token)).toEqual(info);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: method,
      typ: 'JWT',
    });
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      username: 'ann',
      revision: 7,
      exp: now / 1_000 + 300,
    });
    const forged = Buffer.from(JSON.stringify({ username: 'root', revision: 7 }));
    expect(tokens.use(`${header}.${forged.toString('base64url')}.${signature}`)).toBeUndefined();
    expect(tokens.use(`${header}.${payload}.`)).toBeUndefined();
    if (method.startsWith('HS')) return;
    const checking = createJwtTokens(
      options(`jwt,sign-method=${method},pub-key=@${file}.pub`),
      wallTime,
    );
    expect(checking.use(token)).toEqual(info);
    expect(checking.assign(info)).toBeUndefined();
  });

  it('end after their TTL, also when they were good before', () => {
    const tokens = createJwtTokens(
      options('jwt,sign-method=HS256,priv-key=@secret,ttl=90s'),
      wallTime,
    );
    const before = now;
    const token = tokens.assign(info)!;
    now += 89_000;
    expect(tokens.use(token)).toEqual(info);
    now += 1_000;
    expect(tokens.use(token)).toBeUndefined();
    now = before;
  });

  it('are not accepted with another method than ours, whatever they name', () => {
    const text = 'jwt,sign-method=RS256,priv-key=@rsa,pub-key=@rsa.pub';
    const tokens = createJwtTokens(options(text), wallTime);
    const other = createJwtTokens(options('jwt,sign-method=RS512,priv-key=@rsa'), wallTime);
    expect(tokens.use(other.assign(info)!)).toBeUndefined();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = part({ username: 'root', revision: 7 });
    expect(tokens.use(`${part({ alg: 'none' })}.${payload}.`)).toBeUndefined();
    const signed = `${part({ alg: 'HS256' })}.${payload}`;
    const { verifyKey } = options(text);
    const secret = (verifyKey as KeyObject).export({ type: 'spki', format: 'pem' });
    const signature = createHmac('sha256', secret).update(signed).digest('base64url');
    expect(tokens.use(`${signed}.${signature}`)).toBeUndefined();
    for (const garbage of ['', '.', '..', 'a.b.c', 'e30.e30.e30']) {
      expect(tokens.use(garbage)).toBeUndefined();
    }
  });

  it('of another key are not accepted', () => {
    const tokens = createJwtTokens(options('jwt,sign-method=RS256,priv-key=@rsa'), wallTime);
    const others = createJwtTokens(options('jwt,sign-method=RS256,priv-key=@other-rsa'), wallTime);
    expect(tokens.use(others.assign(info)!)).toBeUndefined();
  });
});

describe('--auth-token', () => {
  it('is simple, or says what jwt needs', () => {
    expect(readTokenOptions('simple')).toEqual({ kind: 'simple' });
    expect(options('jwt,sign-method=HS256,priv-key=@secret,ttl=1h').ttlSeconds).toBe(3_600);
  });

  it.each([
    ['', 'none of simple, jwt'],
    ['other', 'none of simple, jwt'],
    ['jwt', 'sign-method ""'],
    ['jwt,sign-method=none', 'sign-method "none"'],
    ['jwt,sign-method=RS256', 'needs priv-key'],
    ['jwt,sign-method=HS256,pub-key=@rsa.pub', 'needs priv-key, a file with the secret'],
    ['jwt,sign-method=RS256,priv-key=@nowhere', 'cannot read priv-key'],
    ['jwt,sign-method=RS256,priv-key=@secret', 'priv-key is no key in PEM'],
    ['jwt,sign-method=RS256,priv-key=@ec256', 'a key of type ec cannot be used with RS256'],
    ['jwt,sign-method=ES384,priv-key=@ec256', 'cannot be used with ES384'],
    ['jwt,sign-method=RS256,priv-key=@rsa,pub-key=@other-rsa.pub', 'do not belong together'],
    ['jwt,sign-method=HS256,priv-key=@secret,ttl=soon', 'ttl "soon" is not'],
    ['jwt,sign-method=HS256,sign-method=HS256', 'given twice'],
    ['jwt,sign-method', 'not of the form option=value'],
    ['jwt,sign=HS256', '"sign" is none of'],
  ])('%s is refused with a reason', (text, reason) => {
    expect(() => options(text)).toThrow(reason);
  });
});
