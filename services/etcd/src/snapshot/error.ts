/** Why a snapshot cannot be used. */

/**
 * checksum-missing   no SHA-256 follows the database, as it does in what `snapshot save` writes
 * checksum-mismatch  the bytes are not those that were saved
 * not-etcd           a good bbolt file, but not of an etcd
 */
export type SnapshotErrorCode = 'checksum-missing' | 'checksum-mismatch' | 'not-etcd';

export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  readonly code: SnapshotErrorCode;

  constructor(code: SnapshotErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
