/**
 * What is beside the keys, side by side with the distribution's etcd: locks and elections call by call,
 * plain HTTP page by page, metrics name by name.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../testing/cluster.ts';
import { coordinationScript } from '../testing/coordination-script.ts';
import { getPage } from '../testing/member-process.ts';

let ours: TestCluster;
let original: TestCluster;

beforeAll(async () => {
  [ours, original] = await Promise.all([
    startTestCluster({ size: 1 }),
    startTestCluster({ size: 1, program: 'etcd' }),
  ]);
});
afterAll(() => Promise.all([ours[Symbol.asyncDispose](), original[Symbol.asyncDispose]()]));

const portOf = (cluster: TestCluster) => cluster.members[0]!.clientPort;

it('locks and elections answer as the original does, in success and in failure', async () => {
  const expected = await coordinationScript(`127.0.0.1:${portOf(original)}`);
  const actual = await coordinationScript(`127.0.0.1:${portOf(ours)}`);
  expect(expected.length).toBeGreaterThan(20);
  expect(actual).toEqual(expected);
});

it.each([
  ['/health', {}],
  ['/version', {}],
  ['/metrics', {}],
  ['/nowhere', {}],
  ['/version', { method: 'PUT' }],
  ['/version', { method: 'OPTIONS' }],
] as const)('%s %j has the same status and type', async (path, init) => {
  const pages = await Promise.all(
    [original, ours].map((cluster) => getPage(portOf(cluster), path, init)),
  );
  const [theirs, own] = pages.map(({ status, type }) => ({ status, type: type?.split(';')[0] }));
  expect(own).toEqual(theirs);
});

it('/health and /version have the keys of the original, and the reason that 3.5 adds', async () => {
  const keysOf = async (cluster: TestCluster, path: string) =>
    Object.keys(JSON.parse((await getPage(portOf(cluster), path)).text) as object);
  expect(await keysOf(ours, '/version')).toEqual(await keysOf(original, '/version'));
  expect(await keysOf(original, '/health')).toEqual(['health']);
  expect(await keysOf(ours, '/health')).toEqual(['health', 'reason']);
});

/** What means something in the original alone: Go, bbolt, the v2 store, the proxy; or is not counted. */
const notOurs = [
  /^go_/,
  /^promhttp_/,
  /^os_fd_/,
  /^process_virtual_memory_max_bytes$/,
  /^etcd_server_go_version$/,
  /^etcd_server_client_requests_total$/,
  /^etcd_grpc_proxy_/,
  /^etcd_debugging_store_/,
  /^etcd_debugging_(disk|snap)_/,
  /^etcd_snap_/,
  /^etcd_debugging_auth_revision$/,
  /^etcd_debugging_mvcc_(db|index)_compaction_/,
  /^etcd_debugging_mvcc_(events_total|total_put_size_in_bytes)$/,
  /^etcd_debugging_lease_(renewed_total|revoked_total|ttl_total)$/,
  /^etcd_debugging_server_lease_expired_total$/,
  /^etcd_mvcc_(db_open_read_transactions|hash_|hash_rev_)/,
  /^etcd_server_learner_promote_/,
];

it('metrics have the names and types of the original', async () => {
  const typesOf = async (cluster: TestCluster) => {
    const { text } = await getPage(portOf(cluster), '/metrics');
    return new Map(
      Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, type]) => [name!, type!]),
    );
  };
  const own = await typesOf(ours);
  const missing: string[] = [];
  for (const [name, type] of await typesOf(original)) {
    if (notOurs.some((pattern) => pattern.test(name))) continue;
    if (own.get(name) !== type) missing.push(`${name} ${type}, not ${own.get(name)}`);
  }
  expect(missing).toEqual([]);
});

it('calls are counted by the labels of the original', async () => {
  const labelled = async (cluster: TestCluster) => {
    const { text } = await getPage(portOf(cluster), '/metrics');
    const lines = text.matchAll(/^grpc_server_started_total\{([^}]*)\} /gm);
    return Array.from(lines, ([, labels]) => labels!.split(',').toSorted().join()).toSorted();
  };
  const theirs = (await labelled(original)).filter((one) => !one.includes('etcdserverpb.Auth'));
  expect(await labelled(ours)).toEqual(expect.arrayContaining(theirs));
});

/** Bodies in the order in which they are sent; both servers begin empty of these keys. */
const gatewayRequests: readonly (readonly [path: string, body: string])[] = [
  ['/v3/kv/put', '{"key":"Zy9h","value":"YmFy"}'],
  ['/v3/kv/put', '{"key":"Zy9h","value":"","prev_kv":true}'],
  ['/v3/kv/range', '{"key":"Zy9h"}'],
  ['/v3/kv/range', '{"key":"Zy9h","keysOnly":true,"sort_order":"DESCEND","limit":3}'],
  ['/v3/kv/range', '{"key":"Zy8=","range_end":"ZzA=","countOnly":true}'],
  ['/v3/kv/range', '{}'],
  ['/v3/kv/range', ''],
  ['/v3/kv/range', 'garbage'],
  ['/v3/kv/range', '{"key":"Zy9h","revision":"1000000"}'],
  [
    '/v3/kv/txn',
    '{"compare":[{"target":"VERSION","key":"Zy9h","version":"2"}],"success":[{"requestPut":{"key":"Zy9h","value":"Mg==","prev_kv":true}},{"request_range":{"key":"Zy9h"}}]}',
  ],
  ['/v3/kv/deleterange', '{"key":"Zy9h","prev_kv":true}'],
  ['/v3/kv/compaction', '{"revision":"1000000"}'],
  ['/v3/lease/grant', '{"ID":"77","TTL":"100"}'],
  ['/v3/lease/keepalive', '{"ID":"77"}'],
  ['/v3/lease/leases', '{}'],
  ['/v3/lease/revoke', '{"ID":"77"}'],
  ['/v3/kv/lease/revoke', '{"ID":"77"}'],
  ['/v3/election/leader', '{"name":"bm9ib2R5"}'],
  ['/v3/election/proclaim', '{}'],
  ['/v3/nothing', '{}'],
];

it('the JSON API answers as the original does', async () => {
  const answersOf = async (cluster: TestCluster) => {
    const answers: string[] = [];
    let start: number | undefined;
    for (const [path, body] of gatewayRequests) {
      const { status, type, text } = await getPage(portOf(cluster), path, { method: 'POST', body });
      start ??= Number(/"revision":"(\d+)"/.exec(text)?.[1]);
      const relative = text
        .replace(/"(cluster_id|member_id|raft_term)":"\d+",?/g, '')
        .replace(
          /"((?:create_|mod_)?revision)":"(\d+)"/g,
          (_, name: string, value: string) => `"${name}":${Number(value) - start!}`,
        );
      answers.push(`${path} ${status} ${type?.split(';')[0]} ${relative.trim()}`);
    }
    return answers;
  };
  expect(await answersOf(ours)).toEqual(await answersOf(original));
});
