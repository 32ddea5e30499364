/**
 * One script of the distribution's etcdctl, as many users, against three members of ours and against the
 * distribution's etcd: outputs and exit codes must be equal. What etcd has made stricter since the
 * release that the distribution has is asked of ours alone, in auth.integration.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { run } from '../testing/commands.ts';

const flags = ['--bcrypt-cost=4'];
const secrets = ['r00t-pass', 'ann-pass', 'new-pass', 'bob-pass'];

beforeAll(() => {
  const installer = join(import.meta.dirname, '../../../../scripts/install-tools');
  execFileSync(installer, ['etcdctl', 'etcd'], { stdio: 'inherit' });
});

interface Pair extends AsyncDisposable {
  readonly ours: TestCluster;
  readonly theirs: TestCluster;
}

async function startPair(tls: boolean): Promise<Pair> {
  const [ours, theirs] = await Promise.all([
    startTestCluster({ tls, flags: [...flags] }),
    startTestCluster({ tls, flags: [...flags], program: 'etcd', size: 1 }),
  ]);
  return {
    ours,
    theirs,
    [Symbol.asyncDispose]: async () => {
      await ours[Symbol.asyncDispose]();
      await theirs[Symbol.asyncDispose]();
    },
  };
}

/** Leaves out what may differ between two clusters. */
function normalized(text: string): string {
  return text
    .replace(/"(cluster_id|member_id|raft_term|ID|lease)":\d+/g, '"$1":0')
    .replace(/\b[0-9a-f]{13,16}\b/g, 'ID')
    .replace(/"endpoint-[0-9a-f-]+"/g, '"endpoint"')
    .replace(/\{"level":"(warn|info)".*\n/g, '')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/remaining\(\d+s\)/g, 'remaining(Ns)');
}

interface Command {
  readonly args: readonly string[];
  readonly input?: string;
  /** Undefined where it does not matter. */
  readonly succeeds?: boolean;
}

/** `! ` before a command that must be refused. `ann: get a` is `get a` as ann, with her password; a word in quotes may hold spaces or nothing. */
function commandOf(line: string): Command {
  const [, refused, user, text] = /^(! )?(?:(\w+): )?(.*)$/.exec(line)!;
  const words = text!.match(/'[^']*'|\S+/g)!.map((one) => one.replaceAll("'", ''));
  const args = user === undefined ? words : [`--user=${userFlags[user]!}`, ...words];
  return { args, succeeds: refused === undefined };
}

const userFlags: Readonly<Record<string, string>> = {
  root: 'root:r00t-pass',
  ann: 'ann:ann-pass',
  annNew: 'ann:new-pass',
  bob: 'bob:bob-pass',
  wrong: 'ann:wrong',
  stranger: 'stranger:x',
  nobody: 'cert-only:x',
};

async function compare({ ours, theirs }: Pair, command: Command): Promise<void> {
  const { args, input, succeeds } = command;
  const options = input === undefined ? {} : { input };
  const [left, right] = await Promise.all([
    ours.etcdctl(args, options),
    theirs.etcdctl(args, options),
  ]);
  const title = args.join(' ');
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
  if (succeeds !== undefined)
    expect({ title, ...left, succeeds: left.code === 0 }).toMatchObject({ succeeds });
}

async function compareAll(pair: Pair, lines: readonly string[]): Promise<void> {
  for (const line of lines) await compare(pair, commandOf(line));
}

describe('users with passwords', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await startPair(false);
  });
  afterAll(() => pair?.[Symbol.asyncDispose]());

  it('are made and listed, with roles, before auth is on', async () => {
    await compareAll(pair, [
      'user list',
      'role list',
      '! auth enable',
      'user add root:r00t-pass',
      'user add ann:ann-pass',
      '! user add ann:ann-pass',
      'user add bob:bob-pass',
      'user add cert-only --no-password',
      'user add gone:x',
      'user delete gone',
      '! user delete gone',
      '! user get gone',
      'role add readers',
      '! role add readers',
      'role add writers',
      'role add all',
      'role add gone',
      'role grant-permission readers read dir/ --prefix',
      'role grant-permission readers read single',
      'role grant-permission writers readwrite dir/a dir/m',
      'role grant-permission writers write only/written',
      'role grant-permission all readwrite --from-key z',
      "role grant-permission gone readwrite '' --prefix",
      '! role grant-permission none read x',
      'role get readers',
      'role get readers -w json',
      'role get writers',
      'role get all',
      'role get gone',
      '! role get none',
      'user grant-role ann readers',
      'user grant-role ann readers',
      '! user grant-role ann none',
      '! user grant-role none readers',
      'user grant-role bob writers',
      'user grant-role bob gone',
      'user get bob',
      'user get bob --detail',
      'role delete gone',
      '! role delete gone',
      'user get bob -w json',
      '! user revoke-role bob gone',
      'user list -w json',
      'role list -w json',
      '! role revoke-permission readers none',
      'put dir/b 1',
      'put dir/z 2',
      'put single 3',
      'put secret 4',
      'ann: get secret',
    ]);
  });

  it('turn auth on, and who says nothing of himself is refused', async () => {
    await compareAll(pair, [
      // Gives root his role by itself.
      'auth enable',
      'root: user get root',
      'root: role list',
      'root: auth enable',
      '! put dir/b x',
      '! get dir/b',
      '! get dir/b --consistency=s',
      '! del dir/b',
      '! user list',
      '! role list',
      '! auth disable',
      '! user add x:y',
      '! wrong: get dir/b',
      '! stranger: get dir/b',
      '! nobody: get dir/b',
    ]);
  });

  it('read what they may', async () => {
    await compareAll(pair, [
      'ann: get dir/b',
      'ann: get dir/ --prefix',
      'ann: get dir/ --prefix --consistency=s -w json',
      'ann: get dir/b dir/z',
      'ann: get single',
      '! ann: get single single0',
      '! ann: get secret',
      "! ann: get '' --prefix",
      '! ann: get dir/ --from-key',
      'bob: get dir/b',
      '! bob: get dir/ --prefix',
      'bob: get dir/a dir/m',
      '! bob: get only/written',
      "root: get '' --prefix",
    ]);
  });

  it('write what they may', async () => {
    await compareAll(pair, [
      '! ann: put dir/b x',
      '! ann: del dir/b',
      'bob: put dir/b 10',
      'bob: put dir/b 11 --prev-kv',
      '! bob: put dir/z 12',
      'bob: put only/written 1',
      '! bob: put only/written 2 --prev-kv',
      '! bob: del only/written --prev-kv',
      'bob: del only/written',
      'bob: del dir/a dir/m --prev-kv',
      '! bob: del dir/ --prefix',
      'bob: put dir/b 13',
      'root: put anything 1',
      'root: del anything --prev-kv',
    ]);
  });

  it('run transactions of which they may do every part', async () => {
    const txns = [
      'mod("dir/b") > "0"\n\nput dir/c 1\nget dir/b\n\nput dir/d 1\n\n',
      'mod("secret") > "0"\n\nput dir/c 1\n\n\n',
      'mod("dir/b") > "0"\n\nput dir/c 1\n\nput secret 1\n\n',
      'mod("dir/b") > "0"\n\nget dir/c\n\nget secret\n\n',
      'mod("dir/b") > "0"\n\nget dir/c\n\nget dir/b\n\n',
      '\ndel dir/c\n\n\n',
      '\ndel only/written --prev-kv\n\n\n',
    ];
    for (const user of ['root', 'ann', 'bob']) {
      for (const input of txns) {
        await compare(pair, { args: [`--user=${userFlags[user]}`, 'txn'], input });
      }
    }
    for (const input of txns.slice(0, 4)) await compare(pair, { args: ['txn'], input });
  });

  it('watch what they may, and are told why not', async () => {
    await compareAll(pair, [
      '! ann: watch secret',
      '! ann: watch --prefix other/',
      "! ann: watch '' --prefix",
      '! watch dir/b',
      '! wrong: watch dir/b',
    ]);
    await using stack = new AsyncDisposableStack();
    const followed = [pair.ours, pair.theirs].map((cluster) =>
      stack.use(cluster.follow(['--user=ann:ann-pass', 'watch', '--prefix', 'dir/', '--rev=2'])),
    );
    await eventually('both deliver history to who may see it', () => {
      const [left, right] = followed.map((one) => normalized(one.stdout()));
      return left !== '' && left === right;
    });
  });

  it('have leases, but none whose keys they may not write', async () => {
    const ids = await Promise.all(
      [pair.ours, pair.theirs].map(async (cluster) => {
        const { stdout } = await cluster.etcdctl(['--user=bob:bob-pass', 'lease', 'grant', '100']);
        return stdout.split(' ')[1]!;
      }),
    );
    const both = async (make: (id: string) => string) => {
      const results = await Promise.all(
        [pair.ours, pair.theirs].map((cluster, index) =>
          cluster.etcdctl(commandOf(make(ids[index]!)).args),
        ),
      );
      const { succeeds } = commandOf(make(ids[0]!));
      const [left, right] = results.map(({ code, stdout, stderr }) => ({
        title: make('ID'),
        code,
        out: normalized(stdout + stderr),
      }));
      expect(left).toEqual(right);
      expect({ ...left, succeeds: left!.code === 0 }).toMatchObject({ succeeds });
    };
    await both((id) => `bob: put dir/leased 1 --lease=${id}`);
    await both((id) => `! ann: lease revoke ${id}`);
    await both((id) => `root: put secret/leased 1 --lease=${id}`);
    await both((id) => `! bob: put dir/c 1 --lease=${id}`);
    await both((id) => `! bob: lease revoke ${id}`);
    await both((id) => `root: lease timetolive ${id} --keys`);
    await both((id) => `root: lease keep-alive ${id} --once`);
    await both((id) => `root: lease revoke ${id}`);
    await both(() => 'root: get --prefix secret');
    await both((id) => `! bob: lease revoke ${id}`);
  });

  it('look at themselves and their roles, and manage nothing unless they are root', async () => {
    await compareAll(pair, [
      'ann: user get ann',
      '! ann: user get bob',
      'ann: user get ann --detail',
      'ann: role get readers',
      '! ann: role get writers',
      '! ann: role get none',
      '! ann: user list',
      '! ann: role list',
      '! ann: user add x:y',
      '! ann: user delete bob',
      '! ann: role add x',
      '! ann: role delete writers',
      '! ann: user grant-role ann writers',
      '! ann: role grant-permission readers readwrite secret',
      '! ann: auth disable',
      '! ann: member add x --peer-urls=http://127.0.0.1:1',
      '! ann: member remove 1234',
      '! ann: member update 1234 --peer-urls=http://127.0.0.1:1',
      '! root: user delete root',
      '! root: user revoke-role root root',
      '! root: role delete root',
      'root: user list',
    ]);
    const endpoint = (cluster: TestCluster) => [`--endpoints=${cluster.members[0]!.endpoint}`];
    for (const words of [['defrag'], ['endpoint', 'hashkv'], ['snapshot', 'save', '/dev/null']]) {
      const [left, right] = await Promise.all(
        [pair.ours, pair.theirs].map(async (cluster) => {
          const all = [...endpoint(cluster), '--user=ann:ann-pass', ...words];
          const { code, stdout, stderr } = await run('etcdctl', all);
          return { code, out: normalized(stdout), err: normalized(stderr) };
        }),
      );
      expect({ words, ...left }).toEqual({ words, ...right });
    }
  });

  it('see changes of their permissions, roles and passwords at once', async () => {
    await compareAll(pair, [
      'root: role grant-permission readers read secret',
      'ann: get secret',
      'root: role revoke-permission readers secret',
      '! ann: get secret',
      'root: user grant-role ann writers',
      'ann: put dir/b 20',
      'root: user revoke-role ann writers',
      '! ann: put dir/b 21',
      'root: role delete readers',
      '! ann: get dir/b',
      'ann: user get ann',
    ]);
    await compare(pair, {
      args: ['--user=root:r00t-pass', 'user', 'passwd', 'ann', '--interactive=false'],
      input: 'new-pass\n',
    });
    await compareAll(pair, [
      '! ann: user get ann',
      'annNew: user get ann',
      'root: user delete ann',
    ]);
    await compareAll(pair, ['! annNew: user get ann', '! root: user get ann']);
  });

  it('are known to every member after each was killed', async () => {
    const { ours } = pair;
    const namesOf = async () =>
      (await ours.etcdctl(['--user=root:r00t-pass', 'user', 'list'])).stdout;
    const before = await namesOf();
    expect(before).toContain('bob');
    for (const index of ours.members.keys()) {
      await ours.kill(index);
      ours.start(index);
      await eventually(`member ${index + 1} answers by its own state`, async () => {
        const result = await run('etcdctl', [
          `--endpoints=${ours.members[index]!.endpoint}`,
          '--user=bob:bob-pass',
          'get',
          'dir/z',
          '--consistency=s',
        ]);
        expect(result.stderr).toContain('permission denied');
        return true;
      });
    }
    expect(await namesOf()).toBe(before);
  });

  it('turn auth off again', async () => {
    await compareAll(pair, [
      'root: auth disable',
      'root: auth disable',
      'get secret',
      'wrong: get secret',
      'auth enable',
      '! get secret',
      'root: get secret',
    ]);
  });

  it('leave no secret in a log', () => {
    for (const member of pair.ours.members) {
      for (const secret of secrets) expect(member.log()).not.toContain(secret);
      expect(member.log()).not.toMatch(/\$2a\$/);
      expect(member.log()).not.toMatch(/[a-zA-Z]{16}\.\d+/);
    }
  });
});

describe('users with certificates', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await startPair(true);
  });
  afterAll(() => pair?.[Symbol.asyncDispose]());

  it('are known by the common name, unless they come with a password', async () => {
    await compareAll(pair, [
      'user add root:r00t-pass',
      'user add ann --no-password',
      'user add bob:bob-pass',
      'role add readers',
      'role grant-permission readers readwrite dir/ --prefix',
      'user grant-role ann readers',
      'auth enable',
      // As "member", whom nobody knows.
      '! get dir/a',
      '! user list',
    ]);
    const asUser = async (name: string, lines: readonly string[]) => {
      const [left, right] = await Promise.all(
        [pair.ours, pair.theirs].map(async (cluster) => {
          const certificate = await cluster.certificateFlags(name);
          const results = [];
          for (const line of lines) {
            const { args, succeeds } = commandOf(line);
            const { code, stdout, stderr } = await run('etcdctl', [...certificate, ...args]);
            expect({ line, stderr, succeeds: code === 0 }).toMatchObject({ succeeds });
            results.push({ line, code, out: normalized(stdout), err: normalized(stderr) });
          }
          return results;
        }),
      );
      expect(left).toEqual(right);
      return left!;
    };
    const asAnn = await asUser('ann', [
      'put dir/a 1',
      'get dir/a',
      '! get other',
      '! user list',
      '! watch other',
      // The password's user counts, not the certificate's.
      '! bob: get dir/a',
      '! wrong: get dir/a',
      'root: get other',
    ]);
    expect(asAnn[1]).toMatchObject({ code: 0, out: 'dir/a\n1\n' });
    await asUser('root', ['user list', 'get other', 'role add more']);
    await asUser('stranger', ['! get dir/a', '! user list']);
  });
});
