/** What a member and the thread that makes a snapshot file of its database say to each other. */

import type { SnapshotState } from '../snapshot/export.ts';

/** What a snapshot says that the database does not know. */
export type ExportContext = Pick<SnapshotState, 'term' | 'configuration' | 'clusterVersion'>;

export interface ExportOrder {
  /** Of the database. */
  readonly path: string;
  /** An open file to write to; it is empty, and stays open. */
  readonly file: number;
  readonly context: ExportContext;
}

export type ExportReport =
  | { kind: 'written'; appliedIndex: number; revisions: number; bytes: number }
  | { kind: 'hashed'; sha256: Uint8Array }
  | { kind: 'failed'; message: string };
