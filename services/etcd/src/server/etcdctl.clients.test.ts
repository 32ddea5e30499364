/**
 * The distribution's etcdctl against three members of ours with mutual TLS, and the same commands
 * against the distribution's own etcd: everything but ids and times must be equal.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { run } from '../testing/commands.ts';

let ours: TestCluster;
let theirs: TestCluster;

beforeAll(async () => {
  const installer = join(import.meta.dirname, '../../../../scripts/install-tools');
  execFileSync(installer, ['etcdctl', 'etcd'], { stdio: 'inherit' });
  [ours, theirs] = await Promise.all([
    startTestCluster({ tls: true }),
    startTestCluster({ program: 'etcd', tls: true }),
  ]);
});

afterAll(async () => {
  await ours?.[Symbol.asyncDispose]();
  await theirs?.[Symbol.asyncDispose]();
});

/** Leaves out what may differ between two clusters. */
function normalized(text: string): string {
  return (
    text
      .replace(/"(cluster_id|member_id|raft_term|ID|lease)":\d+/g, '"$1":0')
      .replace(/"(ClusterID|MemberID|RaftTerm)" : \d+/g, '"$1" : 0')
      .replace(/"Lease" : [1-9]\d*/g, '"Lease" : N')
      .replace(/\b[0-9a-f]{13,16}\b/g, 'ID')
      .replace(/\{"level":"warn".*\n/g, '')
      .replace(/remaining\(\d+s\)/g, 'remaining(Ns)')
      // The original keeps the keys of a lease in no order.
      .replace(/attached keys\(\[(.*)\]\)/g, (_, keys: string) => keys.split(' ').sort().join(' '))
      .replace(/"ttl":\d+/g, '"ttl":0')
  );
}

interface Command {
  readonly args: readonly string[];
  readonly input?: string;
}

const words = (line: string): Command => ({ args: line.split(' ') });

async function compare(command: Command): Promise<void> {
  const options = command.input === undefined ? {} : { input: command.input };
  const [left, right] = await Promise.all([
    ours.etcdctl(command.args, options),
    theirs.etcdctl(command.args, options),
  ]);
  const title = command.args.join(' ');
  expect({
    title,
    code: left.code,
    out: normalized(left.stdout),
    err: normalized(left.stderr),
  }).toEqual({
    title,
    code: right.code,
    out: normalized(right.stdout),
    err: normalized(right.stderr),
  });
}

describe('etcdctl sees no difference', () => {
  it.each([
    [
      'writing and reading',
      [
        'put a 1',
        'put a 2 --prev-kv',
        'put b 1 -w json',
        'put dir/x 10',
        'put dir/y 20',
        'put dir/z 5',
        'get a',
        'get a -w json',
        'get a -w fields',
        'get none',
        'get none -w json',
        'get a --rev=2',
        'get a --rev=99',
        'get dir/ --prefix',
        'get dir/ --prefix --keys-only',
        'get dir/ --prefix --print-value-only',
        'get dir/ --prefix --limit=2 -w json',
        'get dir/ --prefix --sort-by=VALUE --order=DESCEND',
        'get dir/ --prefix --sort-by=MODIFY --order=ASCEND',
        'get dir/ --prefix --sort-by=CREATE --limit=1',
        'get dir/ --prefix --order=DESCEND --limit=2',
        'get a dir/y',
        'get b --from-key',
        'get b --from-key --consistency=s -w json',
        'put a --ignore-value',
        'put none --ignore-value',
        'put a 3 --ignore-lease',
        'put a 3 --lease=12345',
      ],
    ],
    [
      'deleting',
      [
        'put d1 1',
        'put d2 2',
        'put d3 3',
        'del d1 --prev-kv',
        'del d1',
        'del d --prefix -w json',
        'del d --prefix --prev-kv',
        'get d1 --rev=2 -w json',
      ],
    ],
  ])('%s', async (_title, lines) => {
    for (const line of lines) await compare(words(line));
  });

  it('transactions', async () => {
    const txns = [
      'mod("a") > "0"\n\nput t 1\nget t\n\nput t 2\n\n',
      'value("none") = ""\n\nput t 3\n\nget t\nget a\n\n',
      'version("none") = "0"\ncreate("a") > "1"\n\ndel t\n\n\n',
      '\n\n\n',
      '\nput dup 1\nput dup 2\n\n\n',
      '\nput dup 1\ndel dup\n\n\n',
    ];
    for (const input of txns) {
      await compare({ args: ['txn'], input });
      await compare({ args: ['txn', '-w', 'json'], input });
    }
  });

  it('checksums of the whole history', async () => {
    const hashOf = async (cluster: TestCluster) => {
      const { stdout } = await cluster.etcdctl(['endpoint', 'hashkv', '--write-out=json']);
      const all = JSON.parse(stdout) as { HashKV: { hash: number; compact_revision?: number } }[];
      return all.map((one) => one.HashKV.hash);
    };
    await eventually('equal checksums', async () => {
      const hashes = new Set([...(await hashOf(ours)), ...(await hashOf(theirs))]);
      if (hashes.size !== 1) throw new Error([...hashes].join(' '));
      return true;
    });
  });

  it('watches', async () => {
    const commands = [
      'watch --rev=2 --prefix d',
      'watch --rev=2 --prev-kv a',
      'watch --rev=3 --prefix dir/ -w json',
      'watch live --prev-kv',
      'watch live --prev-kv -w fields',
    ];
    const followed = commands.flatMap((line) =>
      [ours, theirs].map((cluster) => cluster.follow(line.split(' '))),
    );
    await using stack = new AsyncDisposableStack();
    for (const one of followed) stack.use(one);
    await eventually('both clusters deliver history', () =>
      followed.slice(0, 6).every((one) => one.stdout() !== ''),
    );
    // Watches of what is to come need to stand first: write until each has seen the last write.
    for (const cluster of [ours, theirs]) {
      await eventually('the watches stand', async () => {
        await cluster.etcdctl(['put', 'live', 'x']);
        return followed.slice(6).some((one) => one.stdout().includes('live'));
      });
    }
    for (let index = 0; index < 6; index += 2) {
      await eventually(`equal: ${commands[index / 2]}`, () => {
        expect(normalized(followed[index]!.stdout())).toBe(
          normalized(followed[index + 1]!.stdout()),
        );
        return true;
      });
    }
  });

  it('leases', async () => {
    const ids = await Promise.all(
      [ours, theirs].map(async (cluster) => {
        const { stdout } = await cluster.etcdctl(['lease', 'grant', '100']);
        expect(normalized(stdout)).toBe('lease ID granted with TTL(100s)\n');
        return stdout.split(' ')[1]!;
      }),
    );
    const both = async (make: (id: string) => string) => {
      const results = await Promise.all(
        [ours, theirs].map((cluster, index) => cluster.etcdctl(make(ids[index]!).split(' '))),
      );
      const [left, right] = results.map((one) => normalized(one.stdout + one.stderr));
      expect(left).toBe(right);
    };
    await both((id) => `put leased 1 --lease=${id}`);
    await both((id) => `put leased2 1 --lease=${id}`);
    await both(() => 'get leased');
    await both((id) => `lease timetolive ${id} --keys`);
    await both((id) => `lease keep-alive ${id} --once`);
    await both(() => 'lease list');
    await both((id) => `lease revoke ${id}`);
    await both((id) => `lease revoke ${id}`);
    await both((id) => `lease timetolive ${id}`);
    await both((id) => `lease keep-alive ${id} --once`);
    await both(() => 'get leased -w json');
  });

  it('compaction', async () => {
    for (const line of [
      'compaction 5',
      'compaction 5',
      'compaction 9999',
      'get a --rev=3',
      'watch a --rev=2',
      'get a --rev=5 -w json',
    ]) {
      await compare(words(line));
    }
  });
});

describe('a cluster of ours with mutual TLS', () => {
  it('answers endpoint status in table and JSON, health, member list and alarms', async () => {
    const table = await ours.etcdctl(['endpoint', 'status', '--write-out=table']);
    expect(table.stdout.match(/\| {5}false \|/g)?.length).toBeGreaterThanOrEqual(2);
    const json = JSON.parse(
      (await ours.etcdctl(['endpoint', 'status', '--write-out=json'])).stdout,
    ) as { Status: { raftIndex: number; dbSize: number; leader: number } }[];
    expect(json).toHaveLength(3);
    expect(new Set(json.map((one) => one.Status.leader)).size).toBe(1);
    const health = await ours.etcdctl(['endpoint', 'health']);
    expect(health.stderr + health.stdout).toMatch(
      /is healthy(.*\n)+.*is healthy(.*\n)+.*is healthy/,
    );
    const members = await ours.etcdctl(['member', 'list']);
    expect(members.stdout.match(/started, m\d, https:/g)).toHaveLength(3);
    expect(await ours.etcdctl(['alarm', 'list'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('moves its leader, defragments and saves snapshots when etcdctl asks', async () => {
    const before = await ours.leader();
    const members = await ours.etcdctl(['member', 'list']);
    const other = members.stdout
      .split('\n')
      .find((line) => line !== '' && !line.includes(`m${before + 1},`))!;
    const moved = await ours.etcdctl(['move-leader', other.split(',')[0]!]);
    expect(moved).toMatchObject({ code: 0 });
    await eventually('another leader', async () => (await ours.leader()) !== before);
    expect(await ours.etcdctl(['defrag'])).toMatchObject({ code: 0 });
    const one = ours.members[0]!;
    const file = join(one.folder, 'saved.db');
    const flags = ours.clientFlags.filter((flag) => !flag.startsWith('--endpoints'));
    const saved = await run('etcdctl', [
      ...flags,
      `--endpoints=${one.endpoint}`,
      'snapshot',
      'save',
      file,
    ]);
    expect(saved).toMatchObject({ code: 0 });
  });

  it('lets nobody in without a certificate of its authority', async () => {
    const { caFile } = ours.certificates!;
    const bare = ['--endpoints', ours.endpoints, `--cacert=${caFile}`, '--command-timeout=2s'];
    expect(await run('etcdctl', [...bare, 'get', 'a'])).toMatchObject({ code: 1 });
    expect(await ours.etcdctl(['get', 'a'])).toMatchObject({ code: 0 });
  });
});
