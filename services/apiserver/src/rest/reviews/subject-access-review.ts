/** May someone? Asked by servers that leave the decision to this one. */
import { invalidError, type SubjectAccessReview } from '@drydock/api';
import {
  attributesOf,
  statusOf,
  subjectOf,
  validateNoMetadata,
  validateQuestion,
  validateWhom,
} from './access.ts';
import type { AnswerReview } from './review.ts';

export const answerSubjectAccessReview: AnswerReview = ({ review }, { authorizer }) => {
  const { metadata, spec } = review as SubjectAccessReview;
  const errors = [
    ...validateQuestion(spec),
    ...validateWhom(spec),
    ...validateNoMetadata(metadata),
  ];
  if (errors.length > 0) {
    throw invalidError({ group: 'authorization.k8s.io', kind: 'SubjectAccessReview' }, '', errors);
  }
  const decision = authorizer.decide(subjectOf(spec), attributesOf(spec));
  return { metadata, spec, status: statusOf(decision) };
};
