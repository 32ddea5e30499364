/**
 * Unary calls from h2load: always the same frame, over one connection to the leader. Afterwards it is
 * checked that every Put made a revision and every Range returned its values.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Compare,
  CompareResult,
  CompareTarget,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '@drydock/proto/etcd';
import { fill } from '../client/fill.ts';
import type { BenchCluster } from '../etcd-cluster.ts';
import { grpcHeaders, h2load, type LoadResult } from '../h2load.ts';
import { inTurns, median, type BenchContext, type Measurement, type RowResult } from '../row.ts';

interface Case {
  readonly name: string;
  readonly title: string;
  readonly method: 'Put' | 'Range' | 'Txn';
  readonly message: Buffer;
  readonly streams: number;
  readonly requests: number;
  /** Bytes of values in an answer, at least. */
  readonly answerBytes: number;
}

const valueBytes = 256;
const key = Buffer.from('bench-key');
const value = Buffer.alloc(valueBytes, 'x');
const manyKeys = 1_000;
const keyOf = (index: number) => `/bench/many/${String(index).padStart(6, '0')}`;

const put = PutRequest.encode(PutRequest.from({ key, value }));
const range = (fields: Partial<RangeRequest>) =>
  RangeRequest.encode(RangeRequest.from({ key, ...fields }));
const rangeOfMany = range({
  key: Buffer.from('/bench/many/'),
  rangeEnd: Buffer.from('/bench/many0'),
});

/** What an API server sends to create an object that is there already: the compare fails. */
const lostTxn = TxnRequest.encode(
  TxnRequest.from({
    compare: [
      Compare.from({
        result: CompareResult.equal,
        target: CompareTarget.mod,
        key,
        modRevision: 0,
      }),
    ],
    success: [RequestOp.from({ requestPut: PutRequest.from({ key, value }) })],
    failure: [RequestOp.from({ requestRange: RangeRequest.from({ key }) })],
  }),
);

const puts = (streams: number, requests: number): Case => ({
  name: `put-${streams}`,
  title: `Put 256 B, ${streams} stream${streams === 1 ? '' : 's'}`,
  method: 'Put',
  message: put,
  streams,
  requests,
  answerBytes: 0,
});

const cases: readonly Case[] = [
  puts(1, 3_000),
  puts(16, 20_000),
  puts(64, 40_000),
  puts(256, 60_000),
  {
    name: 'range',
    title: 'Range, linearizable, 64 streams',
    method: 'Range',
    message: range({}),
    streams: 64,
    requests: 60_000,
    answerBytes: valueBytes,
  },
  {
    name: 'range-serializable',
    title: 'Range, serializable, 64 streams',
    method: 'Range',
    message: range({ serializable: true }),
    streams: 64,
    requests: 60_000,
    answerBytes: valueBytes,
  },
  {
    name: 'range-1000',
    title: 'Range of 1,000 keys, linearizable, 16 streams',
    method: 'Range',
    message: rangeOfMany,
    streams: 16,
    requests: 2_000,
    answerBytes: manyKeys * valueBytes,
  },
  {
    name: 'txn-lost',
    title: 'Txn, compare fails and gets, 64 streams',
    method: 'Txn',
    message: lostTxn,
    streams: 64,
    requests: 30_000,
    answerBytes: valueBytes,
  },
];

function frameOf(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Runs one case and checks that every call did its work. */
async function load(
  cluster: BenchCluster,
  one: Case,
  options: { folder: string; requests: number },
): Promise<LoadResult> {
  const { requests } = options;
  const frameFile = join(options.folder, 'frame');
  writeFileSync(frameFile, frameOf(one.message));
  const before = await cluster.revision();
  const url = cluster.urls[await cluster.leader()]!;
  const result = await h2load({
    target: `${url}/etcdserverpb.KV/${one.method}`,
    headers: grpcHeaders,
    bodyFile: frameFile,
    streams: one.streams,
    requests,
  });
  const written = (await cluster.revision()) - before;
  if (written !== (one.method === 'Put' ? requests : 0)) {
    throw new Error(
      `${cluster.contender}: ${requests} calls of ${one.title} made ${written} revisions`,
    );
  }
  // h2load rounds the bytes that it reports.
  if (result.dataBytes < requests * one.answerBytes * 0.99) {
    throw new Error(`${cluster.contender}: answers of ${one.title} lack values`);
  }
  return result;
}

const mean = (results: readonly LoadResult[]) =>
  `mean ${median(results.map((one) => one.meanMillis)).toFixed(2)} ms`;

async function measure(context: BenchContext, wanted: ReadonlySet<string>): Promise<RowResult[]> {
  const clusters = await context.both();
  const { folder, rounds } = context;
  for (const cluster of Object.values(clusters)) {
    const leader = cluster.urls[await cluster.leader()]!;
    await fill(leader, { count: manyKeys, keyOf, value });
    await fill(leader, { count: 1, keyOf: () => key.toString(), value });
  }
  const rows: RowResult[] = [];
  for (const one of cases.filter(({ name }) => wanted.has(name))) {
    const requests = context.quick ? Math.ceil(one.requests / 10) : one.requests;
    const results = await inTurns(rounds, (contender) =>
      load(clusters[contender], one, { folder, requests }),
    );
    const rate = (all: readonly LoadResult[]) => median(all.map((each) => each.requestsPerSecond));
    const { drydock, etcd } = results;
    rows.push({
      title: one.title,
      unit: 'a second',
      ours: rate(drydock),
      theirs: rate(etcd),
      notes: { ours: mean(drydock), theirs: mean(etcd) },
    });
    context.report(rows.at(-1)!);
  }
  return rows;
}

export const calls: Measurement = { rows: cases.map(({ name }) => name), measure };
