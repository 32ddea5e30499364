import { describe, expect, test } from 'vitest';
import type { CertificateSigningRequest } from '@drydock/api';
import {
  certificateRequest as request,
  signatureAlgorithms,
  type KeyKind,
} from '../../testing/certificate-requests.ts';
import { setRequester, stampConditions, validateSignature } from './certificate-requests.ts';

const csr = (spec: object, status: object = {}) =>
  ({ spec, status }) as unknown as CertificateSigningRequest;

const { rsa, ecdsa, ed25519 } = signatureAlgorithms;

describe('the signature of a request', () => {
  test.each<[KeyKind, string]>([
    ['rsa', rsa],
    ['ec', ecdsa],
    ['ed25519', ed25519],
  ])('of %s holds', (kind, algorithm) => {
    expect(validateSignature(csr({ request: request(kind, algorithm) }))).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['rsa', request('rsa', rsa, { spoil: true }), 'crypto/rsa: verification error'],
    ['ec', request('ec', ecdsa, { spoil: true }), 'x509: ECDSA verification failure'],
    ['ed25519', request('ed25519', ed25519, { spoil: true }), 'x509: Ed25519 verification failure'],
    ['another hash', request('rsa', rsa, { hash: 'sha512' }), 'crypto/rsa: verification error'],
    [
      'another kind of key',
      request('ec', rsa),
      'x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey',
    ],
    [
      'a signature cut off',
      request('ec', ecdsa, { cut: true }),
      'x509: ECDSA verification failure',
    ],
    [
      'SHA-1',
      request('rsa', '1.2.840.113549.1.1.5', { hash: 'sha1' }),
      'x509: cannot verify signature: algorithm unimplemented',
    ],
  ])('is refused: %s', (_what, pem, detail) => {
    expect(validateSignature(csr({ request: pem }))).toMatchObject([
      { type: 'Invalid', field: 'spec.request', detail },
    ]);
  });

  test('is not looked for where there is no request', () => {
    expect(validateSignature(csr({ request: 'bm8=' }))).toEqual([]);
  });
});

test('who asks is the one who is connected, whatever the body says', () => {
  const one = csr({ username: 'root', uid: '1', groups: ['system:masters'], extra: { a: ['b'] } });
  setRequester(one, { user: 'jane', groups: ['dev'] });
  expect(one.spec).toEqual({ username: 'jane', groups: ['dev', 'system:authenticated'] });
  setRequester(one, { user: 'joe', groups: [] });
  expect(one.spec).toEqual({ username: 'joe', groups: ['system:authenticated'] });
});

test('conditions get the time of their coming, and keep it while they stay', () => {
  const before = '2026-01-01T00:00:00Z';
  const old = csr(
    {},
    { conditions: [{ type: 'Failed', status: 'True', lastTransitionTime: before }] },
  );
  const one = csr(
    {},
    {
      conditions: [
        { type: 'Failed', status: 'True' },
        { type: 'Approved', status: 'True', lastUpdateTime: before },
      ],
    },
  );
  stampConditions(one, old, Date.UTC(2026, 10, 21, 8));
  const now = '2026-11-21T08:00:00Z';
  expect(one.status.conditions).toEqual([
    { type: 'Failed', status: 'True', lastUpdateTime: now, lastTransitionTime: before },
    { type: 'Approved', status: 'True', lastUpdateTime: before, lastTransitionTime: now },
  ]);
});
