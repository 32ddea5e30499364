/** Sequences that once showed a difference, as they were shrunk. */
import type { Operation } from './operations.ts';

export const regressions: readonly { title: string; operations: readonly Operation[] }[] = [
  {
    title: 'a put names its missing lease before its missing key',
    operations: [{ op: 'put', key: 'b', lease: 999, prevKv: true, ignoreValue: true }],
  },
  {
    title: 'a checksum leaves out what compaction kept for its own revision',
    operations: [
      { op: 'put', key: 'b', value: '1' },
      { op: 'compact', revision: '+1', physical: true },
      { op: 'put', key: 'b', value: '1', prevKv: true },
      { op: 'hash', revision: 0 },
    ],
  },
  {
    title: 'a transaction names the failure of a later put before that of a range',
    operations: [
      {
        op: 'txn',
        success: [
          { op: 'range', key: 'a', revision: '+99' },
          { op: 'txn', success: [{ op: 'put', key: 'b', ignoreValue: true }] },
        ],
      },
    ],
  },
  {
    title: 'a range in a transaction may not ask for a revision below all',
    operations: [{ op: 'txn', success: [{ op: 'range', key: 'a', revision: -1 }] }],
  },
  {
    title: 'a transaction may delete from a key on and put a later key, and watchers are told both',
    operations: [
      { op: 'put', key: 'b', value: '1' },
      { op: 'watch', key: 'a', end: '\0', prevKv: true },
      {
        op: 'txn',
        success: [
          { op: 'delete', key: 'a', end: '\0' },
          { op: 'put', key: 'b', value: '2' },
        ],
      },
      {
        op: 'txn',
        success: [
          { op: 'put', key: 'b', value: '3' },
          { op: 'delete', key: 'a', end: '\0', prevKv: true },
        ],
      },
      { op: 'watch', key: 'a', end: '\0', start: '+1', prevKv: true },
      { op: 'hash', revision: 0 },
    ],
  },
  {
    title: 'a watcher whose history is compacted keeps its id until it is canceled',
    operations: [
      { op: 'put', key: 'a' },
      { op: 'put', key: 'a' },
      { op: 'compact', revision: '+2', physical: true },
      { op: 'watch', key: 'a', id: 1, start: '+1' },
      { op: 'put', key: 'a' },
      { op: 'cancel', id: 1 },
      { op: 'watch', key: 'a', id: 1 },
    ],
  },
];
