/** What the tool reads from its command line, refuses, makes and prints. */
import { existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock, createSystemDisk } from '@drydock/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIdentity } from '../membership/identity.ts';
import { createSqliteBackend } from '../mvcc/sqlite-backend.ts';
import { encodeKeyValue } from '../mvcc/version.ts';
import { snapshotBytes, withChecksum } from '../testing/snapshot-bytes.ts';
import { openWal } from '../wal/wal.ts';
import { planBootstrap } from './bootstrap.ts';
import { readFlags, splitArguments } from './command-line.ts';
import { commands } from './commands.ts';
import { humanBytes, render } from './print.ts';
import { createProgressLog } from './progress.ts';
import { restoreSnapshot, type RestoreOptions } from './restore.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdutl-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const members = {
  name: 'm1',
  initialCluster: 'm1=http://127.0.0.1:2380,m2=http://127.0.0.1:2381',
  token: 'restored',
  peerUrls: ['http://127.0.0.1:2380'],
};

const snapshot = withChecksum(
  snapshotBytes({ values: new Map([['lease/3', Buffer.from('60 0')]]) }, [
    {
      main: 2,
      sub: 0,
      tombstone: false,
      encoded: encodeKeyValue({
        key: 'greeting',
        createRevision: 2,
        modRevision: 2,
        version: 1,
        value: Buffer.from('hello'),
        lease: 3n,
      }),
    },
  ]),
);

function restore(fields: Partial<RestoreOptions> = {}, file: Uint8Array = snapshot) {
  const snapshotPath = join(folder, 'snapshot.db');
  writeFileSync(snapshotPath, file);
  return restoreSnapshot(
    {
      ...members,
      snapshotPath,
      dataFolder: join(folder, 'data'),
      walFolder: undefined,
      skipHashCheck: false,
      bumpRevision: 0,
      ...fields,
    },
    { clock: createSystemClock(), onProgress: () => {} },
  );
}

describe('a restore', () => {
  it('makes a folder from which the member of a new cluster starts', async () => {
    const { self, clusterId, revision } = await restore();
    expect(revision).toBe(2);
    const data = join(folder, 'data');
    expect(readdirSync(data)).toEqual(['member']);
    expect(await readIdentity(join(data, 'member/identity.json'))).toEqual({
      memberId: self.id,
      clusterId,
    });
    await using backend = await createSqliteBackend(join(data, 'member/state.db'));
    expect([...backend.scan(0)].flat()).toHaveLength(1);
    expect(backend.appliedIndex).toBe(2);
    expect([...backend.values().keys()].filter((name) => name.startsWith('member/'))).toHaveLength(
      2,
    );
    const { wal, log } = await openWal({
      disk: createSystemDisk(data),
      clock: createSystemClock(),
      folder: 'member/log/wal',
      identity: { clusterId: BigInt(clusterId), memberId: self.id },
      firstBase: { index: 0, term: 0, configuration: { ...emptyConfiguration } },
      segmentBytesMax: 1024 * 1024,
      preallocateBytes: 0,
      onDurable: () => {},
      onFailure: (error) => expect.fail(error.message),
    });
    await wal.close();
    expect(log.base).toMatchObject({ index: 2, term: 1 });
    expect(log.base.configuration.voters).toHaveLength(2);
    expect(log.hardState).toEqual({ term: 1, vote: 0, commit: 2 });
  });

  it('makes the same ids for all members, and others for another token', async () => {
    const first = await planBootstrap(members);
    const second = await planBootstrap({
      ...members,
      name: 'm2',
      peerUrls: ['http://127.0.0.1:2381'],
    });
    expect(second.clusterId).toBe(first.clusterId);
    expect(second.members).toEqual(first.members);
    const other = await planBootstrap({ ...members, token: 'other' });
    expect(other.clusterId).not.toBe(first.clusterId);
  });

  it('puts the log where a member with --wal-dir looks for it', async () => {
    const walFolder = join(folder, 'wal');
    await restore({ walFolder });
    expect(existsSync(join(folder, 'data/member/log'))).toBe(false);
    expect(readdirSync(join(walFolder, 'log/wal'))).toHaveLength(1);
    await expect(restore({ walFolder, dataFolder: join(folder, 'other') })).rejects.toThrow(
      /^wal-dir ".*" exists/,
    );
  });

  it('goes into an empty folder, as one that is mounted', async () => {
    mkdirSync(join(folder, 'data'));
    await restore();
    expect(readdirSync(join(folder, 'data'))).toEqual(['member']);
  });

  it.each([
    [
      'a folder with something in it',
      { dataFolder: '.' },
      /data-dir "\." not empty or could not be read/,
    ],
    [
      'a name that is not among the members',
      { name: 'default' },
      /couldn't find local name "default"/,
    ],
    [
      'addresses that are not those of the member',
      { peerUrls: ['http://10.0.0.9:2380'] },
      /--initial-cluster has m1=http:\/\/127\.0\.0\.1:2380 but missing from --initial-advertise-peer-urls=http:\/\/10\.0\.0\.9:2380/,
    ],
    [
      'two members with one address',
      { initialCluster: 'm1=http://127.0.0.1:2380,m2=http://127.0.0.1:2380' },
      /duplicate url/,
    ],
    ['a snapshot that is not there', { snapshotPath: '/none.db' }, /there is no such file/],
  ] as const)('refuses %s', async (_title, fields, message) => {
    await expect(restore(fields)).rejects.toThrow(message);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('takes a name for its address', async () => {
    const { self } = await planBootstrap({
      name: 'm',
      initialCluster: 'm=http://localhost:2380',
      token: '',
      peerUrls: ['http://localhost:2380'],
    });
    expect(self.name).toBe('m');
  });

  it('refuses a changed snapshot and leaves nothing behind; --skip-hash-check checks its pages', async () => {
    const changed = Buffer.from(snapshot);
    changed[3 * 4_096 + 8] = 9;
    await expect(restore({}, changed)).rejects.toThrow(/^expected sha256/);
    await expect(restore({ skipHashCheck: true }, changed)).rejects.toThrow(/^page 3: /);
    await expect(restore({}, snapshot.subarray(0, -32))).rejects.toThrow(/missing hash/);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    await restore({ skipHashCheck: true }, snapshot.subarray(0, -32));
  });
});

const emptyConfiguration = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

describe('the command line', () => {
  const flags = commands['snapshot restore']!.flags;

  it('takes words and flags in any order', () => {
    expect(
      splitArguments(
        ['snapshot', 'restore', '--name', 'm1', 'a.db', '--skip-hash-check', '--data-dir=d'],
        flags,
      ),
    ).toEqual({
      words: ['snapshot', 'restore', 'a.db'],
      flags: ['--name', 'm1', '--skip-hash-check', '--data-dir=d'],
    });
    const status = commands['snapshot status']!.flags;
    const split = splitArguments(['-w', 'json', 'snapshot', 'status', 'a.db'], status);
    expect(split.words).toEqual(['snapshot', 'status', 'a.db']);
    expect(readFlags(status, 'status', split.flags)).toEqual({ 'write-out': 'json' });
  });

  it.each([
    ['snapshot restore', [], [], /requires exactly one argument/],
    ['snapshot status', ['a', 'b'], [], /requires exactly one argument/],
    ['snapshot restore', ['a'], ['--bump-revision', '5'], /--mark-compacted required/],
    ['snapshot restore', ['a'], ['--mark-compacted'], /--mark-compacted required/],
    ['snapshot restore', ['a'], ['--data-dri', 'x'], /did you mean --data-dir/],
    ['snapshot status', ['a'], ['--write-out', 'xml'], /write-out/],
  ] as const)('%s with wrong arguments is refused', async (name, words, argv, message) => {
    const log = createProgressLog(() => {});
    const run = async () => commands[name]!.run(words, argv, { print: () => {}, log });
    await expect(run()).rejects.toThrow(message);
  });
});

describe('what is printed', () => {
  const columns = [
    { title: 'hash', field: 'Hash', json: 'hash', value: 0x5c87a77, text: '5c87a77' },
    { title: 'total keys', field: 'Keys', json: 'totalKey', value: 31 },
  ];

  it("is the original's in all formats", () => {
    expect(render(columns, 'simple')).toBe('5c87a77, 31\n');
    expect(render(columns, 'json')).toBe('{"hash":97024631,"totalKey":31}\n');
    expect(render(columns, 'fields')).toBe('"Hash" : 97024631\n"Keys" : 31\n');
    expect(render(columns, 'table')).toBe(
      [
        '+---------+------------+',
        '|  HASH   | TOTAL KEYS |',
        '+---------+------------+',
        '| 5c87a77 |         31 |',
        '+---------+------------+',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [0, '0 B'],
    [9, '9 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [20_480, '20 kB'],
    [21_500, '22 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [2_097_152, '2.1 MB'],
    [355_000_000, '355 MB'],
    [1_500_000_000, '1.5 GB'],
  ])('%d bytes are %s', (bytes, wanted) => {
    expect(humanBytes(bytes)).toBe(wanted);
  });

  it('tells of long work once a second', () => {
    let now = 0;
    const lines: string[] = [];
    const log = createProgressLog(
      (line) => lines.push(line),
      () => now,
    );
    for (; now < 3_500; now += 100) log.progress('importing revisions', { revisions: now });
    expect(lines.map((line) => (JSON.parse(line) as { revisions: number }).revisions)).toEqual([
      1_000, 2_000, 3_000,
    ]);
  });
});
