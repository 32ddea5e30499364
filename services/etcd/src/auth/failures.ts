/**
 * What auth refuses, in etcd's own words and codes.
 *
 * A few calls of the original answer with its internal words and the code Unknown, because they are
 * not in its table of errors; clients show those words, so they are the same here.
 */
import type { Failure } from '../mvcc/failure.ts';

const unknown = 2;
const invalidArgument = 3;
const permissionDenied = 7;
const failedPrecondition = 9;
const unauthenticated = 16;

function failure(code: number, text: string): Failure {
  return { kind: 'failure', code, message: `etcdserver: ${text}` };
}

/** Words that the original does not translate for its clients. */
function internal(text: string): Failure {
  return { kind: 'failure', code: unknown, message: text };
}

export const authFailures = {
  rootUserNotExist: failure(failedPrecondition, 'root user does not exist'),
  rootRoleNotExist: failure(failedPrecondition, 'root user does not have root role'),
  userAlreadyExists: failure(failedPrecondition, 'user name already exists'),
  userEmpty: failure(invalidArgument, 'user name is empty'),
  userNotFound: failure(failedPrecondition, 'user name not found'),
  roleAlreadyExists: failure(failedPrecondition, 'role name already exists'),
  roleNotFound: failure(failedPrecondition, 'role name not found'),
  roleEmpty: failure(invalidArgument, 'role name is empty'),
  authFailed: failure(invalidArgument, 'authentication failed, invalid user ID or password'),
  permissionNotGiven: failure(invalidArgument, 'permission not given'),
  permissionDenied: failure(permissionDenied, 'permission denied'),
  roleNotGranted: failure(failedPrecondition, 'role is not granted to the user'),
  permissionNotGranted: failure(failedPrecondition, 'permission is not granted to the role'),
  notEnabled: failure(failedPrecondition, 'authentication is not enabled'),
  invalidToken: failure(unauthenticated, 'invalid auth token'),
  invalidManagement: failure(invalidArgument, 'invalid auth management'),
  oldRevision: failure(invalidArgument, 'revision of auth store is old'),
  noPasswordUser: internal('auth: authentication failed, password was given for no password user'),
  verifyOnly: internal('auth: token signing attempted with verify-only key'),
  passwordTooLong: internal('bcrypt: password length exceeds 72 bytes'),
} as const;
