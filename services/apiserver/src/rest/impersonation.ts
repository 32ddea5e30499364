/**
 * Acting as someone else: each of the names in the Impersonate headers needs the verb `impersonate`.
 * Source: upstream's impersonation filter.
 */
import { badRequestError } from '@drydock/api';
import type { RequestAttributes } from '../authz/attributes.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import {
  anonymousUser,
  authenticatedGroup,
  serviceAccountGroups,
  serviceAccountOf,
  unauthenticatedGroup,
  type Subject,
} from '../authz/subject.ts';

const headerPrefix = 'impersonate-';
const extraPrefix = 'extra-';
const authentication = 'authentication.k8s.io';

interface Wanted {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Undefined when nobody is impersonated. @throws ApiError 400 for the rest of a user without a name */
export function readImpersonation(rawHeaders: readonly string[]): Wanted | undefined {
  let user = '';
  let uid = '';
  const groups: string[] = [];
  const extra: Record<string, string[]> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const header = rawHeaders[index]!.toLowerCase();
    if (!header.startsWith(headerPrefix)) continue;
    const name = header.slice(headerPrefix.length);
    const value = rawHeaders[index + 1]!;
    if (name === 'user') user ||= value;
    else if (name === 'uid') uid ||= value;
    else if (name === 'group') groups.push(value);
    else if (name.startsWith(extraPrefix)) {
      const key = unescapeKey(name.slice(extraPrefix.length));
      const values = Object.hasOwn(extra, key) ? extra[key]! : [];
      Object.defineProperty(extra, key, {
        value: [...values, value],
        enumerable: true,
        configurable: true,
      });
    }
  }
  if (user !== '') return { user, uid, groups, extra };
  const parts = [
    ...groups.map((group) => `{Group  ${group}    }`),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => `{UserExtra  ${value}  ${authentication}/v1  ${key}}`),
    ),
    ...(uid === '' ? [] : [`{UID  ${uid}  ${authentication}/v1  }`]),
  ];
  if (parts.length === 0) return undefined;
  throw badRequestError(`requested [${parts.join(' ')}] without impersonating a user`);
}

/** Header names hold no colons or slashes: keys that do are sent percent-encoded. */
function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/**
 * The one that a request is to be judged and carried out as.
 * @throws ApiError Forbidden
 */
export async function impersonate(
  authorizer: Pick<Authorizer, 'authorize'>,
  requester: Subject,
  rawHeaders: readonly string[],
): Promise<Subject> {
  const wanted = readImpersonation(rawHeaders);
  if (wanted === undefined) return requester;
  for (const attributes of questionsOf(wanted)) await authorizer.authorize(requester, attributes);
  const { user, uid, extra } = wanted;
  return { user, groups: groupsOf(wanted), ...(uid === '' ? {} : { uid }), extra };
}

function questionsOf({ user, uid, groups, extra }: Wanted): RequestAttributes[] {
  const ask = (parts: Partial<RequestAttributes>): RequestAttributes => ({
    verb: 'impersonate',
    group: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    path: '',
    ...parts,
  });
  const account = serviceAccountOf(user);
  return [
    account === undefined
      ? ask({ resource: 'users', name: user })
      : ask({ resource: 'serviceaccounts', ...account }),
    ...groups.map((name) => ask({ resource: 'groups', name })),
    ...Object.entries(extra).flatMap(([subresource, values]) =>
      values.map((name) =>
        ask({ group: authentication, resource: 'userextras', subresource, name }),
      ),
    ),
    ...(uid === '' ? [] : [ask({ group: authentication, resource: 'uids', name: uid })]),
  ];
}

/** The groups that were asked for, with those that everyone of the kind belongs to. */
function groupsOf({ user, groups }: Wanted): string[] {
  const account = serviceAccountOf(user);
  const given =
    groups.length === 0 && account !== undefined
      ? serviceAccountGroups(account.namespace)
      : [...groups];
  if (given.includes(unauthenticatedGroup)) return given;
  if (user === anonymousUser) return [...given, unauthenticatedGroup];
  return given.includes(authenticatedGroup) ? given : [...given, authenticatedGroup];
}
