/** What a request for a certificate may ask, and how it may go on. */
import {
  CertificateRequestError,
  parseCertificateRequest,
  pemBlocks,
} from '../../certificate-request.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  goQuote,
} from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../generated/types.ts';
import { goBytes } from '../../go-literal.ts';
import { validateSignerName } from '../shared/signer-name.ts';

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const legacySigner = 'kubernetes.io/legacy-unknown';
const legacyRefused = 'the legacy signerName is not allowed via this API version';
const expirationSecondsMin = 600;

function validatePem({ spec }: CertificateSigningRequest): FieldError[] {
  const bytes = Uint8Array.fromBase64(spec.request);
  try {
    parseCertificateRequest(bytes);
    return [];
  } catch (error) {
    if (!(error instanceof CertificateRequestError)) throw error;
    return [invalid('spec.request', goBytes(bytes), error.message)];
  }
}

function validateUsages(given: readonly string[], field: string): FieldError[] {
  if (given.length === 0) return [required(field, 'usages must be provided')];
  return [
    ...given.flatMap((usage, index) =>
      usages.includes(usage) ? [] : [notSupported(`${field}[${index}]`, usage, usages)],
    ),
    ...given.flatMap((usage, index) =>
      given.indexOf(usage) === index ? [] : [duplicate(`${field}[${index}]`, usage)],
    ),
  ];
}

export function validateRequest(object: CertificateSigningRequest): FieldError[] {
  const { usages: given = [], signerName, expirationSeconds } = object.spec;
  const errors = [
    ...validatePem(object),
    ...validateUsages(given, 'spec.usages'),
    ...(signerName === legacySigner
      ? [invalid('spec.signerName', signerName, legacyRefused)]
      : validateSignerName(signerName, 'spec.signerName')),
  ];
  if (expirationSeconds !== undefined && expirationSeconds < expirationSecondsMin) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, why));
  }
  return errors;
}

/** These say that something is so, never that it is not. */
const trueOnlyTypes = ['Approved', 'Denied', 'Failed'];
const decisions = ['Approved', 'Denied'];

function validateConditions(
  conditions: readonly CertificateSigningRequestCondition[],
  field: string,
): FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap(({ type, status }, index) => {
    const at = `${field}[${index}]`;
    const statuses = trueOnlyTypes.includes(type) ? ['True'] : ['True', 'False', 'Unknown'];
    const errors: FieldError[] = [];
    if (type === '') errors.push(required(`${at}.type`));
    if ((status as string) === '') errors.push(required(`${at}.status`));
    else if (!statuses.includes(status)) {
      errors.push(notSupported(`${at}.status`, status, statuses));
    }
    if (decisions.includes(type) && decisions.some((one) => one !== type && seen.has(one))) {
      const why = 'Approved and Denied conditions are mutually exclusive';
      errors.push(invalid(`${at}.type`, type, why));
    }
    if (seen.has(type)) errors.push(duplicate(`${at}.type`, type));
    seen.add(type);
    return errors;
  });
}

/** What is wrong with PEM that should be certificates. */
function certificateProblem(base64: string): string | undefined {
  const blocks = pemBlocks(new TextDecoder().decode(Uint8Array.fromBase64(base64)));
  for (const { type, hasHeaders } of blocks) {
    if (type !== 'CERTIFICATE') {
      return `only CERTIFICATE PEM blocks are allowed, found ${goQuote(type)}`;
    }
    if (hasHeaders) return 'no PEM block headers are permitted';
  }
  return blocks.length > 0 ? undefined : 'must contain at least one CERTIFICATE PEM block';
}

function validateCertificate(now: string, before: string, isStatus: boolean): FieldError[] {
  if (now === before) return [];
  const field = 'status.certificate';
  const problem = now === '' ? undefined : certificateProblem(now);
  const errors = problem === undefined ? [] : [invalid(field, '<certificate data>', problem)];
  if (!isStatus) errors.push(forbidden(field, 'updates may not set certificate content'));
  else if (before !== '') {
    errors.push(forbidden(field, 'updates may not modify existing certificate content'));
  }
  return errors;
}

/** `part` says through which door the update came. */
export function validateRequestUpdate(
  { status }: CertificateSigningRequest,
  { status: old }: CertificateSigningRequest,
  part: 'all' | 'status' | 'approval',
): FieldError[] {
  const field = 'status.conditions';
  const errors = validateConditions(status.conditions ?? [], field);
  const countOf = (list: readonly CertificateSigningRequestCondition[] | undefined, type: string) =>
    (list ?? []).filter((one) => one.type === type).length;
  for (const type of trueOnlyTypes) {
    if (countOf(status.conditions, type) < countOf(old.conditions, type)) {
      const why = `updates may not remove a condition of type ${goQuote(type)}`;
      errors.push(forbidden(field, why));
    }
  }
  for (const type of part === 'approval' ? [] : decisions) {
    if (countOf(status.conditions, type) > countOf(old.conditions, type)) {
      errors.push(forbidden(field, `updates may not add a condition of type ${goQuote(type)}`));
    }
  }
  const { certificate = '' } = status;
  return [...errors, ...validateCertificate(certificate, old.certificate ?? '', part === 'status')];
}
