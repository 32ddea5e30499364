/**
 * A socket in front of the engine's own that makes trouble on demand: it is slow, answers with errors, says
 * nothing, or is gone. Upgraded connections (exec, attach) and streams pass through.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export type Trouble =
  /** Passed on so many real milliseconds late. */
  | { readonly kind: 'slow'; readonly millis: number }
  | { readonly kind: 'answer'; readonly status: number; readonly message: string }
  /** Never answered, and not passed on. */
  | { readonly kind: 'silent' };

export interface EngineProxy extends AsyncDisposable {
  readonly socketPath: string;
  /** What becomes of the requests that come from now on; the function answers undefined for "passed on". */
  trouble(choose: (method: string, path: string) => Trouble | undefined): void;
  /** The socket is closed, and whoever is connected is cut off. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  /** Requests so far, as `METHOD /path`. */
  readonly requests: readonly string[];
}

export async function startEngineProxy(target = '/var/run/docker.sock'): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-proxy-'));
  const socketPath = join(folder, 'docker.sock');
  const requests: string[] = [];
  const connected = new Set<Socket>();
  let choose: (method: string, path: string) => Trouble | undefined = () => undefined;

  const pass = (asked: IncomingMessage, answer: ServerResponse) => {
    const { method, url, headers } = asked;
    const onward = request({ socketPath: target, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      // A stream's first bytes may be long in coming; its client waits for the head.
      answer.flushHeaders();
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  };
  const serve = async (asked: IncomingMessage, answer: ServerResponse) => {
    const [method, path] = [asked.method ?? '', asked.url ?? ''];
    requests.push(`${method} ${path}`);
    const trouble = choose(method, path);
    if (trouble?.kind === 'silent') return;
    if (trouble?.kind === 'answer') {
      answer.writeHead(trouble.status, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ message: trouble.message }));
      return;
    }
    if (trouble?.kind === 'slow') await setTimeout(trouble.millis);
    pass(asked, answer);
  };

  const listen = async () => {
    const server = createServer((asked, answer) => void serve(asked, answer));
    server.on('connection', (socket: Socket) => {
      connected.add(socket);
      socket.on('close', () => connected.delete(socket));
    });
    server.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      const engine = connect(target);
      const lines = asked.rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? `${name}: ${asked.rawHeaders[index + 1]!}` : [],
      );
      engine.write(`${asked.method!} ${asked.url!} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      engine.write(head);
      engine.pipe(socket).pipe(engine);
      engine.on('error', () => socket.destroy());
      socket.on('error', () => engine.destroy());
    });
    server.listen(socketPath);
    await once(server, 'listening');
    return server;
  };
  let server = await listen();
  const leave = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of connected) socket.destroy();
    await closed;
  };
  return {
    socketPath,
    requests,
    trouble: (next) => {
      choose = next;
    },
    leave,
    comeBack: async () => {
      if (!server.listening) server = await listen();
    },
    [Symbol.asyncDispose]: async () => {
      await leave();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
