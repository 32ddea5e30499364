/** May someone, in this namespace? The question that an admin of one namespace may ask. */
import {
  badRequestError,
  invalidError,
  type FieldError,
  type LocalSubjectAccessReview,
} from '@drydock/api';
import {
  attributesOf,
  goNonResource,
  statusOf,
  subjectOf,
  validateNoMetadata,
  validateQuestion,
  validateWhom,
} from './access.ts';
import type { AnswerReview } from './review.ts';

export const answerLocalSubjectAccessReview: AnswerReview = (asked, { authorizer }) => {
  const { metadata, spec } = asked.review as LocalSubjectAccessReview;
  metadata.namespace ||= asked.namespace;
  if (metadata.namespace !== asked.namespace) {
    throw badRequestError(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  const { namespace: _namespace, ...rest } = metadata;
  const errors = [
    ...validateQuestion(spec),
    ...validateWhom(spec),
    ...validateNoMetadata(rest, 'must be empty except for namespace'),
    ...validateScope({ metadata, spec }),
  ];
  if (errors.length > 0) {
    const kind = { group: 'authorization.k8s.io', kind: 'LocalSubjectAccessReview' };
    throw invalidError(kind, '', errors);
  }
  const decision = authorizer.decide(subjectOf(spec), attributesOf(spec));
  return { metadata, spec, status: statusOf(decision) };
};

function validateScope({
  metadata,
  spec,
}: Pick<LocalSubjectAccessReview, 'metadata' | 'spec'>): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceAttributes: ofResource, nonResourceAttributes: ofPath } = spec;
  const asked = ofResource?.namespace ?? '';
  if (ofResource !== undefined && asked !== (metadata.namespace ?? '')) {
    const field = 'spec.resourceAttributes.namespace';
    const detail = 'must match metadata.namespace';
    errors.push({ type: 'Invalid', field, badValue: asked, detail });
  }
  if (ofPath !== undefined) {
    const detail = 'disallowed on this kind of request';
    const badValue = goNonResource(ofPath);
    errors.push({ type: 'Invalid', field: 'spec.nonResourceAttributes', badValue, detail });
  }
  return errors;
}
