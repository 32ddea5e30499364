/** Whose is this token, and is it good for an audience? */
import { badRequestError, type TokenReview } from '@drydock/api';
import type { AnswerReview } from './review.ts';
import { userInfoOf } from './user-info.ts';

export const answerTokenReview: AnswerReview = async ({ review }, { authenticator }) => {
  const { metadata, spec } = review as TokenReview;
  const { token = '', audiences = [] } = spec;
  if (token === '') throw badRequestError('token is required for TokenReview in authentication');
  const outcome = await authenticator.review(
    token,
    audiences.length === 0 ? authenticator.apiAudiences : audiences,
  );
  const status =
    outcome.kind === 'authenticated'
      ? { authenticated: true, user: userInfoOf(outcome.user), audiences: outcome.audiences }
      : { user: {}, error: outcome.why };
  return { metadata, spec, status };
};
