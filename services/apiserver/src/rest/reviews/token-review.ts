/** TokenReview of authentication.k8s.io/v1: whose a token is, and whether it is good for an audience. */
import { badRequestError, type TokenReview, type UserInfo } from '@drydock/api';
import type { User } from '../../authn/user.ts';
import type { Review } from './reviews.ts';

export const tokenReview: Review = {
  resource: {
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'TokenReview',
    resource: 'tokenreviews',
    singular: 'tokenreview',
    shortNames: [],
    categories: [],
    namespaced: false,
    verbs: ['create'],
    subresources: [],
  },
  schema: 'TokenReview',
  answer: async (body, { authenticator }) => {
    const { metadata, spec } = body as unknown as TokenReview;
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
    return { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', metadata, spec, status };
  },
};

/** A user as reviews show one. */
function userInfoOf({ user, uid, groups, extra }: User): UserInfo {
  const { length } = Object.keys(extra ?? {});
  return {
    username: user,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    groups: [...groups],
    ...(extra === undefined || length === 0
      ? {}
      : {
          extra: Object.fromEntries(Object.entries(extra).map(([key, list]) => [key, [...list]])),
        }),
  };
}
