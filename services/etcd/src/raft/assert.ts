/** A bug, not an outcome: going on would risk what was promised, so the member stops. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant of Raft: ${message}`);
}

/** This member promised more than its log holds: what was on its disk is gone. */
export class LostLogError extends Error {
  override readonly name = 'LostLogError';
  readonly code = 'corrupt';
}
