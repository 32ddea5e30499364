/**
 * The streams of processes in containers: the engine's API connections, taken over ("hijacked").
 *
 * 1. The engine stops reading a process's output when its client does: a slow reader stalls the process.
 * 2. Closing the connection frees all that the engine keeps for the client, and ends the process's
 *    stdin. It does not end the process: the engine has no call that signals a command it was asked to
 *    run, so one that reads no stdin runs on to its own end.
 * 3. The engine says nothing about when a process that it has answered for has started; until then it
 *    refuses sizes, so they are sent again.
 */
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock, Millis } from '@drydock/ports';
import { writeTo } from '../duplex.ts';
import {
  RuntimeError,
  type ExecOptions,
  type ExecProcess,
  type OutputPiece,
  type ProcessStreams,
  type StreamSelection,
} from '../runtime.ts';
import { toRuntimeError } from './errors.ts';
import { demultiplex } from './multiplexed-stream.ts';

const resizeTriesMax = 10;
const resizeRetryMillis: Millis = 50;
/** Between the end of a command's output and its exit code. */
const exitPollMillis: Millis = 20;

export async function openExec(
  docker: Docker,
  clock: Clock,
  { id, options }: { readonly id: string; readonly options: ExecOptions },
): Promise<ExecProcess> {
  const { command, tty, stdin, stdout, stderr } = options;
  try {
    const exec = await docker.getContainer(id).exec({
      Cmd: [...command],
      Tty: tty,
      AttachStdin: stdin,
      AttachStdout: stdout,
      AttachStderr: stderr && !tty,
    });
    const socket = await exec.start({ hijack: true, stdin, Tty: tty });
    const streams = streamsOf(socket, clock, { tty, resize: (size) => exec.resize(size) });
    let isClosed = false;
    return {
      ...streams,
      close: () => {
        isClosed = true;
        streams.close();
      },
      exitCode: async () => {
        for (;;) {
          const { Running, ExitCode } = await exec.inspect();
          if (!Running && ExitCode !== null) return ExitCode;
          if (isClosed) throw new RuntimeError('FAILED', 'the command was let go of');
          await clock.sleep(exitPollMillis);
        }
      },
    };
  } catch (error) {
    throw toRuntimeError(error);
  }
}

export async function attachTo(
  docker: Docker,
  clock: Clock,
  { id, streams }: { readonly id: string; readonly streams: StreamSelection },
): Promise<ProcessStreams> {
  try {
    const container = docker.getContainer(id);
    const { Config: config } = await container.inspect();
    const socket = await container.attach({ ...streams, stream: true, hijack: true });
    const attached = streamsOf(socket as Duplex, clock, {
      tty: config.Tty,
      resize: (size) => container.resize(size),
    });
    // The end of one client's input is only the process's own where the pod says so (stdinOnce); and an
    // engine that is told of it sends that client no output any more.
    return config.StdinOnce ? attached : { ...attached, endInput: () => undefined };
  } catch (error) {
    throw toRuntimeError(error);
  }
}

function streamsOf(
  socket: Duplex,
  clock: Clock,
  { tty, resize }: { tty: boolean; resize: (size: { w: number; h: number }) => Promise<unknown> },
): ProcessStreams {
  // A failure ends the output, and that is all there is to know: a process may end at any time.
  socket.on('error', () => undefined);
  let sizes = 0;
  return {
    output: outputOf(socket, tty),
    write: (data) => writeTo(socket, data),
    endInput: () => void socket.end(),
    close: () => void socket.destroy(),
    resize: async (size) => {
      const turn = ++sizes;
      for (let tries = 1; ; tries++) {
        try {
          await resize({ w: size.width, h: size.height });
          return;
        } catch (error) {
          if (socket.destroyed || turn < sizes) return;
          if (tries === resizeTriesMax) throw toRuntimeError(error);
          await clock.sleep(resizeRetryMillis);
        }
      }
    },
  };
}

async function* outputOf(socket: Duplex, tty: boolean): AsyncGenerator<OutputPiece, void> {
  const pieces: AsyncIterable<OutputPiece> = tty ? asStdout(socket) : demultiplex(socket);
  try {
    yield* pieces;
  } catch (error) {
    if (!socket.destroyed) throw error;
  }
}

async function* asStdout(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputPiece, void> {
  for await (const data of chunks) yield { stream: 'stdout', data };
}
