/** Who am I? What `kubectl auth whoami` asks. */
import type { SelfSubjectReview } from '@drydock/api';
import type { AnswerReview } from './review.ts';
import { userInfoOf } from './user-info.ts';

export const answerSelfSubjectReview: AnswerReview = ({ review, user }) => {
  const { metadata } = review as SelfSubjectReview;
  return { metadata, status: { userInfo: userInfoOf(user) } };
};
