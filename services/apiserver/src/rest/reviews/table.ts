/** Every review with its answer, one line each. A kind that is listed in @drydock/api has one here. */
import { answerLocalSubjectAccessReview } from './local-subject-access-review.ts';
import { answerSelfSubjectAccessReview } from './self-subject-access-review.ts';
import { answerSelfSubjectReview } from './self-subject-review.ts';
import { answerSelfSubjectRulesReview } from './self-subject-rules-review.ts';
import { answerSubjectAccessReview } from './subject-access-review.ts';
import { answerTokenReview } from './token-review.ts';
import type { AnswerReview } from './review.ts';

export const answers: Readonly<Record<string, AnswerReview>> = {
  LocalSubjectAccessReview: answerLocalSubjectAccessReview,
  SelfSubjectAccessReview: answerSelfSubjectAccessReview,
  SelfSubjectReview: answerSelfSubjectReview,
  SelfSubjectRulesReview: answerSelfSubjectRulesReview,
  SubjectAccessReview: answerSubjectAccessReview,
  TokenReview: answerTokenReview,
};
