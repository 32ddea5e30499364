/**
 * Connections to the loopback of pods, which only a process in a pod's network namespace can make: a
 * helper (port-helper.ts) is started in it by nsenter with the first connection, and goes a while
 * after the last.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Millis, Timer } from '@drydock/ports';
import { connectionOf } from '../duplex.ts';
import { RuntimeError, type PortConnection } from '../runtime.ts';

const idleMillis: Millis = 30_000;

export interface PortForwarderPowers {
  readonly clock: Clock;
  /** The command that runs what follows it in the network of a sandbox. @throws RuntimeError */
  readonly enter: (
    sandboxId: string,
  ) => Promise<{ readonly command: string; readonly args: readonly string[] }>;
}

export interface PortForwarder {
  /** @throws RuntimeError */
  connect(sandboxId: string, port: number): Promise<PortConnection>;
}

interface Helper {
  readonly child: ChildProcess;
  readonly path: string;
  readonly ready: Promise<void>;
  connections: number;
  idle: Timer | undefined;
}

export function createPortForwarder({ clock, enter }: PortForwarderPowers): PortForwarder {
  const helpers = new Map<string, Promise<Helper>>();

  const start = async (sandboxId: string): Promise<Helper> => {
    const { command, args } = await enter(sandboxId);
    const program = [process.execPath, join(import.meta.dirname, 'port-helper.ts')];
    // Only its owner may enter the folder.
    const folder = mkdtempSync(join(tmpdir(), 'drydock-ports-'));
    const path = join(folder, 'socket');
    const child = spawn(command, [...args, ...program, path], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => undefined);
    child.once('close', () => {
      helpers.delete(sandboxId);
      rmSync(folder, { recursive: true, force: true });
    });
    return { child, path, ready: becomesReady(child), connections: 0, idle: undefined };
  };
  const helperOf = (sandboxId: string): Promise<Helper> => {
    let helper = helpers.get(sandboxId);
    if (helper === undefined) {
      helper = start(sandboxId);
      helpers.set(sandboxId, helper);
      helper.catch(() => helpers.delete(sandboxId));
    }
    return helper;
  };
  const release = (helper: Helper) => {
    helper.connections -= 1;
    if (helper.connections > 0) return;
    helper.idle = clock.setTimer(idleMillis, () => helper.child.stdin?.end());
  };

  return {
    connect: async (sandboxId, port) => {
      const helper = await helperOf(sandboxId);
      helper.connections += 1;
      helper.idle?.cancel();
      try {
        await helper.ready;
        const socket = await dial(helper.path, port);
        socket.once('close', () => release(helper));
        return connectionOf(socket);
      } catch (error) {
        release(helper);
        throw error;
      }
    },
  };
}

async function becomesReady(child: ChildProcess): Promise<void> {
  let complaint = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const failed = (why: string) =>
    new RuntimeError('FAILED', `cannot enter the network of the pod: ${why}`);
  const ended = once(child, 'close').then(
    ([code]) => Promise.reject(failed(complaint.trim() || `exit code ${String(code)}`)),
    (error: unknown) => Promise.reject(failed((error as Error).message)),
  );
  await Promise.race([once(child.stdout!, 'data'), ended]);
  // From here on its end is told by the connections through it.
  ended.catch(() => undefined);
}

async function dial(path: string, port: number): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true });
  await once(socket, 'connect').catch((error: unknown) => {
    throw new RuntimeError('FAILED', `cannot reach the pod's network: ${String(error)}`, error);
  });
  const request = Buffer.alloc(2);
  request.writeUInt16BE(port);
  socket.write(request);
  const verdict = await readVerdict(socket);
  if (verdict === 0) return socket;
  const pieces: Buffer[] = verdict === undefined ? [] : [Buffer.of(verdict)];
  for await (const piece of socket) pieces.push(piece as Buffer);
  socket.destroy();
  throw new RuntimeError('FAILED', Buffer.concat(pieces).toString());
}

/** Undefined when the connection ended without one. */
async function readVerdict(socket: Socket): Promise<number | undefined> {
  for (;;) {
    const bytes = socket.read(1) as Buffer | null;
    if (bytes !== null) return bytes[0];
    if (socket.readableEnded) return undefined;
    const more = new AbortController();
    const { signal } = more;
    await Promise.race([once(socket, 'readable', { signal }), once(socket, 'end', { signal })]);
    more.abort();
  }
}
