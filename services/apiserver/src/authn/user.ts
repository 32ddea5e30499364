/** Who asks, however they proved it, in the words of authentication. */
export { authenticated as withAuthenticatedGroup, type Subject as User } from '../authz/subject.ts';

export const credentialIdKey = 'authentication.kubernetes.io/credential-id';
