/**
 * The distribution's etcdctl against three members of ours with mutual TLS, and the same commands
 * against the distribution's own etcd: everything but ids and times must be equal. The commands are in
 * testing/differential/*.txt.
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { run } from '../testing/commands.ts';
import { runScript } from '../testing/differential/script-run.ts';

let ours: TestCluster;
let theirs: TestCluster;

const scripts = join(import.meta.dirname, '../testing/differential');
/**
 * The first two compare checksums, and those hold the ids of leases that other scripts leave in the
 * history; the third lists all leases, and those of locks and elections end when their time has come.
 */
const first = ['compaction', 'endpoint', 'lease'];
/** Removes a member that runs: nothing comes after it. */
const last = 'member';

beforeAll(async () => {
  const installer = join(import.meta.dirname, '../../../../scripts/install-tools');
  execFileSync(installer, ['etcdctl', 'etcd'], { stdio: 'inherit' });
  [ours, theirs] = await Promise.all([
    startTestCluster({ tls: true, isVolatile: true }),
    startTestCluster({ program: 'etcd', tls: true, isVolatile: true }),
  ]);
});

afterAll(async () => {
  await ours?.[Symbol.asyncDispose]();
  await theirs?.[Symbol.asyncDispose]();
});

const compare = async (topic: string) => {
  const text = readFileSync(join(scripts, `${topic}.txt`), 'utf8');
  expect(await runScript(text, [ours, theirs])).toEqual([]);
};

describe('etcdctl sees no difference', () => {
  const topics = globSync(join(scripts, '*.txt')).map((file) => basename(file, '.txt'));
  const others = topics.filter((topic) => topic !== last && !first.includes(topic)).sort();
  it.each([...first, ...others])('%s', compare);
});

describe('a cluster of ours with mutual TLS', () => {
  it('says the same of all its members', async () => {
    const json = JSON.parse(
      (await ours.etcdctl(['endpoint', 'status', '--write-out=json'])).stdout,
    ) as { Status: { raftIndex: number; dbSize: number; leader: number } }[];
    expect(json).toHaveLength(3);
    expect(new Set(json.map((one) => one.Status.leader)).size).toBe(1);
    const members = await ours.etcdctl(['member', 'list']);
    expect(members.stdout.match(/started, m\d, https:/g)).toHaveLength(3);
  });

  it('moves its leader when etcdctl asks', async () => {
    const before = await ours.leader();
    const members = await ours.etcdctl(['member', 'list']);
    const other = members.stdout
      .split('\n')
      .find((line) => line !== '' && !line.includes(`m${before + 1},`))!;
    const moved = await ours.etcdctl(['move-leader', other.split(',')[0]!]);
    expect(moved).toMatchObject({ code: 0 });
    await eventually('another leader', async () => (await ours.leader()) !== before);
  });

  it('lets nobody in without a certificate of its authority', async () => {
    const { caFile } = ours.certificates!;
    const bare = ['--endpoints', ours.endpoints, `--cacert=${caFile}`, '--command-timeout=2s'];
    expect(await run('etcdctl', [...bare, 'get', 'a'])).toMatchObject({ code: 1 });
    expect(await ours.etcdctl(['get', 'a'])).toMatchObject({ code: 0 });
  });
});

describe('etcdctl sees no difference while members come and go', () => {
  it(last, () => compare(last));
});
