/**
 * What streams travel on: a TLS connection that was upgraded, or the messages of a WebSocket. Input
 * and output are pushed back separately, so that a slow side stalls what it is slow at.
 */
export interface Carrier {
  /** Resolves when the connection takes more; rejects once it is over. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Sets the one who takes the input, and lets it flow. */
  start(take: (bytes: Buffer) => void): void;
  pause(): void;
  resume(): void;
  /** Shows a client whose input is held back that the server is alive, and finds out if it is. */
  beat(): void;
  /** Sends what is left and says goodbye; resolves when the connection is over. */
  end(): Promise<void>;
  /** Cuts the connection. */
  destroy(): void;
  /** Aborts when the connection is over. */
  readonly signal: AbortSignal;
}

/** Real milliseconds: what guards a connection does not scale with the cluster's clock. */
export const goodbyeMillisMax = 5_000;

/** Why the signal of a client aborts that has ended its connection in order: what it sent still counts. */
export class GoodbyeError extends Error {
  override readonly name = 'GoodbyeError';

  constructor() {
    super('the client has said goodbye');
  }
}

export const goneError = () => new Error('the client has gone');
