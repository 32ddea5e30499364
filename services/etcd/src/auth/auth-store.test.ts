import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuthStore, type AuthOutcome } from './auth-store.ts';
import { authFailures } from './failures.ts';
import { PermissionType, type Permission } from './types.ts';

let store: AuthStore;
const hash = new Uint8Array([1]);
const password = { passwordHash: hash, noPassword: false };
const { read, write, readwrite } = PermissionType;

beforeEach(() => {
  store = new AuthStore();
});

/** The words after the prefix; undefined for a change that was made. */
const words = (outcome: AuthOutcome) => (outcome.kind === 'failure' ? outcome.message : undefined);
const permission = (type: number, key: string, rangeEnd = ''): Permission => ({
  type,
  key,
  rangeEnd,
});
const as = (user: string) => ({ user, revision: store.revision });

function makeRoot(): void {
  store.addUser('root', password);
  store.grantRole('root', 'root');
}

function makeUser(name: string, ...permissions: Permission[]): void {
  store.addUser(name, password);
  store.addRole(`role-of-${name}`);
  store.grantRole(name, `role-of-${name}`);
  for (const one of permissions) store.grantPermission(`role-of-${name}`, one);
}

describe('users and roles', () => {
  it('have names, each once', () => {
    expect(words(store.addUser('', password))).toBe('etcdserver: user name is empty');
    expect(words(store.addUser('ann', password))).toBeUndefined();
    expect(words(store.addUser('ann', password))).toBe('etcdserver: user name already exists');
    expect(words(store.addRole(''))).toBe('etcdserver: role name is empty');
    expect(words(store.addRole('r'))).toBeUndefined();
    expect(words(store.addRole('r'))).toBe('etcdserver: role name already exists');
    for (const outcome of [
      store.deleteUser('none'),
      store.changePassword('none', hash),
      store.grantRole('none', 'r'),
      store.revokeRole('none', 'r'),
    ]) {
      expect(words(outcome)).toBe('etcdserver: user name not found');
    }
    for (const outcome of [
      store.deleteRole('none'),
      store.grantRole('ann', 'none'),
      store.grantPermission('none', permission(read, 'k')),
      store.revokePermission('none', { key: 'k', rangeEnd: '' }),
    ]) {
      expect(words(outcome)).toBe('etcdserver: role name not found');
    }
    expect(words(store.revokeRole('ann', 'r'))).toBe('etcdserver: role is not granted to the user');
    expect(words(store.revokePermission('r', { key: 'k', rangeEnd: '' }))).toBe(
      'etcdserver: permission is not granted to the role',
    );
  });

  it('are listed in order, and the roles of a user too', () => {
    for (const name of ['c', 'a', 'b']) {
      store.addUser(name, password);
      store.addRole(name);
      store.grantRole('c', name);
    }
    expect(store.userNames()).toEqual(['a', 'b', 'c']);
    expect(store.roleNames()).toEqual(['a', 'b', 'c']);
    expect(store.user('c')?.roles).toEqual(['a', 'b', 'c']);
  });

  it('lose a role with the role', () => {
    makeUser('ann');
    makeUser('bob');
    store.grantRole('bob', 'role-of-ann');
    expect(store.deleteRole('role-of-ann')).toMatchObject({
      users: ['ann', 'bob'],
      roles: ['role-of-ann'],
    });
    expect(store.user('ann')?.roles).toEqual([]);
    expect(store.user('bob')?.roles).toEqual(['role-of-bob']);
  });

  it('keep no password when they are to have none', () => {
    store.addUser('ann', { passwordHash: undefined, noPassword: true });
    store.changePassword('ann', hash);
    expect(store.user('ann')?.passwordHash).toHaveLength(0);
    expect(words(store.addUser('bob', { passwordHash: undefined, noPassword: false }))).toBe(
      'auth: authentication failed, password was given for no password user',
    );
  });

  it('get permissions on ranges that hold something', () => {
    store.addRole('r');
    expect(words(store.grantPermission('r', undefined))).toBe('etcdserver: permission not given');
    for (const [key, rangeEnd] of [
      ['', ''],
      ['', '\0'],
      ['b', 'a'],
      ['b', 'b'],
    ] as const) {
      const outcome = store.grantPermission('r', permission(read, key, rangeEnd));
      expect(words(outcome)).toBe('etcdserver: invalid auth management');
    }
    store.grantPermission('r', permission(read, 'k', 'l'));
    store.grantPermission('r', permission(write, 'k', 'l'));
    store.grantPermission('r', permission(read, 'a'));
    expect(store.role('r')?.permissions).toEqual([
      permission(read, 'a'),
      permission(write, 'k', 'l'),
    ]);
  });
});

describe('the revision', () => {
  it('moves by one with each change, and with nothing else', () => {
    const steps: [() => AuthOutcome, number][] = [
      [() => store.enable(), 0],
      [() => store.addUser('root', password), 1],
      [() => store.addUser('root', password), 0],
      [() => store.grantRole('root', 'root'), 1],
      [() => store.grantRole('root', 'root'), 0],
      [() => store.addRole('r'), 1],
      [() => store.grantPermission('r', permission(read, 'k')), 1],
      [() => store.grantPermission('r', permission(read, 'k')), 1],
      [() => store.revokePermission('r', { key: 'k', rangeEnd: '' }), 1],
      [() => store.enable(), 0],
      [() => store.enable(), 0],
      [() => store.changePassword('root', hash), 1],
      [() => store.deleteRole('r'), 1],
      [() => store.disable(), 1],
      [() => store.disable(), 0],
      [() => store.revokeRole('root', 'root'), 1],
      [() => store.deleteUser('root'), 1],
    ];
    expect(store.revision).toBe(1);
    for (const [step, moves] of steps) {
      const before = store.revision;
      step();
      expect(store.revision, String(step)).toBe(before + moves);
    }
  });
});

describe('root', () => {
  it('must be there, with its role, before auth is on', () => {
    expect(words(store.enable())).toBe('etcdserver: root user does not exist');
    store.addUser('root', password);
    expect(words(store.enable())).toBe('etcdserver: root user does not have root role');
    store.grantRole('root', 'root');
    expect(words(store.enable())).toBeUndefined();
    expect(store.enabled).toBe(true);
  });

  it('cannot be taken away while auth is on', () => {
    makeRoot();
    store.enable();
    for (const outcome of [
      store.deleteUser('root'),
      store.revokeRole('root', 'root'),
      store.deleteRole('root'),
    ]) {
      expect(words(outcome)).toBe('etcdserver: invalid auth management');
    }
    store.disable();
    expect(words(store.deleteUser('root'))).toBeUndefined();
  });

  it('may do everything, as may everybody with its role', () => {
    makeRoot();
    makeUser('ann');
    store.addUser('admin', password);
    store.grantRole('admin', 'root');
    store.enable();
    for (const name of ['root', 'admin']) {
      expect(store.refuseRoot(as(name))).toBeUndefined();
      expect(store.refuseRead(as(name), '\0', '\0')).toBeUndefined();
      expect(store.refuseWrite(as(name), '\0', '\0')).toBeUndefined();
    }
    expect(store.refuseRoot(as('ann'))).toBe(authFailures.permissionDenied);
    expect(store.refuseRoot(as('none'))).toBe(authFailures.userNotFound);
    expect(store.refuseRoot(as(''))).toBe(authFailures.userEmpty);
    expect(store.refuseRoot(undefined)).toBe(authFailures.userEmpty);
  });
});

describe('a check', () => {
  it('lets everything through while auth is off', () => {
    expect(store.refuseWrite({ user: '', revision: 0 }, 'k', '')).toBeUndefined();
    expect(store.refuseRoot(undefined)).toBeUndefined();
  });

  it('needs a user, who exists, and who was found out since the last change', () => {
    makeRoot();
    makeUser('ann', permission(readwrite, 'k'));
    store.enable();
    const before = as('ann');
    expect(store.refuseRead(before, 'k', '')).toBeUndefined();
    store.addRole('another');
    expect(store.refuseRead(before, 'k', '')).toBe(authFailures.oldRevision);
    expect(store.refuseRead(as('ann'), 'k', '')).toBeUndefined();
    expect(store.refuseRead({ user: '', revision: 0 }, 'k', '')).toBe(authFailures.userEmpty);
    expect(store.refuseRead(as('none'), 'k', '')).toBe(authFailures.permissionDenied);
  });

  it('sees a permission come and go', () => {
    makeRoot();
    makeUser('ann');
    store.enable();
    expect(store.refuseRead(as('ann'), 'k', '')).toBe(authFailures.permissionDenied);
    store.grantPermission('role-of-ann', permission(read, 'k'));
    expect(store.refuseRead(as('ann'), 'k', '')).toBeUndefined();
    expect(store.refuseWrite(as('ann'), 'k', '')).toBe(authFailures.permissionDenied);
    store.revokePermission('role-of-ann', { key: 'k', rangeEnd: '' });
    expect(store.refuseRead(as('ann'), 'k', '')).toBe(authFailures.permissionDenied);
  });

  it('agrees with a model that looks at each permission of each role for each key', () => {
    const keys = ['a', 'a\0', 'b', 'c', 'd'];
    const end = fc.constantFrom('', '\0', ...keys);
    const granted = fc.record({
      role: fc.constantFrom('r1', 'r2', 'r3'),
      type: fc.constantFrom(read, write, readwrite),
      key: fc.constantFrom(...keys),
      rangeEnd: end,
    });
    fc.assert(
      fc.property(
        fc.array(granted, { maxLength: 8 }),
        fc.subarray(['r1', 'r2', 'r3']),
        (all, roles) => {
          store = new AuthStore();
          makeRoot();
          store.addUser('ann', password);
          for (const role of ['r1', 'r2', 'r3']) store.addRole(role);
          for (const role of roles) store.grantRole('ann', role);
          const valid = all.filter(
            ({ role, ...one }) => store.grantPermission(role, one).kind === 'changed',
          );
          store.enable();
          for (const key of keys) {
            for (const [type, refused] of [
              [read, store.refuseRead(as('ann'), key, '')],
              [write, store.refuseWrite(as('ann'), key, '')],
            ] as const) {
              const isPermitted = valid.some(
                (one, at) =>
                  roles.includes(one.role) &&
                  !isReplaced(valid, at) &&
                  (one.type === type || one.type === readwrite) &&
                  (one.rangeEnd === ''
                    ? one.key === key
                    : key >= one.key && (one.rangeEnd === '\0' || key < one.rangeEnd)),
              );
              expect(refused === undefined, `${key} ${type}`).toBe(isPermitted);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/**
 * A later permission for the same key and range takes the place of an earlier one, if that is the first
 * of its role for the key (the original's search looks at no other).
 */
function isReplaced(
  all: readonly { role: string; key: string; rangeEnd: string }[],
  at: number,
): boolean {
  const one = all[at]!;
  const first = all.findIndex(({ role, key }) => role === one.role && key === one.key);
  if (first !== at) return false;
  return all.some(
    ({ role, key, rangeEnd }, later) =>
      later > at && role === one.role && key === one.key && rangeEnd === one.rangeEnd,
  );
}
