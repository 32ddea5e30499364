/**
 * What the distribution's etcdctl cannot ask for, or its etcd does not refuse yet: signed tokens, tokens
 * on members that lag, and what etcd guards since its security fixes of 2026.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import {
  AlarmRequest,
  AuthenticateRequest,
  AuthRoleAddRequest,
  AuthRoleGrantPermissionRequest,
  AuthService,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserGrantRoleRequest,
  ClusterService,
  CompactionRequest,
  KVService,
  LeaseGrantRequest,
  LeaseLeasesRequest,
  LeaseService,
  LeaseTimeToLiveRequest,
  LockRequest,
  LockService,
  MemberAddRequest,
  MaintenanceService,
  MemberListRequest,
  MoveLeaderRequest,
  Permission,
  PermissionType,
  PutRequest,
  RangeRequest,
  StatusRequest,
  WatchCreateRequest,
  WatchRequest,
  WatchService,
} from '@drydock/proto/etcd';
import { describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { createClient } from './peer-client.ts';

interface Caller extends Disposable {
  /** Why the first answer to a watcher ends it; empty when it does not. */
  watch(key: string, headers: Record<string, string>): Promise<string>;
  /** The answer, or "CODE details". */
  call<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    headers?: Record<string, string>,
  ): Promise<Response | string>;
  /** Everything must go well. */
  must<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

function metadataOf(headers: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

function callerOf(endpoint: string): Caller {
  const client = createClient(endpoint, undefined);
  const call: Caller['call'] = (method, request, headers = {}) => {
    const metadata = metadataOf(headers);
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadata,
        (error: ServiceError | null, response) => {
          resolve(error === null ? response! : `${error.code} ${error.details}`);
        },
      );
    });
  };
  return {
    call,
    must: async (method, request, headers) => {
      const answer = await call(method, request, headers);
      if (typeof answer === 'string') throw new Error(`${method.path}: ${answer}`);
      return answer;
    },
    watch: (key, headers) => {
      const { path, requestSerialize, responseDeserialize } = WatchService.watch;
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const stream = client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadataOf(headers),
      );
      stream.on('data', ({ cancelReason }) => {
        resolve(cancelReason);
        stream.cancel();
      });
      stream.on('error', reject);
      const createRequest = WatchCreateRequest.from({ key: bytes(key) });
      stream.write(WatchRequest.from({ createRequest }));
      return promise;
    },
    [Symbol.dispose]: () => client.close(),
  };
}

const bytes = (text: string) => Buffer.from(text);
const range = (key: string) => RangeRequest.from({ key: bytes(key), serializable: true });

/** Root, and Ann, who may do everything with what begins with "a". */
async function enableAuth(one: Caller): Promise<void> {
  for (const name of ['root', 'ann']) {
    await one.must(
      AuthService.userAdd,
      AuthUserAddRequest.from({ name, password: `${name}-pass` }),
    );
  }
  const perm = Permission.from({
    permType: PermissionType.readwrite,
    key: bytes('a'),
    rangeEnd: bytes('b'),
  });
  await one.must(AuthService.roleAdd, AuthRoleAddRequest.from({ name: 'r' }));
  await one.must(
    AuthService.roleGrantPermission,
    AuthRoleGrantPermissionRequest.from({ name: 'r', perm }),
  );
  for (const [user, role] of [
    ['root', 'root'],
    ['ann', 'r'],
  ] as const) {
    await one.must(AuthService.userGrantRole, AuthUserGrantRoleRequest.from({ user, role }));
  }
  await one.must(AuthService.authEnable, {});
}

async function tokenOf(one: Caller, name: string): Promise<Record<string, string>> {
  const request = AuthenticateRequest.from({ name, password: `${name}-pass` });
  return { token: (await one.must(AuthService.authenticate, request)).token };
}

const noUser = '3 etcdserver: user name is empty';
const denied = '7 etcdserver: permission denied';
const invalid = '16 etcdserver: invalid auth token';
const old = '3 etcdserver: revision of auth store is old';

async function start(flags: readonly string[] = []): Promise<TestCluster> {
  return startTestCluster({ flags: ['--bcrypt-cost=4', ...flags] });
}

describe('a simple token', () => {
  it('is good on every member at once, in either header, until its password changes', async () => {
    await using cluster = await start();
    using stack = new DisposableStack();
    const callers = cluster.members.map((one) => stack.use(callerOf(one.endpoint)));
    const [first] = callers as [Caller];
    await enableAuth(first);
    for (let round = 0; round < 20; round++) {
      const { token } = (await tokenOf(first, 'ann')) as { token: string };
      const answers = callers.flatMap((one) => [
        one.must(KVService.range, range('a'), { token }),
        one.must(KVService.range, range('a'), { authorization: token }),
        one.must(KVService.range, range('a'), { authorization: `Bearer ${token}` }),
      ]);
      expect(await Promise.all(answers)).toHaveLength(9);
      const { token: another } = (await tokenOf(first, 'ann')) as { token: string };
      const watches = callers.map((one) => one.watch('a', { token: another }));
      expect(await Promise.all(watches)).toEqual(['', '', '']);
    }
    const ann = await tokenOf(first, 'ann');
    const root = await tokenOf(first, 'root');
    await first.must(
      AuthService.userChangePassword,
      AuthUserChangePasswordRequest.from({ name: 'ann', password: 'other' }),
      root,
    );
    for (const one of callers) {
      await eventually('the token is void', async () => {
        expect(await one.call(KVService.range, range('a'), ann)).toBe(invalid);
        return true;
      });
      expect(await one.call(KVService.range, range('a'), { token: 'abcd.999999999' })).toBe(
        invalid,
      );
      expect(await one.call(KVService.range, range('a'), { token: '' })).toBe(invalid);
      expect(await one.watch('a', { token: 'abcd.999999999' })).toBe(
        'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token',
      );
    }
  });
});

describe('what etcd guards since 2026', () => {
  it('needs a user, or root, and an expired lease ends all the same', async () => {
    await using cluster = await start();
    using first = callerOf(cluster.members[0]!.endpoint);
    await enableAuth(first);
    const ann = await tokenOf(first, 'ann');
    const root = await tokenOf(first, 'root');
    const put = (key: string, lease: bigint, headers: Record<string, string>) =>
      first.must(KVService.put, PutRequest.from({ key: bytes(key), lease }), headers);

    const grant = LeaseGrantRequest.from({ ttl: 2 });
    expect(await first.call(LeaseService.leaseGrant, grant)).toBe(noUser);
    const short = (await first.must(LeaseService.leaseGrant, grant, ann)).id;
    const long = (
      await first.must(LeaseService.leaseGrant, LeaseGrantRequest.from({ ttl: 100 }), ann)
    ).id;
    await put('a', short, ann);
    await put('z', short, root);
    await put('y', long, root);

    const askUser = [
      first.call(MaintenanceService.status, StatusRequest.from({})),
      first.call(MaintenanceService.alarm, AlarmRequest.from({})),
      first.call(ClusterService.memberList, MemberListRequest.from({})),
      first.call(LeaseService.leaseTimeToLive, LeaseTimeToLiveRequest.from({ id: long })),
      first.call(LeaseService.leaseLeases, LeaseLeasesRequest.from({})),
      first.call(KVService.compact, CompactionRequest.from({ revision: 2 })),
      first.call(MaintenanceService.moveLeader, MoveLeaderRequest.from({ targetId: 1 })),
      first.call(AuthService.authStatus, {}),
    ];
    expect(new Set(await Promise.all(askUser))).toEqual(new Set([noUser]));
    await first.must(MaintenanceService.status, StatusRequest.from({}), ann);
    await first.must(MaintenanceService.alarm, AlarmRequest.from({}), ann);
    await first.must(ClusterService.memberList, MemberListRequest.from({}), ann);
    const askRoot = [
      first.call(KVService.compact, CompactionRequest.from({ revision: 2 }), ann),
      first.call(MaintenanceService.moveLeader, MoveLeaderRequest.from({ targetId: 1 }), ann),
      first.call(MaintenanceService.alarm, AlarmRequest.from({ action: 2 }), ann),
      first.call(AuthService.authStatus, {}, ann),
      first.call(LeaseService.leaseLeases, LeaseLeasesRequest.from({}), ann),
      first.call(
        LeaseService.leaseTimeToLive,
        LeaseTimeToLiveRequest.from({ id: long, keys: true }),
        ann,
      ),
    ];
    expect(new Set(await Promise.all(askRoot))).toEqual(new Set([denied]));
    const { keys } = await first.must(
      LeaseService.leaseTimeToLive,
      LeaseTimeToLiveRequest.from({ id: long, keys: true }),
      root,
    );
    expect(keys.map(String)).toEqual(['y']);
    expect(await first.must(AuthService.authStatus, {}, root)).toMatchObject({
      enabled: true,
      authRevision: 7,
    });
    await eventually('the short lease has ended, with the keys of both', async () => {
      const all = RangeRequest.from({ key: bytes('a'), rangeEnd: bytes('\0') });
      const { kvs } = await first.must(KVService.range, all, root);
      return kvs.map(({ key }) => String(key)).join() === 'y';
    });
  });
});

describe('ways around', () => {
  it('through locks, or through the port of members, there are none', async () => {
    await using cluster = await start();
    const [member] = cluster.members as [TestCluster['members'][number]];
    using first = callerOf(member.endpoint);
    await enableAuth(first);
    const ann = await tokenOf(first, 'ann');
    const root = await tokenOf(first, 'root');
    const lock = (name: string) => LockRequest.from({ name: bytes(name) });
    expect(await first.call(LockService.lock, lock('a'))).toContain('user name is empty');
    expect(await first.call(LockService.lock, lock('z'), ann)).toContain('permission denied');
    await first.must(LockService.lock, lock('a'), ann);
    const { leases } = await first.must(LeaseService.leaseLeases, {}, root);
    // Of the two who were known: who was not, got none.
    expect(leases).toHaveLength(2);

    using peer = callerOf(`http://127.0.0.1:${member.peerPort}`);
    await peer.must(ClusterService.memberList, MemberListRequest.from({}));
    const request = MemberAddRequest.from({ peerUrls: ['http://127.0.0.1:1'], isLearner: true });
    expect(await peer.call(ClusterService.memberAdd, request)).toMatch(/^9 .*belongs to cluster/);
    const { members } = await first.must(
      ClusterService.memberList,
      MemberListRequest.from({}),
      root,
    );
    expect(members).toHaveLength(3);
  });
});

describe('a signed token', () => {
  it('is good on every member until auth changes, also after all were restarted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jwt-'));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rmSync(folder, { recursive: true }));
    const flag = `--auth-token=jwt,sign-method=ES256,priv-key=${keyFile},ttl=10m`;
    const cluster = stack.use(await start([flag]));
    const callers = cluster.members.map((one) => stack.use(callerOf(one.endpoint)));
    const [first] = callers as [Caller];
    await enableAuth(first);
    const ann = await tokenOf(first, 'ann');
    expect(ann['token']!.split('.')).toHaveLength(3);
    const put = PutRequest.from({ key: bytes('a'), value: bytes('1') });
    for (const one of callers) {
      await one.must(KVService.put, put, ann);
      await one.must(KVService.range, range('a'), ann);
    }
    await Promise.all(cluster.members.keys().map((index) => cluster.kill(index)));
    for (const index of cluster.members.keys()) cluster.start(index);
    for (const one of callers) {
      await eventually('the token is still good', () => one.must(KVService.put, put, ann));
    }
    const root = await tokenOf(first, 'root');
    await first.must(AuthService.roleAdd, AuthRoleAddRequest.from({ name: 'more' }), root);
    expect(await first.call(KVService.put, put, ann)).toBe(old);
    expect(await first.call(KVService.range, range('a'), ann)).toBe(old);
    await first.must(KVService.put, put, await tokenOf(first, 'ann'));
  });
});
