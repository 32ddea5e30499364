/** Who am I? What `kubectl auth whoami` asks. */
import type { SelfSubjectReview, UserInfo } from '@drydock/api';
import type { Subject } from '../../authz/subject.ts';
import type { AnswerReview } from './review.ts';

export const answerSelfSubjectReview: AnswerReview = ({ review, user }) => {
  const { metadata } = review as SelfSubjectReview;
  return { metadata, status: { userInfo: userInfoOf(user) } };
};

function userInfoOf({ user, uid, groups, extra }: Subject): UserInfo {
  const extraLists = Object.entries(extra ?? {}).map(([key, values]): [string, string[]] => [
    key,
    [...values],
  ]);
  return {
    username: user,
    ...(uid === undefined ? {} : { uid }),
    groups: [...groups],
    ...(extraLists.length === 0 ? {} : { extra: Object.fromEntries(extraLists) }),
  };
}
