/** Snapshot files made in memory, for tests. */
import { createHash } from 'node:crypto';
import type { PageSource } from '../bbolt/meta-pages.ts';
import { createBboltWriter, type BboltWriter } from '../bbolt/writer.ts';
import type { Row } from '../mvcc/backend.ts';
import { toBytes } from '../mvcc/version.ts';
import { writeSnapshot, type SnapshotState } from '../snapshot/export.ts';

/** A bbolt file of what `fill` writes. */
export function bboltBytes(fill: (writer: BboltWriter) => void): Buffer {
  const parts: Uint8Array[] = [];
  const writer = createBboltWriter({ append: (bytes) => parts.push(bytes.slice()) });
  fill(writer);
  const { metaPages } = writer.finish();
  const file = Buffer.concat(parts);
  file.set(metaPages);
  return file;
}

export function snapshotBytes(state: Partial<SnapshotState>, rows: readonly Row[]): Buffer {
  const whole: SnapshotState = {
    appliedIndex: 7,
    term: 2,
    configuration: {
      voters: [1],
      votersOutgoing: [],
      learners: [],
      learnersNext: [],
      autoLeave: false,
    },
    clusterVersion: '3.5.0',
    values: new Map(),
    ...state,
  };
  return bboltBytes((writer) =>
    writeSnapshot(writer, whole, (put) => {
      for (const row of rows) put(row, toBytes(row.encoded));
    }),
  );
}

/** As `snapshot save` writes it. */
export function withChecksum(file: Buffer): Buffer {
  return Buffer.concat([file, createHash('sha256').update(file).digest()]);
}

export function sourceOf(file: Uint8Array): PageSource {
  return {
    bytes: file.length,
    read: (offset, length) => {
      if (offset + length > file.length) throw new Error('a read beyond the end of the file');
      return file.subarray(offset, offset + length);
    },
  };
}
