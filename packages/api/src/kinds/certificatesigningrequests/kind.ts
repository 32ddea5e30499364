/**
 * CertificateSigningRequest: who asks a signer for a certificate, and what became of it.
 *
 * 1. What is asked never changes; who asks is written by the server (registry/admission).
 * 2. `approval` changes conditions and nothing else; `status` changes the certificate and conditions
 *    other than Approved and Denied.
 * Source: upstream's certificates strategy.
 */
import {
  ageColumn,
  column,
  defineKind,
  keepAllButStatus,
  nameColumn,
  statusSubresource,
} from '../../define-kind.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../generated/types.ts';
import { pathSegmentProblems } from '../../names.ts';
import { age, humanDuration } from '../../time.ts';
import { validateRequest, validateRequestUpdate } from './validation.ts';

const group = 'certificates.k8s.io';
const kind = 'CertificateSigningRequest';

/** The old conditions of a type in place of as many new ones; another number is left to validation. */
function keepConditions(
  object: CertificateSigningRequest,
  old: CertificateSigningRequest,
  type: string,
): void {
  const isOfType = (one: CertificateSigningRequestCondition) => one.type === type;
  const before = (old.status.conditions ?? []).filter(isOfType);
  const { conditions = [] } = object.status;
  if (before.length === 0 || conditions.filter(isOfType).length !== before.length) return;
  object.status.conditions = conditions.map((one) => (isOfType(one) ? before.shift()! : one));
}

function stateOf({ status }: CertificateSigningRequest): string {
  const has = (type: string) => status.conditions?.some((one) => one.type === type) === true;
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return [
    decision,
    ...(has('Failed') ? ['Failed'] : []),
    ...(status.certificate ? ['Issued'] : []),
  ].join(',');
}

export const certificateSigningRequests = defineKind<CertificateSigningRequest>({
  group,
  kind,
  resource: 'certificatesigningrequests',
  description:
    'A CertificateSigningRequest asks a signer for a certificate, and holds the certificate once it is approved and issued.',
  shortNames: ['csr'],
  namespaced: false,
  subresources: [
    statusSubresource({ group, kind }),
    { name: 'approval', group, version: 'v1', kind, verbs: ['get', 'patch', 'update'] },
  ],
  // Any name will do that can stand in a path.
  nameProblems: pathSegmentProblems,
  prepareForCreate(object) {
    object.status = {};
  },
  prepareForUpdate(object, old) {
    object.spec = old.spec;
    object.status = old.status;
  },
  prepareForStatusUpdate(object, old) {
    keepAllButStatus(object, old);
    keepConditions(object, old, 'Approved');
    keepConditions(object, old, 'Denied');
  },
  validate: validateRequest,
  validateUpdate: (object, old) => validateRequestUpdate(object, old, 'all'),
  validateStatusUpdate: (object, old) => validateRequestUpdate(object, old, 'status'),
  partUpdates: {
    approval: {
      prepare(object, old) {
        const { conditions } = object.status;
        keepAllButStatus(object, old);
        object.status = { ...old.status };
        if (conditions === undefined) delete object.status.conditions;
        else object.status.conditions = conditions;
      },
      validate: (object, old) => validateRequestUpdate(object, old, 'approval'),
    },
  },
  columns: [
    nameColumn,
    ageColumn,
    column('SignerName', 'Who is asked to sign.'),
    column('Requestor', 'Who asked.'),
    column('RequestedDuration', 'How long the certificate should be valid.'),
    column('Condition', 'What became of it.'),
  ],
  cells: (object, wallTime) => {
    const { signerName, username, expirationSeconds } = object.spec;
    return [
      object.metadata.name,
      age(object.metadata.creationTimestamp, wallTime),
      signerName === '' ? '<none>' : signerName,
      username ?? '',
      expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000),
      stateOf(object),
    ];
  },
  fieldSelectors: { 'spec.signerName': ({ spec }) => spec.signerName },
});
