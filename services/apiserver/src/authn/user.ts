/** Who asks, however they proved it. */
import type { PeerIdentity } from '@drydock/rpc';

export interface User extends PeerIdentity {
  readonly uid?: string;
  /** What the credential says besides: its id, the pod and node that it belongs to. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const credentialIdKey = 'authentication.kubernetes.io/credential-id';

const authenticated = 'system:authenticated';

/** The group of all whose credentials were good. */
export function withAuthenticatedGroup(user: User): User {
  if (user.groups.includes(authenticated)) return user;
  return { ...user, groups: [...user.groups, authenticated] };
}
