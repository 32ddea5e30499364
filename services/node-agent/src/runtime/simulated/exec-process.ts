/** A command in a simulated container, with its streams. */
import type { Clock } from '@drydock/ports';
import type { ExecOptions, ExecProcess, OutputPiece, TerminalSize } from '../runtime.ts';
import { createPipe } from '../pipe.ts';
import { runShell } from './shell.ts';

const killedExitCode = 137;

export interface SimulatedProcess extends ExecProcess {
  /** As SIGKILL does. */
  kill(): void;
}

export function startProcess(
  options: ExecOptions,
  { hostname, clock, onEnd }: { hostname: string; clock: Clock; onEnd: () => void },
): SimulatedProcess {
  const stdin = createPipe<Uint8Array>();
  const output = createPipe<OutputPiece>();
  const killed = new AbortController();
  const exit = Promise.withResolvers<number>();
  let size: TerminalSize = { width: 80, height: 24 };
  let isAbandoned = false;
  if (!options.stdin) stdin.end();

  const end = (code: number) => {
    exit.resolve(code);
    output.end();
    stdin.close();
    onEnd();
  };
  const { signal } = killed;
  const kill = () => {
    killed.abort();
    end(killedExitCode);
  };
  const write = async (piece: OutputPiece) => {
    const stream = options.tty ? 'stdout' : piece.stream;
    if (isAbandoned) kill();
    else if (options[stream]) await output.write({ ...piece, stream });
    // Nobody slows it down: it may not take the whole thread for itself.
    else await clock.sleep(1, { signal }).catch(() => undefined);
  };
  void runShell(options.command, { hostname, clock, stdin, write, size: () => size, signal }).then(
    end,
  );
  return {
    output,
    write: (data) => stdin.write(data),
    endInput: () => stdin.end(),
    resize: (next) => {
      size = next;
      return Promise.resolve();
    },
    /** It has no more to read, and what it writes ends it, as SIGPIPE does. */
    close: () => {
      isAbandoned = true;
      output.close();
      stdin.end();
    },
    exitCode: () => exit.promise,
    kill,
  };
}
