/**
 * A client at the main process of a simulated container, which is `cat` where its spec opens stdin:
 * each line that it is sent is a line of its output, and it ends with an input that is open only once.
 */
import type { OutputPiece, ProcessStreams, StreamSelection } from '../runtime.ts';

export interface MainProcess {
  readonly stdin: { readonly isOpen: boolean; readonly once: boolean };
  readonly writeLine: (text: string) => void;
  /** Its output from now on, until its end or that of the signal. */
  readonly lines: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly exit: () => void;
}

export function attachToContainer(
  { stdin, writeLine, lines, exit }: MainProcess,
  streams: StreamSelection,
): ProcessStreams {
  const detached = new AbortController();
  let rest = '';
  let isInputOpen = stdin.isOpen && streams.stdin;

  const endInput = () => {
    if (!isInputOpen) return;
    isInputOpen = false;
    if (rest !== '') writeLine(rest);
    if (stdin.once) exit();
  };
  return {
    output: outputOf(lines(detached.signal), streams),
    write: (data) => {
      if (isInputOpen) {
        const parts = (rest + new TextDecoder().decode(data)).split('\n');
        rest = parts.pop() ?? '';
        for (const line of parts) writeLine(line);
      }
      return Promise.resolve();
    },
    endInput,
    resize: () => Promise.resolve(),
    close: () => {
      endInput();
      detached.abort();
    },
  };
}

async function* outputOf(
  lines: AsyncIterable<Uint8Array>,
  { stdout }: StreamSelection,
): AsyncGenerator<OutputPiece, void> {
  for await (const data of lines) if (stdout) yield { stream: 'stdout', data };
}
