/**
 * Snapshots carried over between our cluster and the distribution's, in both directions: the real etcdctl
 * saves, checks and restores ours, the real etcd starts from them, and etcdutl does the same with theirs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { run, type CommandResult } from '../testing/commands.ts';

const utilityFile = join(import.meta.dirname, 'main.ts');
const etcdutl = (...args: string[]) => run(process.execPath, [utilityFile, ...args]);

const asUser = 'root:secret';
const root = [`--user=${asUser}`];
const formats = ['simple', 'table', 'json', 'fields'];

let folder: string;

beforeAll(() => {
  const installer = join(import.meta.dirname, '../../../../scripts/install-tools');
  execFileSync(installer, ['etcdctl', 'etcd'], { stdio: 'inherit' });
  folder = mkdtempSync(join(tmpdir(), 'etcdutl-clients-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function successful(result: Promise<CommandResult>): Promise<string> {
  const { code, stdout, stderr } = await result;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

/** Keys with a history that was compacted, deleted ones, large ones; a lease; users and roles. */
async function fill(cluster: TestCluster): Promise<{ lease: string }> {
  const ctl = (...args: string[]) => successful(cluster.etcdctl(args));
  for (let index = 0; index < 30; index++) await ctl('put', `key${index}`, `value ${index}`);
  for (const key of ['key3', 'key4', 'key29']) await ctl('del', key);
  await ctl('put', 'key4', 'again');
  await ctl('put', 'large', 'x'.repeat(40_000));
  await ctl('compaction', '20');
  const lease = (await ctl('lease', 'grant', '600')).split(' ')[1]!;
  await ctl('put', 'leased', 'for a while', `--lease=${lease}`);
  await ctl('role', 'add', 'reader');
  await ctl('role', 'grant-permission', 'reader', 'read', 'key', '--prefix');
  await ctl('user', 'add', 'alice:wonder');
  await ctl('user', 'grant-role', 'alice', 'reader');
  await ctl('user', 'add', 'root:secret');
  await ctl('auth', 'enable');
  return { lease };
}

/** From one member, as `snapshot save` wants it. */
async function save(cluster: TestCluster, file: string): Promise<string> {
  const path = join(folder, file);
  const endpoint = `--endpoints=${cluster.members[0]!.endpoint}`;
  await successful(run('etcdctl', [endpoint, ...root, 'snapshot', 'save', path]));
  return path;
}

interface HashKv {
  readonly hash: number;
  readonly compact_revision?: number;
  readonly header: { readonly revision: number };
}

/** Of all members, once they agree. */
async function hashKvOf(cluster: TestCluster): Promise<HashKv> {
  return eventually('members with one history', async () => {
    const { stdout } = await cluster.etcdctl([...root, 'endpoint', 'hashkv', '-w', 'json']);
    const all = (JSON.parse(stdout) as { HashKV: HashKv }[]).map((one) => one.HashKV);
    return new Set(all.map((one) => one.hash)).size === 1 ? all[0]! : undefined;
  });
}

/** What users see, but for ids and times. */
async function contentsOf(cluster: TestCluster, lease: string) {
  const ctl = async (...args: string[]) => {
    const { code, stdout, stderr } = await cluster.etcdctl(args);
    return { code, stdout, error: stderr.split('\n').findLast((line) => line.startsWith('Error')) };
  };
  const leaseText = await ctl(...root, 'lease', 'timetolive', lease, '--keys');
  return {
    keys: await ctl(...root, 'get', '', '--from-key', '-w', 'fields'),
    old: await ctl(...root, 'get', 'key29', '--rev=25'),
    compacted: await ctl(...root, 'get', 'key1', '--rev=5'),
    lease: leaseText.stdout.replace(/remaining\(\d+s\)/, 'remaining(Ns)'),
    users: await ctl(...root, 'user', 'list'),
    role: await ctl(...root, 'role', 'get', 'reader'),
    login: await ctl('--user=alice:wonder', 'get', 'key1'),
    denied: await ctl('--user=alice:wonder', 'get', 'large'),
    wrong: await ctl('--user=alice:other', 'get', 'key1'),
    nobody: await ctl('get', 'key1'),
  };
}

const withoutIds = (contents: Awaited<ReturnType<typeof contentsOf>>) => ({
  ...contents,
  keys: contents.keys.stdout.replace(/"(ClusterID|MemberID|RaftTerm)" : \d+/g, ''),
});

async function expectSameStatus(file: string): Promise<void> {
  for (const format of formats) {
    const theirs = await successful(run('etcdctl', ['snapshot', 'status', file, '-w', format]));
    const ours = await successful(etcdutl('snapshot', 'status', file, '-w', format));
    expect(ours).toBe(theirs);
  }
}

async function restored(program: 'drydock' | 'etcd', file: string): Promise<TestCluster> {
  return startTestCluster({
    program,
    asUser,
    flags: ['--initial-cluster-token=restored'],
    prepare: async (identityFlags) => {
      const args = [
        'snapshot',
        'restore',
        file,
        '--initial-cluster-token=restored',
        ...identityFlags,
      ];
      await successful(program === 'etcd' ? run('etcdctl', args) : etcdutl(...args));
    },
  });
}

const programs = ['drydock', 'etcd'] as const;

describe.each(programs)('a snapshot of a cluster of %s', (source) => {
  let file: string;
  let before: HashKv;
  let contents: ReturnType<typeof withoutIds>;
  let lease: string;

  beforeAll(async () => {
    await using cluster = await startTestCluster({ program: source });
    ({ lease } = await fill(cluster));
    before = await hashKvOf(cluster);
    contents = withoutIds(await contentsOf(cluster, lease));
    file = await save(cluster, `${source}.db`);
  });

  it('has the same status to etcdctl and to etcdutl, in every format', async () => {
    await expectSameStatus(file);
  });

  it('has the checksum of the history that the cluster had', async () => {
    const stdout = await successful(etcdutl('hashkv', file, '-w', 'json'));
    expect(JSON.parse(stdout)).toEqual({
      hash: before.hash,
      hashRevision: before.header.revision,
      compactRevision: before.compact_revision,
    });
  });

  it.each(programs)('starts a cluster of %s, which has all that was there', async (target) => {
    await using cluster = await restored(target, file);
    expect((await hashKvOf(cluster)).hash).toBe(before.hash);
    expect(withoutIds(await contentsOf(cluster, lease))).toEqual(contents);
    const members = await successful(cluster.etcdctl([...root, 'member', 'list']));
    expect(members.match(/started, m\d/g)).toHaveLength(3);
    await successful(cluster.etcdctl([...root, 'put', 'after', 'the restore']));
    const again = await hashKvOf(cluster);
    expect(again.header.revision).toBe(before.header.revision + 1);
    // And back: what was restored is saved like any other.
    const saved = await save(cluster, `${source}-${target}.db`);
    await expectSameStatus(saved);
  });
});

describe('a snapshot that is not as it was saved', () => {
  it('is refused by etcdctl and by etcdutl', async () => {
    const bytes = readFileSync(join(folder, 'drydock.db'));
    bytes[bytes.length - 5_000]! ^= 1;
    const file = join(folder, 'changed.db');
    writeFileSync(file, bytes);
    const data = join(folder, 'refused');
    for (const refused of [
      await run('etcdctl', ['snapshot', 'restore', file, '--data-dir', `${data}-theirs`]),
      await etcdutl('snapshot', 'restore', file, '--data-dir', data),
    ]) {
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain('Error: expected sha256');
    }
  });
});

describe('a revision that is bumped', () => {
  it('tells watchers of old revisions to start again', async () => {
    const file = join(folder, 'drydock.db');
    await using cluster = await startTestCluster({
      size: 1,
      asUser,
      prepare: async (identityFlags) => {
        const bump = ['--bump-revision', '1000000', '--mark-compacted'];
        await successful(etcdutl('snapshot', 'restore', file, ...bump, ...identityFlags));
      },
    });
    const got = await successful(cluster.etcdctl([...root, 'get', 'key1', '-w', 'json']));
    const { header } = JSON.parse(got) as { header: { revision: number } };
    expect(header.revision).toBeGreaterThan(1_000_000);
    const watched = await cluster.etcdctl([...root, 'watch', 'key1', '--rev=30']);
    expect(watched.stderr).toContain('required revision has been compacted');
    await successful(cluster.etcdctl([...root, 'put', 'key1', 'new']));
    await successful(cluster.etcdctl([...root, 'get', 'key1', `--rev=${header.revision}`]));
  });
});
