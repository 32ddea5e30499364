/** A client's side of exec and attach, whatever carries it. */
import type { Status } from '@drydock/api';
import type { RemoteCommandProtocol } from './protocols.ts';
import type { TerminalSize } from './terminal-size.ts';

export interface RemoteChannels {
  /** Ends with the client's stdin, or with the client. Undefined when none was asked for. */
  readonly stdin: AsyncIterable<Buffer> | undefined;
  /** Sets who is told of the sizes of the client's terminal, the latest so far included. */
  onResize(tell: (size: TerminalSize) => void): void;
  /** Resolves when the client takes more; rejects when it has gone. */
  write(channel: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>;
  /** Tells how it ended, and says goodbye. */
  finish(status: Status): Promise<void>;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** Whether the client's input came with its goodbye, or is still held here: nobody has had time to take it. */
  readonly endsWithInput: () => boolean;
}

/** What goes on the error channel. Older clients take silence for success. */
export function renderEnd(status: Status, { tellsStatus }: RemoteCommandProtocol): Buffer {
  if (tellsStatus) return Buffer.from(JSON.stringify(withoutType(status)));
  return Buffer.from(status.status === 'Success' ? '' : (status.message ?? ''));
}

/** Upstream's has neither kind nor version here. */
function withoutType({ kind: _kind, apiVersion: _apiVersion, ...status }: Status): object {
  return status;
}

/** Remembers the last size until someone wants to know. */
export function createResizeRelay() {
  let last: TerminalSize | undefined;
  let listener: ((size: TerminalSize) => void) | undefined;
  return {
    tell: (size: TerminalSize) => {
      last = size;
      listener?.(size);
    },
    onResize: (tell: (size: TerminalSize) => void) => {
      listener = tell;
      if (last !== undefined) tell(last);
    },
  };
}
