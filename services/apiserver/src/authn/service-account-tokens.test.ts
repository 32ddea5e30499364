import { createHash, generateKeyPairSync } from 'node:crypto';
import { createSystemClock } from '@drydock/process';
import { formatTime, type KubernetesObject } from '@drydock/api';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeClaims, type ClaimsInput } from './claims.ts';
import { signToken } from './jwt.ts';
import { jwkOf, readSigningKey, readVerifyingKeys, type SigningKey } from './keys.ts';
import { openIdDocuments } from './openid.ts';
import { createServiceAccountTokens } from './service-account-tokens.ts';

const ecKey = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'sec1', format: 'pem' });
const rsaKey = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
const keys: Readonly<Record<string, SigningKey>> = {
  RS256: readSigningKey(rsaKey(), 'rsa.key'),
  ES256: readSigningKey(ecKey('prime256v1'), 'ec.key'),
  ES384: readSigningKey(ecKey('secp384r1'), 'ec.key'),
  ES512: readSigningKey(ecKey('secp521r1'), 'ec.key'),
};
const es256 = keys['ES256']!;
const stranger = readSigningKey(ecKey('prime256v1'), 'other.key');

const issuer = 'https://kubernetes.default.svc.cluster.local';
const wallTime = Date.UTC(2026, 10, 21, 8);
const seconds = wallTime / 1_000;
const clock = { ...createSystemClock(), wallTime: () => wallTime };

const object = (kind: string, name: string, namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: `${name}-uid`, ...(namespace === undefined ? {} : { namespace }) },
});
const account = object('ServiceAccount', 'robot', 'shop');
const pod = object('Pod', 'web', 'shop');
const node = object('Node', 'node-1');
const secret = object('Secret', 'key', 'shop');

let stored: Map<string, KubernetesObject>;
beforeEach(() => {
  stored = new Map([
    ['serviceaccounts/shop/robot', account],
    ['pods/shop/web', pod],
    ['nodes//node-1', node],
    ['secrets/shop/key', secret],
  ]);
});

const ask = createServiceAccountTokens(
  { issuers: [issuer, 'https://old'], keys: Object.values(keys), apiAudiences: [issuer] },
  {
    clock,
    lookUp: (resource, namespace, name) =>
      Promise.resolve(stored.get(`${resource}/${namespace}/${name}`)),
  },
);
const claims = (more: Partial<ClaimsInput> = {}) =>
  writeClaims({
    issuer,
    audiences: [issuer],
    now: seconds,
    lifetimeSeconds: 3_600,
    warnAfterSeconds: undefined,
    id: 'id-1',
    serviceAccount: account,
    pod: undefined,
    node: undefined,
    secret: undefined,
    ...more,
  });
const token = (more: Partial<ClaimsInput> = {}, key = es256) => signToken(key, claims(more));
const why = async (text: string, audiences?: readonly string[]) => {
  const outcome = await ask(text, audiences);
  return outcome?.kind === 'refused' ? outcome.why : outcome?.kind;
};

describe('a service account token', () => {
  test.each(Object.keys(keys))('signed with %s tells who shows it', async (algorithm) => {
    expect(await ask(token({}, keys[algorithm]), undefined)).toEqual({
      kind: 'authenticated',
      user: {
        user: 'system:serviceaccount:shop:robot',
        uid: 'robot-uid',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
        extra: { 'authentication.kubernetes.io/credential-id': ['JTI=id-1'] },
      },
      audiences: [issuer],
    });
  });

  test('tells its pod and its node', async () => {
    const bound = token({ pod, node: node.metadata });
    expect(await ask(bound, undefined)).toMatchObject({
      user: {
        extra: {
          'authentication.kubernetes.io/credential-id': ['JTI=id-1'],
          'authentication.kubernetes.io/node-name': ['node-1'],
          'authentication.kubernetes.io/node-uid': ['node-1-uid'],
          'authentication.kubernetes.io/pod-name': ['web'],
          'authentication.kubernetes.io/pod-uid': ['web-uid'],
        },
      },
    });
  });

  test('has the header and the claims of upstream', () => {
    const [header, payload] = token({ pod, node: { name: 'gone' }, warnAfterSeconds: 3_607 })
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    expect(header).toBe(`{"alg":"ES256","kid":"${es256.id}"}`);
    expect(payload).toBe(
      `{"aud":["${issuer}"],"exp":${seconds + 3_600},"iat":${seconds},"iss":"${issuer}","jti":"id-1",` +
        `"kubernetes.io":{"namespace":"shop","node":{"name":"gone"},"pod":{"name":"web","uid":"web-uid"},` +
        `"serviceaccount":{"name":"robot","uid":"robot-uid"},"warnafter":${seconds + 3_607}},` +
        `"nbf":${seconds},"sub":"system:serviceaccount:shop:robot"}`,
    );
  });

  test('with any byte changed, added or left out is refused', async () => {
    const good = token({ pod });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom('A', 'Q', 'g', 'w', '0', '-', '_', '.', '=', ' ', '\n'),
        fc.constantFrom(0, 1),
        async (position, character, removed) => {
          const changed = good.slice(0, position) + character + good.slice(position + removed);
          fc.pre(changed !== good);
          expect((await ask(changed, undefined))?.kind).not.toBe('authenticated');
          const shorter = good.slice(0, position) + good.slice(position + 1);
          expect((await ask(shorter, undefined))?.kind).not.toBe('authenticated');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('has one spelling: bits that base64url does not use are zero', async () => {
    const good = token();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const last of alphabet) {
      const spelled = good.slice(0, -1) + last;
      if (spelled !== good) expect((await ask(spelled, undefined))?.kind).not.toBe('authenticated');
    }
  });

  test('of another key, or of an algorithm that its key has not, is refused', async () => {
    expect(await why(token({}, stranger))).toBe('invalid signature, no keys found');
    expect(await why(token({}, { ...stranger, id: es256.id }))).toBe(
      'go-jose/go-jose: error in cryptographic primitive',
    );
    expect(await why(token({}, { ...stranger, id: '' }))).toBe(
      'go-jose/go-jose: error in cryptographic primitive',
    );
    const [, payload, signature] = token().split('.');
    for (const alg of ['none', 'HS256', 'RS256', '']) {
      const head = Buffer.from(JSON.stringify({ alg, kid: es256.id })).toString('base64url');
      for (const end of [signature, '']) {
        expect(await why(`${head}.${payload}.${end}`)).not.toBe('authenticated');
      }
    }
    const publicPem = es256.publicKey.export({ type: 'spki', format: 'pem' });
    expect(publicPem).toContain('PUBLIC KEY');
  });

  test('is good from a minute before its time to a minute after', async () => {
    const at = (offset: number) => token({ now: seconds + offset, lifetimeSeconds: 600 });
    expect(await why(at(59))).toBe('authenticated');
    expect(await why(at(61))).toBe('service account token is not valid yet');
    expect(await why(at(-659))).toBe('authenticated');
    expect(await why(at(-661))).toBe('service account token has expired');
    const { nbf: _nbf, ...future } = claims({ now: seconds + 61 });
    expect(await why(signToken(es256, future))).toBe(
      'service account token claims could not be validated due to unexpected validation error',
    );
  });

  test('is for its audiences', async () => {
    const vault = token({ audiences: ['vault', 'other'] });
    expect(await why(vault)).toBe(
      `token audiences ["vault" "other"] is invalid for the target audiences ["${issuer}"]`,
    );
    expect(await ask(vault, ['vault', issuer])).toMatchObject({ audiences: ['vault'] });
    expect(await why(token(), ['vault'])).toContain('is invalid for the target audiences');
    expect(await why(token({ audiences: [] }))).toContain('is invalid');
  });

  test('of an issuer of before is good, of a strange one is not ours', async () => {
    expect(await why(token({ issuer: 'https://old' }))).toBe('authenticated');
    expect(await ask(token({ issuer: 'https://strange' }), undefined)).toBeUndefined();
    for (const text of ['', 'a', 'a.b', 'a.b.c', 'e30.e30.', 'bnVsbA.bnVsbA.AA', '{"a":1}']) {
      expect(await ask(text, undefined)).toBeUndefined();
    }
  });
});

describe('revocation', () => {
  const invalidated = 'service account token has been invalidated';
  const bounds = {
    secret: { path: 'secrets/shop/key', token: token({ secret }) },
    pod: { path: 'pods/shop/web', token: token({ pod, node: node.metadata }) },
    node: { path: 'nodes//node-1', token: token({ node: node.metadata }) },
  } as const;

  test('a token ends with its service account', async () => {
    stored.delete('serviceaccounts/shop/robot');
    expect(await why(token())).toBe('serviceaccounts "robot" not found');
    stored.set('serviceaccounts/shop/robot', {
      ...account,
      metadata: { ...account.metadata, uid: 'second' },
    });
    expect(await why(token())).toBe(
      'service account UID (second) does not match claim (robot-uid)',
    );
  });

  test.each(Object.entries(bounds))('a token ends with its %s', async (kind, bound) => {
    const object = stored.get(bound.path)!;
    expect(await why(bound.token)).toBe('authenticated');
    stored.set(bound.path, { ...object, metadata: { ...object.metadata, uid: 'second' } });
    expect(await why(bound.token)).toBe(
      `${kind} UID (second) does not match service account ${kind} ref claim (${object.metadata.uid})`,
    );
    stored.delete(bound.path);
    expect(await why(bound.token)).toBe(invalidated);
  });

  test('what is being deleted counts until a minute after its end', async () => {
    const ending = (end: number) => ({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: formatTime(wallTime + end) },
    });
    for (const [end, verdict] of [
      [30_000, 'authenticated'],
      [-59_000, 'authenticated'],
      [-61_000, invalidated],
    ] as const) {
      stored.set('pods/shop/web', ending(end));
      expect(await why(bounds.pod.token)).toBe(verdict);
    }
    stored.set('serviceaccounts/shop/robot', {
      ...account,
      metadata: { ...account.metadata, deletionTimestamp: formatTime(wallTime - 61_000) },
    });
    expect(await why(token())).toBe('service account shop/robot has been deleted');
  });

  test('the node of a bound pod may go before the pod', async () => {
    stored.delete('nodes//node-1');
    expect(await why(bounds.pod.token)).toBe('authenticated');
  });
});

describe('keys', () => {
  test('are named by the SHA-256 of their public half', () => {
    const der = es256.publicKey.export({ type: 'spki', format: 'der' });
    expect(es256.id).toBe(createHash('sha256').update(der).digest('base64url'));
  });

  test('of several kinds may be in one file', () => {
    const { publicKey } = keys['RS256']!;
    const pem = `${publicKey.export({ type: 'spki', format: 'pem' })}${ecKey('secp384r1')}`;
    expect(readVerifyingKeys(pem, 'f').map(({ algorithm }) => algorithm)).toEqual([
      'RS256',
      'ES384',
    ]);
  });

  test('that cannot be used are named by their file, and not shown', () => {
    const bad = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----';
    expect(() => readSigningKey(bad, '/pki/sa.key')).toThrow('/pki/sa.key');
    expect(() => readSigningKey(bad, '/pki/sa.key')).not.toThrow(/c2VjcmV0/);
    expect(() => readVerifyingKeys('nothing', '/pki/sa.pub')).toThrow('/pki/sa.pub');
    expect(() => readSigningKey(ecKey('secp256k1'), '/pki/sa.key')).toThrow('P-256');
  });

  test('are published without their private halves', () => {
    expect(jwkOf(keys['RS256']!)).toEqual({
      use: 'sig',
      kty: 'RSA',
      kid: keys['RS256']!.id,
      alg: 'RS256',
      n: expect.any(String),
      e: 'AQAB',
    });
    const documents = openIdDocuments({
      issuer,
      keys: [es256],
      jwksUri: 'https://x/openid/v1/jwks',
    });
    const [configuration, jwks] = documents.values();
    expect(JSON.parse(configuration!.text)).toEqual({
      issuer,
      jwks_uri: 'https://x/openid/v1/jwks',
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
    expect(Object.keys(JSON.parse(jwks!.text).keys[0])).not.toContain('d');
    expect(openIdDocuments({ issuer: 'kubernetes', keys: [es256], jwksUri: '' }).size).toBe(0);
  });
});
