/**
 * Who may decide about certificates: the verbs `approve` and `sign` on the signer that a request names
 * (upstream's CertificateApproval and CertificateSigning), and that nobody asks for the group that may do
 * anything (CertificateSubjectRestriction).
 */
import {
  CertificateRequestError,
  deepEqual,
  forbiddenError,
  goQuote,
  parseCertificateRequest,
  type CertificateSigningRequest,
  type KubernetesObject,
} from '@drydock/api';
import type { Authorizer } from '../../authz/authorizer.ts';
import type { Subject } from '../../authz/subject.ts';
import type { Target, UpdatePart } from '../requests.ts';

export interface CertificateWrite {
  readonly target: Target;
  readonly object: KubernetesObject;
  /** Undefined for a new object. */
  readonly old: KubernetesObject | undefined;
  readonly part: UpdatePart;
}

const clientSigner = 'kubernetes.io/kube-apiserver-client';
const mastersGroup = 'system:masters';

/** @throws ApiError Forbidden */
export function admitCertificateWrite(
  authorizer: Pick<Authorizer, 'decide'>,
  user: Subject,
  { target, object, old, part }: CertificateWrite,
): void {
  if (object.kind !== 'CertificateSigningRequest') return;
  const request = object as CertificateSigningRequest;
  const refuse = (why: string) => forbiddenError(target.kind, object.metadata.name, why);
  if (old === undefined) {
    const why = subjectProblem(request);
    if (why !== undefined) throw refuse(why);
    return;
  }
  const before = old as CertificateSigningRequest;
  const verb = verbOf(part, request, before);
  if (verb === undefined || maySign(authorizer, user, { verb, signer: before.spec.signerName })) {
    return;
  }
  const signer = goQuote(before.spec.signerName);
  throw refuse(`user not permitted to ${verb} requests with signerName ${signer}`);
}

function verbOf(
  part: UpdatePart,
  { status }: CertificateSigningRequest,
  { status: old }: CertificateSigningRequest,
): 'approve' | 'sign' | undefined {
  if (part === 'approval') return 'approve';
  if (part !== 'status') return undefined;
  const isSame =
    status.certificate === old.certificate && deepEqual(status.conditions, old.conditions);
  return isSame ? undefined : 'sign';
}

/** By the signer's name, or for all of its domain: `example.com/*`. */
function maySign(
  authorizer: Pick<Authorizer, 'decide'>,
  user: Subject,
  { verb, signer }: { readonly verb: string; readonly signer: string },
): boolean {
  return [signer, `${signer.split('/')[0]!}/*`].some((name) => {
    const place = { group: 'certificates.k8s.io', resource: 'signers', subresource: '' };
    return authorizer.decide(user, { ...place, verb, name, namespace: '', path: '' }).allowed;
  });
}

function subjectProblem({ spec }: CertificateSigningRequest): string | undefined {
  if (spec.signerName !== clientSigner) return undefined;
  try {
    const { organizations } = parseCertificateRequest(Buffer.from(spec.request, 'base64'));
    if (!organizations.includes(mastersGroup)) return undefined;
    return `use of ${clientSigner} signer with ${mastersGroup} group is not allowed`;
  } catch (error) {
    if (!(error instanceof CertificateRequestError)) throw error;
    return `failed to parse CSR: ${error.message}`;
  }
}
