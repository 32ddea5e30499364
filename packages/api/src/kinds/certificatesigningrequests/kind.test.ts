import { describe, expect, test } from 'vitest';
import type { CertificateSigningRequest } from '../../generated/types.ts';
import { certificateSigningRequests } from '../../registry.ts';
import { sampleRequest } from '../../testing/certificate-requests.ts';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';

const good = { request: sampleRequest, signerName: 'example.com/a', usages: ['client auth'] };
const errors = (spec: object) =>
  createErrors(certificateSigningRequests, { spec: { ...good, ...spec } });
const base64 = (text: string) => new TextEncoder().encode(text).toBase64();
const pem = (type: string, body = 'AAAA', headers = '') =>
  base64(`-----BEGIN ${type}-----\n${headers}${body}\n-----END ${type}-----\n`);
const labelWords =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

test.each<[string, string[], string[]]>([
  [
    'any name',
    createErrors(certificateSigningRequests, { metadata: { name: 'A b' }, spec: good }),
    [],
  ],
  [
    'no PEM',
    errors({ request: base64('no') }),
    ['spec.request: Invalid value: []byte{0x6e, 0x6f}: PEM block type must be CERTIFICATE REQUEST'],
  ],
  ['no usages', errors({ usages: [] }), ['spec.usages: Required value: usages must be provided']],
  ['a usage twice', errors({ usages: ['any', 'any'] }), ['spec.usages[1]: Duplicate value: "any"']],
  [
    'a lifetime too short',
    errors({ expirationSeconds: 599 }),
    [
      'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
    ],
  ],
  [
    'no signer',
    errors({ signerName: '' }),
    ['spec.signerName: Required value: signerName must be provided'],
  ],
  [
    'the signer of old',
    errors({ signerName: 'kubernetes.io/legacy-unknown' }),
    [
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
  ],
  ...['example.com', 'example.com/a/b'].map((signerName): [string, string[], string[]] => [
    `the signer ${signerName}`,
    errors({ signerName }),
    [
      `spec.signerName: Invalid value: "${signerName}": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
    ],
  ]),
  [
    'a signer of no domain',
    errors({ signerName: 'local/B' }),
    [
      'spec.signerName: Invalid value: "local": should be a domain with at least two segments separated by dots',
      `spec.signerName: Invalid value: "B": validating label "B": ${subdomainWords}`,
    ],
  ],
  [
    'a signer of a domain that cannot be',
    errors({ signerName: 'a.-b.-c/x' }),
    [`spec.signerName: Invalid value: "a.-b.-c": validating label "-b": ${labelWords}`],
  ],
  [
    'a signer whose name is too long',
    errors({ signerName: `${Array(130).fill('a').join('.')}/${Array(320).fill('b').join('.')}` }),
    [
      'spec.signerName: Too long: may not be more than 253 bytes',
      'spec.signerName: Too long: may not be more than 571 bytes',
    ],
  ],
])('%s', (_what, found, expected) => {
  expect(found).toEqual(expected);
});

test('a request that was cut off, or is something else, is told by its shape', () => {
  const text = new TextDecoder().decode(Uint8Array.fromBase64(sampleRequest));
  const der = Uint8Array.fromBase64(text.replaceAll(/-----[^-]*-----|\s/g, ''));
  const problem = (bytes: Uint8Array) =>
    errors({ request: pem('CERTIFICATE REQUEST', bytes.toBase64()) })[0]?.replace(/.*\}: /, '');
  expect(problem(der)).toBe(undefined);
  expect(problem(der.subarray(0, -1))).toBe('asn1: syntax error: data truncated');
  expect(problem(Uint8Array.of(...der, 5, 0))).toBe('asn1: syntax error: trailing data');
  expect(problem(Uint8Array.of(0x30, 0x00))).toBe('asn1: syntax error: sequence truncated');
  expect(problem(Uint8Array.of(0x02, 0x01, 0x00))).toBe("asn1: structure error: tags don't match");
  expect(problem(Uint8Array.of(0x30, 0x80))).toBe('asn1: structure error: length too large');
});

type Conditions = NonNullable<CertificateSigningRequest['status']['conditions']>;
const approved: Conditions[number] = { type: 'Approved', status: 'True', reason: 'r' };
const denied: Conditions[number] = { type: 'Denied', status: 'True' };
const fresh = created(certificateSigningRequests, { spec: good });
const withStatus = (status: CertificateSigningRequest['status']) => ({ ...fresh, status });
const change = (
  part: 'status' | 'approval' | undefined,
  status: CertificateSigningRequest['status'],
  old = fresh,
) =>
  updated(
    certificateSigningRequests,
    old,
    (object) => {
      object.status = status;
      object.spec.signerName = 'example.com/other';
    },
    part,
  );

describe('the life of a CertificateSigningRequest', () => {
  test('an update changes neither what was asked nor what became of it', () => {
    const { object, errors: found } = change(undefined, { conditions: [approved] });
    expect(found).toEqual([]);
    expect(object).toEqual(fresh);
  });

  test('approval writes conditions and nothing else', () => {
    const { object, errors: found } = change('approval', {
      conditions: [approved],
      certificate: pem('CERTIFICATE'),
    });
    expect(found).toEqual([]);
    expect(object.spec).toEqual(fresh.spec);
    expect(object.status).toEqual({ conditions: [approved] });
  });

  test('what was decided stays decided', () => {
    const old = withStatus({ conditions: [approved] });
    expect(change('approval', {}, old).errors).toEqual([
      'status.conditions: Forbidden: updates may not remove a condition of type "Approved"',
    ]);
    expect(change('approval', { conditions: [approved, denied] }, old).errors).toEqual([
      'status.conditions[1].type: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    ]);
  });

  test('conditions must be sound', () => {
    const conditions = [
      { type: '', status: '' },
      { type: 'Denied', status: 'False' },
      { type: 'Other', status: 'Maybe' },
      { type: 'Other', status: 'Unknown' },
    ] as Conditions;
    expect(change('approval', { conditions }).errors).toEqual([
      'status.conditions[0].type: Required value',
      'status.conditions[0].status: Required value',
      'status.conditions[1].status: Unsupported value: "False": supported values: "True"',
      'status.conditions[2].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      'status.conditions[3].type: Duplicate value: "Other"',
    ]);
  });

  test('a status update issues the certificate, once, and decides nothing', () => {
    const certificate = pem('CERTIFICATE');
    const old = withStatus({ conditions: [approved] });
    const rewritten = { ...approved, reason: 'another' };
    const issued = change('status', { conditions: [rewritten], certificate }, old);
    expect(issued.errors).toEqual([]);
    expect(issued.object.status).toEqual({ conditions: [approved], certificate });
    expect(issued.object.spec).toEqual(fresh.spec);
    const again = { conditions: [approved], certificate: pem('CERTIFICATE', 'BBBB') };
    expect(change('status', again, issued.object).errors).toEqual([
      'status.certificate: Forbidden: updates may not modify existing certificate content',
    ]);
    expect(change('status', { conditions: [denied] }).errors).toEqual([
      'status.conditions: Forbidden: updates may not add a condition of type "Denied"',
    ]);
  });

  test.each([
    [pem('PRIVATE KEY'), 'only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'],
    [pem('CERTIFICATE', 'AAAA', 'a: b\n\n'), 'no PEM block headers are permitted'],
    [base64('nothing'), 'must contain at least one CERTIFICATE PEM block'],
  ])('a certificate is PEM: %#', (certificate, problem) => {
    expect(change('status', { certificate }).errors).toEqual([
      `status.certificate: Invalid value: "<certificate data>": ${problem}`,
    ]);
  });

  test.each<[CertificateSigningRequest['status'], string]>([
    [{}, 'Pending'],
    [{ conditions: [approved] }, 'Approved'],
    [{ conditions: [denied] }, 'Denied'],
    [{ conditions: [approved], certificate: 'AA==' }, 'Approved,Issued'],
    [{ conditions: [approved, { type: 'Failed', status: 'True' }] }, 'Approved,Failed'],
  ])('a table shows what became of it: %#', (status, cell) => {
    const object = withStatus(status);
    object.spec = { ...object.spec, username: 'jane', expirationSeconds: 86_400 };
    expect(certificateSigningRequests.cells(object, wallTime + 5_000)).toEqual([
      'x',
      '5s',
      'example.com/a',
      'jane',
      '24h',
      cell,
    ]);
  });
});
