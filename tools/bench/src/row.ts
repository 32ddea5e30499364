/** What a measurement is: rows, each of which both contenders answer with numbers. */
import type { BenchCluster, Contender } from './etcd-cluster.ts';

export interface RowResult {
  readonly title: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: Unit;
  /** What else a reader wants to know of the cell, such as a mean. */
  readonly notes?: { readonly ours: string; readonly theirs: string };
}

/** Of `a second` and of a share more is better, of the others less. */
export type Unit = 'a second' | 'ms' | 'MiB' | 'share';

export interface BenchContext {
  /** Counted rounds; one more warms up where that matters. */
  readonly rounds: number;
  /** Few and small: to see that all works, not for figures. */
  readonly quick: boolean;
  readonly folder: string;
  readonly report: (row: RowResult) => void;
  /** Both clusters, new and empty; they end with the measurement. */
  both(): Promise<Record<Contender, BenchCluster>>;
  /** One cluster, new and empty, which the caller disposes of. */
  one(contender: Contender): Promise<BenchCluster>;
}

/** Rows that share clusters or data, and are measured together. */
export interface Measurement {
  /** As --only names them. */
  readonly rows: readonly string[];
  measure(context: BenchContext, wanted: ReadonlySet<string>): Promise<RowResult[]>;
}

export const contenders: readonly Contender[] = ['drydock', 'etcd'];

/** Runs `measure` on both in turns, one order and the other; the first round is not counted. */
export async function inTurns<Result>(
  rounds: number,
  measure: (contender: Contender) => Promise<Result>,
): Promise<Record<Contender, Result[]>> {
  const results: Record<Contender, Result[]> = { drydock: [], etcd: [] };
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) {
      const result = await measure(contender);
      if (round > 0) results[contender].push(result);
    }
  }
  return results;
}

/** The value below which `share` of all lie; 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);
