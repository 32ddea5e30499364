/** A user as reviews show one. */
import type { UserInfo } from '@drydock/api';
import type { Subject } from '../../authz/subject.ts';

export function userInfoOf({ user, uid = '', groups, extra }: Subject): UserInfo {
  const extraLists = Object.entries(extra ?? {}).map(([key, values]): [string, string[]] => [
    key,
    [...values],
  ]);
  return {
    username: user,
    ...(uid === '' ? {} : { uid }),
    groups: [...groups],
    ...(extraLists.length === 0 ? {} : { extra: Object.fromEntries(extraLists) }),
  };
}
