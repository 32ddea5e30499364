/**
 * The commands of simulated containers: a few of busybox's, each with one outcome. `sh -c` runs
 * statements between semicolons; `>&2` at the end of one sends its output to stderr.
 */
import type { Clock } from '@drydock/ports';
import type { OutputPiece, TerminalSize } from '../runtime.ts';

export interface ShellPowers {
  readonly hostname: string;
  readonly clock: Clock;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolves when it was read. */
  readonly write: (piece: OutputPiece) => Promise<void>;
  readonly size: () => TerminalSize;
  /** Aborts when the process is killed. */
  readonly signal: AbortSignal;
}

const notFoundCode = 127;
const chunkBytes = 32 * 1024;
const encoder = new TextEncoder();
const millisPerSecond = 1_000;

/** The exit code of a command. */
export async function runShell(
  [program = '', ...words]: readonly string[],
  powers: ShellPowers,
): Promise<number> {
  if (/^(\/bin\/)?sh$/.test(program) && words[0] === '-c') return runScript(words[1] ?? '', powers);
  const out = (stream: OutputPiece['stream']) => (text: string) =>
    powers.write({ stream, data: encoder.encode(text) });
  return run([program, ...words], { ...powers, out: out('stdout'), complain: out('stderr') });
}

async function runScript(script: string, powers: ShellPowers): Promise<number> {
  let code = 0;
  for (const statement of script.split(';')) {
    const [, body = '', redirect] = /^\s*(.*?)\s*(>&2)?\s*$/s.exec(statement) ?? [];
    const words = [...body.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
      ([, single, double, plain]) => single ?? double ?? plain ?? '',
    );
    if (words.length === 0) continue;
    if (words[0] === 'exit') return Number(words[1] ?? code);
    const write = (piece: OutputPiece) =>
      powers.write(redirect === undefined ? piece : { ...piece, stream: 'stderr' });
    code = await runShell(words, { ...powers, write });
    if (powers.signal.aborted) break;
  }
  return code;
}

interface CommandPowers extends ShellPowers {
  readonly out: (text: string) => Promise<void>;
  readonly complain: (text: string) => Promise<void>;
}

async function run(
  [program = '', ...words]: readonly string[],
  powers: CommandPowers,
): Promise<number> {
  const { out, stdin, signal } = powers;
  switch (program.replace(/^.*\//, '')) {
    case 'true':
      return 0;
    case 'false':
      return 1;
    case 'echo':
      await out(`${words.join(' ')}\n`);
      return 0;
    case 'hostname':
      await out(`${powers.hostname}\n`);
      return 0;
    case 'cat':
      for await (const data of stdin) await powers.write({ stream: 'stdout', data });
      return 0;
    case 'read':
      return (await readLine(stdin)) ? 0 : 1;
    case 'stty':
      await out(`${powers.size().height} ${powers.size().width}\n`);
      return 0;
    case 'sleep':
      await powers.clock
        .sleep(Number(words[0]) * millisPerSecond, { signal })
        .catch(() => undefined);
      return 0;
    case 'yes': {
      const data = encoder.encode(`${words[0] ?? 'y'}\n`.repeat(chunkBytes / 2));
      while (!signal.aborted) await powers.write({ stream: 'stdout', data });
      return 0;
    }
    case 'head':
      return zeros(Number(words[1] ?? 0), powers);
    default:
      await powers.complain(`sh: ${program}: not found\n`);
      return notFoundCode;
  }
}

/** Whether there was one. What follows it in the same piece goes with it. */
async function readLine(stdin: AsyncIterable<Uint8Array>): Promise<boolean> {
  const reader = stdin[Symbol.asyncIterator]();
  for (;;) {
    const next = await reader.next();
    if (next.done === true) return false;
    if (next.value.includes(0x0a)) return true;
  }
}

async function zeros(bytes: number, { write, signal }: ShellPowers): Promise<number> {
  for (let left = bytes; left > 0 && !signal.aborted; left -= chunkBytes) {
    await write({ stream: 'stdout', data: new Uint8Array(Math.min(left, chunkBytes)) });
  }
  return 0;
}
