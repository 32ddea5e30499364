/** Certificate requests (PKCS #10) for tests, made from their DER upwards. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** By object identifier; those of RSA and ECDSA are with SHA-256. */
export const signatureAlgorithms = {
  rsa: '1.2.840.113549.1.1.11',
  ecdsa: '1.2.840.10045.4.3.2',
  ed25519: '1.3.101.112',
} as const;

/** DER of an element; every length here is below 65,536. */
function element(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const oid = (dotted: string) => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return element(0x06, Buffer.from(bytes));
};

export type KeyKind = 'rsa' | 'ec' | 'ed25519';

function keyPair(kind: KeyKind) {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return generateKeyPairSync('ed25519');
}

/** A request for the name that `organizations` are of, signed; `spoil` changes the last byte of the signature, `cut` leaves its first out. */
export function certificateRequest(
  kind: KeyKind,
  algorithm: string,
  { hash = 'sha256', spoil = false, cut = false, organizations = [] as readonly string[] } = {},
): string {
  const { publicKey, privateKey } = keyPair(kind);
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const version = element(0x02, Buffer.of(0));
  const subject = organizations.map((name) => {
    const attribute = element(0x30, oid('2.5.4.10'), element(0x0c, Buffer.from(name)));
    return element(0x31, attribute);
  });
  const info = element(0x30, version, element(0x30, ...subject), key, element(0xa0));
  const signature = sign(kind === 'ed25519' ? null : hash, info, privateKey);
  if (spoil) signature[signature.length - 1]! ^= 1;
  const bits = element(0x03, Buffer.of(0), cut ? signature.subarray(1) : signature);
  const der = Buffer.from(element(0x30, info, element(0x30, oid(algorithm)), bits));
  const body = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`;
  return Buffer.from(pem).toString('base64');
}
