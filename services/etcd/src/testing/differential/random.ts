/** Random sequences on two clusters, and the shortest form of each that shows a difference. */
import type { Client } from '@grpc/grpc-js';
import { startTestCluster, type TestCluster } from '../cluster.ts';
import { generateSequence } from './generate.ts';
import type { Operation, TxnPart } from './operations.ts';
import { runSequence, type Difference, type Pair } from './run-sequence.ts';
import { shrink } from './shrink.ts';
import { connectTo } from './target.ts';

export interface PairOptions {
  /** Members of each cluster. */
  readonly size: number;
}

export interface RunningPair extends AsyncDisposable {
  readonly pair: Pair;
}

/** Starts our members and the distribution's. */
export async function startPair({ size }: PairOptions): Promise<RunningPair> {
  await using starting = new AsyncDisposableStack();
  const clusters = await Promise.all(
    (['drydock', 'etcd'] as const).map((program) =>
      startTestCluster({ program, size, isVolatile: true }),
    ),
  );
  const clientsOf = (cluster: TestCluster): Client[] => {
    starting.use(cluster);
    return cluster.members.map((member) => {
      const client = connectTo(member.endpoint);
      starting.defer(() => client.close());
      return client;
    });
  };
  const pair: Pair = [clientsOf(clusters[0]!), clientsOf(clusters[1]!)];
  const running = starting.move();
  return { pair, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

export interface FoundDifference {
  readonly seed: number;
  readonly operations: readonly Operation[];
  readonly difference: Difference;
}

export interface RunOptions {
  readonly firstSeed: number;
  readonly count: number;
  readonly onFound: (found: FoundDifference) => void;
  /** Gives up after so many. */
  readonly differencesMax?: number;
}

/** Returns the number of operations that were sent. */
export async function runSeeds(pair: Pair, options: RunOptions): Promise<number> {
  let sent = 0;
  let found = 0;
  for (let seed = options.firstSeed; seed < options.firstSeed + options.count; seed++) {
    const generated = generateSequence(seed);
    const operations = pair[0].length === 1 ? generated : generated.map(keepsMembersTogether);
    sent += operations.length;
    if ((await runSequence(pair, operations)) === undefined) continue;
    const again = (some: readonly Operation[]) => runSequence(pair, some);
    const smallest = await shrink(operations, async (some) => (await again(some)) !== undefined);
    const difference = (await again(smallest)) ?? {
      at: 'not again: it depends on timing',
      ours: null,
      theirs: null,
    };
    options.onFound({ seed, operations: smallest, difference });
    if (++found >= (options.differencesMax ?? Infinity)) break;
  }
  return sent;
}

/**
 * Members of the original come apart by a transaction that writes and has a read refused: only the
 * member that was asked looks at the read.
 */
function keepsMembersTogether<Part extends Operation | TxnPart>(operation: Part): Part {
  if (operation.op !== 'txn') return operation;
  const parts = (list: readonly TxnPart[] = []) =>
    list.map((part) => {
      if (part.op !== 'range') return keepsMembersTogether(part);
      const { revision: _revision, ...now } = part;
      return now;
    });
  return { ...operation, success: parts(operation.success), failure: parts(operation.failure) };
}

/** For a person: what differs, by which operations, and how to see it again. */
export function describeDifference({ seed, operations, difference }: FoundDifference): string {
  return [
    `seed ${seed}: ${difference.at} differs`,
    ...operations.map((one, index) => `  ${index + 1}. ${JSON.stringify(one)}`),
    `  ours:   ${JSON.stringify(difference.ours)}`,
    `  theirs: ${JSON.stringify(difference.theirs)}`,
    `  again:  node --run differential -- --seed ${seed} --count 1`,
  ].join('\n');
}
