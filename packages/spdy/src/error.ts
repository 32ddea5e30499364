/** What SPDY/3.1 calls its failures, and the one Error that carries them. Pure. */

/** Reasons of RST_STREAM. */
export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  cancel: 5,
} as const;

/** Reasons of GOAWAY. */
export const goAwayStatus = { ok: 0, protocolError: 1 } as const;

/** The other side broke the protocol: the session ends. */
export class SpdyError extends Error {
  override readonly name = 'SpdyError';
  readonly code = 'SPDY_PROTOCOL';
}
