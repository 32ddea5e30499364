/**
 * Progress as lines: each step shows its name, what came of it, and its seconds. On a terminal the
 * running step turns a spinner; elsewhere every step is one plain line when it ends.
 */
import { styleText } from 'node:util';

export interface Step {
  /** What the step is waiting for, shown beside its name while it runs. */
  note(text: string): void;
}

export interface Steps {
  /** Runs `work`; its result, when a text, is shown on the step's line. */
  run<T>(name: string, work: (step: Step) => Promise<T>): Promise<T>;
  /** Seconds since the first step began. */
  seconds(): number;
}

export interface StepsOutput {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function createSteps(
  output: StepsOutput,
  now: () => number = () => performance.now(),
): Steps {
  const begun = now();
  const run = async <T>(name: string, work: (step: Step) => Promise<T>): Promise<T> => {
    const start = now();
    let note = '';
    let frame = 0;
    const draw = () => {
      const seconds = formatSeconds(now() - start);
      const line = `  ${frames[frame++ % frames.length]} ${name.padEnd(nameWidth)} ${seconds}  ${note}`;
      output.write(`\r\u{1b}[2K${line.slice(0, output.columns - 1)}`);
    };
    const spinner = output.isTerminal ? setInterval(draw, 100) : undefined;
    const finish = (mark: string, text: string) => {
      clearInterval(spinner);
      const line = stepLine(mark, name, formatSeconds(now() - start), text);
      output.write(output.isTerminal ? `\r\u{1b}[2K${line}\n` : `${line}\n`);
    };
    try {
      const result = await work({ note: (text) => (note = text) });
      finish(styleText('green', '✓'), typeof result === 'string' ? result : '');
      return result;
    } catch (error) {
      finish(styleText('red', '✗'), note);
      throw error;
    }
  };
  return { run, seconds: () => (now() - begun) / 1_000 };
}

const nameWidth = 26;

function stepLine(mark: string, name: string, seconds: string, text: string): string {
  return `  ${mark} ${name.padEnd(nameWidth)} ${seconds}  ${text}`.trimEnd();
}

function formatSeconds(millis: number): string {
  return `${(millis / 1_000).toFixed(1).padStart(6)} s`;
}

export function terminalOutput(stream: NodeJS.WriteStream): StepsOutput {
  return {
    isTerminal: stream.isTTY,
    columns: stream.columns ?? 120,
    write: (text) => void stream.write(text),
  };
}
