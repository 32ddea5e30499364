/**
 * Transactions as a Kubernetes API server sends its updates: if the key still has the revision that I
 * read, put, else get it. Each stream owns an object and updates it again and again, so all succeed.
 */
import {
  Compare,
  CompareResult,
  CompareTarget,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  TxnResponse,
} from '@drydock/proto/etcd';
import { GrpcConnection } from '../client/connection.ts';
import type { BenchCluster } from '../etcd-cluster.ts';
import { inTurns, median, type BenchContext, type Measurement, type RowResult } from '../row.ts';

const path = '/etcdserverpb.KV/Txn';
const streams = 64;
const title = `Txn, update as Kubernetes sends it, ${streams} streams`;
const value = Buffer.alloc(256, 'x');

function update(key: Buffer, modRevision: number): Buffer {
  return TxnRequest.encode(
    TxnRequest.from({
      compare: [
        Compare.from({
          result: CompareResult.equal,
          target: CompareTarget.mod,
          key,
          modRevision,
        }),
      ],
      success: [RequestOp.from({ requestPut: PutRequest.from({ key, value }) })],
      failure: [RequestOp.from({ requestRange: RangeRequest.from({ key }) })],
    }),
  );
}

/** @throws when an update does not succeed */
async function updateOften(
  connection: GrpcConnection,
  key: Buffer,
  options: { start: number; count: number },
): Promise<number> {
  let revision = options.start;
  for (let done = 0; done < options.count; done++) {
    const bytes = await connection.unary(path, update(key, revision));
    const answer = bytes === undefined ? undefined : TxnResponse.decode(bytes);
    if (answer?.succeeded !== true || answer.header === undefined) {
      throw new Error(`the update of ${key.toString()} at revision ${revision} did not succeed`);
    }
    revision = answer.header.revision;
  }
  return revision;
}

/** Objects and their revisions, which go on from round to round. */
class Updater {
  readonly #cluster: BenchCluster;
  readonly #revisions: number[] = Array.from({ length: streams }, () => 0);

  constructor(cluster: BenchCluster) {
    this.#cluster = cluster;
  }

  /** Updates a second. */
  async run(updatesEach: number): Promise<number> {
    const before = await this.#cluster.revision();
    const url = this.#cluster.urls[await this.#cluster.leader()]!;
    using connection = await GrpcConnection.open(url);
    const start = performance.now();
    await Promise.all(
      this.#revisions.map(async (revision, index) => {
        const key = Buffer.from(`/registry/pods/default/bench-${index}`);
        const options = { start: revision, count: updatesEach };
        this.#revisions[index] = await updateOften(connection, key, options);
      }),
    );
    const seconds = (performance.now() - start) / 1_000;
    const written = (await this.#cluster.revision()) - before;
    if (written !== updatesEach * streams) {
      throw new Error(`${updatesEach * streams} updates made ${written} revisions`);
    }
    return written / seconds;
  }
}

async function measure(context: BenchContext): Promise<RowResult[]> {
  const clusters = await context.both();
  const updaters = {
    drydock: new Updater(clusters.drydock),
    etcd: new Updater(clusters.etcd),
  };
  const each = context.quick ? 40 : 500;
  const rates = await inTurns(context.rounds, (contender) => updaters[contender].run(each));
  const row: RowResult = {
    title,
    unit: 'a second',
    ours: median(rates.drydock),
    theirs: median(rates.etcd),
  };
  context.report(row);
  return [row];
}

export const updates: Measurement = { rows: ['txn'], measure };
