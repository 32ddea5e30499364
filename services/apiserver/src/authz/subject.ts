/** Who asks: a certificate's identity, or what a token or an impersonation makes of it. Pure. */
import type { PeerIdentity } from '@drydock/rpc';

export interface Subject extends PeerIdentity {
  readonly uid?: string;
  /** What else is known of the user, by keys such as `authentication.kubernetes.io/credential-id`. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Which credential it was: the key of what `extra` says of it. */
export const credentialIdKey = 'authentication.kubernetes.io/credential-id';

export const authenticatedGroup = 'system:authenticated';
export const unauthenticatedGroup = 'system:unauthenticated';
export const anonymousUser = 'system:anonymous';
const mastersGroup = 'system:masters';

const serviceAccountPrefix = 'system:serviceaccount:';

/** Whoever has shown who he is belongs to one more group. */
export function authenticated(subject: Subject): Subject {
  if (subject.groups.includes(authenticatedGroup)) return subject;
  return { ...subject, groups: [...subject.groups, authenticatedGroup] };
}

/** May do anything: the roles, which could have been damaged, are not even asked. */
export const isMaster = ({ groups }: PeerIdentity): boolean => groups.includes(mastersGroup);

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

export const serviceAccountUser = ({ namespace, name }: ServiceAccountName): string =>
  `${serviceAccountPrefix}${namespace}:${name}`;

/** The groups of a service account, beside those of everyone. */
export const serviceAccountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

/** Undefined for a user that is no service account. */
export function serviceAccountOf(user: string): ServiceAccountName | undefined {
  if (!user.startsWith(serviceAccountPrefix)) return undefined;
  const [namespace, name, ...more] = user.slice(serviceAccountPrefix.length).split(':');
  if (!namespace || !name || more.length > 0) return undefined;
  return { namespace, name };
}
