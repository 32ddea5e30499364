/**
 * The leader dies (SIGKILL): how long until the next write is acknowledged. A client sends a put to
 * both other members every few milliseconds, and the first that is acknowledged counts. Timers are
 * the defaults of both: heartbeats each 100 ms, elections after 1 to 2 s of silence.
 */
import { PutRequest } from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { GrpcConnection } from '../client/connection.ts';
import { putPath } from '../client/fill.ts';
import type { BenchCluster } from '../etcd-cluster.ts';
import {
  contenders,
  median,
  quantile,
  type BenchContext,
  type Measurement,
  type RowResult,
} from '../row.ts';

const message = PutRequest.encode(
  PutRequest.from({ key: Buffer.from('failover'), value: Buffer.alloc(256, 'x') }),
);
const intervalMillis = 5;
const timeoutMillis = 30_000;

async function accepts(url: string): Promise<boolean> {
  using connection = await GrpcConnection.open(url);
  return (await connection.unary(putPath, message)) !== undefined;
}

/** Milliseconds from the kill to the next acknowledged write. The dead member is back at the end. */
async function failover(cluster: BenchCluster): Promise<number> {
  const leader = await cluster.leader();
  const others = cluster.urls.filter((_url, index) => index !== leader);
  // Both are writable now, so that the kill is the only disturbance.
  for (const url of others) await eventually(`writes at ${url}`, () => accepts(url));
  using stack = new DisposableStack();
  const connections: GrpcConnection[] = [];
  for (const url of others) connections.push(stack.use(await GrpcConnection.open(url)));

  const acknowledged = Promise.withResolvers<number>();
  let killedAt = 0;
  const ask = async (connection: GrpcConnection) => {
    const answer = await connection.unary(putPath, message);
    if (answer !== undefined) acknowledged.resolve(performance.now());
  };
  let dead: Promise<void> | undefined;
  await new Promise<void>((killed) => {
    dead = cluster.kill(leader, () => {
      killedAt = performance.now();
      killed();
    });
  });
  // What the dying leader still answers to a follower's forwarded put is no recovery.
  await dead;
  const asking = setInterval(() => connections.forEach((one) => void ask(one)), intervalMillis);
  const giveUp = setTimeout(
    () =>
      acknowledged.reject(new Error(`${cluster.contender}: no write within ${timeoutMillis} ms`)),
    timeoutMillis,
  );
  try {
    return (await acknowledged.promise) - killedAt;
  } finally {
    clearInterval(asking);
    clearTimeout(giveUp);
    cluster.start(leader);
    await eventually(`the return of a member of ${cluster.contender}`, () =>
      accepts(cluster.urls[leader]!),
    );
  }
}

async function measure(context: BenchContext): Promise<RowResult[]> {
  const clusters = await context.both();
  const kills = context.quick ? 10 : 100;
  const times: Record<string, number[]> = { drydock: [], etcd: [] };
  for (let kill = 0; kill < kills; kill++) {
    for (const contender of contenders) {
      times[contender]!.push(await failover(clusters[contender]));
    }
  }
  const row = (share: number): RowResult => ({
    title: `Leader killed to next write, p${share * 100} of ${kills}`,
    unit: 'ms',
    ours: share === 0.5 ? median(times['drydock']!) : quantile(times['drydock']!, share),
    theirs: share === 0.5 ? median(times['etcd']!) : quantile(times['etcd']!, share),
  });
  const rows = [row(0.5), row(0.99)];
  for (const one of rows) context.report(one);
  return rows;
}

export const failovers: Measurement = { rows: ['failover'], measure };
