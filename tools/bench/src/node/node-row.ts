/** What a measurement of nodes is: rows of our own figure, the engine's own, and the goal. */
import type { Unit } from '../row.ts';
import type { NodeCluster } from './node-cluster.ts';

export interface NodeRow {
  readonly title: string;
  readonly ours: number;
  readonly unit: Unit;
  /** The same containers by bare calls to the engine, in the same run. */
  readonly engine?: number;
  readonly goal?: number;
  /** What else a reader wants to know of our figure. */
  readonly note?: string;
}

export interface NodeContext {
  /** Counted rounds; one more warms up where that matters. */
  readonly rounds: number;
  /** Few and short: to see that all works, not for figures. */
  readonly quick: boolean;
  /** The cluster on real containers, which all rows share: started for the first that asks for it. */
  cluster(): Promise<NodeCluster>;
}

/** Rows that are measured together. */
export interface NodeMeasurement {
  /** As --only names them. */
  readonly rows: readonly string[];
  measure(context: NodeContext, wanted: ReadonlySet<string>): Promise<NodeRow[]>;
}

/** Of `create` to Running: so many times what the engine itself takes. */
export const startGoal = 1.3;
