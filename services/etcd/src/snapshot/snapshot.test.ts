/** The state of a member, to a file in etcd's format and back. */
import * as fc from 'fast-check';
import { AlarmMember, Lease, Member, Role, User } from '@drydock/proto/etcd';
import { describe, expect, it } from 'vitest';
import { openBbolt, type BboltBucket } from '../bbolt/reader.ts';
import type { Row } from '../mvcc/backend.ts';
import { createMemoryBackend } from '../mvcc/memory-backend.ts';
import { decodeRevisionKey, encodeRevisionKey } from '../mvcc/revision-key.ts';
import { encodeKeyValue } from '../mvcc/version.ts';
import { bboltBytes, snapshotBytes, sourceOf, withChecksum } from '../testing/snapshot-bytes.ts';
import { verifyChecksum } from './checksum.ts';
import { importSnapshot } from './import.ts';
import { hashKvOf, statusOf } from './status.ts';

const member = (id: number, fields: Partial<Member> = {}) =>
  Member.from({ id, name: `m${id}`, peerUrls: [`http://10.0.0.${id}:2380`], ...fields });

function row(
  main: number,
  fields: { sub?: number; key?: string; deleted?: boolean; lease?: bigint },
): Row {
  const { sub = 0, key = 'k', deleted = false, lease = 0n } = fields;
  const kv = deleted
    ? { createRevision: 0, modRevision: 0, version: 0, value: Buffer.alloc(0), lease: 0n }
    : { createRevision: main, modRevision: main, version: 1, value: Buffer.from('v'), lease };
  return { main, sub, tombstone: deleted, encoded: encodeKeyValue({ key, ...kv }) };
}

const open = (bytes: Uint8Array) => {
  const file = openBbolt(sourceOf(bytes));
  file.check();
  return file;
};

/** Random contents take their time on a busy machine. */
const propertyMillis = 30_000;

const text = (value: string) => Buffer.from(value);
const rowsOf = (backend: ReturnType<typeof createMemoryBackend>) => [...backend.scan(0)].flat();

async function restored(bytes: Uint8Array, bumpRevision = 0) {
  const backend = createMemoryBackend();
  const imported = await importSnapshot(open(bytes), backend, {
    appliedIndex: 3,
    members: [member(5)],
    bumpRevision,
  });
  const values = Object.fromEntries(
    [...backend.values()].map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
  );
  return { backend, values, imported };
}

const user = User.encode(
  User.from({ name: text('alice'), password: text('$2a$10$hash'), roles: ['reader'] }),
);
const role = Role.encode(Role.from({ name: text('reader') }));
const values = new Map<string, Uint8Array>([
  ['revision', text('9')],
  ['compact-revision', text('4')],
  ['finished-compact-revision', text('4')],
  ['member/255', Member.encode(member(255, { clientUrls: ['http://10.0.0.1:2379'] }))],
  ['member/16', Member.encode(member(16, { name: '', isLearner: true }))],
  ['removed/17', new Uint8Array(0)],
  ['lease/7587856316198146050', text('60 12')],
  ['lease/3', text('5 0')],
  ['alarm/255-1', new Uint8Array(0)],
  ['auth/enabled', text('1')],
  ['auth/revision', text('6')],
  ['auth/user/alice', user],
  ['auth/role/reader', role],
]);
const rows = [
  row(3, { key: 'a' }),
  row(5, { key: 'a', deleted: true }),
  row(6, { key: 'b', lease: 3n }),
  row(6, { key: 'c', sub: 1 }),
  row(9, { key: 'd' }),
];

function contents(bucket: BboltBucket): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { key, value } of bucket.entries()) {
    const name = Buffer.from(key).toString('latin1');
    result[name] = value === undefined ? contents(bucket.bucket(key)!) : Buffer.from(value);
  }
  return result;
}

describe('a snapshot', () => {
  it("has the original's buckets, keys and values", () => {
    const hex = (bytes: string) => Buffer.from(bytes, 'hex');
    const name = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
    const configuration = {
      voters: [255],
      votersOutgoing: [],
      learners: [16],
      learnersNext: [],
      autoLeave: false,
    };
    const file = open(snapshotBytes({ values, configuration }, rows));
    const compacted = hex('00000000000000045f0000000000000000');
    expect(contents(file.root)).toEqual({
      alarm: { [name(AlarmMember.encode({ memberId: 255, alarm: 1 }))]: Buffer.alloc(0) },
      auth: { authEnabled: Buffer.of(1), authRevision: hex('0000000000000006') },
      authRoles: { reader: role },
      authUsers: { alice: user },
      cluster: { clusterVersion: text('3.5.0') },
      key: Object.fromEntries(
        rows.map((one) => [name(encodeRevisionKey(one)), Buffer.from(one.encoded, 'latin1')]),
      ),
      lease: {
        [name(hex('0000000000000003'))]: Lease.encode({ id: 3n, ttl: 5, remainingTtl: 0 }),
        [name(hex('694d7b1e0db1d002'))]: Lease.encode({
          id: 7587856316198146050n,
          ttl: 60,
          remainingTtl: 12,
        }),
      },
      members: {
        ff: text(
          '{"id":255,"peerURLs":["http://10.0.0.255:2380"],"name":"m255","clientURLs":["http://10.0.0.1:2379"]}',
        ),
        '10': text('{"id":16,"peerURLs":["http://10.0.0.16:2380"],"isLearner":true}'),
      },
      members_removed: { '11': text('removed') },
      meta: {
        consistent_index: hex('0000000000000007'),
        term: hex('0000000000000002'),
        confState: text('{"voters":[255],"learners":[16],"auto_leave":false}'),
        scheduledCompactRev: compacted,
        finishedCompactRev: compacted,
      },
    });
  });

  it('comes back as it was, with other members', async () => {
    const { backend, values: found, imported } = await restored(snapshotBytes({ values }, rows));
    expect(rowsOf(backend)).toEqual(rows);
    expect(backend.appliedIndex).toBe(3);
    expect(imported).toEqual({ revisions: 5, revision: 9 });
    const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
    expect(found).toEqual({
      revision: '9',
      'compact-revision': '4',
      'finished-compact-revision': '4',
      'member/5': latin1(Member.encode(member(5))),
      'lease/3': '5 0',
      'lease/7587856316198146050': '60 12',
      'alarm/255-1': '',
      'auth/enabled': '1',
      'auth/revision': '6',
      'auth/user/alice': latin1(user),
      'auth/role/reader': latin1(role),
    });
  });

  it(
    'brings every history back, byte for byte',
    async () => {
      const change = fc.record({
        key: fc.string({ unit: 'binary', minLength: 1 }),
        deleted: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
          async (history) => {
            const wanted = history.flatMap((changes, index) =>
              changes.map(({ key, deleted }, sub) =>
                row(index * 300 + 2, { sub, key: Buffer.from(key).toString('latin1'), deleted }),
              ),
            );
            const { backend, imported } = await restored(snapshotBytes({}, wanted));
            expect(rowsOf(backend)).toEqual(wanted);
            expect(imported.revision).toBe(wanted.at(-1)?.main ?? 1);
          },
        ),
        { numRuns: 25 },
      );
    },
    propertyMillis,
  );

  it('of an old etcd has no term, and one that was compacted ends before its revision', async () => {
    const compacted = encodeRevisionKey({ main: 8, sub: 0, tombstone: false });
    const file = bboltBytes((writer) => {
      const keys = writer.bucket(text('key'));
      const one = row(3, {});
      keys.put(encodeRevisionKey(one), Buffer.from(one.encoded, 'latin1'));
      keys.close();
      const meta = writer.bucket(text('meta'));
      meta.put(text('finishedCompactRev'), compacted);
      meta.close();
    });
    const { values: found, imported } = await restored(file);
    expect(imported).toEqual({ revisions: 1, revision: 8 });
    expect(found).toMatchObject({ revision: '8', 'compact-revision': '8' });
  });

  it('can be bumped: the newest revision is one to come, and everything before it compacted', async () => {
    const { values: found, imported } = await restored(snapshotBytes({ values }, rows), 1_000);
    expect(imported).toEqual({ revisions: 5, revision: 1_009 });
    expect(found).toMatchObject({ revision: '1009', 'compact-revision': '1009' });
  });

  it('that the original bumped has a revision without a key at its end', async () => {
    const bumped = [...rows, { main: 500, sub: 0, tombstone: false, encoded: '' }];
    const { backend, imported } = await restored(snapshotBytes({ values }, bumped));
    expect(imported).toEqual({ revisions: 5, revision: 500 });
    expect(rowsOf(backend)).toEqual(rows);
  });

  it.each([
    [
      'without keys',
      (writer: Parameters<Parameters<typeof bboltBytes>[0]>[0]) => {
        writer.bucket(text('something')).close();
      },
      /no bucket "key"/,
    ],
    [
      'with a key that is no revision',
      (writer: Parameters<Parameters<typeof bboltBytes>[0]>[0]) => {
        const keys = writer.bucket(text('key'));
        keys.put(text('0123456789abcdefg'), text(''));
        keys.close();
      },
      /no revision/,
    ],
    [
      'with a lease that is none',
      (writer: Parameters<Parameters<typeof bboltBytes>[0]>[0]) => {
        writer.bucket(text('key')).close();
        const leases = writer.bucket(text('lease'));
        leases.put(text('x'), Buffer.of(0xff));
        leases.close();
      },
      /bucket "lease" has an entry that is none/,
    ],
  ])('%s is refused: it is not of an etcd', async (_title, fill, message) => {
    await expect(restored(bboltBytes(fill))).rejects.toMatchObject({
      code: 'not-etcd',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('what is said of a snapshot', () => {
  it('counts the entries of all buckets, and changes with every byte of them', () => {
    const plain = statusOf(open(snapshotBytes({ values }, rows)));
    expect(plain).toMatchObject({ revision: 9, totalKey: 5 + 5 + 2 + 2 + 1 + 2 + 2 + 1 + 1 });
    const other = statusOf(open(snapshotBytes({ values, term: 3 }, rows)));
    expect(other.hash).not.toBe(plain.hash);
  });

  it('is the checksum of its history, as HashKV of a member gives it', async () => {
    const bytes = snapshotBytes({ values }, rows);
    const { backend } = await restored(bytes);
    for (const revision of [0, 6, 4]) {
      const { hash, hashRevision, compactRevision } = hashKvOf(open(bytes), revision);
      const wanted = (await backend.hash(revision))!;
      expect({ hash, revision: hashRevision, compactRevision }).toEqual(wanted);
    }
    expect(() => hashKvOf(open(bytes), 3)).toThrow('compacted');
    expect(() => hashKvOf(open(bytes), 10)).toThrow('future');
  });
});

describe('the checksum behind a snapshot', () => {
  const file = withChecksum(snapshotBytes({ values }, rows));

  it('is verified in parts', () => {
    expect(() => verifyChecksum(sourceOf(file))).not.toThrow();
  });

  it('tells a changed file, and one that was cut short', () => {
    const changed = Buffer.from(file);
    changed[5_000]! ^= 1;
    expect(() => verifyChecksum(sourceOf(changed))).toThrow(/^expected sha256/);
    expect(() => verifyChecksum(sourceOf(file.subarray(0, -1)))).toThrow(/missing hash/);
    expect(() => verifyChecksum(sourceOf(file.subarray(0, -32)))).toThrow(/missing hash/);
  });
});

describe('the key of a revision', () => {
  it('is read as it was written, and sorts as revisions do', () => {
    const key = fc.record({
      main: fc.maxSafeNat(),
      sub: fc.nat(2 ** 31),
      tombstone: fc.boolean(),
    });
    fc.assert(
      fc.property(key, key, (a, b) => {
        const [first, second] = [encodeRevisionKey(a), encodeRevisionKey(b)];
        expect(decodeRevisionKey(first)).toEqual(a);
        const order = Math.sign(a.main - b.main || a.sub - b.sub);
        if (order !== 0) expect(Math.sign(Buffer.compare(first, second))).toBe(order);
      }),
    );
  });

  it('is nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const found = decodeRevisionKey(bytes);
        if (found !== undefined) expect([...encodeRevisionKey(found)]).toEqual([...bytes]);
      }),
    );
  });
});
