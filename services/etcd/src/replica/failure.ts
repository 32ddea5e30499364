/** One place that turns what went wrong below into the codes of a replica. */
import { DiskError } from '@drydock/ports';
import { LostLogError } from '../raft/assert.ts';
import { WalError } from '../wal/error.ts';
import { ReplicaError } from './types.ts';

export function toReplicaError(error: unknown): ReplicaError {
  if (error instanceof ReplicaError) return error;
  if (error instanceof WalError) return new ReplicaError(error.code, error.message, error);
  if (error instanceof LostLogError) return new ReplicaError('corrupt', error.message, error);
  if (error instanceof DiskError) {
    const code = error.code === 'no-space' ? 'no-space' : 'io';
    return new ReplicaError(code, error.message, error);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ReplicaError('state-machine', `a bug stopped this member: ${message}`, error);
}
