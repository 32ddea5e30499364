import { createTestAuthority } from '@drydock/testing/certificates';
import { expect, test } from 'vitest';
import { keyPairProblem } from './tls-key-pair.ts';

const authority = await createTestAuthority();
const issue = async (commonName: string) => {
  const { cert, key } = await authority.issue({ commonName });
  return { certificate: cert.toString(), key: key.toString() };
};
const one = await issue('one');
const other = await issue('other');
const problem = (certificate: string, key: string) => keyPairProblem(btoa(certificate), btoa(key));
const block = (type: string) => `-----BEGIN ${type}-----\nAA==\n-----END ${type}-----\n`;

test.each([
  ['a pair', one.certificate, one.key, undefined],
  [
    'a chain and the key of its first',
    `${one.certificate}${other.certificate}`,
    one.key,
    undefined,
  ],
  ['two halves of pairs', one.certificate, other.key, 'tls: private key does not match public key'],
  ['no certificate', '', one.key, 'tls: failed to find any PEM data in certificate input'],
  [
    'a key in both places',
    one.key,
    one.key,
    'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
  ],
  [
    'something else in the place of the certificate',
    block('X509 CRL'),
    one.key,
    'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [X509 CRL]',
  ],
  ['no key', one.certificate, 'secret', 'tls: failed to find any PEM data in key input'],
  [
    'a certificate in both places',
    one.certificate,
    one.certificate,
    'tls: found a certificate rather than a key in the PEM for the private key',
  ],
  [
    'something else in the place of the key',
    one.certificate,
    block('X509 CRL'),
    'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [X509 CRL]',
  ],
  ['a broken certificate', block('CERTIFICATE'), one.key, 'x509: malformed certificate'],
  ['a broken key', one.certificate, block('PRIVATE KEY'), 'tls: failed to parse private key'],
])('%s', (_name, certificate, key, expected) => {
  expect(problem(certificate, key)).toBe(expected);
});
