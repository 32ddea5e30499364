/** Auth as the state machine applies it: who may write is decided by the state of then. */
import {
  AuthCommand,
  Compare,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  Permission,
  PermissionType,
  PutRequest,
  RangeRequest,
  RequestOp,
  Role,
  TxnRequest,
  User,
} from '@drydock/proto/etcd';
import { createManualClock } from '@drydock/testing/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { plainConfiguration } from '../../raft/configuration.ts';
import { parseInitialCluster } from '../../membership/members.ts';
import { createMemoryBackend, type MemoryBackend } from '../../mvcc/memory-backend.ts';
import { encodeCommand, type CommandKind, type MessageOf } from '../command.ts';
import { EtcdStateMachine } from '../state-machine.ts';

const founding = parseInitialCluster('a=http://a:2380', 'token');
const clock = createManualClock();
const bytes = (text: string) => Buffer.from(text);
let backend: MemoryBackend;
let state: EtcdStateMachine;

async function open(on: MemoryBackend): Promise<EtcdStateMachine> {
  const machine = new EtcdStateMachine({
    backend: on,
    clock,
    leaseTtlMin: 2,
    foundingMembers: founding,
    tokenTtl: 1_000,
  });
  await machine.open((error) => expect.fail(error.message));
  return machine;
}

function applyBytes(data: Buffer) {
  const index = state.appliedIndex + 1;
  return state.apply([{ index, term: 1, kind: 'data', origin: 1, sequence: index, data }])[0]!;
}

/** Applies a command that nobody stands for. */
function apply<Kind extends CommandKind>(kind: Kind, message: MessageOf<Kind>) {
  return applyBytes(encodeCommand(kind, message));
}

/** Applies a command for a user who was found out at a revision, the present one by default. */
function applyAs<Kind extends CommandKind>(
  user: string,
  kind: Kind,
  message: MessageOf<Kind>,
  authRevision = state.auth.revision,
) {
  const command = encodeCommand(kind, message);
  return apply('authorized', { user, authRevision, command });
}

const auth = (change: Partial<AuthCommand>) => apply('auth', AuthCommand.from(change));
const authAs = (user: string, change: Partial<AuthCommand>) =>
  applyAs(user, 'auth', AuthCommand.from(change));
const put = (key: string, more: Partial<PutRequest> = {}) =>
  PutRequest.from({ key: bytes(key), value: bytes('v'), ...more });
const denied = { kind: 'failure', code: 7, message: 'etcdserver: permission denied' };
const noUser = { kind: 'failure', code: 3, message: 'etcdserver: user name is empty' };
const old = { kind: 'failure', code: 3, message: 'etcdserver: revision of auth store is old' };

function addUser(name: string, role: string): void {
  const hashedPassword = bytes(`hash of ${name}`).toString('base64');
  auth({ userAdd: { name, password: '', hashedPassword, options: undefined } });
  if (role !== 'root') auth({ roleAdd: { name: role } });
  auth({ userGrantRole: { user: name, role } });
}

function grant(role: string, permType: PermissionType, key: string, rangeEnd = ''): void {
  const perm = Permission.from({ permType, key: bytes(key), rangeEnd: bytes(rangeEnd) });
  auth({ roleGrantPermission: { name: role, perm } });
}

/** Ann may write what begins with "w", and read what begins with "r" or "wr". */
beforeEach(async () => {
  backend = createMemoryBackend({ commitAtOnce: false });
  state = await open(backend);
  addUser('root', 'root');
  addUser('ann', 'role-of-ann');
  grant('role-of-ann', PermissionType.write, 'w', 'x');
  grant('role-of-ann', PermissionType.read, 'r', 's');
  grant('role-of-ann', PermissionType.read, 'wr', 'ws');
  auth({ enable: {} });
});

describe('a write, when it is applied', () => {
  it('needs a user', () => {
    expect(apply('put', put('w'))).toEqual(noUser);
    expect(apply('delete-range', DeleteRangeRequest.from({ key: bytes('w') }))).toEqual(noUser);
    const op = RequestOp.from({ requestPut: put('w') });
    expect(apply('txn', TxnRequest.from({ success: [op] }))).toEqual(noUser);
    expect(state.store.revision).toBe(1);
  });

  it('needs the permission of then, not of when it was proposed', () => {
    const { revision } = state.auth;
    authAs('root', {
      roleRevokePermission: { role: 'role-of-ann', key: bytes('w'), rangeEnd: bytes('x') },
    });
    expect(applyAs('ann', 'put', put('w'), revision)).toEqual(old);
    expect(applyAs('ann', 'put', put('w'))).toEqual(denied);
    expect(state.store.revision).toBe(1);
  });

  it('needs permission to read for what it shows of before', () => {
    expect(applyAs('ann', 'put', put('w1'))).toMatchObject({ kind: 'put' });
    expect(applyAs('ann', 'put', put('w1', { prevKv: true }))).toEqual(denied);
    expect(applyAs('ann', 'put', put('wr', { prevKv: true }))).toMatchObject({ kind: 'put' });
    const all = { key: bytes('w'), rangeEnd: bytes('x') };
    expect(applyAs('ann', 'delete-range', { ...all, prevKv: true })).toEqual(denied);
    expect(applyAs('ann', 'delete-range', { ...all, prevKv: false })).toMatchObject({ deleted: 2 });
  });

  it('is refused whole for any part of a transaction, whichever branch that is in', () => {
    const mayPut = RequestOp.from({ requestPut: put('w') });
    const forbidden: RequestOp[] = [
      RequestOp.from({ requestPut: put('r') }),
      RequestOp.from({ requestPut: put('w', { prevKv: true }) }),
      RequestOp.from({ requestRange: RangeRequest.from({ key: bytes('w') }) }),
      RequestOp.from({ requestDeleteRange: DeleteRangeRequest.from({ key: bytes('r') }) }),
    ];
    const nested = forbidden.map((op) =>
      RequestOp.from({ requestTxn: TxnRequest.from({ failure: [op] }) }),
    );
    const transactions = [
      ...[...forbidden, ...nested].flatMap((op) => [
        TxnRequest.from({ success: [mayPut, op] }),
        TxnRequest.from({ success: [mayPut], failure: [op] }),
      ]),
      TxnRequest.from({ compare: [Compare.from({ key: bytes('w') })], success: [mayPut] }),
    ];
    for (const one of transactions) expect(applyAs('ann', 'txn', one)).toEqual(denied);
    expect(state.store.revision).toBe(1);
    const readable = Compare.from({ key: bytes('r'), version: 0 });
    const allowed = TxnRequest.from({ compare: [readable], success: [mayPut] });
    expect(applyAs('ann', 'txn', allowed)).toMatchObject({ kind: 'txn', succeeded: true });
  });

  it('needs permission to write all keys of a lease that it touches', () => {
    apply('lease-grant', LeaseGrantRequest.from({ id: 7n, ttl: 100 }));
    expect(applyAs('ann', 'put', put('w1', { lease: 7n }))).toMatchObject({ kind: 'put' });
    expect(applyAs('root', 'put', put('a', { lease: 7n }))).toMatchObject({ kind: 'put' });
    expect(applyAs('ann', 'put', put('w2', { lease: 7n }))).toEqual(denied);
    const revoke = LeaseRevokeRequest.from({ id: 7n });
    expect(applyAs('ann', 'lease-revoke', revoke)).toEqual(denied);
    expect(apply('lease-revoke', revoke)).toEqual(noUser);
    expect(applyAs('root', 'lease-revoke', revoke)).toEqual({ kind: 'done' });
    expect(applyAs('ann', 'lease-revoke', revoke)).toMatchObject({
      message: 'etcdserver: requested lease not found',
    });
  });
});

describe('a change of auth', () => {
  it('is for root only', () => {
    const changes: Partial<AuthCommand>[] = [
      { enable: {} },
      { disable: {} },
      { userAdd: { name: 'x', password: '', hashedPassword: '', options: undefined } },
      { userDelete: { name: 'root' } },
      { userChangePassword: { name: 'ann', password: '', hashedPassword: '' } },
      { userGrantRole: { user: 'ann', role: 'root' } },
      { userRevokeRole: { name: 'ann', role: 'role-of-ann' } },
      { roleAdd: { name: 'x' } },
      { roleDelete: { role: 'role-of-ann' } },
      { roleGrantPermission: { name: 'role-of-ann', perm: undefined } },
      { roleRevokePermission: { role: 'role-of-ann', key: bytes('w'), rangeEnd: bytes('x') } },
    ];
    const { revision } = state.auth;
    for (const one of changes) {
      expect(authAs('ann', one), JSON.stringify(one)).toEqual(denied);
      expect(auth(one), JSON.stringify(one)).toEqual(noUser);
    }
    expect(state.auth.revision).toBe(revision);
  });

  it('is found again after a crash, in the words and bytes of the original', async () => {
    await state.persist();
    const values = backend.values();
    const of = (name: string) => values.get(name)!.slice();
    expect(Buffer.from(of('auth/enabled')).toString()).toBe('1');
    expect(Buffer.from(of('auth/revision')).toString()).toBe(String(state.auth.revision));
    expect(User.decode(of('auth/user/ann'))).toEqual({
      name: bytes('ann'),
      password: bytes('hash of ann'),
      roles: ['role-of-ann'],
      options: { noPassword: false },
    });
    expect(Role.decode(of('auth/role/role-of-ann')).keyPermission).toHaveLength(3);
    const { revision } = state.auth;
    state = await open(backend.crash());
    expect(state.auth.revision).toBe(revision);
    expect(state.auth.enabled).toBe(true);
    expect(applyAs('ann', 'put', put('w'))).toMatchObject({ kind: 'put' });
    expect(applyAs('ann', 'put', put('r'))).toEqual(denied);

    authAs('root', { userDelete: { name: 'ann' } });
    authAs('root', { disable: {} });
    await state.persist();
    const names = [...state.backend.values().keys()].filter((one) => one.startsWith('auth/'));
    expect(new Set(names)).toEqual(
      new Set(['auth/revision', 'auth/role/role-of-ann', 'auth/user/root']),
    );
  });

  it('comes with a snapshot, and takes the tokens of before', async () => {
    const snapshot = await state.openSnapshot();
    const other = await open(createMemoryBackend());
    other.tokens.assign('token.1', 'ann', clock.now());
    const configuration = plainConfiguration([]);
    await other.installSnapshot({ index: snapshot.index, term: 1, configuration }, snapshot.body);
    expect(other.auth.enabled).toBe(true);
    expect(other.auth.revision).toBe(state.auth.revision);
    expect(other.auth.userNames()).toEqual(['ann', 'root']);
    expect(other.auth.user('ann')).toEqual(state.auth.user('ann'));
    expect(other.tokens.use('token.1', clock.now())).toBeUndefined();
  });

  it('keeps names with slashes and zeros apart', async () => {
    for (const name of ['a/b', 'a\0', 'ä', '/']) {
      const userAdd = { name, password: '', hashedPassword: '', options: undefined };
      authAs('root', { userAdd });
    }
    await state.persist();
    state = await open(backend.crash());
    expect(state.auth.userNames()).toEqual(['/', 'a\0', 'a/b', 'ann', 'root', 'ä']);
  });
});

describe('an authentication', () => {
  const authenticate = { name: 'ann', simpleToken: 'abcdefgh' };

  it('makes a token that is named after its log entry', () => {
    const result = auth({ authenticate });
    const simpleToken = `abcdefgh.${state.appliedIndex}`;
    expect(result).toEqual({
      kind: 'authenticated',
      user: 'ann',
      revision: state.auth.revision,
      simpleToken,
    });
    expect(state.tokens.use(simpleToken, clock.now())).toBe('ann');
  });

  it('is refused while auth is off, and to those who have no password', () => {
    authAs('root', {
      userAdd: { name: 'eve', password: '', hashedPassword: '', options: { noPassword: true } },
    });
    for (const name of ['eve', 'nobody']) {
      expect(auth({ authenticate: { name, simpleToken: 'x' } })).toMatchObject({
        message: 'etcdserver: authentication failed, invalid user ID or password',
      });
    }
    authAs('root', { disable: {} });
    expect(auth({ authenticate })).toMatchObject({
      message: 'etcdserver: authentication is not enabled',
    });
  });

  it.each([
    ['another password', { userChangePassword: { name: 'ann', password: '', hashedPassword: '' } }],
    ['their user', { userDelete: { name: 'ann' } }],
    ['auth', { disable: {} }],
  ])('makes tokens that %s ends', (_what, change) => {
    auth({ authenticate });
    const token = `abcdefgh.${state.appliedIndex}`;
    authAs('root', change);
    expect(state.tokens.use(token, clock.now())).toBeUndefined();
  });
});
