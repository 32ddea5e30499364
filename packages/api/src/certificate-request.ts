/**
 * A PEM-encoded certificate request (PKCS #10, RFC 2986), taken apart as far as its signature can be
 * checked. Pure: the check itself needs cryptography and is the server's.
 */

export interface CertificateRequest {
  /** The groups that it asks for: the O of its subject. */
  readonly organizations: readonly string[];
  /** What is signed: the DER of the CertificationRequestInfo. */
  readonly signed: Uint8Array;
  /** The DER of the SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** The object identifier of the algorithm, in dotted form. */
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

/** Why bytes are no certificate request. */
export class CertificateRequestError extends Error {
  override readonly name = 'CertificateRequestError';
  readonly code = 'CERTIFICATE_REQUEST_MALFORMED';
}

export interface PemBlock {
  readonly type: string;
  readonly hasHeaders: boolean;
  readonly bytes: Uint8Array;
}

const pemPattern = /-----BEGIN ([^\r\n]*?)-----\s*?\r?\n([\s\S]*?)-----END \1-----/g;

/** The PEM blocks of a text in their order; what lies between them is skipped. */
export function pemBlocks(text: string): PemBlock[] {
  return Array.from(text.matchAll(pemPattern)).flatMap(([, type = '', body = '']) => {
    const headersEnd = body.includes(':') ? body.search(/\r?\n\r?\n/) : -1;
    const base64 = (headersEnd < 0 ? body : body.slice(headersEnd)).replaceAll(/\s/g, '');
    try {
      return [{ type, hasHeaders: headersEnd >= 0, bytes: Uint8Array.fromBase64(base64) }];
    } catch (error) {
      // As upstream's decoder, which goes on to the next block.
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The element with its tag and its length. */
  readonly whole: Uint8Array;
}

const tags = {
  bitString: 0x03,
  integer: 0x02,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;
const organizationName = '2.5.4.10';

/** Of a Name (RFC 5280 4.1.2.4): a sequence of sets of attributes. */
function organizationsOf(subject: Element): string[] {
  return elementsOf(subject.content)
    .flatMap((part) => elementsOf(expectTag(part, tags.set).content))
    .flatMap((attribute) => {
      const [type, value] = elementsOf(expectTag(attribute, tags.sequence).content);
      const name = objectIdentifier(expectTag(type, tags.objectIdentifier).content);
      if (name !== organizationName || value === undefined) return [];
      return [new TextDecoder().decode(value.content)];
    });
}

/** The elements that bytes hold one after the other. */
function elementsOf(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  let start = 0;
  while (start < bytes.length) {
    let at = start + 2;
    let length = bytes[start + 1] ?? Number.NaN;
    if (length >= 0x80) {
      const lengthBytes = length & 0x7f;
      if (lengthBytes === 0 || lengthBytes > 4) {
        throw new CertificateRequestError('asn1: structure error: length too large');
      }
      length = 0;
      for (const byte of bytes.subarray(at, at + lengthBytes)) length = length * 256 + byte;
      at += lengthBytes;
    }
    if (!(at + length <= bytes.length)) {
      throw new CertificateRequestError('asn1: syntax error: data truncated');
    }
    const end = at + length;
    const tag = bytes[start]!;
    elements.push({ tag, content: bytes.subarray(at, end), whole: bytes.subarray(start, end) });
    start = end;
  }
  return elements;
}

function expectTag(element: Element | undefined, tag: number): Element {
  if (element === undefined) {
    throw new CertificateRequestError('asn1: syntax error: sequence truncated');
  }
  if (element.tag !== tag) {
    throw new CertificateRequestError("asn1: structure error: tags don't match");
  }
  return element;
}

function objectIdentifier(bytes: Uint8Array): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    parts.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = parts;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

/** @throws CertificateRequestError with upstream's text where it has one */
export function parseCertificateRequest(pem: Uint8Array): CertificateRequest {
  const [block] = pemBlocks(new TextDecoder().decode(pem));
  if (block === undefined || block.type !== 'CERTIFICATE REQUEST') {
    throw new CertificateRequestError('PEM block type must be CERTIFICATE REQUEST');
  }
  const [request, trailing] = elementsOf(block.bytes);
  if (trailing !== undefined)
    throw new CertificateRequestError('asn1: syntax error: trailing data');
  const [info, algorithm, signature] = elementsOf(expectTag(request, tags.sequence).content);
  const signed = expectTag(info, tags.sequence);
  const [version, subject, publicKey] = elementsOf(signed.content);
  expectTag(version, tags.integer);
  const [oid] = elementsOf(expectTag(algorithm, tags.sequence).content);
  return {
    organizations: organizationsOf(expectTag(subject, tags.sequence)),
    signed: signed.whole,
    publicKey: expectTag(publicKey, tags.sequence).whole,
    algorithm: objectIdentifier(expectTag(oid, tags.objectIdentifier).content),
    // The first byte counts the bits that are not used: none of a signature.
    signature: expectTag(signature, tags.bitString).content.subarray(1),
  };
}
