/** Authentication with tokens for test servers, and what tests ask of tokens. */
import { generateKeyPairSync } from 'node:crypto';
import { certificatesOnly, type AuthenticationOptions } from '../authn/options.ts';
import { readSigningKey } from '../authn/keys.ts';
import { parseTokenFile } from '../authn/token-file.ts';

export const testIssuer = 'https://kubernetes.default.svc.cluster.local';

/** A fresh key; `static-alice` is the token of alice, in the group dev. */
export function testAuthentication(
  algorithm: 'ES256' | 'RS256',
  more: Partial<AuthenticationOptions> = {},
): AuthenticationOptions {
  const { privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const signingKey = readSigningKey(pem, 'a key of a test');
  return {
    ...certificatesOnly,
    staticTokens: parseTokenFile('static-alice,alice,u-1,dev', 'a file of a test').tokens,
    issuers: [testIssuer],
    signingKey,
    verifyingKeys: [signingKey],
    apiAudiences: [testIssuer],
    ...more,
  };
}

export const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
    aud: string[];
    exp: number;
    iat: number;
    sub: string;
    'kubernetes.io': Record<string, unknown>;
  };
