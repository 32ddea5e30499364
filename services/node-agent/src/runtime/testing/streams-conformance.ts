/**
 * The streams of every runtime: commands, attached clients, connections. Part of conformance.ts.
 *
 * A container's script reads its stdin line by line and repeats it, as a simulated container does.
 */
import { describe, expect, it } from 'vitest';
import type { ExecOptions, ExecProcess, ProcessStreams, RuntimeService } from '../runtime.ts';
import { createBench, ended, until, type ConformanceSubject } from './bench.ts';
import { sandbox } from './configs.ts';

const sleeps = 'trap "exit 143" TERM; while true; do sleep 0.05; done';
const repeats = 'while read -r line; do echo "$line"; done';
/** Listens on the loopback alone, as a server does that only port-forward may reach. */
const serves = 'mkdir /www; echo here > /www/index.html; exec httpd -f -p 127.0.0.1:8080 -h /www';

const wanted: ExecOptions = {
  command: [],
  stdin: false,
  stdout: true,
  stderr: true,
  tty: false,
};

async function read({ output }: ProcessStreams): Promise<{ stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  for await (const { stream, data } of output) texts[stream] += Buffer.from(data).toString();
  return texts;
}

/** Reads until the output holds a text. */
async function readUntil({ output }: ProcessStreams, text: string): Promise<string> {
  let all = '';
  const pieces = output[Symbol.asyncIterator]();
  while (!all.includes(text)) {
    const next = await pieces.next();
    if (next.done === true) throw new Error(`the output ended before "${text}": "${all}"`);
    all += Buffer.from(next.value.data).toString();
  }
  return all;
}

export function describeStreams(subject: ConformanceSubject): void {
  const { name } = subject;
  const { withSandbox, startIn } = createBench(subject);
  const withExec = async (
    options: Partial<ExecOptions>,
    run: (process: ExecProcess, runtime: RuntimeService, id: string) => Promise<void>,
  ) => {
    await withSandbox(sandbox(), async (runtime, status) => {
      const { id } = await startIn(runtime, status, sleeps);
      const process = await runtime.exec(id, { ...wanted, ...options });
      try {
        await run(process, runtime, id);
      } finally {
        process.close();
      }
    });
  };
  const shell = (script: string) => ['/bin/sh', '-c', script];

  describe(`${name} runtime: streams`, () => {
    it('a command has its outputs apart, and an exit code', async () => {
      const command = shell('echo out; echo bad >&2; sleep 0.5; exit 3');
      await withExec({ command }, async (process) => {
        expect(await read(process)).toEqual({ stdout: 'out\n', stderr: 'bad\n' });
        expect(await process.exitCode()).toBe(3);
      });
    });

    it('a command that is not there ends with 126 or 127, or does not begin', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, sleeps);
        const code = await runtime
          .exec(id, { ...wanted, command: ['no-such-command'] })
          .then(async (process) => {
            await read(process);
            return process.exitCode();
          })
          .catch(() => 127);
        expect([126, 127]).toContain(code);
      });
    });

    it('stdin goes in and ends, and output comes whole', async () => {
      // It lives on for a moment: containerd loses of the last words of a command that ends at once.
      const command = shell('cat; sleep 1');
      await withExec({ command, stdin: true }, async (process) => {
        const bytes = Buffer.alloc(500_000, 'abcdefgh');
        const sent = process.write(bytes).then(() => process.endInput());
        expect((await read(process)).stdout === bytes.toString()).toBe(true);
        await sent;
        expect(await process.exitCode()).toBe(0);
      });
    });

    it('a terminal has one output and the size that it was told', async () => {
      // Sizes come on a way of their own, with some runtimes after the line.
      const command = shell('read line; sleep 1; stty size');
      await withExec({ command, stdin: true, tty: true }, async (process) => {
        await process.resize({ width: 99, height: 33 });
        await process.write(Buffer.from('\n'));
        expect(await readUntil(process, '33 99')).toContain('33 99');
      });
    });

    it('a reader that stops stalls the command', async () => {
      await withExec({ command: ['yes'] }, async (process) => {
        const pieces = process.output[Symbol.asyncIterator]();
        expect((await pieces.next()).done).toBe(false);
        const before = globalThis.process.memoryUsage().rss;
        await new Promise((resolve) => {
          setTimeout(resolve, 1_000);
        });
        const grown = globalThis.process.memoryUsage().rss - before;
        expect(grown).toBeLessThan(64 * 1024 * 1024);
        expect((await pieces.next()).done).toBe(false);
      });
    });

    it('attached clients see what a container says, and may speak to it', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, repeats, { stdin: true, stdinOnce: true });
        const streams = { stdin: true, stdout: true, stderr: true };
        const speaker = await runtime.attach(id, streams);
        const listener = await runtime.attach(id, { ...streams, stdin: false });
        // A client hears what is said from when the runtime has let it in, and no runtime says when that is.
        let isHeard = false;
        const heard = readUntil(listener, 'hello\n').finally(() => (isHeard = true));
        await until(async () => {
          await speaker.write(Buffer.from('hello\n'));
          return isHeard || undefined;
        });
        expect(await heard).toContain('hello\n');
        expect(await readUntil(speaker, 'hello\n')).toContain('hello\n');
        listener.close();
        speaker.endInput();
        expect((await ended(runtime, id)).exitCode).toBe(0);
        speaker.close();
      });
    });

    it('a client that goes leaves the container alone', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, repeats, { stdin: true });
        const streams = { stdin: true, stdout: true, stderr: true };
        const first = await runtime.attach(id, streams);
        first.endInput();
        first.close();
        const second = await runtime.attach(id, streams);
        await second.write(Buffer.from('still here\n'));
        expect(await readUntil(second, 'still here\n')).toContain('still here\n');
        second.close();
      });
    });

    it('refuses streams of a container that does not run', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'run=1ms' });
      await withSandbox(config, async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'exit 0');
        await ended(runtime, id);
        const command = ['true'];
        await expect(runtime.exec(id, { ...wanted, command })).rejects.toMatchObject({
          name: 'RuntimeError',
        });
      });
    });

    it('connects to the loopback of a pod, and says why it cannot', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'listen=8080' });
      await withSandbox(config, async (runtime, status) => {
        await startIn(runtime, status, serves);
        const answer = await until(() => ask(runtime, status.id).catch(() => undefined));
        expect(answer).toMatch(/^HTTP\/1\.\d 200 OK/);
        await expect(ask(runtime, status.id, 81)).rejects.toThrow(
          /failed to connect to localhost:81 .*connection refused/s,
        );
      });
    });
  });
}

/** Some runtimes refuse a connection only when it is read from. */
async function ask(runtime: RuntimeService, sandboxId: string, port = 8080): Promise<string> {
  const connection = await runtime.portForward(sandboxId, port);
  try {
    await connection.write(Buffer.from('GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n'));
    let answer = '';
    for await (const data of connection.input) answer += Buffer.from(data).toString();
    return answer;
  } finally {
    connection.close();
  }
}
