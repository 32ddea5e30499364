/** May I? What `kubectl auth can-i` asks. */
import { invalidError, type SelfSubjectAccessReview } from '@drydock/api';
import { attributesOf, statusOf, validateNoMetadata, validateQuestion } from './access.ts';
import type { AnswerReview } from './review.ts';

export const answerSelfSubjectAccessReview: AnswerReview = ({ review, user }, { authorizer }) => {
  const { metadata, spec } = review as SelfSubjectAccessReview;
  const errors = [...validateQuestion(spec), ...validateNoMetadata(metadata)];
  if (errors.length > 0) {
    const kind = { group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview' };
    throw invalidError(kind, '', errors);
  }
  return { metadata, spec, status: statusOf(authorizer.decide(user, attributesOf(spec))) };
};
