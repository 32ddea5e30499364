/**
 * Commands and attached clients: a stream of the session for each of the process's streams, one for
 * sizes of its terminal, and one that tells how it ended.
 */
import type { SpdyStream } from '@drydock/spdy';
import { createPipe } from '../pipe.ts';
import {
  RuntimeError,
  type ExecProcess,
  type OutputPiece,
  type ProcessStreams,
  type StreamSelection,
} from '../runtime.ts';
import { openSession } from './streaming.ts';

/** The end is told as a Status, terminals have sizes. Runtimes know no newer one. */
const remoteCommandProtocol = 'v4.channel.k8s.io';

export async function openProcess(
  url: string,
  { stdin, stdout, stderr, tty }: StreamSelection & { readonly tty: boolean },
): Promise<ExecProcess> {
  const session = await openSession(url, remoteCommandProtocol);
  const open = (type: string) => session.open(new Map([['streamtype', type]]));
  // In this order, which is that of every client: the server begins with the last of them.
  const error = open('error');
  const input = stdin ? open('stdin') : undefined;
  const outputs: [OutputPiece['stream'], SpdyStream][] = [];
  if (stdout) outputs.push(['stdout', open('stdout')]);
  if (stderr && !tty) outputs.push(['stderr', open('stderr')]);
  const sizes = tty ? open('resize') : undefined;
  const ended = readStatus(error);
  // Not everybody asks.
  ended.catch(() => undefined);
  const streams = streamsOf({ input, sizes, outputs });
  const close = () => {
    streams.close();
    void session.close();
  };
  // The session is over when all is read, and with it the connection.
  return { ...streams, close, exitCode: () => ended };
}

function streamsOf({
  input,
  sizes,
  outputs,
}: {
  readonly input: SpdyStream | undefined;
  readonly sizes: SpdyStream | undefined;
  readonly outputs: readonly (readonly [OutputPiece['stream'], SpdyStream])[];
}): ProcessStreams {
  const output = createPipe<OutputPiece>();
  const pump = async (name: OutputPiece['stream'], stream: SpdyStream) => {
    for await (const data of stream.input) await output.write({ stream: name, data });
  };
  void Promise.allSettled(outputs.map(([name, stream]) => pump(name, stream))).then(() =>
    output.end(),
  );
  /** One write at a time; what the process will never take is dropped. */
  let writes: Promise<unknown> = Promise.resolve();
  const queued = (write: () => Promise<void> | undefined): Promise<void> => {
    const next = writes.then(write).catch(() => undefined);
    writes = next;
    return next;
  };
  return {
    output,
    write: (data) => queued(() => input?.write(data)),
    endInput: () => void queued(() => input?.end()),
    resize: ({ width, height }) => {
      const size = JSON.stringify({ Width: width, Height: height });
      return sizes?.write(Buffer.from(`${size}\n`)).catch(() => undefined) ?? Promise.resolve();
    },
    close: () => output.close(),
  };
}

interface ExitStatus {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { reason?: string; message?: string }[] };
}

/** The exit code. @throws RuntimeError when there is none */
async function readStatus(error: SpdyStream): Promise<number> {
  const pieces: Buffer[] = [];
  for await (const piece of error.input) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  if (text === '')
    throw new RuntimeError('FAILED', 'the runtime did not say how the command ended');
  return exitCodeOf(JSON.parse(text) as ExitStatus);
}

function exitCodeOf({ status, reason, message = '', details }: ExitStatus): number {
  if (status === 'Success') return 0;
  const code = details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  if (reason === 'NonZeroExitCode' && code !== undefined) return Number(code);
  throw new RuntimeError('FAILED', message);
}
