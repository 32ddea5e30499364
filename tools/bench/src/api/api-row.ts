/** What a measurement of the API server is: rows of our own figure, the goal, and the peer's. */
import type { Unit } from '../row.ts';
import type { ApiCluster } from './api-cluster.ts';

export interface ApiRow {
  readonly title: string;
  readonly ours: number;
  readonly unit: Unit;
  readonly goal?: number;
  /** What kube-apiserver 1.20 did on a machine with two cores (DESIGN.md). It cannot be run here. */
  readonly peer?: number;
  /** What else a reader wants to know of our figure. */
  readonly note?: string;
}

export interface ApiContext {
  /** Counted rounds; one more warms up where that matters. */
  readonly rounds: number;
  /** Few and small: to see that all works, not for figures. */
  readonly quick: boolean;
  readonly folder: string;
  /** Three members and an apiserver, new and empty; they end with the measurement. */
  start(): Promise<ApiCluster>;
}

/** Rows that share a cluster, and are measured together. */
export interface ApiMeasurement {
  /** As --only names them. */
  readonly rows: readonly string[];
  measure(context: ApiContext, wanted: ReadonlySet<string>): Promise<ApiRow[]>;
}
