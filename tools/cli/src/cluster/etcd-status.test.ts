import { expect, test } from 'vitest';
import { decodeStatus } from './etcd-status.ts';

/** What etcd 3.5.16 answered, as hexadecimal. */
const header = '08d2e4f8c3d1a3dbd1e80110bfd5f2f1a4c9c8b8b401180b2003';

test('a status is read from its bytes, numbers beyond 2^53 whole', () => {
  const headerBytes = Buffer.from(header, 'hex');
  const message = Buffer.concat([
    Buffer.from([0x0a, headerBytes.length]),
    headerBytes,
    Buffer.from([0x12, 6]),
    Buffer.from('3.5.16'),
    Buffer.from('1880a001', 'hex'),
    Buffer.from('20bfd5f2f1a4c9c8b8b401', 'hex'),
    Buffer.from('280e3003380e', 'hex'),
  ]);
  const status = decodeStatus(message);
  expect(status).toMatchObject({
    version: '3.5.16',
    databaseBytes: 20_480,
    raftTerm: 3,
    raftIndex: 14,
    revision: 11,
  });
  expect(status.memberId).toBe(status.leaderId);
  expect(status.memberId).toMatch(/^[0-9a-f]{16}$/);
});

test('a message that ends inside a number is an error, not a guess', () => {
  expect(() => decodeStatus(Buffer.from([0x18, 0x80]))).toThrow(/ends inside a number/);
});
